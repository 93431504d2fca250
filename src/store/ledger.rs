//! The ledger: for each digest and story one state.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use serde::Deserialize;
use sqlx::{Any, Transaction};

use super::{
    Result, Store,
    dialect::{Dialect, Durable, ours, pieces},
    row::{Columns, from_json, from_ms, strange, to_ms},
};
use crate::{
    edition::{Origin, Told, Waiting},
    model::{
        DigestId, EditionId, ItemId, Kind, LanguageCode, LedgerState, Relation, SourceId, StoryId,
    },
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
    /// with what waits, not with what is stored. The items come with what is chosen by and without
    /// what is only printed: [`Store::summaries`] reads that for the chosen.
    pub async fn waiting(&self, digest: &DigestId) -> Result<Vec<Waiting>> {
        let statement = ours(line(self.dialect(), WAITING));
        self.collect(sqlx::query_scalar(statement).bind(digest.as_str()))
            .await
    }

    /// What a digest could take that is new to the database, and of which the ledger knows nothing
    /// yet: stories with an item of that time or later. [`Store::admit`] lets them wait.
    pub async fn unadmitted(
        &self,
        digest: &DigestId,
        since: DateTime<Utc>,
    ) -> Result<Vec<Waiting>> {
        let statement = ours(line(self.dialect(), UNADMITTED));
        let query = sqlx::query_scalar(statement).bind(to_ms(since));
        self.collect(query.bind(digest.as_str())).await
    }

    /// Items put together by their stories.
    async fn collect(
        &self,
        query: sqlx::query::QueryScalar<'_, Any, String, sqlx::any::AnyArguments>,
    ) -> Result<Vec<Waiting>> {
        let mut origins = self.origins().await?;
        // Line by line: a line is several times as large as the item that is made of it.
        let mut lines = query.fetch(self.pool());
        let mut places: HashMap<StoryId, usize> = HashMap::new();
        let mut all: Vec<Waiting> = Vec::new();
        while let Some(text) = lines.try_next().await? {
            let line: Line = from_json(&text)?;
            let story = StoryId::new(line.story.as_str());
            let held = line.state == "held";
            let until = line.until.map(from_ms);
            let changed = line.changed.is_some();
            let told = line.told(&mut origins)?;
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

/// From what waits to its items: `CROSS JOIN` keeps SQLite to the order of the tables, never through
/// all items.
const WAITING: &str = "FROM ledger w CROSS JOIN items i \
    WHERE i.story = w.story AND w.digest = $1 AND w.state IN ('waiting', 'held')";

/// The same of what the ledger does not know.
const UNADMITTED: &str = "FROM (SELECT DISTINCT story, 'waiting' AS state, CAST(NULL AS BIGINT) AS until \
    FROM items WHERE effective >= $1) w CROSS JOIN items i \
    WHERE i.story = w.story \
    AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.story = w.story AND l.digest = $2)";

/// A question whose answers are a [`Line`] each. A driver copies each value of a row by itself from one
/// thread to another; of ten thousand items that takes longer than all else. How many bytes a text has
/// stands before the row; its letters would be read to be counted.
fn line(dialect: Dialect, from: &str) -> String {
    let array = dialect.json_array();
    format!(
        "SELECT CAST({array}(w.story, w.state, w.until, i.changed, i.id, i.source, i.title, i.url, \
         i.language, i.kind, i.effective, i.dates, i.areas, i.relation, OCTET_LENGTH(i.body)) AS TEXT) \
         {from}"
    )
}

/// An item that waits, as a JSON array.
#[derive(Deserialize, Default)]
struct Line {
    story: String,
    state: String,
    until: Option<i64>,
    changed: Option<i64>,
    id: String,
    source: String,
    title: String,
    url: Option<String>,
    language: Option<String>,
    kind: String,
    effective: i64,
    dates: String,
    areas: String,
    relation: String,
    length: u64,
}

impl Line {
    fn told(self, origins: &mut HashMap<String, Arc<Origin>>) -> Result<Told> {
        let origin = match origins.get(&self.source) {
            Some(origin) => Arc::clone(origin),
            None => {
                let unknown = Arc::new(Origin {
                    id: SourceId::new(self.source.as_str()),
                    name: self.source.clone(),
                    section: String::new(),
                    priority: 0,
                });
                origins.insert(self.source, Arc::clone(&unknown));
                unknown
            }
        };
        Ok(Told {
            item: ItemId::new(self.id),
            origin,
            title: self.title,
            url: self.url,
            language: self.language.as_deref().and_then(LanguageCode::parse),
            kind: Kind::parse(&self.kind).ok_or_else(|| strange("kind", &self.kind))?,
            date: from_ms(self.effective),
            dates: from_json(&self.dates)?,
            areas: from_json(&self.areas)?,
            relation: Relation::parse(&self.relation)
                .ok_or_else(|| strange("relation", &self.relation))?,
            length: self.length,
        })
    }
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
        let plan = plan(&store, &line(Dialect::Sqlite, WAITING)).await;
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
