//! Items: entries made into what circular stores, compares, tags and prints.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Alternate, AreaTag, Enclosure, ItemId, LanguageCode, SourceId};

/// One item of one source. All its text is plain text, safe to print after escaping.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The same at every pull.
    pub id: ItemId,
    /// Where it came from.
    pub source: SourceId,
    /// Its identity within the source: guid, else address, else a hash of its text.
    pub key: String,
    /// Its canonical address; http or https. `None` where the source gives none: such an item is kept, but in no edition.
    pub url: Option<Url>,
    /// Its title on one line; never empty (made from the text where the source gives none).
    pub title: String,
    /// A few whole sentences.
    pub summary: String,
    /// Its whole text without markup, cut at 16 KiB.
    pub text: String,
    /// Its language; `None` rather than wrong.
    pub language: Option<LanguageCode>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// As the source says; may be missing, wrong or in the future.
    pub published: Option<DateTime<Utc>>,
    /// When we first saw it; never changes.
    pub first_seen: DateTime<Utc>,
    /// What ordering uses: published, held to first seen when in the future, first seen when missing.
    pub effective: DateTime<Utc>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The source's own categories.
    pub categories: Vec<String>,
    /// A picture.
    pub image: Option<Url>,
    /// Files that come with it.
    pub enclosures: Vec<Enclosure>,
    /// The same text in other languages.
    pub alternates: Vec<Alternate>,
    /// Its areas, strongest first.
    pub areas: Vec<AreaTag>,
    /// Deadlines and event days that its text names.
    pub dates: Vec<DatedFact>,
}

/// What sort of thing an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Something happened
    News,
    /// Something takes place on a day
    Event,
    /// Somebody wants an answer: a call, a consultation, a survey, a deadline
    Call,
    /// A report, a book, a study, a guideline
    Publication,
    /// An issue of a newsletter
    Newsletter,
    /// A vacancy
    Job,
    /// A blog post
    Post,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::News,
        Self::Event,
        Self::Call,
        Self::Publication,
        Self::Newsletter,
        Self::Job,
        Self::Post,
    ];

    /// The word as scripts read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Event => "event",
            Self::Call => "call",
            Self::Publication => "publication",
            Self::Newsletter => "newsletter",
            Self::Job => "job",
            Self::Post => "post",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A day that an item's text names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedFact {
    /// What happens on it.
    pub what: FactKind,
    /// The day; of a span, the first.
    pub date: NaiveDate,
    /// The last day of a span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The time of day as written, with its zone if one stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The words that gave it.
    #[serde(default)]
    pub words: String,
}

/// What happens on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactKind {
    /// The last day to answer
    Deadline,
    /// Something takes place
    Event,
}
