//! Failures: one sentence each, and whether a later try may help.

use std::time::Duration;

use url::Url;

/// Why an address brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct FetchError {
    /// One sentence that says what is wrong and, where a person can mend it, how.
    pub sentence: String,
    /// Whether a later try may help.
    pub transient: bool,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
    /// What sort of failure it is.
    pub kind: FailureKind,
}

/// What sort of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The host has no address
    Dns,
    /// The host does not take the connection
    Connect,
    /// The certificate or the handshake
    Tls,
    /// It took too long
    Timeout,
    /// An error status
    Status,
    /// A refusal or a bot wall
    Blocked,
    /// The body is too large, or inflates too much
    TooLarge,
    /// Too many redirects, a loop, or one that leads nowhere
    Redirect,
    /// An address that is not public
    Refused,
    /// robots.txt forbids it
    Robots,
    /// The host asked to be left alone, earlier in this run
    Resting,
    /// The answer is not HTTP, or came short
    Protocol,
}

impl FetchError {
    pub(super) fn new(kind: FailureKind, transient: bool, sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            transient,
            status: None,
            retry_after: None,
            kind,
        }
    }

    /// The sentence for an error status.
    pub(super) fn status(
        url: &Url,
        status: u16,
        retry_after: Option<Duration>,
        wall: Option<&str>,
    ) -> Self {
        let host = url.host_str().unwrap_or_default();
        let (transient, sentence) = match (status, wall) {
            (_, Some(wall)) => (
                true,
                format!(
                    "a bot wall ({wall}) stands before `{host}`: ask the site for access, or for a feed"
                ),
            ),
            (404, _) => (
                true,
                "the address answers 404 (not found): look on the site for the new one".to_owned(),
            ),
            (410, _) => (
                false,
                "the address answers 410 (gone): the site has withdrawn it".to_owned(),
            ),
            (401, _) => (
                false,
                "the address answers 401: it asks for a password, which circular does not give"
                    .to_owned(),
            ),
            (403, _) => (
                true,
                format!("`{host}` answers 403 (forbidden): it may refuse programs"),
            ),
            (429, _) => (
                true,
                format!("`{host}` answers 429 (too many requests): it is asked less often now"),
            ),
            (451, _) => (
                false,
                format!("`{host}` answers 451 (unavailable for legal reasons)"),
            ),
            (503, _) => (
                true,
                format!("`{host}` answers 503 (unavailable): it is tried again later"),
            ),
            (500..=599, _) => (
                true,
                format!(
                    "`{host}` answers {status} (the site is in trouble): it is tried again later"
                ),
            ),
            _ => (
                true,
                format!("the address answers {status}, which is no document"),
            ),
        };
        let blocked = wall.is_some() || matches!(status, 401 | 403 | 451);
        let kind = if blocked {
            FailureKind::Blocked
        } else {
            FailureKind::Status
        };
        Self {
            sentence,
            transient,
            status: Some(status),
            retry_after,
            kind,
        }
    }

    /// The sentence for a failure below HTTP.
    pub(super) fn network(error: &reqwest::Error, url: &Url, limit: Duration) -> Self {
        let host = url.host_str().unwrap_or_default();
        let causes = causes(error);
        let says = |words: &[&str]| words.iter().any(|word| causes.contains(word));
        if error.is_timeout() {
            return Self::timeout(limit);
        }
        if says(&["not a public address"]) {
            return Self::refused(host);
        }
        if says(&["dns error", "failed to lookup", "no address"]) {
            let sentence = format!("`{host}` has no address: check the spelling");
            return Self::new(FailureKind::Dns, true, sentence);
        }
        if says(&[
            "certificate",
            "handshake",
            "tls",
            "TLS",
            "UnknownIssuer",
            "NotValidForName",
            "Expired",
        ]) {
            let what = if says(&["xpired"]) {
                "has expired"
            } else if says(&["NotValidForName", "not valid for name"]) {
                "is made out to another name"
            } else {
                "cannot be trusted"
            };
            let sentence = format!("the certificate of `{host}` {what}: the site must mend it");
            return Self::new(FailureKind::Tls, true, sentence);
        }
        if error.is_connect() {
            let what = if says(&["refused"]) {
                "refuses the connection"
            } else {
                "cannot be reached"
            };
            return Self::new(FailureKind::Connect, true, format!("`{host}` {what}"));
        }
        let sentence = format!("`{host}` broke off the answer before its end");
        Self::new(FailureKind::Protocol, true, sentence)
    }

    pub(super) fn timeout(limit: Duration) -> Self {
        Self::new(
            FailureKind::Timeout,
            true,
            format!(
                "no whole answer came within {} s",
                limit.as_secs_f64().round()
            ),
        )
    }

    pub(super) fn refused(host: &str) -> Self {
        let sentence = format!(
            "`{host}` is not a public address: list its network in `allow_private` of [fetch] if it is meant"
        );
        Self::new(FailureKind::Refused, false, sentence)
    }
}

/// All that an error and its causes say.
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
