//! Leases: whose turn it is to pull which source, shared by any number of workers.
//!
//! A lease ends when its source is recorded, when its worker gives it back, and by itself a while
//! after a worker that died renewed it last. Times are those of the workers' clocks, which must
//! agree to within a fraction of a lease.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::sleep;

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    row::{number, to_ms},
};
use crate::model::SourceId;

/// What makes a source due: its time has come, the server did not ask to wait longer, and it was not
/// given up as gone.
const DUE: &str = "next_fetch <= $1 AND state <> 'gone'";

/// What holds for every source that may be pulled at all.
const FREE: &str = "present = 1 AND paused = 0 AND (retry_after IS NULL OR retry_after <= $1) \
    AND NOT EXISTS (SELECT 1 FROM leases WHERE source = sources.id AND ends > $1)";

/// How often a worker asks for due sources that others were quicker to take.
const TRIES: usize = 30;
/// How long it waits before it asks again.
const AGAIN: Duration = Duration::from_millis(3);

/// Leases what was picked; of two workers who picked one source at once, the second gets nothing.
fn take(owner_at: usize) -> String {
    format!(
        "INSERT INTO leases (source, owner, ends) \
         SELECT id, ${owner_at}, ${} FROM picked WHERE 1 = 1 \
         ON CONFLICT (source) DO UPDATE SET owner = excluded.owner, ends = excluded.ends \
         WHERE leases.ends <= $1 RETURNING source",
        owner_at + 1
    )
}

impl Store {
    /// The sources that are due and that nobody has leased, longest overdue first.
    pub async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<SourceId>> {
        let text = format!(
            "SELECT id FROM sources WHERE {DUE} AND {FREE} ORDER BY next_fetch, id LIMIT $2"
        );
        let ids: Vec<String> = sqlx::query_scalar(ours(text))
            .bind(to_ms(now))
            .bind(number(limit))
            .fetch_all(self.pool())
            .await?;
        Ok(ids.into_iter().map(SourceId::new).collect())
    }

    /// Takes due sources for one worker, longest overdue first; no other gets them before `hold` is
    /// over or [`Store::record`] or [`Store::release_sources`] gives them back. Who gets none found
    /// none that was due.
    pub async fn lease_sources(
        &self,
        now: DateTime<Utc>,
        owner: &str,
        limit: usize,
        hold: Duration,
    ) -> Result<Vec<SourceId>> {
        for _ in 1..TRIES {
            let taken = self.lease_once(now, owner, limit, hold).await?;
            if !taken.is_empty() || self.due(now, 1).await?.is_empty() {
                return Ok(taken);
            }
            // Another worker was quicker with all that we had picked, and there are more.
            sleep(AGAIN).await;
        }
        self.lease_once(now, owner, limit, hold).await
    }

    async fn lease_once(
        &self,
        now: DateTime<Utc>,
        owner: &str,
        limit: usize,
        hold: Duration,
    ) -> Result<Vec<SourceId>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        let text = format!(
            "WITH picked AS MATERIALIZED (SELECT id FROM sources WHERE {DUE} AND {FREE} \
             ORDER BY next_fetch, id LIMIT $2{}) {}",
            self.dialect().skip_locked(),
            take(3)
        );
        let ids: Vec<String> = sqlx::query_scalar(ours(text))
            .bind(to_ms(now))
            .bind(number(limit))
            .bind(owner)
            .bind(until(now, hold))
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(ids.into_iter().map(SourceId::new).collect())
    }

    /// Takes those of the named sources that nobody has leased: the due ones, or with `forced` all
    /// whose server did not ask to wait.
    pub async fn lease_these(
        &self,
        now: DateTime<Utc>,
        owner: &str,
        ids: &[SourceId],
        forced: bool,
        hold: Duration,
    ) -> Result<Vec<SourceId>> {
        let mut taken = Vec::new();
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        for piece in pieces(ids) {
            let mut marks = String::new();
            for at in 0..piece.len() {
                marks.push_str(if at == 0 { "" } else { ", " });
                marks.push_str(&format!("${}", at + 2));
            }
            let due = if forced { "1 = 1" } else { DUE };
            let text = format!(
                "WITH picked AS MATERIALIZED (SELECT id FROM sources WHERE {due} AND {FREE} \
                 AND id IN ({marks}) ORDER BY id{}) {}",
                self.dialect().skip_locked(),
                take(piece.len() + 2)
            );
            let mut query = sqlx::query_scalar::<_, String>(ours(text)).bind(to_ms(now));
            for id in piece {
                query = query.bind(id.as_str());
            }
            let ids = query
                .bind(owner)
                .bind(until(now, hold))
                .fetch_all(&mut *transaction)
                .await?;
            taken.extend(ids.into_iter().map(SourceId::new));
        }
        transaction.commit().await?;
        Ok(taken)
    }

    /// Puts the end of a worker's leases off: it is alive and still at them.
    pub async fn renew_sources(
        &self,
        now: DateTime<Utc>,
        owner: &str,
        hold: Duration,
    ) -> Result<u64> {
        let mut writer = self.writer().await?;
        Ok(sqlx::query("UPDATE leases SET ends = $1 WHERE owner = $2")
            .bind(until(now, hold))
            .bind(owner)
            .execute(&mut *writer.connection)
            .await?
            .rows_affected())
    }

    /// Gives back what a worker leased and did not pull.
    pub async fn release_sources(&self, owner: &str) -> Result<u64> {
        let mut writer = self.writer().await?;
        Ok(sqlx::query("DELETE FROM leases WHERE owner = $1")
            .bind(owner)
            .execute(&mut *writer.connection)
            .await?
            .rows_affected())
    }

    /// Says that this process pulls from now on, until the claim is dropped. On an SQLite database,
    /// whose users are all on one machine, the first one ends the leases of those who died.
    pub async fn begin_pulling(&self) -> Result<super::Claim> {
        self.share("pull", async {
            let mut writer = self.writer().await?;
            sqlx::query("DELETE FROM leases")
                .execute(&mut *writer.connection)
                .await?;
            Ok(())
        })
        .await
    }

    /// Puts right what was written under a clock that ran ahead: a source that was pulled well after
    /// `now` (the workers' clocks differ a little) is due, and a lease that would end later than any true one has ended. Tells how many
    /// sources that were.
    pub async fn put_clock_right(&self, now: DateTime<Utc>, hold: Duration) -> Result<u64> {
        let mut writer = self.writer().await?;
        sqlx::query("DELETE FROM leases WHERE ends > $1")
            .bind(until(now, hold * 2))
            .execute(&mut *writer.connection)
            .await?;
        Ok(sqlx::query(
            "UPDATE sources SET next_fetch = 0, last_fetch = $1, retry_after = NULL \
                 WHERE last_fetch > $2 AND next_fetch > $2",
        )
        .bind(to_ms(now))
        .bind(to_ms(now))
        .execute(&mut *writer.connection)
        .await?
        .rows_affected())
    }
}

fn until(now: DateTime<Utc>, hold: Duration) -> i64 {
    to_ms(now).saturating_add(number(hold.as_millis()))
}
