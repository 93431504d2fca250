//! Fetching: sources asked over HTTP, politely and on guard.
//!
//! [`Client::get`] asks once, following redirects itself so that every hop is guarded and counted;
//! what comes back is an [`Answer`] or a [`FetchError`] of one sentence that says whether a later try
//! may help. [`rhythm::next`] says when to ask again, [`discover`] where a site keeps its feeds.
//!
//! Deliberate limits: only http and https, no cookies, no referrer, no passwords; a body is held in
//! memory, up to `max_size` before and after it is unpacked; nothing is cached but robots.txt, for a day.

mod answer;
mod client;
pub mod discover;
mod error;
mod guard;
mod headers;
mod host;
mod http;
mod packing;
mod redirect;
mod retry;
pub mod rhythm;
mod robots;

pub use answer::{Accept, Answer, Fetched, Request};
pub use client::Client;
pub use error::{FailureKind, FetchError};
pub use guard::{Network, contains, is_public};
pub use packing::Packed;

/// Gives rustls its cryptography, ring, once for the whole program; further calls do nothing.
pub fn install_crypto() {
    // An error means that a provider is installed already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
