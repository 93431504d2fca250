//! The client: one request, with its redirects, from our side of the wire.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue,
        IF_MODIFIED_SINCE, IF_NONE_MATCH,
    },
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};
use url::Url;

use super::{
    Accept, Answer, FailureKind, FetchError, Fetched, Request,
    guard::Guard,
    headers::{header, latin1, validators, wall},
    host::Hosts,
    http::{Http, PRODUCT},
    install_crypto,
    packing::{self, Packed, Unpackable},
    redirect::{Chain, redirect},
    retry,
    robots::{self, Robots},
};
use crate::{
    model::{FetchSettings, Validators},
    time::Clock,
};

/// When a server says 429 or 503 and not for how long.
const USUAL_REST: Duration = Duration::from_mins(5);

/// Asks sources; cheap to clone, and clones share hosts, slots and connections.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    http: Http,
    guard: Guard,
    hosts: Hosts,
    slots: Semaphore,
    timeout: Duration,
    max_size: u64,
}

impl Client {
    /// Makes a client that tells `contact` to every site.
    ///
    /// # Errors
    /// When the system gives no certificates or no sockets.
    pub fn new(settings: &FetchSettings, contact: &str) -> Result<Self, FetchError> {
        install_crypto();
        let guard = Guard::new(&settings.allow_private);
        Ok(Self {
            shared: Arc::new(Shared {
                http: Http::new(settings, contact, &guard)?,
                guard,
                hosts: Hosts::new(settings.per_host),
                slots: Semaphore::new(settings.concurrency.max(1)),
                timeout: settings.timeout,
                max_size: settings.max_size,
            }),
        })
    }

    /// Asks once. The time-out holds for all redirects together; standing in line does not count.
    ///
    /// # Errors
    /// One sentence; see [`FetchError`].
    pub async fn get(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        let mut url = request.url.clone();
        let mut chain = Chain::new(&url);
        let mut left = self.shared.timeout;
        loop {
            match self.hop(&url, request, &mut left).await? {
                Hop::Answer(mut answer) => {
                    let (Answer::NotModified { permanent, .. }
                    | Answer::Fetched(Fetched { permanent, .. })) = &mut answer;
                    *permanent = chain.permanent.take();
                    return Ok(answer);
                }
                Hop::Redirect { to, permanent } => {
                    chain.follow(&to, permanent)?;
                    url = to;
                }
            }
        }
    }

    /// Leaves an address's host alone for a while, as it asked in an earlier run.
    pub fn rest(&self, url: &Url, wait: Duration) {
        self.shared.hosts.of(&authority(url)).rest(wait);
    }

    async fn hop(
        &self,
        url: &Url,
        request: &Request<'_>,
        left: &mut Duration,
    ) -> Result<Hop, FetchError> {
        let shared = &self.shared;
        let host_name = url.host_str().unwrap_or_default();
        if !shared.guard.allows_literal(url) {
            return Err(FetchError::refused(host_name));
        }
        let host = shared.hosts.of(&authority(url));
        // The host's slot comes first: standing in its line must not keep others from being asked.
        let _slot = host.slot().await?;
        if request.accept == Accept::Page {
            let robots = host.robots(self.robots(url)).await;
            if robots.unreachable {
                let sentence = format!(
                    "the robots.txt of `{host_name}` cannot be read, so its pages are left alone for now"
                );
                return Err(FetchError::new(FailureKind::Robots, true, sentence));
            }
            let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
            if !robots.allows(path) {
                let sentence = format!(
                    "the robots.txt of `{host_name}` forbids `{path}`: ask the site, or look for a feed"
                );
                return Err(FetchError::new(FailureKind::Robots, false, sentence));
            }
            if let Some(delay) = robots.delay {
                host.pace(delay).await;
            }
        }
        let _global = shared.slots.acquire().await;
        let started = Instant::now();
        // In a box, as most of those who are asked for stand in line and need no room for it yet.
        let hop = timeout(*left, Box::pin(self.ask(url, request)))
            .await
            .unwrap_or_else(|_| Err(FetchError::timeout(shared.timeout)));
        *left = left.saturating_sub(started.elapsed());
        if let Err(error) = &hop
            && matches!(error.status, Some(429 | 503))
        {
            host.rest(error.retry_after.unwrap_or(USUAL_REST));
        }
        hop
    }

    async fn ask(&self, url: &Url, request: &Request<'_>) -> Result<Hop, FetchError> {
        let shared = &self.shared;
        let mut headers = HeaderMap::new();
        let accept = match request.accept {
            Accept::Feed => {
                "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
            }
            Accept::Page => "text/html, application/xhtml+xml, */*;q=0.5",
        };
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(packing::ACCEPTED));
        let usual = headers.len();
        let given = request.validators;
        // What another address gave says nothing of this one, and is not for it to know.
        let theirs = given.url.as_ref().is_none_or(|theirs| theirs == url);
        for (name, value) in [
            (IF_NONE_MATCH, &given.etag),
            (IF_MODIFIED_SINCE, &given.last_modified),
        ] {
            // What cannot be sent back byte for byte is not sent at all.
            if let Some(value) = value
                .as_ref()
                .filter(|_| theirs)
                .and_then(|value| HeaderValue::from_bytes(&latin1(value)).ok())
            {
                headers.insert(name, value);
            }
        }
        let conditional = headers.len() > usual;
        let response = shared
            .http
            .get(url, shared.hosts.of(&authority(url)).visit())
            .headers(headers)
            .send()
            .await
            .map_err(|e| FetchError::network(&e, url, shared.timeout))?;
        let status = response.status();
        let headers = response.headers().clone();
        match status {
            StatusCode::NOT_MODIFIED if conditional => {
                let new = validators(&headers, url);
                Ok(Hop::Answer(Answer::NotModified {
                    validators: Validators {
                        etag: new.etag.or_else(|| given.etag.clone()),
                        last_modified: new.last_modified.or_else(|| given.last_modified.clone()),
                        url: new.url,
                    },
                    fresh_for: retry::fresh_for(&headers, now()),
                    final_url: url.clone(),
                    permanent: None,
                }))
            }
            StatusCode::NOT_MODIFIED => Err(FetchError::new(
                FailureKind::Protocol,
                true,
                "the server answers 304 (not modified) to a first request",
            )),
            _ if status.is_redirection() => {
                let (to, permanent) = redirect(url, status, &headers)?;
                Ok(Hop::Redirect { to, permanent })
            }
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                let body = self.body(url, response).await?;
                let body = Packed {
                    bytes: body,
                    encoding: header(&headers, &CONTENT_ENCODING),
                    limit: shared.max_size,
                };
                Ok(Hop::Answer(Answer::Fetched(Fetched {
                    content_type: header(&headers, &CONTENT_TYPE),
                    url: url.clone(),
                    permanent: None,
                    validators: validators(&headers, url),
                    fresh_for: retry::fresh_for(&headers, now()),
                    status: status.as_u16(),
                    body,
                })))
            }
            _ => {
                let wait = retry::retry_after(&headers, now());
                Err(FetchError::status(
                    url,
                    status.as_u16(),
                    wait,
                    wall(status, &headers),
                ))
            }
        }
    }

    /// Reads a body up to the limit, packed as it comes.
    async fn body(
        &self,
        url: &Url,
        mut response: reqwest::Response,
    ) -> Result<Vec<u8>, FetchError> {
        let limit = self.shared.max_size;
        let too_large = || Unpackable::TooLarge.told(limit);
        let length = response.content_length().unwrap_or_default();
        if length > limit {
            return Err(too_large());
        }
        // Many bodies wait to be read: none takes more room than it needs, nor as much as it only promises.
        let promised = usize::try_from(length).unwrap_or(usize::MAX);
        let mut body = Vec::with_capacity(promised.min(256 * 1024));
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    if (body.len() + chunk.len()) as u64 > limit {
                        return Err(too_large());
                    }
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => {
                    body.shrink_to_fit();
                    return Ok(body);
                }
                Err(e) => return Err(FetchError::network(&e, url, self.shared.timeout)),
            }
        }
    }

    /// A host's robots.txt, within the time-out; one that drips in slowly cannot be read.
    async fn robots(&self, url: &Url) -> Robots {
        timeout(self.shared.timeout, self.ask_robots(url))
            .await
            .unwrap_or_else(|_| Robots::unreachable())
    }

    /// A host's robots.txt: none is no rule, one that cannot be read forbids all for now (RFC 9309, 2.3.1).
    async fn ask_robots(&self, url: &Url) -> Robots {
        let unreachable = Robots::unreachable();
        let Ok(mut at) = url.join("/robots.txt") else {
            return unreachable;
        };
        let request = |at: &Url| {
            // The page itself is asked for next.
            self.shared.hosts.of(&authority(at)).visit();
            self.shared.http.get(at, true).send()
        };
        for _ in 0..5 {
            if !self.shared.guard.allows_literal(&at) {
                return unreachable;
            }
            let Ok(mut response) = request(&at).await else {
                return unreachable;
            };
            match response.status() {
                status if status.is_redirection() => {
                    match redirect(&at, status, response.headers()) {
                        Ok((to, _)) => at = to,
                        Err(_) => return Robots::default(),
                    }
                }
                StatusCode::TOO_MANY_REQUESTS => return unreachable,
                status if status.is_client_error() => return Robots::default(),
                status if status.is_success() => {
                    let mut text = Vec::new();
                    while text.len() < robots::LARGEST {
                        match response.chunk().await {
                            Ok(Some(chunk)) => text.extend_from_slice(&chunk),
                            Ok(None) => break,
                            Err(_) => return unreachable,
                        }
                    }
                    text.truncate(robots::LARGEST);
                    let encoding = header(response.headers(), &CONTENT_ENCODING);
                    let limit = robots::LARGEST as u64;
                    let Ok(text) = packing::unpack(text, encoding.as_deref(), limit) else {
                        return unreachable;
                    };
                    return Robots::parse(&String::from_utf8_lossy(&text), PRODUCT);
                }
                _ => return unreachable,
            }
        }
        Robots::default()
    }
}

#[expect(clippy::large_enum_variant, reason = "one of them a request")]
enum Hop {
    Answer(Answer),
    Redirect { to: Url, permanent: bool },
}

/// The host and port of an address.
fn authority(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

/// A date in `Retry-After` is set against the real clock, even where `--now` has moved ours.
fn now() -> DateTime<Utc> {
    Clock::system().now()
}
