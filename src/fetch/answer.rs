//! Requests and answers: what is asked for, and what comes back.

use std::time::Duration;

use url::Url;

use super::packing::Packed;
use crate::model::Validators;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// A feed
    Feed,
    /// A web page: robots.txt is obeyed
    Page,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The address.
    pub url: &'a Url,
    /// What the last answer gave to ask again with.
    pub validators: &'a Validators,
    /// What is wanted.
    pub accept: Accept,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 304
    NotModified {
        /// The old ones, with what the answer replaced
        validators: Validators,
        /// How long it stays so
        fresh_for: Option<Duration>,
        /// The final address
        final_url: Url,
        /// Where an unbroken chain of 301 and 308 led
        permanent: Option<Url>,
    },
    /// A whole body
    Fetched(Fetched),
}

/// A whole body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Whole, as it came.
    pub body: Packed,
    /// What the server says it is.
    pub content_type: Option<String>,
    /// The final address.
    pub url: Url,
    /// Where an unbroken chain of 301 and 308 led.
    pub permanent: Option<Url>,
    /// What to ask again with.
    pub validators: Validators,
    /// How long it stays so.
    pub fresh_for: Option<Duration>,
    /// The HTTP status.
    pub status: u16,
}
