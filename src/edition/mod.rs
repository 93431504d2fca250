//! Editions: which of the stories that wait go into one issue of a digest, in which section and order, and why the rest do not.
//!
//! [`compile`] is pure: it takes what the ledger holds and gives an edition, which may be empty;
//! whoever called it freezes the result. [`parts`] and [`compose`] make of frozen editions what one
//! kind of reader gets of them. Deliberate limit: a story stands in one section, under its
//! strongest area; its other areas are labels.

mod compile;
mod reading;
mod revise;
mod score;
mod subject;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::model::{
    Area, AreaTag, DatedFact, Digest, EditionId, ItemId, Kind, LanguageCode, Missing, Relation,
    SourceId, StoryId,
};

pub use compile::{candidates, compile};
pub use reading::{compose, due, overdue, parts, takes};
pub use revise::{Line, Put, Revised, Revision, follow_first, revise};

/// A story that waits, with what an edition chooses by: what it only prints is read for the chosen.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The story.
    pub story: StoryId,
    /// Its items, in any order; never empty.
    pub items: Vec<Told>,
    /// Whether a person put it off to the next edition.
    pub held: bool,
    /// Until when a person put it off.
    pub until: Option<DateTime<Utc>>,
    /// Whether a later version of it came.
    pub updated: bool,
}

/// An item of a story that waits.
#[derive(Clone, Debug)]
pub struct Told {
    /// The item.
    pub item: ItemId,
    /// Who tells it.
    pub origin: Arc<Origin>,
    /// Its title; may be empty.
    pub title: String,
    /// Its address.
    pub url: Option<String>,
    /// Its language, if it is known.
    pub language: Option<LanguageCode>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Its effective date.
    pub date: DateTime<Utc>,
    /// Deadlines and event days.
    pub dates: Vec<DatedFact>,
    /// Its areas.
    pub areas: Vec<AreaTag>,
    /// How it relates to the story.
    pub relation: Relation,
    /// How long its text is, in bytes.
    pub length: u64,
}

/// A source, as far as an edition names it and orders by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Its section.
    pub section: String,
    /// What it is preferred by.
    pub priority: i64,
}

/// What an edition is compiled for.
pub struct Plan<'a> {
    /// Its id.
    pub id: EditionId,
    /// Its digest.
    pub digest: &'a Digest,
    /// All areas, in the order of areas.toml.
    pub areas: &'a [Area],
    /// The publication's time zone.
    pub timezone: Tz,
    /// The day it belongs to, in that zone.
    pub date: NaiveDate,
    /// The end of the edition before it.
    pub from: DateTime<Utc>,
    /// The present.
    pub now: DateTime<Utc>,
    /// Sources that could not be read.
    pub missing: Vec<Missing>,
    /// How many stories, in the digest's language: "24 stories".
    pub subject: &'a (dyn Fn(usize) -> String + Sync),
}

impl Plan<'_> {
    /// Whether the digest is in one of the languages, or in all.
    fn takes(&self, language: Option<&LanguageCode>) -> bool {
        let wanted = &self.digest.languages;
        wanted.is_empty() || language.is_some_and(|language| wanted.contains(language))
    }
}
