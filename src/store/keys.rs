//! Keys: what an item is found by, a number and the item's in a row.
//!
//! The numbers of keys that last, and of the identities that a source gives its items, are negative and
//! 63 bits of a hash. Those of keys that tell something only among items of about the same days are a
//! season and 48 bits: so what is looked up for news lies together, however much is stored.

use chrono::{DateTime, Utc};

use super::row::to_ms;
use crate::{
    model::{Item, SourceId, StoryKey, short_hash},
    story::{Season, is_lasting},
};

/// What is looked for: items of certain days that share one of the keys.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The keys, as [`sign`](crate::story::sign) gives them.
    pub keys: &'a [StoryKey],
    /// The first and the last season in which such items may lie.
    pub seasons: [Season; 2],
}

impl<'a> Sought<'a> {
    /// What a new item is looked up by.
    pub fn of(item: &Item, keys: &'a [StoryKey]) -> Self {
        let seasons = Season::around(item.effective, item.first_seen);
        Self { keys, seasons }
    }

    /// The keys, each with the numbers that it may stand under.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (i64, StoryKey)> {
        let [first, last] = self.seasons;
        let seasons = 1 + usize::from(first != last);
        self.keys.iter().flat_map(move |key| {
            let seasons = if is_lasting(key) { 1 } else { seasons };
            let at = [first, last].into_iter().take(seasons);
            at.map(|season| (numbered(key, season), *key))
        })
    }
}

/// A hash of all that a source may change of an item, to see whether it did.
pub fn content_hash(item: &Item) -> i64 {
    let published = item.published.map(to_ms).unwrap_or_default().to_string();
    let url = item.url.as_ref().map_or("", |url| url.as_str());
    short_hash(&[url, &item.title, &item.summary, &item.text, &published])
}

/// The number that a key of an item stands under in `item_keys`.
pub(super) fn key_number(key: &StoryKey, effective: DateTime<Utc>) -> i64 {
    numbered(key, Season::of(effective))
}

fn numbered(key: &StoryKey, season: Season) -> i64 {
    if is_lasting(key) {
        lasting(key.hash)
    } else {
        const BITS: u32 = 48;
        season.number() << BITS | key.hash & ((1 << BITS) - 1)
    }
}

fn lasting(hash: i64) -> i64 {
    hash | i64::MIN
}

/// The number that an item's identity within its source stands under in `item_keys`.
pub(super) fn identity_number(source: &SourceId, identity: &str) -> i64 {
    lasting(short_hash(&["identity", source.as_str(), identity]))
}

/// The number that a claim has on a server.
pub(super) fn claim_hash(name: &str) -> i64 {
    short_hash(&["claim", "circular", name])
}
