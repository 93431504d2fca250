//! A web server for the demo's example feeds, on loopback, honest about what has changed.
//!
//! [`Press`] answers with an `ETag` and with 304 where nothing is new, and turns to the second
//! round's documents when told. Nothing outside the table of [`super::feeds`] is served.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::Response,
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::feeds::{EXAMPLES, Example, Later};

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Press {
    address: SocketAddr,
    second: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Press {
    /// Opens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let second = Arc::new(AtomicBool::new(false));
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&second));
        let task = tokio::spawn(async move {
            // It ends with the demo; there is nobody left to tell.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            second,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A week passes: from now on the second round's documents are served.
    pub fn turn(&self) {
        self.second.store(true, Ordering::SeqCst);
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(second): State<Arc<AtomicBool>>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(example) = EXAMPLES.iter().find(|example| example.path == uri.path()) else {
        return status(StatusCode::NOT_FOUND);
    };
    match document(example, second.load(Ordering::SeqCst)) {
        None => status(StatusCode::GONE),
        Some(text) => {
            let etag = format!("\"{}\"", &fingerprint(text)[..16]);
            let known = headers
                .get(header::IF_NONE_MATCH)
                .is_some_and(|value| value == etag.as_str());
            let answer = Response::builder().header(header::ETAG, etag);
            let answer = if known {
                answer.status(StatusCode::NOT_MODIFIED).body(Body::empty())
            } else {
                answer
                    .header(header::CONTENT_TYPE, example.content_type)
                    .body(Body::from(text))
            };
            answer.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
}

fn document(example: &Example, second: bool) -> Option<&'static [u8]> {
    match (&example.later, second) {
        (Later::Gone, true) => None,
        (Later::New(text), true) => Some(text),
        _ => Some(example.text),
    }
}

fn status(code: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}

/// A name for a document's bytes.
fn fingerprint(text: &[u8]) -> String {
    crate::pipeline::hash(&[&String::from_utf8_lossy(text)])
}
