//! Figures: what a monitor asks of the whole, in statements whose cost does not grow with what is stored.

use chrono::{DateTime, Utc};

use super::{
    Result, Store,
    row::{count, from_ms},
};
use crate::model::DigestId;

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
        let oldest: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(e.window_to) FROM deliveries d JOIN editions e ON e.id = d.edition \
             WHERE d.state = 'queued'",
        )
        .fetch_one(self.pool())
        .await?;
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
