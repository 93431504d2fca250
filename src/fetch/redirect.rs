//! Redirects: where an answer leads, and how far a chain of them may go.

use std::collections::HashSet;

use reqwest::{
    StatusCode,
    header::{HeaderMap, LOCATION},
};
use url::Url;

use super::{FailureKind, FetchError};

/// The most redirects of one request.
const MOST: usize = 10;

/// The addresses of one request.
pub(super) struct Chain {
    seen: HashSet<Url>,
    /// Where an unbroken chain of lasting redirects led.
    pub(super) permanent: Option<Url>,
    unbroken: bool,
}

impl Chain {
    pub(super) fn new(url: &Url) -> Self {
        Self {
            seen: HashSet::from([url.clone()]),
            permanent: None,
            unbroken: true,
        }
    }

    /// Takes one step.
    pub(super) fn follow(&mut self, to: &Url, permanent: bool) -> Result<(), FetchError> {
        let wrong = |sentence: String| Err(FetchError::new(FailureKind::Redirect, true, sentence));
        if self.seen.len() > MOST {
            return wrong(format!("the address redirects more than {MOST} times"));
        }
        if !self.seen.insert(to.clone()) {
            return wrong(format!("the address redirects in a circle, back to `{to}`"));
        }
        self.unbroken &= permanent;
        if self.unbroken {
            self.permanent = Some(to.clone());
        }
        Ok(())
    }
}

/// Where an answer leads, and whether for good (301 and 308).
pub(super) fn redirect(
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<(Url, bool), FetchError> {
    let wrong = |sentence: String| FetchError::new(FailureKind::Redirect, true, sentence);
    let location = headers
        .get(LOCATION)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let Some(location) =
        location.filter(|_| matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308))
    else {
        return Err(wrong(format!(
            "the address answers {status} without saying where to go"
        )));
    };
    let mut to = url.join(location.trim()).map_err(|_| {
        wrong(format!(
            "the address redirects to `{location}`, which is none"
        ))
    })?;
    if !matches!(to.scheme(), "http" | "https") || !to.has_host() {
        return Err(wrong(format!(
            "the address redirects to `{}:`, which is not read",
            to.scheme()
        )));
    }
    to.set_fragment(None);
    // A name and password of one site are not for another, nor for the same one without encryption.
    let stays = to.origin() == url.origin();
    if !stays && (to.set_username("").is_err() || to.set_password(None).is_err()) {
        return Err(wrong(
            "the address redirects to one with a password".to_owned(),
        ));
    }
    Ok((to, matches!(status.as_u16(), 301 | 308)))
}
