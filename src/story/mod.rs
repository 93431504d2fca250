//! story (being built)
use crate::model::{Alternate, ItemId, Kind, LanguageCode, SourceId, StoryId};
use chrono::{DateTime, Utc};
use url::Url;

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
}
