//! Figures: what a monitor asks of the whole, in statements whose cost does not grow with what is stored.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{
    Result, Store,
    row::{count, from_ms},
};
use crate::model::{DigestId, EditionId};

impl Store {
    /// How many items are stored, as their sources count them.
    pub async fn stored_items(&self) -> Result<u64> {
        let sum: i64 =
            sqlx::query_scalar("SELECT CAST(COALESCE(SUM(items), 0) AS BIGINT) FROM sources")
                .fetch_one(self.pool())
                .await?;
        Ok(count(sum))
    }

    /// When the oldest edition was made of which a delivery is still queued; `None` if none is.
    pub async fn oldest_queued(&self) -> Result<Option<DateTime<Utc>>> {
        let letters: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT edition FROM deliveries WHERE state = 'queued'")
                .fetch_all(self.pool())
                .await?;
        // A reading counts as old as its newest edition.
        let editions: BTreeSet<EditionId> = letters
            .into_iter()
            .map(|letter| EditionId::new(letter).whole())
            .collect();
        let mut oldest: Option<i64> = None;
        for edition in editions {
            let made: Option<i64> =
                sqlx::query_scalar("SELECT window_to FROM editions WHERE id = $1")
                    .bind(edition.as_str())
                    .fetch_optional(self.pool())
                    .await?;
            oldest = oldest.into_iter().chain(made).min();
        }
        Ok(oldest.map(from_ms))
    }

    /// How often the digest appeared, and when last.
    pub async fn appearances(&self, digest: &DigestId) -> Result<(u64, Option<DateTime<Utc>>)> {
        let (number, last): (i64, Option<i64>) = sqlx::query_as(
            "SELECT COUNT(*), MAX(window_to) FROM editions \
             WHERE digest = $1 AND frozen IS NOT NULL",
        )
        .bind(digest.as_str())
        .fetch_one(self.pool())
        .await?;
        Ok((count(number), last.map(from_ms)))
    }

    /// Whether the database answers.
    pub async fn answers(&self) -> Result<()> {
        let _: i32 = sqlx::query_scalar("SELECT 1")
            .fetch_one(self.pool())
            .await?;
        Ok(())
    }
}
