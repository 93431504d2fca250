//! Readings: an edition, or several, as one kind of reader gets them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{EditionId, Format, Language, StoryId};

/// What one letter holds, for all readers who chose alike and were told alike. It names stories and
/// does not repeat them: the editions it is made of are frozen, so it gives the same letter for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Its id: that of the newest of its editions, `~`, and a hash of the rest. A delivery carries it
    /// in place of the edition's.
    pub id: EditionId,
    /// The language of the letter's own words.
    pub language: Language,
    /// The form of the letter.
    pub format: Format,
    /// When it was put together; the newest of its editions may be older.
    pub to: DateTime<Utc>,
    /// The day of that, in the publication's time zone.
    pub date: NaiveDate,
    /// The editions, oldest first, with the stories that it tells of each.
    pub parts: Vec<ReadingPart>,
}

/// What a reading tells of one edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingPart {
    /// The edition.
    pub edition: EditionId,
    /// Its stories, in the edition's order.
    pub stories: Vec<StoryId>,
}

impl EditionId {
    /// The edition that a delivery is for, where the id is a reading's.
    #[must_use]
    pub fn whole(&self) -> Self {
        let whole = self.as_str().split_once('~');
        whole.map_or_else(|| self.clone(), |(edition, _)| Self::new(edition))
    }

    /// The ids of all its letters but itself, as a pattern of SQL's `LIKE`.
    pub fn letters(&self) -> String {
        format!("{}~%", self.as_str())
    }

    /// Whether the id is a reading's.
    pub fn is_reading(&self) -> bool {
        self.as_str().contains('~')
    }
}
