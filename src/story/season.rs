//! Seasons: sixty days in a row. What only items of about the same days can share is kept season by
//! season, so that looking it up costs what a season brought and not what all the years did.

use chrono::{DateTime, Utc};

use super::place::COPY_TIME;
use crate::model::StoryKey;

const DAY: i64 = 24 * 60 * 60;
/// Seconds of a season: a few times what copies may be apart, so that most items look into one.
const LENGTH: i64 = 60 * DAY;
/// The last season that has a number, in the year 7350.
const LAST: i64 = (1 << 15) - 1;

/// Sixty days in a row, counted from 1970; what lies before is in the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Season(i64);

impl Season {
    /// The season in which a time lies.
    pub fn of(time: DateTime<Utc>) -> Self {
        Self::at(time.timestamp())
    }

    /// The first and the last season in which items may lie that are one story with an item of this
    /// effective date, seen now: mostly the same, and never more than neighbours.
    pub fn around(effective: DateTime<Utc>, now: DateTime<Utc>) -> [Self; 2] {
        let (effective, copies) = (effective.timestamp(), COPY_TIME.num_seconds());
        // Nothing that is stored is later than now, but for another machine's clock.
        let last = (effective + copies).min(now.timestamp() + DAY);
        [effective - copies, last.max(effective)].map(Self::at)
    }

    fn at(seconds: i64) -> Self {
        Self(seconds.div_euclid(LENGTH).clamp(0, LAST))
    }

    /// Its number, from 0 to 32,767.
    pub fn number(self) -> i64 {
        self.0
    }
}

/// Whether an item is found by a key at any time. An address is that of one thing, and a title that
/// comes again and again is known by that; everything else tells something of the same days alone.
pub fn is_lasting(key: &StoryKey) -> bool {
    matches!(key.kind, "url" | "title")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_item_looks_as_far_as_copies_may_be_apart() {
        let day = |day: i64| DateTime::UNIX_EPOCH + TimeDelta::days(day);
        let around = |effective, now| Season::around(day(effective), day(now)).map(Season::number);
        assert_eq!(around(600 + 30, 600 + 30), [10, 10]);
        assert_eq!(around(600 + 14, 600 + 14), [9, 10]);
        assert_eq!(around(600 + 50, 600 + 50), [10, 10], "nothing is later");
        assert_eq!(around(600 + 50, 600 + 200), [10, 11], "but for an old one");
        assert_eq!(around(-90, 600), [0, 0]);
        assert_eq!(around(3, 3), [0, 0]);
        assert_eq!(Season::of(DateTime::<Utc>::MAX_UTC).number(), LAST);
        Season::around(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    }
}
