//! Stories: what a new item may be the same as, and what a person joined or split.

use std::{collections::HashMap, fmt::Write as _, sync::Arc};

use chrono::{DateTime, Utc};
use sqlx::{Any, AnyConnection, Transaction};

use super::{
    Result, Store, StoreError,
    dialect::{Durable, long_pieces, ours, pieces},
    gathered::Pair,
    keys::{Sought, identity_number},
    row::{Columns, Details, from_json},
};
use crate::{
    model::{DigestId, ItemId, LedgerState, SourceId, StoryId, StoryKey},
    story::{Candidate, Compared},
};

/// The most items that are looked up for one key: a key that more share says little.
const PER_KEY: usize = 50;
/// A likeness that more items share tells nothing and is passed over.
const VAGUE: usize = 12;
/// How many pairs of key and item one statement may bring before each key is limited by itself.
const FEW: usize = 16_000;

/// The most candidates in one answer, those first that share the most keys: bounds what a hostile
/// feed of like texts can make us read.
const MOST: usize = 2_000;

/// An item of a source that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: ItemId,
    /// Its [`content_hash`](super::content_hash) when it was stored.
    pub hash: i64,
    /// Its present story.
    pub story: StoryId,
    /// It was stored once and forgotten as old; nothing else here means anything then.
    pub forgotten: bool,
}

/// Stored items that share keys with new ones.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    all: Vec<Arc<Candidate>>,
    by_key: HashMap<StoryKey, Vec<usize>>,
}

impl Candidates {
    /// Those that share at least one of the keys, with most keys in common first.
    pub fn sharing(&self, keys: &[StoryKey]) -> Vec<Arc<Candidate>> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for at in keys.iter().filter_map(|key| self.by_key.get(key)).flatten() {
            *shared.entry(*at).or_default() += 1;
        }
        let mut order: Vec<(usize, usize)> = shared.into_iter().collect();
        order.sort_unstable_by_key(|(at, times)| (std::cmp::Reverse(*times), *at));
        order
            .into_iter()
            .map(|(at, _)| Arc::clone(&self.all[at]))
            .collect()
    }

    /// Every key that is shared, with the item that has it.
    pub fn pairs(&self) -> impl Iterator<Item = (&StoryKey, &Candidate)> {
        self.by_key
            .iter()
            .flat_map(move |(key, ats)| ats.iter().map(move |at| (key, &*self.all[*at])))
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there were more than an answer holds.
    pub fn is_cut(&self) -> bool {
        self.all.len() >= MOST
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// Whether a key is only a likeness, which many items may share by chance or by formula.
fn is_vague(key: &StoryKey) -> bool {
    matches!(key.kind, "words" | "band" | "image")
}

impl Store {
    /// Which of the identities a source has used before, and for which items.
    pub async fn known_items(
        &self,
        source: &SourceId,
        identities: &[String],
    ) -> Result<HashMap<String, Known>> {
        let hashes: Vec<(i64, &String)> = identities
            .iter()
            .map(|identity| (identity_number(source, identity), identity))
            .collect();
        let by_hash: HashMap<i64, &String> = hashes.iter().copied().collect();
        let mut known = HashMap::new();
        if hashes.is_empty() {
            return Ok(known);
        }
        // One connection for all of it, as a server's is tried out whenever it is taken.
        let mut connection = self.pool().acquire().await?;
        let mut numbers: Vec<i64> = by_hash.keys().copied().collect();
        numbers.sort_unstable();
        let mut by_no: HashMap<i64, Vec<i64>> = HashMap::new();
        for (hash, no) in self.shared(&mut connection, &numbers).await? {
            by_no.entry(no).or_default().push(hash);
        }
        let nos: Vec<i64> = by_no.keys().copied().collect();
        for piece in pieces(&nos) {
            let text = format!(
                "SELECT no, id, content_hash, story, source FROM items WHERE no IN {}",
                self.dialect().list(1, piece.len())
            );
            let mut query = sqlx::query(ours(text));
            for no in piece {
                query = query.bind(*no);
            }
            for row in query.fetch_all(&mut *connection).await? {
                let mut columns = Columns::of(&row);
                let no = columns.number()?;
                let item = Known {
                    id: ItemId::new(columns.text()?),
                    hash: columns.number()?,
                    story: columns.story()?,
                    forgotten: false,
                };
                if columns.text()? != source.as_str() {
                    continue;
                }
                for hash in by_no.get(&no).into_iter().flatten() {
                    if let Some(identity) = by_hash.get(hash) {
                        known.insert((*identity).clone(), item.clone());
                    }
                }
            }
        }
        let unknown: Vec<i64> = hashes
            .iter()
            .filter(|(_, identity)| !known.contains_key(*identity))
            .map(|(hash, _)| *hash)
            .collect();
        for hash in self.forgotten(&mut connection, &unknown).await? {
            if let Some(identity) = by_hash.get(&hash) {
                let item = Known {
                    id: ItemId::new(String::new()),
                    hash: 0,
                    story: StoryId::new(String::new()),
                    forgotten: true,
                };
                known.insert((*identity).clone(), item);
            }
        }
        Ok(known)
    }

    /// Stored items that share at least one of the keys, for a whole batch of new items at once:
    /// at the most 50 a key, those stored last, and none by a likeness that more than a dozen share.
    /// The cost does not grow with what is stored.
    pub async fn candidates(&self, sought: &[Sought<'_>]) -> Result<Candidates> {
        let by_hash: HashMap<i64, StoryKey> = sought.iter().flat_map(Sought::numbers).collect();
        let mut hashes: Vec<i64> = by_hash.keys().copied().collect();
        hashes.sort_unstable();
        let mut found = Candidates::default();
        if hashes.is_empty() {
            return Ok(found);
        }
        // What is looked up here is written next: the connection that writes knows its pages then.
        let mut writer = self.writer().await?;
        let mut by_key: HashMap<i64, Vec<i64>> = HashMap::new();
        for (hash, item) in self.shared(&mut writer.connection, &hashes).await? {
            by_key.entry(hash).or_default().push(item);
        }
        by_key.retain(|hash, items| items.len() <= VAGUE || !is_vague(&by_hash[hash]));
        let mut shared: HashMap<i64, Vec<i64>> = HashMap::new();
        for (hash, items) in by_key {
            for item in items.into_iter().rev().take(PER_KEY) {
                shared.entry(item).or_default().push(hash);
            }
        }
        let mut numbers: Vec<i64> = shared.keys().copied().collect();
        numbers.sort_unstable_by_key(|no| {
            (std::cmp::Reverse(shared[no].len()), std::cmp::Reverse(*no))
        });
        numbers.truncate(MOST);
        for piece in pieces(&numbers) {
            let text = format!(
                "SELECT i.no, i.id, i.story, i.source, COALESCE(s.section, ''), i.identity, i.url, \
                 i.title, i.body, i.language, i.kind, i.effective, i.details, i.apart \
                 FROM items i LEFT JOIN sources s ON s.id = i.source WHERE i.no IN {}",
                self.dialect().list(1, piece.len())
            );
            let mut query = sqlx::query(ours(text));
            for no in piece {
                query = query.bind(*no);
            }
            for row in query.fetch_all(&mut *writer.connection).await? {
                let mut columns = Columns::of(&row);
                let no = columns.number()?;
                let at = found.all.len();
                found.all.push(Arc::new(candidate(&mut columns)?));
                for hash in shared.get(&no).into_iter().flatten() {
                    if let Some(key) = by_hash.get(hash) {
                        found.by_key.entry(*key).or_default().push(at);
                    }
                }
            }
        }
        Ok(found)
    }

    /// The items of each of the sorted numbers of keys, in order: of one that more than a few have at
    /// least those that came last.
    async fn shared(&self, connection: &mut AnyConnection, numbers: &[i64]) -> Result<Vec<Pair>> {
        self.catch_up(connection).await?;
        let mut pairs = self.gathered().find(numbers, PER_KEY);
        for piece in long_pieces(numbers) {
            let hits = self.hits(connection, piece).await?;
            if hits.len() <= FEW {
                pairs.extend(hits);
                continue;
            }
            for piece in pieces(piece) {
                pairs.extend(self.limited_hits(connection, piece).await?);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    /// Who has which of the keys, at the most one more than a few: the quick way, for keys as they mostly are.
    async fn hits(&self, connection: &mut AnyConnection, hashes: &[i64]) -> Result<Vec<Pair>> {
        let text = format!(
            "SELECT hash, item FROM item_keys WHERE hash IN {} LIMIT {}",
            self.dialect().list(1, hashes.len()),
            FEW + 1
        );
        let mut query = sqlx::query(ours(text));
        for hash in hashes {
            query = query.bind(*hash);
        }
        pairs_of(connection, query).await
    }

    /// The same with a limit for each key, which a database takes longer to prepare than to carry out.
    async fn limited_hits(
        &self,
        connection: &mut AnyConnection,
        hashes: &[i64],
    ) -> Result<Vec<Pair>> {
        let mut text = String::with_capacity(hashes.len() * 110);
        for at in 0..hashes.len() {
            text.push_str(if at == 0 { "" } else { " UNION ALL " });
            text.push_str("SELECT * FROM (SELECT hash, item FROM item_keys WHERE hash = ");
            self.dialect().mark(&mut text, at + 1);
            let _ = write!(text, " ORDER BY item DESC LIMIT {PER_KEY}) AS k{at}");
        }
        let mut query = sqlx::query(ours(text));
        for hash in hashes {
            query = query.bind(*hash);
        }
        pairs_of(connection, query).await
    }
}

async fn pairs_of(
    connection: &mut AnyConnection,
    query: sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments>,
) -> Result<Vec<Pair>> {
    let rows = query.fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok((columns.number()?, columns.number()?))
        })
        .collect()
}

impl Store {
    /// A person puts all items of one story into another. In each digest the state that went
    /// furthest holds: what was told in an edition is not told again.
    pub async fn join(
        &self,
        story: &StoryId,
        into: &StoryId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if story == into {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let lead: Option<String> =
            sqlx::query_scalar("SELECT id FROM items WHERE story = $1 ORDER BY no LIMIT 1")
                .bind(into.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
        let lead = lead.ok_or_else(|| StoreError::unknown("story", into))?;
        let moved = sqlx::query(
            "UPDATE items SET story = $1, relation = 'joined', held_against = $2, likeness = 1, \
             reason = $3, decided_by = $4, apart = 0 WHERE story = $5",
        )
        .bind(into.as_str())
        .bind(lead)
        .bind(format!("{by} joined the two stories"))
        .bind(by)
        .bind(story.as_str())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if moved == 0 {
            return Err(StoreError::unknown("story", story));
        }
        for (digest, state) in states(&mut transaction, story).await? {
            let there = states(&mut transaction, into).await?;
            let there = there.iter().find(|(other, _)| *other == digest);
            if there.is_none_or(|(_, there)| rank(&state) > rank(there)) {
                super::ledger::set(&mut transaction, &digest, into, &state, "joined", now).await?;
            }
        }
        sqlx::query("DELETE FROM ledger WHERE story = $1")
            .bind(story.as_str())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// A person takes an item out of its story, for good: it is not joined to others again. What
    /// leaves the story's name behind (the item, or the others if it opened the story) was never
    /// told by itself, and waits in every digest that knew the story. Returns the new story, or
    /// the item's own if it was alone.
    pub async fn split(&self, item: &ItemId, by: &str, now: DateTime<Utc>) -> Result<StoryId> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let story: Option<String> = sqlx::query_scalar("SELECT story FROM items WHERE id = $1")
            .bind(item.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let story = StoryId::new(story.ok_or_else(|| StoreError::unknown("item", item))?);
        let own = StoryId::new(item.as_str());
        let mut new = own.clone();
        if story == own {
            let other: Option<String> = sqlx::query_scalar(
                "SELECT id FROM items WHERE story = $1 AND id <> $2 ORDER BY no LIMIT 1",
            )
            .bind(story.as_str())
            .bind(item.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
            if let Some(other) = other {
                sqlx::query("UPDATE items SET story = $1 WHERE story = $2 AND id <> $3")
                    .bind(other.as_str())
                    .bind(story.as_str())
                    .bind(item.as_str())
                    .execute(&mut *transaction)
                    .await?;
                new = StoryId::new(other);
            }
        }
        sqlx::query(
            "UPDATE items SET story = $1, relation = 'new', held_against = NULL, likeness = 0, \
             reason = $2, decided_by = $3, apart = 1 WHERE id = $4",
        )
        .bind(own.as_str())
        .bind(format!("{by} split it from its story"))
        .bind(by)
        .bind(item.as_str())
        .execute(&mut *transaction)
        .await?;
        if new != story {
            for (digest, _) in states(&mut transaction, &story).await? {
                let waiting = LedgerState::Waiting;
                super::ledger::set(&mut transaction, &digest, &new, &waiting, "split", now).await?;
            }
        }
        transaction.commit().await?;
        Ok(new)
    }
}

/// How far a story is in a digest.
fn rank(state: &LedgerState) -> u8 {
    match state {
        LedgerState::Dropped => 0,
        LedgerState::Waiting => 1,
        LedgerState::Held => 2,
        LedgerState::In(_) => 3,
    }
}

async fn states(
    transaction: &mut Transaction<'_, Any>,
    story: &StoryId,
) -> Result<Vec<(DigestId, LedgerState)>> {
    sqlx::query("SELECT digest, state, edition FROM ledger WHERE story = $1")
        .bind(story.as_str())
        .fetch_all(&mut **transaction)
        .await?
        .iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            let digest = DigestId::new(columns.text()?);
            Ok((digest, super::ledger::read_state(&mut columns)?))
        })
        .collect()
}

fn candidate(columns: &mut Columns<'_>) -> Result<Candidate> {
    let id = ItemId::new(columns.text()?);
    let story = columns.story()?;
    let source = SourceId::new(columns.text()?);
    let section = columns.string()?;
    let key = columns.string()?;
    let url = columns.maybe_url()?;
    let title = columns.string()?;
    let text = columns.string()?;
    let language = columns.language()?;
    let kind = columns.kind()?;
    let effective = columns.time()?;
    let details: Details = from_json(columns.text()?)?;
    Ok(Candidate {
        id,
        story,
        source,
        section,
        key,
        url,
        title,
        text,
        language,
        kind,
        effective,
        alternates: details.alternates,
        image: details.image,
        split: columns.number()? == 1,
        compared: Compared::default(),
    })
}
