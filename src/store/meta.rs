//! Small facts about the whole, the marks of the schedules, and locks that end by themselves.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Result, Store, StoreError,
    dialect::Durable,
    row::{Columns, from_ms, to_ms},
};
use crate::model::DigestId;

impl Store {
    /// What was noted under the key.
    pub async fn note(&self, key: &str) -> Result<Option<String>> {
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = $1")
            .bind(key)
            .fetch_optional(self.pool())
            .await?)
    }

    /// Notes something under the key, in place of what was there.
    pub async fn set_note(&self, key: &str, value: &str) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        set(&mut transaction, key, value).await?;
        Ok(transaction.commit().await?)
    }

    /// The last instant of the digest's schedule that was dealt with; `None` if none ever was.
    pub async fn digest_mark(&self, digest: &DigestId) -> Result<Option<DateTime<Utc>>> {
        let value = self.note(&mark_key(digest)).await?;
        Ok(value.and_then(|value| value.parse().ok()).map(from_ms))
    }

    /// Notes that an instant of the schedule was dealt with and nothing went out; with an edition,
    /// [`Store::freeze`] notes it.
    pub async fn set_digest_mark(&self, digest: &DigestId, mark: DateTime<Utc>) -> Result<()> {
        self.set_note(&mark_key(digest), &to_ms(mark).to_string())
            .await
    }

    /// Takes or renews a lock for the owner until then; an error names who else holds it.
    pub async fn lock(
        &self,
        name: &str,
        owner: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        let taken = sqlx::query(
            "INSERT INTO locks (name, owner, lease_until) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, \
             lease_until = excluded.lease_until \
             WHERE locks.lease_until <= $4 OR locks.owner = $5",
        )
        .bind(name)
        .bind(owner)
        .bind(to_ms(until))
        .bind(to_ms(now))
        .bind(owner)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if taken == 1 {
            return Ok(transaction.commit().await?);
        }
        let row = sqlx::query("SELECT owner, lease_until FROM locks WHERE name = $1")
            .bind(name)
            .fetch_one(&mut *transaction)
            .await?;
        let mut columns = Columns::of(&row);
        Err(StoreError::Held {
            name: name.to_owned(),
            owner: columns.string()?,
            until: columns.time()?,
        })
    }

    /// Gives a lock back; one that somebody else holds by now stays.
    pub async fn unlock(&self, name: &str, owner: &str) -> Result<()> {
        let mut writer = self.writer().await?;
        sqlx::query("DELETE FROM locks WHERE name = $1 AND owner = $2")
            .bind(name)
            .bind(owner)
            .execute(&mut *writer.connection)
            .await?;
        Ok(())
    }
}

pub(super) fn mark_key(digest: &DigestId) -> String {
    format!("mark/{digest}")
}

pub(super) async fn set(
    transaction: &mut Transaction<'_, Any>,
    key: &str,
    value: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES ($1, $2) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
