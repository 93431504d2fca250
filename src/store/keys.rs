//! Keys: what an item is found by, a number and the item's in a row.
//!
//! The numbers of keys that last, and of the identities that a source gives its items, are negative and
//! 63 bits of a hash. Those of keys that tell something only among items of about the same days are a
//! season and 48 bits: so what is looked up for news lies together, however much is stored.

use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use sqlx::{Any, Executor as _, Transaction};

use super::{
    Result, Store,
    dialect::{Durable, long_pieces, ours},
    row::{number, to_ms},
};
use crate::{
    model::{Item, SourceId, StoryKey, short_hash},
    story::{Season, is_lasting},
};

/// How many new keys gather before some of them move to the large table.
const GATHERED: i64 = 64_000;
/// So many move at a time, so that no move holds others up for long.
const MOVED: i64 = 4_096;

/// What this process knows of the keys that gather.
#[derive(Debug)]
pub(super) struct Gathering {
    /// How many there are, about; `None` before they were counted.
    count: Option<i64>,
    /// The first of those that move next, in the order of the table.
    next: i64,
}

impl Default for Gathering {
    fn default() -> Self {
        Self {
            count: None,
            next: i64::MIN,
        }
    }
}

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

/// The number that a key of an item stands under in `known_keys`.
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

/// The number that an item's identity within its source stands under in `known_keys`.
pub(super) fn identity_number(source: &SourceId, identity: &str) -> i64 {
    lasting(short_hash(&["identity", source.as_str(), identity]))
}

/// The number that a claim has on a server.
pub(super) fn claim_hash(name: &str) -> i64 {
    short_hash(&["claim", "circular", name])
}

impl Store {
    /// Writes pairs of a key's number and the number of an item.
    pub(super) async fn write_keys(
        &self,
        transaction: &mut Transaction<'_, Any>,
        mut rows: Vec<(i64, i64)>,
    ) -> Result<()> {
        // In the order of the index, so that neighbours are written together, and so that two
        // writers on a server never wait for one another in a circle.
        rows.sort_unstable();
        rows.dedup();
        for piece in long_pieces(&rows) {
            let text = format!(
                "INSERT INTO fresh_keys (hash, item) VALUES {} ON CONFLICT DO NOTHING",
                self.dialect().rows(piece.len(), 2)
            );
            let mut query = sqlx::query(ours(text));
            for (hash, no) in piece {
                query = query.bind(*hash).bind(*no);
            }
            query.execute(&mut **transaction).await?;
        }
        if let Some(count) = &mut self.gathering().count {
            *count += number(rows.len());
        }
        Ok(())
    }

    /// Moves new keys to the large table, part by part, until few enough are left. The order of both
    /// tables is that of the hashes, so that each page of the large one takes all its keys at once.
    pub(super) async fn settle_keys(&self) -> Result<()> {
        loop {
            let (count, first) = {
                let gathering = self.gathering();
                (gathering.count, gathering.next)
            };
            let mut writer = self.writer().await?;
            let Some(count) = count else {
                let count = sqlx::query_scalar("SELECT COUNT(*) FROM fresh_keys")
                    .fetch_one(&mut *writer.connection)
                    .await?;
                self.gathering().count = Some(count);
                continue;
            };
            if count < GATHERED {
                return Ok(());
            }
            let mut transaction = writer.begin(Durable::Usual).await?;
            if let Some(words) = self.dialect().alone("fresh_keys") {
                transaction.execute(ours(words)).await?;
            }
            let end: Option<i64> = sqlx::query_scalar(
                "SELECT hash FROM fresh_keys WHERE hash > $1 ORDER BY hash LIMIT 1 OFFSET $2",
            )
            .bind(first)
            .bind(MOVED)
            .fetch_optional(&mut *transaction)
            .await?;
            let last = end.unwrap_or(i64::MAX);
            let mut moved = 0;
            for text in [
                "INSERT INTO item_keys (hash, item) SELECT hash, item FROM fresh_keys \
                 WHERE hash BETWEEN $1 AND $2 ORDER BY hash, item ON CONFLICT DO NOTHING",
                "DELETE FROM fresh_keys WHERE hash BETWEEN $1 AND $2",
            ] {
                let query = sqlx::query(text).bind(first).bind(last);
                let done = query.execute(&mut *transaction).await?;
                moved = number(done.rows_affected());
            }
            transaction.commit().await?;
            let mut gathering = self.gathering();
            gathering.next = end.map_or(i64::MIN, |end| end + 1);
            // After a whole turn they are counted anew, as other processes write and move them too.
            gathering.count = end.map(|_| count - moved);
        }
    }

    fn gathering(&self) -> std::sync::MutexGuard<'_, Gathering> {
        let gathering = self.inner.gathering.lock();
        gathering.unwrap_or_else(PoisonError::into_inner)
    }
}
