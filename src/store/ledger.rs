//! The ledger: for each digest and story one state.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::{Any, Transaction};

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    row::{Columns, from_json, strange, to_ms},
};
use crate::{
    edition::{Origin, Told, Waiting},
    model::{DigestId, EditionId, ItemId, LedgerState, Relation, SourceId, StoryId},
};

/// The columns that [`told`] reads, and before them when the item changed.
macro_rules! told_columns {
    () => {
        "i.changed, i.id, i.source, i.title, i.url, i.language, i.kind, i.effective, i.dates, \
         i.areas, i.relation, CAST(OCTET_LENGTH(i.body) AS BIGINT)"
    };
}

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
    /// with what waits, not with what is stored. The items come with what is chosen by and without
    /// what is only printed: [`Store::summaries`] reads that for the chosen.
    pub async fn waiting(&self, digest: &DigestId) -> Result<Vec<Waiting>> {
        let query = sqlx::query(WAITING).bind(digest.as_str());
        self.collect(query).await
    }

    /// What a digest could take that is new to the database, and of which the ledger knows nothing
    /// yet: stories with an item of that time or later. [`Store::admit`] lets them wait.
    pub async fn unadmitted(
        &self,
        digest: &DigestId,
        since: DateTime<Utc>,
    ) -> Result<Vec<Waiting>> {
        let query = sqlx::query(UNADMITTED).bind(to_ms(since));
        self.collect(query.bind(digest.as_str())).await
    }

    /// Rows of items put together by their stories.
    async fn collect(
        &self,
        query: sqlx::query::Query<'_, Any, sqlx::any::AnyArguments>,
    ) -> Result<Vec<Waiting>> {
        let mut origins = self.origins().await?;
        // Row by row: a row is several times as large as the item that is made of it.
        let mut rows = query.fetch(self.pool());
        let mut places: HashMap<StoryId, usize> = HashMap::new();
        let mut all: Vec<Waiting> = Vec::new();
        while let Some(row) = rows.try_next().await? {
            let mut columns = Columns::of(&row);
            let story = columns.story()?;
            let held = columns.text()? == "held";
            let until = columns.maybe_time()?;
            let changed = columns.maybe_number()?.is_some();
            let told = told(&mut columns, &mut origins)?;
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
                (b.origin.priority, a.date, &a.item).cmp(&(a.origin.priority, b.date, &b.item))
            });
        }
        all.sort_by(|a, b| {
            newest(b)
                .cmp(&newest(a))
                .then_with(|| a.story.cmp(&b.story))
        });
        Ok(all)
    }

    /// The sources by their ids.
    async fn origins(&self) -> Result<HashMap<String, Arc<Origin>>> {
        sqlx::query("SELECT id, name, section, priority FROM sources")
            .fetch_all(self.pool())
            .await?
            .iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                let origin = Origin {
                    id: SourceId::new(columns.text()?),
                    name: columns.string()?,
                    section: columns.string()?,
                    priority: columns.number()?,
                };
                Ok((origin.id.to_string(), Arc::new(origin)))
            })
            .collect()
    }

    /// The summaries of items.
    pub async fn summaries(&self, items: &[&ItemId]) -> Result<HashMap<ItemId, String>> {
        let mut summaries = HashMap::with_capacity(items.len());
        for piece in pieces(items) {
            let text = ours(format!(
                "SELECT id, summary FROM items WHERE id IN {}",
                self.dialect().list(1, piece.len())
            ));
            let mut query = sqlx::query(text);
            for item in piece {
                query = query.bind(item.as_str());
            }
            for row in query.fetch_all(self.pool()).await? {
                let mut columns = Columns::of(&row);
                summaries.insert(ItemId::new(columns.text()?), columns.string()?);
            }
        }
        Ok(summaries)
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
/// through all items. How many bytes a text has stands before the row; its letters would be read
/// to be counted.
const WAITING: &str = concat!(
    "SELECT l.story, l.state, l.until, ",
    told_columns!(),
    " FROM ledger l CROSS JOIN items i \
      WHERE i.story = l.story AND l.digest = $1 AND l.state IN ('waiting', 'held')"
);

/// The same of what the ledger does not know.
const UNADMITTED: &str = concat!(
    "SELECT f.story, 'waiting', CAST(NULL AS BIGINT), ",
    told_columns!(),
    " FROM (SELECT DISTINCT story FROM items WHERE effective >= $1) f CROSS JOIN items i \
      WHERE i.story = f.story \
      AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.story = f.story AND l.digest = $2)"
);

/// The columns of an item behind those of the ledger.
fn told(columns: &mut Columns<'_>, origins: &mut HashMap<String, Arc<Origin>>) -> Result<Told> {
    let item = ItemId::new(columns.text()?);
    let source = columns.text()?;
    let origin = match origins.get(source) {
        Some(origin) => Arc::clone(origin),
        None => {
            let unknown = Arc::new(Origin {
                id: SourceId::new(source),
                name: source.to_owned(),
                section: String::new(),
                priority: 0,
            });
            origins.insert(source.to_owned(), Arc::clone(&unknown));
            unknown
        }
    };
    Ok(Told {
        item,
        origin,
        title: columns.string()?,
        url: columns.maybe_string()?,
        language: columns.language()?,
        kind: columns.kind()?,
        date: columns.time()?,
        dates: from_json(columns.text()?)?,
        areas: from_json(columns.text()?)?,
        relation: columns.relation()?,
        length: super::row::count(columns.number()?),
    })
}

fn newest(waiting: &Waiting) -> Option<DateTime<Utc>> {
    waiting.items.iter().map(|told| told.date).max()
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
        let plan = plan(&store, WAITING).await;
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
