//! The ledger: for each digest and story one state.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::{Any, Transaction};

use super::{
    Result, Store,
    dialect::{Durable, ours},
    row::{Columns, ITEM, strange, to_ms},
};
use crate::{
    edition::{Told, Waiting},
    model::{DigestId, EditionId, LedgerState, Relation, StoryId},
};

/// What the ledger says of a story in a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// The digest.
    pub digest: DigestId,
    /// The state.
    pub state: LedgerState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why, in one sentence; may be empty.
    pub why: String,
}

impl Store {
    /// What an edition of the digest may take: every story that waits or is held, with all its
    /// items, the lead first (by priority, then the earliest); newest stories first. The cost grows
    /// with what waits, not with what is stored. The items come without their texts, which no edition
    /// prints; [`Told::length`] says how long they are.
    pub async fn waiting(&self, digest: &DigestId) -> Result<Vec<Waiting>> {
        // Row by row: a row is several times as large as the item that is made of it.
        let mut rows = sqlx::query(ours(waiting_statement()))
            .bind(digest.as_str())
            .fetch(self.pool());
        let mut places: HashMap<StoryId, usize> = HashMap::new();
        let mut all: Vec<Waiting> = Vec::new();
        while let Some(row) = rows.try_next().await? {
            let mut columns = Columns::of(&row);
            let story = columns.story()?;
            let held = columns.text()? == "held";
            let until = columns.maybe_time()?;
            let changed = columns.maybe_number()?.is_some();
            let told = Told {
                item: columns.item()?,
                source_name: columns.string()?,
                section: columns.string()?,
                priority: columns.number()?,
                relation: columns.relation()?,
                length: super::row::count(columns.number()?),
            };
            let at = *places.entry(story.clone()).or_insert_with(|| {
                all.push(Waiting {
                    story,
                    items: Vec::with_capacity(1),
                    held,
                    until,
                    updated: false,
                });
                all.len() - 1
            });
            all[at].updated |= changed || told.relation == Relation::Update;
            all[at].items.push(told);
        }
        for waiting in &mut all {
            waiting.items.sort_by(|a, b| {
                (b.priority, a.item.effective, &a.item.id).cmp(&(
                    a.priority,
                    b.item.effective,
                    &b.item.id,
                ))
            });
        }
        all.sort_by(|a, b| {
            newest(b)
                .cmp(&newest(a))
                .then_with(|| a.story.cmp(&b.story))
        });
        Ok(all)
    }

    /// How many stories wait or are held in a digest.
    pub async fn count_waiting(&self, digest: &DigestId) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM ledger WHERE digest = $1 AND state IN ('waiting', 'held')",
        )
        .bind(digest.as_str())
        .fetch_one(self.pool())
        .await?;
        Ok(super::row::count(count))
    }

    /// What the ledger says of a story in each digest.
    pub async fn ledger(&self, story: &StoryId) -> Result<Vec<LedgerRow>> {
        sqlx::query(
            "SELECT digest, state, edition, since, why FROM ledger WHERE story = $1 \
             ORDER BY digest",
        )
        .bind(story.as_str())
        .fetch_all(self.pool())
        .await?
        .iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(LedgerRow {
                digest: DigestId::new(columns.text()?),
                state: read_state(&mut columns)?,
                since: columns.time()?,
                why: columns.string()?,
            })
        })
        .collect()
    }

    /// A person, or a rule outside an edition, sets a state.
    pub async fn set_ledger(
        &self,
        digest: &DigestId,
        story: &StoryId,
        state: &LedgerState,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        set(&mut transaction, digest, story, state, why, now).await?;
        Ok(transaction.commit().await?)
    }

    /// A person puts a story off until an instant.
    pub async fn hold_until(
        &self,
        digest: &DigestId,
        story: &StoryId,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let why = "a person put it off";
        set(
            &mut transaction,
            digest,
            story,
            &LedgerState::Held,
            why,
            now,
        )
        .await?;
        sqlx::query("UPDATE ledger SET until = $1 WHERE story = $2 AND digest = $3")
            .bind(to_ms(until))
            .bind(story.as_str())
            .bind(digest.as_str())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Lets the stored stories with an item of that time or later wait in a digest that does not
    /// know them yet: for a digest that was just added. Returns how many there were.
    pub async fn admit(
        &self,
        digest: &DigestId,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        let admitted = sqlx::query(
            "INSERT INTO ledger (story, digest, state, since) \
             SELECT DISTINCT i.story, $1, 'waiting', CAST($2 AS BIGINT) FROM items i \
             WHERE i.effective >= $3 ON CONFLICT (story, digest) DO NOTHING",
        )
        .bind(digest.as_str())
        .bind(to_ms(now))
        .bind(to_ms(since))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        transaction.commit().await?;
        Ok(admitted)
    }
}

/// `CROSS JOIN` keeps SQLite to the order of the tables: from what waits to its items, never
/// through all items.
fn waiting_statement() -> String {
    format!(
        "SELECT l.story, l.state, l.until, i.changed, {}, COALESCE(s.name, i.source), \
         COALESCE(s.section, ''), COALESCE(s.priority, 0), i.relation, CAST(LENGTH(i.body) AS BIGINT) \
         FROM ledger l CROSS JOIN items i LEFT JOIN sources s ON s.id = i.source \
         WHERE i.story = l.story AND l.digest = $1 AND l.state IN ('waiting', 'held')",
        ITEM.replace("i.body", "''")
    )
}

fn newest(waiting: &Waiting) -> Option<DateTime<Utc>> {
    waiting.items.iter().map(|told| told.item.effective).max()
}

/// A state as it stands in two columns.
pub(super) fn columns(state: &LedgerState) -> (&str, Option<&str>) {
    match state {
        LedgerState::In(edition) => ("in", Some(edition.as_str())),
        other => (other.as_str(), None),
    }
}

/// Reads the two columns back.
pub(super) fn read_state(columns: &mut Columns<'_>) -> Result<LedgerState> {
    let word = columns.text()?;
    let edition = columns.maybe_text()?;
    match (word, edition) {
        ("waiting", _) => Ok(LedgerState::Waiting),
        ("held", _) => Ok(LedgerState::Held),
        ("dropped", _) => Ok(LedgerState::Dropped),
        ("in", Some(edition)) => Ok(LedgerState::In(EditionId::new(edition))),
        _ => Err(strange("state of a story", word)),
    }
}

pub(super) async fn set(
    transaction: &mut Transaction<'_, Any>,
    digest: &DigestId,
    story: &StoryId,
    state: &LedgerState,
    why: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let (word, edition) = columns(state);
    sqlx::query(
        "INSERT INTO ledger (story, digest, state, edition, since, why) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (story, digest) DO UPDATE SET \
         state = excluded.state, edition = excluded.edition, since = excluded.since, \
         why = excluded.why, until = NULL",
    )
    .bind(story.as_str())
    .bind(digest.as_str())
    .bind(word)
    .bind(edition)
    .bind(to_ms(now))
    .bind(why)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    async fn plan(store: &Store, statement: &str) -> String {
        let rows = sqlx::query(ours(format!("EXPLAIN QUERY PLAN {statement}")))
            .fetch_all(store.pool())
            .await
            .unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        steps.join("; ")
    }

    #[tokio::test]
    async fn what_waits_is_found_without_a_look_at_the_rest() {
        let store = Store::in_memory().await.unwrap();
        let plan = plan(&store, &waiting_statement()).await;
        assert!(
            plan.contains("USING INDEX ledger_waiting (digest=?)"),
            "{plan}"
        );
        assert!(
            plan.contains("USING INDEX items_by_story (story=?)"),
            "{plan}"
        );
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}
