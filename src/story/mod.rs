//! Stories: whether a new item is one that circular has, a copy, an update or a translation of one,
//! or opens a story of its own; each with its reason.
//!
//! [`sign`] gives the keys that the database finds candidates by, and [`Signature::place`] holds the
//! item against them; [`keys`] and [`place`] are the same in one step each. All are pure. Deliberate limits: candidates are compared in pairs and never in chains, and two items
//! of one source are one story only when they are nearly the same text.

mod fingerprint;
mod formula;
mod keys;
mod likeness;
mod marks;
mod place;
mod season;
mod translation;

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{Alternate, Item, ItemId, Kind, LanguageCode, SourceId, StoryId};

pub use keys::{Signature, keys, sign};
pub use likeness::Compared;
pub use place::place;
pub use season::{Season, is_lasting};

/// A stored item that a new one is held against.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its id.
    pub id: ItemId,
    /// Its story.
    pub story: StoryId,
    /// Its source.
    pub source: SourceId,
    /// Its section.
    pub section: String,
    /// Its identity within the source.
    pub key: String,
    /// Its address.
    pub url: Option<Url>,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// Its language.
    pub language: Option<LanguageCode>,
    /// Its kind.
    pub kind: Kind,
    /// Its effective date.
    pub effective: DateTime<Utc>,
    /// The same in other languages.
    pub alternates: Vec<Alternate>,
    /// Its picture.
    pub image: Option<Url>,
    /// A person said: not with others.
    pub split: bool,
    /// What was worked out of it to compare; nothing at first.
    pub compared: Compared,
}

impl Candidate {
    /// An item in its story, as a source of that section gave it; nothing was worked out of it yet.
    pub fn of(item: &Item, section: &str, story: &StoryId) -> Self {
        Self {
            id: item.id.clone(),
            story: story.clone(),
            source: item.source.clone(),
            section: section.to_owned(),
            key: item.key.clone(),
            url: item.url.clone(),
            title: item.title.clone(),
            text: item.text.clone(),
            language: item.language.clone(),
            kind: item.kind,
            effective: item.effective,
            alternates: item.alternates.clone(),
            image: item.image.clone(),
            split: false,
            compared: Compared::default(),
        }
    }
}
