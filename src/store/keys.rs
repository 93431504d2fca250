//! Keys: what an item is found by, as 64 bits of a hash.
//!
//! Sixteen bytes a key instead of a hundred, and one index for story keys and for the identities
//! that a source gives its items. Two keys that fall on one hash by chance give a candidate too
//! many, which is then held against the new item like any other.

use std::sync::PoisonError;

use sha2::{Digest as _, Sha256};
use sqlx::{Any, Executor as _, Transaction};

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    row::{number, to_ms},
};
use crate::model::{Item, ItemId, SourceId, StoryKey};

/// How many new keys gather before some of them move to the large table.
const GATHERED: i64 = 64_000;
/// They move by a sixteenth of all hashes at a time, so that no move holds others up for long.
const PART: i64 = 1 << 60;

/// What this process knows of the keys that gather.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    /// How many there are, about; `None` before they were counted.
    count: Option<i64>,
    /// The part that moves next, of sixteen.
    part: i64,
}

/// A hash of all that a source may change of an item, to see whether it did.
pub fn content_hash(item: &Item) -> i64 {
    let mut hasher = Sha256::new();
    let published = item.published.map(to_ms).unwrap_or_default().to_string();
    let url = item.url.as_ref().map_or("", |url| url.as_str());
    for part in [url, &item.title, &item.summary, &item.text, &published] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    short(hasher)
}

/// The hash that a key stands under in `known_keys`.
pub(super) fn key_hash(key: &StoryKey) -> i64 {
    hash(&[key.kind, &key.value])
}

/// The hash that an item's identity within its source stands under in `known_keys`.
pub(super) fn identity_hash(source: &SourceId, identity: &str) -> i64 {
    hash(&["identity", source.as_str(), identity])
}

/// The number that a claim has on a server.
pub(super) fn claim_hash(name: &str) -> i64 {
    hash(&["claim", "circular", name])
}

fn hash(parts: &[&str]) -> i64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    short(hasher)
}

fn short(hasher: Sha256) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize()[..8]);
    i64::from_be_bytes(first)
}

impl Store {
    /// Writes new keys for stored items, for those whose text changed.
    pub async fn add_keys(&self, keys: &[(ItemId, Vec<StoryKey>)]) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        let mut rows = Vec::new();
        for (id, keys) in keys {
            let no: Option<i64> = sqlx::query_scalar("SELECT no FROM items WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            rows.extend(
                no.into_iter()
                    .flat_map(|no| keys.iter().map(move |key| (key_hash(key), no))),
            );
        }
        self.write_keys(&mut transaction, rows).await?;
        transaction.commit().await?;
        drop(writer);
        self.settle_keys().await
    }

    /// Writes pairs of a hash and the number of an item.
    pub(super) async fn write_keys(
        &self,
        transaction: &mut Transaction<'_, Any>,
        mut rows: Vec<(i64, i64)>,
    ) -> Result<()> {
        // In the order of the index, so that neighbours are written together, and so that two
        // writers on a server never wait for one another in a circle.
        rows.sort_unstable();
        rows.dedup();
        for piece in pieces(&rows) {
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
            let (count, part) = {
                let gathering = self.gathering();
                (gathering.count, gathering.part)
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
            let first = i64::MIN + part * PART;
            let last = first + (PART - 1);
            let mut transaction = writer.begin(Durable::Usual).await?;
            if let Some(words) = self.dialect().alone("fresh_keys") {
                transaction.execute(ours(words)).await?;
            }
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
            gathering.part = (part + 1) % 16;
            // After a whole turn they are counted anew, as other processes write and move them too.
            gathering.count = (gathering.part > 0).then_some(count - moved);
        }
    }

    fn gathering(&self) -> std::sync::MutexGuard<'_, Gathering> {
        let gathering = self.inner.gathering.lock();
        gathering.unwrap_or_else(PoisonError::into_inner)
    }
}
