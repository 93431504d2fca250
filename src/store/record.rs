//! What pulls brought, stored in one transaction: the source's health, new items with their keys,
//! places and ledger rows, changed items, and a line in the log.
//!
//! The same call may be made again after a crash: an item that is there already stays as it is, and
//! nothing that hangs on it is written twice.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Pull, Result, Store, StoreError,
    corrections::corrected,
    dialect::{Durable, ours, pieces},
    gathered::Pair,
    keys::{content_hash, identity_number, key_number},
    row::{Details, number, to_json, to_ms},
};
use crate::model::{
    DigestId, Item, ItemId, LanguageCode, LedgerState, Placement, SourceHealth, StoryKey,
};

/// What one pull of one source brought.
#[derive(Clone, Debug)]
pub struct Round {
    /// How the source fares now; `items` is counted by the store.
    pub health: SourceHealth,
    /// Items that were not known.
    pub new: Vec<NewItem>,
    /// Known items whose text changed, with what later items find them by now; `first_seen`, story and
    /// person's areas are kept.
    pub changed: Vec<(Item, Vec<StoryKey>)>,
    /// Known items that the source now gives under another identity, and that identity.
    pub renamed: Vec<(ItemId, String)>,
    /// A line for the log.
    pub pull: Option<Pull>,
}

impl Round {
    /// A pull that brought nothing.
    pub fn quiet(health: SourceHealth) -> Self {
        Self {
            health,
            new: Vec::new(),
            changed: Vec::new(),
            renamed: Vec::new(),
            pull: None,
        }
    }
}

/// An item that was not known, with all that is decided of it.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// The item.
    pub item: Item,
    /// What later items find it by.
    pub keys: Vec<StoryKey>,
    /// Its place in a story.
    pub placement: Placement,
    /// The state of its story in each digest that wants it; a state that is there already stays.
    pub ledger: Vec<(DigestId, LedgerState)>,
}

/// The words that a search looks through: the title, and the beginning of the text.
fn search_words(item: &Item) -> String {
    let text = if item.text.is_empty() {
        &item.summary
    } else {
        &item.text
    };
    let beginning = &text[..text.floor_char_boundary(1_500)];
    crate::text::fold(&format!("{}\n{beginning}", item.title))
}

/// A new item with its number and all that is computed of it before the transaction begins.
struct Prepared<'a> {
    no: i64,
    new: &'a NewItem,
    folded: String,
}

impl Store {
    /// Stores what pulls brought, all of it or nothing, and ends the leases of their sources.
    /// About a hundred items a call is the sweet spot; items come in any number.
    pub async fn record(&self, rounds: &[Round]) -> Result<()> {
        if rounds.is_empty() {
            return Ok(());
        }
        let mut seen = HashSet::new();
        let new: Vec<&NewItem> = rounds
            .iter()
            .flat_map(|round| &round.new)
            .filter(|new| seen.insert(&new.item.id))
            .collect();
        let first = self.take_numbers(new.len()).await?;
        let prepared: Vec<Prepared<'_>> = (first..)
            .zip(new)
            .map(|(no, new)| Prepared {
                no,
                new,
                folded: search_words(&new.item),
            })
            .collect();
        let mut tries = 0;
        loop {
            match self.record_once(rounds, &prepared).await {
                Err(StoreError::Busy) if tries < 5 => tries += 1,
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        if prepared.is_empty() {
            return Ok(());
        }
        self.count_written(prepared.len());
        self.settle_keys().await;
        Ok(())
    }

    async fn record_once(&self, rounds: &[Round], prepared: &[Prepared<'_>]) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        let fresh = self.insert_items(&mut transaction, prepared).await?;
        self.insert_ledger(&mut transaction, &fresh).await?;
        let mut pairs = keys_of(&fresh);
        pairs.extend(self.update_items(&mut transaction, rounds).await?);
        pairs.extend(renamed(&mut transaction, rounds).await?);
        let gathered = self.gather(&mut transaction, pairs).await?;
        let mut counts: HashMap<&str, i64> = HashMap::new();
        for prepared in &fresh {
            *counts.entry(prepared.new.item.source.as_str()).or_default() += 1;
        }
        self.write_healths(&mut transaction, rounds, &counts)
            .await?;
        transaction.commit().await?;
        self.gathered_now(gathered);
        Ok(())
    }

    /// Rising numbers, taken from the database in blocks; those that are never used leave gaps.
    async fn take_numbers(&self, wanted: usize) -> Result<i64> {
        let wanted = number(wanted);
        let mut writer = self.writer().await?;
        {
            let mut numbers = self.numbers();
            if numbers.end - numbers.start >= wanted {
                let first = numbers.start;
                numbers.start += wanted;
                return Ok(first);
            }
        }
        let block = wanted.max(1_000);
        let end: i64 = sqlx::query_scalar(
            "UPDATE counters SET value = value + $1 WHERE name = 'item' RETURNING value",
        )
        .bind(block)
        .fetch_one(&mut *writer.connection)
        .await?;
        let first = end - block + 1;
        *self.numbers() = first + wanted..end + 1;
        Ok(first)
    }

    fn numbers(&self) -> std::sync::MutexGuard<'_, std::ops::Range<i64>> {
        self.inner
            .numbers
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Inserts the items that are not there yet, and tells which those were.
    async fn insert_items<'p, 'a>(
        &self,
        transaction: &mut Transaction<'_, Any>,
        prepared: &'p [Prepared<'a>],
    ) -> Result<Vec<&'p Prepared<'a>>> {
        let mut fresh = Vec::with_capacity(prepared.len());
        for piece in pieces(prepared) {
            let text = format!(
                "INSERT INTO items (no, id, source, story, relation, held_against, likeness, \
                 reason, identity, content_hash, url, language, kind, published, first_seen, \
                 effective, title, areas, dates, details, summary, folded, body) VALUES {} \
                 ON CONFLICT (id) DO NOTHING",
                self.dialect().rows(piece.len(), 23)
            );
            let mut query = sqlx::query(ours(text));
            for Prepared { no, new, folded } in piece {
                let NewItem {
                    item, placement, ..
                } = new;
                query = query
                    .bind(*no)
                    .bind(item.id.as_str())
                    .bind(item.source.as_str())
                    .bind(placement.story.as_str())
                    .bind(placement.relation.as_str())
                    .bind(placement.of.as_ref().map(ItemId::as_str))
                    .bind(placement.likeness)
                    .bind(placement.reason.as_str())
                    .bind(item.key.as_str())
                    .bind(content_hash(item))
                    .bind(item.url.as_ref().map(url::Url::as_str))
                    .bind(item.language.as_ref().map(LanguageCode::as_str))
                    .bind(item.kind.as_str())
                    .bind(item.published.map(to_ms))
                    .bind(to_ms(item.first_seen))
                    .bind(to_ms(item.effective))
                    .bind(item.title.as_str())
                    .bind(to_json(&item.areas))
                    .bind(to_json(&item.dates))
                    .bind(to_json(&Details::of(item)))
                    .bind(item.summary.as_str())
                    .bind(folded.as_str())
                    .bind(item.text.as_str());
            }
            let stored = query.execute(&mut **transaction).await?.rows_affected();
            if stored == piece.len() as u64 {
                fresh.extend(piece);
                continue;
            }
            for one in piece {
                let stands: Option<i64> = sqlx::query_scalar("SELECT no FROM items WHERE no = $1")
                    .bind(one.no)
                    .fetch_optional(&mut **transaction)
                    .await?;
                fresh.extend(stands.map(|_| one));
            }
        }
        Ok(fresh)
    }

    async fn insert_ledger(
        &self,
        transaction: &mut Transaction<'_, Any>,
        fresh: &[&Prepared<'_>],
    ) -> Result<()> {
        let mut rows: Vec<(&str, &str, &LedgerState, DateTime<Utc>)> = Vec::new();
        for Prepared { new, .. } in fresh {
            for (digest, state) in &new.ledger {
                let story = new.placement.story.as_str();
                rows.push((story, digest.as_str(), state, new.item.first_seen));
            }
        }
        rows.sort_by_key(|(story, digest, ..)| (*story, *digest));
        for piece in pieces(&rows) {
            let text = format!(
                "INSERT INTO ledger (story, digest, state, edition, since) VALUES {} \
                 ON CONFLICT (story, digest) DO NOTHING",
                self.dialect().rows(piece.len(), 5)
            );
            let mut query = sqlx::query(ours(text));
            for (story, digest, state, since) in piece {
                let (state, edition) = super::ledger::columns(state);
                query = query
                    .bind(*story)
                    .bind(*digest)
                    .bind(state)
                    .bind(edition)
                    .bind(to_ms(*since));
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Writes changed items, and tells what they are found by now.
    async fn update_items(
        &self,
        transaction: &mut Transaction<'_, Any>,
        rounds: &[Round],
    ) -> Result<Vec<Pair>> {
        let changed: Vec<_> = rounds
            .iter()
            .flat_map(|round| {
                let changed = round.changed.iter();
                changed.map(|(item, keys)| (item, keys, round.health.last_fetch))
            })
            .collect();
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<&str> = changed.iter().map(|(item, ..)| item.id.as_str()).collect();
        let corrections = self.corrections_of(&mut *transaction, &ids).await?;
        let mut rows = Vec::new();
        for (item, keys, at) in changed {
            let areas = corrected(item.areas.clone(), corrections.get(item.id.as_str()));
            let no: Option<i64> = sqlx::query_scalar(
                "UPDATE items SET content_hash = $1, url = $2, language = $3, kind = $4, \
                 published = $5, effective = $6, changed = $7, title = $8, areas = $9, \
                 dates = $10, details = $11, summary = $12, folded = $13, body = $14 \
                 WHERE id = $15 RETURNING no",
            )
            .bind(content_hash(item))
            .bind(item.url.as_ref().map(url::Url::as_str))
            .bind(item.language.as_ref().map(LanguageCode::as_str))
            .bind(item.kind.as_str())
            .bind(item.published.map(to_ms))
            .bind(to_ms(item.effective))
            .bind(to_ms(at.unwrap_or(item.first_seen)))
            .bind(item.title.as_str())
            .bind(to_json(&areas))
            .bind(to_json(&item.dates))
            .bind(to_json(&Details::of(item)))
            .bind(item.summary.as_str())
            .bind(search_words(item))
            .bind(item.text.as_str())
            .bind(item.id.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
            let keys = keys.iter().map(|key| key_number(key, item.effective));
            rows.extend(
                no.into_iter()
                    .flat_map(|no| keys.clone().map(move |key| (key, no))),
            );
        }
        Ok(rows)
    }
}

/// What new items are found by.
fn keys_of(fresh: &[&Prepared<'_>]) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(fresh.len() * 20);
    for Prepared { no, new, .. } in fresh {
        let NewItem { item, keys, .. } = new;
        pairs.push((identity_number(&item.source, &item.key), *no));
        let keys = keys.iter().map(|key| key_number(key, item.effective));
        pairs.extend(keys.map(|key| (key, *no)));
    }
    pairs
}

/// The identities that sources now give known items.
async fn renamed(transaction: &mut Transaction<'_, Any>, rounds: &[Round]) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for round in rounds {
        for (id, identity) in &round.renamed {
            let no: Option<i64> = sqlx::query_scalar("SELECT no FROM items WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&mut **transaction)
                .await?;
            pairs.extend(no.map(|no| (identity_number(&round.health.id, identity), no)));
        }
    }
    Ok(pairs)
}
