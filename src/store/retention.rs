//! Retention: old items forgotten, page by page, in the order in which they came.
//!
//! What an edition cites, or may yet, is never forgotten, nor what a person corrected. Of what goes, the
//! hash of its identity stays, so that a feed which lists it still brings nothing new. A mark says how
//! far it came, so each item is looked at once and the cost grows with what gets old.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::AnyConnection;

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    keys::{identity_number, key_number},
    meta,
    row::{number, to_ms},
};
use crate::model::{Item, StoryKey};

/// How far old items were looked through.
const MARK: &str = "retention";

impl Store {
    /// The next page of items that came before a time and were not looked at yet, oldest first.
    pub async fn old_items(&self, before: DateTime<Utc>, limit: usize) -> Result<Vec<(i64, Item)>> {
        let mark = self.note(MARK).await?;
        let after = mark.and_then(|mark| mark.parse().ok()).unwrap_or_default();
        let mut page = self.page_of_items(after, limit).await?;
        let old = page
            .iter()
            .take_while(|(_, item)| item.first_seen < before)
            .count();
        page.truncate(old);
        Ok(page)
    }

    /// Forgets those of a page of [`Store::old_items`] that nothing needs any more, with the keys
    /// that they were stored under, and marks the page as looked at. Tells how many went.
    pub async fn forget(&self, page: &[(i64, Item, Vec<StoryKey>)]) -> Result<u64> {
        let Some((last, ..)) = page.last() else {
            return Ok(0);
        };
        let by_no: HashMap<i64, &(i64, Item, Vec<StoryKey>)> =
            page.iter().map(|row| (row.0, row)).collect();
        let mut gone = 0;
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        for piece in pieces(page) {
            // Waiting and held stories may be told yet, and what a person said of an item teaches.
            let text = format!(
                "DELETE FROM items WHERE no IN {} \
                 AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.story = items.story \
                 AND l.state <> 'dropped') \
                 AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.item = items.id) \
                 RETURNING no, story",
                self.dialect().list(1, piece.len())
            );
            let mut query = sqlx::query_as::<_, (i64, String)>(ours(text));
            for (no, ..) in piece {
                query = query.bind(*no);
            }
            let forgotten = query.fetch_all(&mut *transaction).await?;
            for (no, story) in forgotten {
                let Some((_, item, keys)) = by_no.get(&no) else {
                    continue;
                };
                gone += 1;
                let identity = identity_number(&item.source, &item.key);
                sqlx::query("INSERT INTO forgotten (hash) VALUES ($1) ON CONFLICT DO NOTHING")
                    .bind(identity)
                    .execute(&mut *transaction)
                    .await?;
                let keys = keys.iter().map(|key| key_number(key, item.effective));
                for hash in keys.chain([identity]) {
                    sqlx::query("DELETE FROM item_keys WHERE hash = $1 AND item = $2")
                        .bind(hash)
                        .bind(no)
                        .execute(&mut *transaction)
                        .await?;
                }
                sqlx::query(
                    "DELETE FROM ledger WHERE state = 'dropped' AND story = $1 \
                     AND NOT EXISTS (SELECT 1 FROM items WHERE items.story = $2)",
                )
                .bind(story.as_str())
                .bind(story.as_str())
                .execute(&mut *transaction)
                .await?;
                sqlx::query("UPDATE sources SET items = items - 1 WHERE id = $1 AND items > 0")
                    .bind(item.source.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        meta::set(&mut transaction, MARK, &number(*last).to_string()).await?;
        transaction.commit().await?;
        Ok(gone)
    }

    /// Which of the hashes of identities belong to forgotten items.
    pub(super) async fn forgotten(
        &self,
        connection: &mut AnyConnection,
        hashes: &[i64],
    ) -> Result<Vec<i64>> {
        let mut found = Vec::new();
        for piece in pieces(hashes) {
            let text = format!(
                "SELECT hash FROM forgotten WHERE hash IN {}",
                self.dialect().list(1, piece.len())
            );
            let mut query = sqlx::query_scalar::<_, i64>(ours(text));
            for hash in piece {
                query = query.bind(*hash);
            }
            found.extend(query.fetch_all(&mut *connection).await?);
        }
        Ok(found)
    }

    /// Whether items that came before a time are there to be looked at.
    pub async fn has_old_items(&self, before: DateTime<Utc>) -> Result<bool> {
        let mark = self.note(MARK).await?;
        let after: i64 = mark.and_then(|mark| mark.parse().ok()).unwrap_or_default();
        let next: Option<i64> =
            sqlx::query_scalar("SELECT first_seen FROM items WHERE no > $1 ORDER BY no LIMIT 1")
                .bind(after)
                .fetch_optional(self.pool())
                .await?;
        Ok(next.is_some_and(|seen| seen < to_ms(before)))
    }
}
