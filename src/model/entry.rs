//! Entries: what a document said, before anything of ours was decided.

use chrono::{DateTime, Utc};

/// One entry of a feed or one block of a page.
///
/// Text fields are decoded but not trusted: `summary` and `content` may be any HTML. Addresses are
/// absolute where the document allowed to make them so, and may still be of any scheme.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Entry {
    /// The source's own identity for it (guid, id), as written.
    pub guid: Option<String>,
    /// Its address.
    pub link: Option<String>,
    /// Its title as plain text on one line; empty where there is none.
    pub title: String,
    /// Its summary, as HTML.
    pub summary: Option<String>,
    /// Its whole text, as HTML.
    pub content: Option<String>,
    /// When the source says it was published.
    pub published: Option<DateTime<Utc>>,
    /// When the source says it was last changed.
    pub updated: Option<DateTime<Utc>>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The source's own categories.
    pub categories: Vec<String>,
    /// The language that the document gives for it, as a tag.
    pub language: Option<String>,
    /// A picture.
    pub image: Option<String>,
    /// Files that come with it.
    pub enclosures: Vec<Enclosure>,
    /// The same text in other languages.
    pub alternates: Vec<Alternate>,
}

/// A file that comes with an entry.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Enclosure {
    /// Its address.
    pub url: String,
    /// Its media type.
    pub media_type: Option<String>,
    /// Its length in bytes.
    pub length: Option<u64>,
}

/// The same text in another language (`rel="alternate" hreflang="…"`).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Alternate {
    /// The language, as a tag.
    pub language: String,
    /// Its address.
    pub url: String,
}
