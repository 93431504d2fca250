//! Healths: how sources fare, read before their pulls and written after them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{Any, AssertSqlSafe, Transaction};
use url::Url;

use super::{
    Pull, Result, Round, Store,
    dialect::{Dialect, Durable, ours, pieces},
    row::{count, from_json, from_ms, strange, to_ms},
    sources::LOG_LENGTH,
};
use crate::model::{SourceHealth, SourceId, SourceState, Validators};

impl Store {
    /// How one source fares; as new if it was never stored.
    pub async fn health(&self, id: &SourceId) -> Result<SourceHealth> {
        let line: Option<String> = sqlx::query_scalar(Line::of(self.dialect(), "id = $1"))
            .bind(id.as_str())
            .fetch_optional(self.pool())
            .await?;
        line.map_or_else(
            || Ok(SourceHealth::new(id.clone())),
            |line| Line::read(&line),
        )
    }

    /// How these sources fare; one that was never stored is left out.
    pub async fn healths_of(&self, ids: &[SourceId]) -> Result<Vec<SourceHealth>> {
        let mut found = Vec::with_capacity(ids.len());
        for piece in pieces(ids) {
            let list = self.dialect().list(1, piece.len());
            let text = Line::of(self.dialect(), &format!("id IN {list}"));
            let mut query = sqlx::query_scalar::<_, String>(text);
            for id in piece {
                query = query.bind(id.as_str());
            }
            for line in query.fetch_all(self.pool()).await? {
                found.push(Line::read(&line)?);
            }
        }
        Ok(found)
    }

    /// How all sources of feeds.toml fare, by id.
    pub async fn healths(&self) -> Result<Vec<SourceHealth>> {
        let text = Line::of(self.dialect(), "present = 1 ORDER BY id");
        let lines: Vec<String> = sqlx::query_scalar(text).fetch_all(self.pool()).await?;
        lines.iter().map(|line| Line::read(line)).collect()
    }

    /// Notes that a person was told of the trouble of sources, or that it is over.
    pub async fn set_notified(&self, ids: &[SourceId], at: Option<DateTime<Utc>>) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        for id in ids {
            sqlx::query("UPDATE sources SET notified = $1 WHERE id = $2")
                .bind(at.map(to_ms))
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Writes how sources fare after their pulls, and ends their leases.
    pub(super) async fn write_healths(
        &self,
        transaction: &mut Transaction<'_, Any>,
        rounds: &[Round],
        counts: &HashMap<&str, i64>,
    ) -> Result<()> {
        let mut rounds: Vec<&Round> = rounds.iter().collect();
        rounds.sort_by(|a, b| a.health.id.cmp(&b.health.id));
        // A statement may not touch one row twice: of several rounds of a source the last counts.
        rounds.reverse();
        rounds.dedup_by(|a, b| a.health.id == b.health.id);
        rounds.reverse();
        for piece in pieces(&rounds) {
            let text = format!(
                "INSERT INTO sources (id, state, moved_to, moving_to, moving_count, etag, \
                 last_modified, body_hash, last_status, last_fetch, last_success, last_new, \
                 next_fetch, retry_after, items, failures, problem, rhythm, notified, troubled, \
                 validated, profile, log) \
                 VALUES {} ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
                 moved_to = excluded.moved_to, moving_to = excluded.moving_to, \
                 moving_count = excluded.moving_count, etag = excluded.etag, \
                 last_modified = excluded.last_modified, body_hash = excluded.body_hash, \
                 last_status = excluded.last_status, last_fetch = excluded.last_fetch, \
                 last_success = excluded.last_success, last_new = excluded.last_new, \
                 next_fetch = excluded.next_fetch, retry_after = excluded.retry_after, \
                 items = sources.items + excluded.items, failures = excluded.failures, \
                 problem = excluded.problem, rhythm = excluded.rhythm, \
                 troubled = excluded.troubled, \
                 validated = excluded.validated, profile = excluded.profile, \
                 log = substr(excluded.log || sources.log, 1, {LOG_LENGTH})",
                self.dialect().rows(piece.len(), 23)
            );
            let mut query = sqlx::query(ours(text));
            for round in piece {
                let health = &round.health;
                let added = counts.get(health.id.as_str()).copied().unwrap_or_default();
                let moving = health.moving.as_ref();
                query = query
                    .bind(health.id.as_str())
                    .bind(health.state.as_str())
                    .bind(health.moved_to.as_ref().map(Url::as_str))
                    .bind(moving.map(|(url, _)| url.as_str()))
                    .bind(moving.map_or(0, |(_, times)| i64::from(*times)))
                    .bind(health.validators.etag.as_deref())
                    .bind(health.validators.last_modified.as_deref())
                    .bind(health.body_hash.as_deref())
                    .bind(health.last_status.map(i64::from))
                    .bind(health.last_fetch.map(to_ms))
                    .bind(health.last_success.map(to_ms))
                    .bind(health.last_new.map(to_ms))
                    .bind(health.next_fetch.map_or(0, to_ms))
                    .bind(health.retry_after.map(to_ms))
                    .bind(added)
                    .bind(i64::from(health.failures))
                    .bind(health.problem.as_deref())
                    .bind(health.rhythm)
                    .bind(health.notified.map(to_ms))
                    .bind(health.troubled.map(to_ms))
                    .bind(health.validators.url.as_ref().map(Url::as_str))
                    .bind(serde_json::to_string(&health.profile).unwrap_or_default())
                    .bind(round.pull.as_ref().map(Pull::line).unwrap_or_default());
            }
            query.execute(&mut **transaction).await?;
            let text = format!(
                "DELETE FROM leases WHERE source IN {}",
                self.dialect().list(1, piece.len())
            );
            let mut query = sqlx::query(ours(text));
            for round in piece {
                query = query.bind(round.health.id.as_str());
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }
}

/// How a source fares, as a JSON array: twenty columns cost several times as much to hand over.
#[derive(Deserialize, Default)]
struct Line {
    id: String,
    state: String,
    moved_to: Option<Url>,
    moving_to: Option<Url>,
    moving_count: u32,
    etag: Option<String>,
    last_modified: Option<String>,
    body_hash: Option<String>,
    last_status: Option<u16>,
    last_fetch: Option<i64>,
    last_success: Option<i64>,
    last_new: Option<i64>,
    next_fetch: i64,
    retry_after: Option<i64>,
    items: i64,
    failures: u32,
    problem: Option<String>,
    rhythm: Option<f64>,
    notified: Option<i64>,
    troubled: Option<i64>,
    validated: Option<Url>,
    profile: String,
}

impl Line {
    /// The statement that gives lines of the sources that a condition names.
    fn of(dialect: Dialect, which: &str) -> AssertSqlSafe<String> {
        let array = dialect.json_array();
        ours(format!(
            "SELECT CAST({array}(id, state, moved_to, moving_to, moving_count, etag, last_modified, \
             body_hash, last_status, last_fetch, last_success, last_new, next_fetch, retry_after, \
             items, failures, problem, rhythm, notified, troubled, validated, profile) AS TEXT) \
             FROM sources WHERE {which}"
        ))
    }

    fn read(text: &str) -> Result<SourceHealth> {
        let line: Self = from_json(text)?;
        let word = line.state.as_str();
        Ok(SourceHealth {
            state: SourceState::parse(word).ok_or_else(|| strange("state of a source", word))?,
            id: SourceId::new(line.id),
            moved_to: line.moved_to,
            moving: line.moving_to.map(|url| (url, line.moving_count)),
            validators: Validators {
                etag: line.etag,
                last_modified: line.last_modified,
                url: line.validated,
            },
            body_hash: line.body_hash,
            last_status: line.last_status,
            last_fetch: line.last_fetch.map(from_ms),
            last_success: line.last_success.map(from_ms),
            last_new: line.last_new.map(from_ms),
            next_fetch: Some(line.next_fetch).filter(|ms| *ms != 0).map(from_ms),
            retry_after: line.retry_after.map(from_ms),
            items: count(line.items),
            failures: line.failures,
            problem: line.problem,
            rhythm: line.rhythm,
            notified: line.notified.map(from_ms),
            troubled: line.troubled.map(from_ms),
            // What an older or newer program wrote is read as far as it is known.
            profile: serde_json::from_str(&line.profile).unwrap_or_default(),
        })
    }
}
