//! Items: lists and searches, one by its id, and the areas that a person corrected.

use std::{collections::HashMap, fmt::Write as _};

use chrono::{DateTime, Utc};
use sqlx::Any;

use super::{
    Result, Store,
    dialect::{ours, pieces},
    row::{Columns, ITEM, number, to_ms},
};
use crate::model::{AreaId, DigestId, Item, ItemId, LedgerState, Relation, SourceId, StoryId};

/// Which items to list; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    /// Of this source.
    pub source: Option<SourceId>,
    /// With this area.
    pub area: Option<AreaId>,
    /// Effective then or later.
    pub since: Option<DateTime<Utc>>,
    /// Effective before.
    pub until: Option<DateTime<Utc>>,
    /// With all these words, or beginnings or parts of words, whatever their case and accents.
    pub text: Option<String>,
    /// At the most so many; 0 is 50.
    pub limit: usize,
}

/// A stored item with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// The item.
    pub item: Item,
    /// The name of its source.
    pub source_name: String,
    /// The section of its source.
    pub section: String,
    /// The priority of its source.
    pub priority: i64,
    /// Its story.
    pub story: StoryId,
    /// How it relates to the story.
    pub relation: Relation,
    /// The item that it was held against.
    pub of: Option<ItemId>,
    /// How alike the two are, from 0 to 1.
    pub likeness: f64,
    /// Why it is in that story, in words.
    pub reason: String,
    /// The person who decided so, if one did.
    pub decided_by: Option<String>,
    /// Whether a person said that it is told apart from others.
    pub split: bool,
    /// When a later version of it was stored.
    pub changed: Option<DateTime<Utc>>,
    /// Whether it leads its story: the highest priority, then the fullest text, then the earliest.
    pub lead: bool,
    /// The other items of the story.
    pub same_as: Vec<ItemId>,
    /// What the ledger says of the story, by digest.
    pub ledger: Vec<(DigestId, LedgerState)>,
}

/// The columns of an [`ItemRow`] from `items i LEFT JOIN sources s`.
const ROW: &str = "COALESCE(s.name, i.source), COALESCE(s.section, ''), COALESCE(s.priority, 0), \
    i.story, i.relation, i.held_against, i.likeness, i.reason, i.decided_by, i.apart, i.changed";

impl Store {
    /// Items that pass the filter, newest first.
    pub async fn items(&self, filter: &ItemFilter) -> Result<Vec<ItemRow>> {
        let mut text = format!(
            "SELECT {ITEM}, {ROW} FROM items i LEFT JOIN sources s ON s.id = i.source WHERE 1 = 1"
        );
        let mut texts: Vec<String> = Vec::new();
        let mut condition = |words: &str, value: String| {
            texts.push(value);
            let _ = write!(text, " AND {words}");
            self.dialect().mark(&mut text, texts.len());
            if words.ends_with("LIKE ") {
                text.push_str(" ESCAPE '\\'");
            }
        };
        if let Some(source) = &filter.source {
            condition("i.source = ", source.to_string());
        }
        if let Some(area) = &filter.area {
            let pattern = like(&format!("{{\"id\":{},", serde_json::json!(area.as_str())));
            condition("i.areas LIKE ", pattern);
        }
        if let Some(words) = &filter.text {
            let words = crate::text::fold(words);
            for word in words.split_whitespace().take(8) {
                condition(
                    "i.folded LIKE ",
                    like(&word[..word.floor_char_boundary(100)]),
                );
            }
        }
        for (words, time) in [
            (" AND i.effective >= ", filter.since),
            (" AND i.effective < ", filter.until),
        ] {
            if let Some(time) = time {
                let _ = write!(text, "{words}{}", to_ms(time));
            }
        }
        let limit = if filter.limit == 0 { 50 } else { filter.limit };
        let _ = write!(
            text,
            " ORDER BY i.effective DESC, i.no DESC LIMIT {}",
            number(limit)
        );
        let mut query = sqlx::query(ours(text));
        for value in texts {
            query = query.bind(value);
        }
        let rows = query.fetch_all(self.pool()).await?;
        let rows = rows
            .iter()
            .map(|row| read(&mut Columns::of(row)))
            .collect::<Result<Vec<_>>>()?;
        self.with_company(rows).await
    }

    /// One item.
    pub async fn item(&self, id: &ItemId) -> Result<Option<ItemRow>> {
        Ok(self.rows_where("i.id = $1", id.as_str()).await?.pop())
    }

    /// All items of a story, its lead first; empty if there is no such story.
    pub async fn story(&self, id: &StoryId) -> Result<Vec<ItemRow>> {
        let mut rows = self.rows_where("i.story = $1", id.as_str()).await?;
        rows.sort_by_key(|row| (!row.lead, row.item.effective));
        Ok(rows)
    }

    /// The ids that begin so, two at the most: enough to know whether there is one.
    pub async fn items_beginning(&self, beginning: &str) -> Result<Vec<ItemId>> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM items WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 2",
        )
        .bind(beginning)
        .bind(format!("{beginning}~"))
        .fetch_all(self.pool())
        .await?;
        Ok(ids.into_iter().map(ItemId::new).collect())
    }

    async fn rows_where(&self, condition: &str, id: &str) -> Result<Vec<ItemRow>> {
        let text = format!(
            "SELECT {ITEM}, {ROW} FROM items i LEFT JOIN sources s ON s.id = i.source \
             WHERE {condition} ORDER BY i.no"
        );
        let rows = sqlx::query(ours(text))
            .bind(id)
            .fetch_all(self.pool())
            .await?;
        let rows = rows
            .iter()
            .map(|row| read(&mut Columns::of(row)))
            .collect::<Result<Vec<_>>>()?;
        self.with_company(rows).await
    }

    /// Stored items in the order in which they came, a page at a time, for whoever must see all:
    /// the items after the given number, and the number to go on from.
    pub async fn page_of_items(&self, after: i64, limit: usize) -> Result<Vec<(i64, Item)>> {
        let text =
            format!("SELECT {ITEM}, i.no FROM items i WHERE i.no > $1 ORDER BY i.no LIMIT $2");
        sqlx::query(ours(text))
            .bind(after)
            .bind(number(limit))
            .fetch_all(self.pool())
            .await?
            .iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                let item = columns.item()?;
                Ok((columns.number()?, item))
            })
            .collect()
    }

    /// How many items are stored.
    pub async fn count_items(&self) -> Result<u64> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM items")
            .fetch_one(self.pool())
            .await?;
        Ok(super::row::count(count))
    }

    /// Adds to each row who leads its story, who else is in it, and its states.
    async fn with_company(&self, mut rows: Vec<ItemRow>) -> Result<Vec<ItemRow>> {
        let mut stories: Vec<&str> = rows.iter().map(|row| row.story.as_str()).collect();
        stories.sort_unstable();
        stories.dedup();
        let mut members: HashMap<String, Vec<ItemId>> = HashMap::new();
        let mut states: HashMap<String, Vec<(DigestId, LedgerState)>> = HashMap::new();
        for piece in pieces(&stories) {
            let list = self.dialect().list(1, piece.len());
            let text = format!(
                "SELECT i.story, i.id FROM items i LEFT JOIN sources s ON s.id = i.source \
                 WHERE i.story IN {list} \
                 ORDER BY COALESCE(s.priority, 0) DESC, \
                 CASE WHEN i.relation = 'translation' THEN 1 ELSE 0 END, \
                 LENGTH(i.body) / 400 DESC, i.effective, i.no"
            );
            for row in bound(&text, piece).fetch_all(self.pool()).await? {
                let mut columns = Columns::of(&row);
                let members = members.entry(columns.string()?).or_default();
                members.push(ItemId::new(columns.text()?));
            }
            let text = format!(
                "SELECT story, digest, state, edition FROM ledger WHERE story IN {list} \
                 ORDER BY digest"
            );
            for row in bound(&text, piece).fetch_all(self.pool()).await? {
                let mut columns = Columns::of(&row);
                let states = states.entry(columns.string()?).or_default();
                states.push((
                    DigestId::new(columns.text()?),
                    super::ledger::read_state(&mut columns)?,
                ));
            }
        }
        for row in &mut rows {
            if let Some(members) = members.get(row.story.as_str()) {
                row.lead = members.first() == Some(&row.item.id);
                row.same_as = members
                    .iter()
                    .filter(|id| **id != row.item.id)
                    .cloned()
                    .collect();
            }
            row.ledger = states.get(row.story.as_str()).cloned().unwrap_or_default();
        }
        Ok(rows)
    }
}

fn bound<'q>(text: &str, values: &[&str]) -> sqlx::query::Query<'q, Any, sqlx::any::AnyArguments> {
    let mut query = sqlx::query(ours(text.to_owned()));
    for value in values {
        query = query.bind((*value).to_owned());
    }
    query
}

fn read(columns: &mut Columns<'_>) -> Result<ItemRow> {
    Ok(ItemRow {
        item: columns.item()?,
        source_name: columns.string()?,
        section: columns.string()?,
        priority: columns.number()?,
        story: columns.story()?,
        relation: columns.relation()?,
        of: columns.maybe_text()?.map(ItemId::new),
        likeness: columns.double()?,
        reason: columns.string()?,
        decided_by: columns.maybe_string()?,
        split: columns.number()? == 1,
        changed: columns.maybe_time()?,
        lead: true,
        same_as: Vec::new(),
        ledger: Vec::new(),
    })
}

/// A pattern for texts that hold the part as it is.
fn like(part: &str) -> String {
    let mut pattern = String::with_capacity(part.len() + 2);
    pattern.push('%');
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
