//! From a source to stored stories, one source at a time; a failing source never stops the others.
//!
//! [`pull`] plays the first half of a round: what is due is leased and fetched side by side
//! (`pullers`, [`read`]), each document becomes items on a thread of its own (`item`), those that are
//! news are judged (`sift`), and one writer (`desk`) places them in stories, nominates the stories for
//! digests (`nominate`) and commits source by source, so that two copies which arrive at once still
//! become one story.
//!
//! Deliberate limit: there is one writer at a time, in all processes together, or two copies that
//! arrive at once would become two stories; what is shared is the waiting for answers.

mod desk;
mod discover;
mod forget;
mod hands;
mod health;
mod item;
mod laid;
mod nominate;
mod pullers;
mod read;
mod shape;
mod sift;
mod tally;
mod vitals;
mod vocabulary;
mod works;

use serde::Serialize;

use crate::model::SourceId;

pub use discover::{Found, FoundFeed, discover, look, stranger};
pub use forget::forget;
pub use health::{asks_for_a_person, no_items};
pub use item::{Normaliser, give_fixed, hash, item_id, web_address};
pub use nominate::{first_window, nominated};
use pullers::Pullers;
pub use pullers::put_clock_right;
pub use read::{Document, Failure, Pulled, Reading, read};
pub use shape::Shape;
pub use tally::{BOUNDS, Tally};
pub use vitals::{BROKEN, STOPPED, Vitals, vitals};
pub use vocabulary::{learned_file, vocabulary};
pub use works::Works;

/// Which sources to pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that are due
    Due,
    /// All, whatever their intervals; a server's Retry-After still holds
    All,
    /// These, if they are due
    These(Vec<SourceId>),
    /// These, whatever their intervals; a server's Retry-After still holds
    AllOfThese(Vec<SourceId>),
}

/// What pulling came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PullReport {
    /// How the sources fared.
    pub sources: SourceCounts,
    /// What became of their entries.
    pub items: ItemCounts,
    /// Stories that were opened.
    pub new_stories: usize,
    /// What went wrong, a sentence each.
    pub problems: Vec<SourceProblem>,
}

/// How sources fared; serialises to the `sources` of `run --json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceCounts {
    /// Asked
    pub due: usize,
    /// Read
    pub ok: usize,
    /// Nothing new: 304, or the same bytes
    pub unchanged: usize,
    /// Not read
    pub failed: usize,
}

/// What became of entries; serialises to the `items` of `run --json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ItemCounts {
    /// Stored for the first time
    pub new: usize,
    /// Stored before
    pub known: usize,
    /// Without any words
    pub rejected: usize,
}

/// What went wrong with a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceProblem {
    /// The source
    pub source: SourceId,
    /// What went wrong, in one sentence
    pub problem: String,
}

/// Pulls sources and stores what is new.
///
/// # Errors
/// Only when the database fails; a source that fails is counted and named in the report.
pub async fn pull(works: &Works, which: &Which) -> anyhow::Result<PullReport> {
    Pullers::begin(works, which).await?.work().await
}
