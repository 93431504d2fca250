//! Documents read: bytes of a feed or of a web page made into entries, and what had to be mended on the way.
//!
//! [`feed`] reads RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0 and JSON Feed; [`page`] reads a listing by
//! the rules of feeds.toml, and [`propose`] finds such rules; [`links`] finds the feeds that a page
//! announces. [`Roster`] reads lists of readers. What the outer parsers are strict about is mended before they see it.
//!
//! Deliberate limits: nothing is fetched from here; a document nested deeper than 256 elements is
//! refused; an entity of a DTD is replaced once and never inside another.

mod announced;
mod date;
mod encoding;
mod entities;
mod entry;
mod feed;
mod json;
mod mend;
mod opml;
mod page;
mod page_entry;
mod page_facts;
mod propose;
mod quirks;
mod roster;
mod roster_columns;
mod tag;

use chrono::{DateTime, Utc};
use url::Url;

pub use announced::links;
pub use date::date;
pub use feed::feed;
pub use opml::{OURS, Outline, opml};
pub use page::{page, selector};
pub use propose::propose;
pub use roster::{Known, Roster, RosterLine, RosterProblem};

use crate::model::{Entry, LanguageCode, Rhythm};

/// A document as a server gave it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Its bytes, transfer and content encodings undone.
    pub bytes: &'a [u8],
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// Its final address: the base of relative links.
    pub url: &'a Url,
    /// The present, for dates such as "2 days ago".
    pub now: DateTime<Utc>,
}

/// What a document holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// How it is written.
    pub format: Format,
    /// Its own title; may be empty.
    pub title: String,
    /// The site that it belongs to.
    pub site: Option<Url>,
    /// The language that it names for itself.
    pub language: Option<LanguageCode>,
    /// Its entries, in its order.
    pub entries: Vec<Entry>,
    /// What was mended or lost, a sentence each.
    pub problems: Vec<String>,
    /// How often it asks to be pulled.
    pub rhythm: Rhythm,
    /// The next page of a listing.
    pub next: Option<Url>,
    /// Whether it came to its end; one that was cut short must not be remembered as read.
    pub whole: bool,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RSS 0.91 to 2.0
    Rss,
    /// RSS 0.90 and 1.0
    Rdf,
    /// Atom 0.3 and 1.0 (RFC 4287)
    Atom,
    /// JSON Feed 1.0 and 1.1
    JsonFeed,
    /// A web page, read by rules
    Page,
}

impl Format {
    /// Its name as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rss => "RSS",
            Self::Rdf => "RSS (RDF)",
            Self::Atom => "Atom",
            Self::JsonFeed => "JSON Feed",
            Self::Page => "web page",
        }
    }
}

/// A feed that a page announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedLink {
    /// Its address.
    pub url: Url,
    /// Its title; may be empty.
    pub title: String,
    /// Its media type.
    pub media_type: String,
}

/// Why a document could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct ParseError {
    /// What stands there, and what to do.
    pub sentence: String,
    /// What sort of trouble it is.
    pub kind: ErrorKind,
    /// Feeds that the document announces, where it is a page.
    pub announced: Vec<FeedLink>,
}

impl ParseError {
    fn new(kind: ErrorKind, sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            kind,
            announced: Vec::new(),
        }
    }
}

/// What sort of trouble a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There are no bytes
    Empty,
    /// A web page where a feed should be
    Html,
    /// A page that asks whether we are human
    BotWall,
    /// Something else that is no feed
    NotAFeed,
    /// Nested deeper than anybody means
    TooDeep,
    /// The rules of a page find nothing on it
    NoMatch,
}
