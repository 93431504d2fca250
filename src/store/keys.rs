//! Keys: what an item is found by, as 64 bits of a hash.
//!
//! Sixteen bytes a key instead of a hundred, and one index for story keys and for the identities
//! that a source gives its items. Two keys that fall on one hash by chance give a candidate too
//! many, which is then held against the new item like any other.

use sha2::{Digest as _, Sha256};
use sqlx::{Any, Transaction};

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    row::to_ms,
};
use crate::model::{Item, ItemId, SourceId, StoryKey};

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

/// The hash that a key stands under in `item_keys`.
pub(super) fn key_hash(key: &StoryKey) -> i64 {
    hash(&[key.kind, &key.value])
}

/// The hash that an item's identity within its source stands under in `item_keys`.
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
        Ok(transaction.commit().await?)
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
                "INSERT INTO item_keys (hash, item) VALUES {} ON CONFLICT DO NOTHING",
                self.dialect().rows(piece.len(), 2)
            );
            let mut query = sqlx::query(ours(text));
            for (hash, no) in piece {
                query = query.bind(*hash).bind(*no);
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }
}
