//! Gathered keys: those of new items, known by heart until many of them move to the large table.
//!
//! Each key belongs to a page of its own in a large table, so that writing the keys of one item there writes
//! twenty pages. A transaction appends all its keys as one value to a small table instead; programs read
//! what others appended before they look for anything, and one of them moves what has gathered, in the
//! order of the large table, while the writing goes on. What was appended stays until all of it has moved,
//! so that a move may be cut off anywhere and begins anew: writing a key twice changes nothing.
//!
//! Deliberate limit: keys of items that are forgotten before they moved are known until then, and found
//! to belong to nothing.

use std::{
    collections::HashSet,
    sync::{Arc, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use futures_util::TryStreamExt as _;
use sqlx::{Any, AnyConnection, Transaction};

use super::{
    Result, Store, StoreError,
    dialect::{Durable, long_pieces, ours},
};

/// A key's number, and the number of an item that is found by it.
pub(super) type Pair = (i64, i64);

/// How many pairs gather before they move.
const GATHERED: usize = 64_000;
/// So many move in one transaction, so that no move holds others up for long.
const MOVED: usize = 4_096;

/// The pairs that have not moved yet, as far as this program has read them.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    /// The last value that was read.
    last: i64,
    /// The last value that has moved, and is not here.
    settled: i64,
    /// Sorted pairs that are on the move, up to and including the value of this number.
    moving: Option<(Arc<Vec<Pair>>, i64)>,
    /// Sorted pairs in runs, each more than twice as long as the next.
    runs: Vec<Vec<Pair>>,
}

impl Gathered {
    /// Takes what a value holds; `pairs` are sorted.
    fn add(&mut self, number: i64, pairs: Vec<Pair>) {
        self.last = number;
        let mut new = pairs;
        while self
            .runs
            .last()
            .is_some_and(|run| run.len() <= 2 * new.len())
        {
            let mut run = self.runs.pop().unwrap_or_default();
            run.append(&mut new);
            merge(&mut run);
            new = run;
        }
        self.runs.push(new);
    }

    /// How many pairs do not move yet.
    fn waiting(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// The pairs of each of the sorted numbers, of one in each run at the most so many: those of the items
    /// that came last.
    pub(super) fn find(&self, numbers: &[i64], most: usize) -> Vec<Pair> {
        let moving = self.moving.iter().map(|(pairs, _)| &**pairs);
        let mut found = Vec::new();
        for run in moving.chain(&self.runs) {
            let mut rest = run.as_slice();
            for number in numbers {
                rest = &rest[gallop(rest, |(hash, _)| hash < number)..];
                let count = gallop(rest, |(hash, _)| hash == number);
                found.extend_from_slice(&rest[count.saturating_sub(most)..count]);
            }
        }
        found
    }

    /// Puts all that waits on the move; tells what it is, and up to which value.
    fn begin_move(&mut self) -> (Arc<Vec<Pair>>, i64) {
        let mut pairs: Vec<Pair> = self.runs.drain(..).flatten().collect();
        merge(&mut pairs);
        pairs.dedup();
        let moving = (Arc::new(pairs), self.last);
        self.moving = Some(moving.clone());
        moving
    }

    fn end_move(&mut self) {
        if let Some((_, up_to)) = self.moving.take() {
            self.settled = self.settled.max(up_to);
        }
    }

    /// What did not move waits again.
    fn give_up(&mut self) {
        if let Some((pairs, _)) = self.moving.take() {
            self.runs.insert(0, Arc::unwrap_or_clone(pairs));
        }
    }
}

/// Sorts what consists of sorted runs.
#[expect(
    clippy::stable_sort_primitive,
    reason = "the stable sort finds runs and merges them"
)]
fn merge(pairs: &mut [Pair]) {
    pairs.sort();
}

/// How many of the first rows hold, found in time that grows with the logarithm of how many they are.
fn gallop(rows: &[Pair], holds: impl Fn(&Pair) -> bool) -> usize {
    let mut end = 1;
    while rows.get(end).is_some_and(&holds) {
        end *= 2;
    }
    let begin = end / 2;
    begin + rows[begin.min(rows.len())..end.min(rows.len())].partition_point(holds)
}

impl Store {
    /// Appends pairs of a key's number and an item's; the number of the value they became, with them.
    pub(super) async fn gather(
        &self,
        transaction: &mut Transaction<'_, Any>,
        mut pairs: Vec<Pair>,
    ) -> Result<Option<(i64, Vec<Pair>)>> {
        if pairs.is_empty() {
            return Ok(None);
        }
        pairs.sort_unstable();
        pairs.dedup();
        // Whoever writes next waits here for the commit: numbers rise in the order in which they are seen.
        let number: i64 = sqlx::query_scalar(
            "UPDATE counters SET value = value + 1 WHERE name = 'gathered' RETURNING value",
        )
        .fetch_one(&mut **transaction)
        .await?;
        sqlx::query("INSERT INTO gathered_keys (id, pairs) VALUES ($1, $2)")
            .bind(number)
            .bind(written(&pairs))
            .execute(&mut **transaction)
            .await?;
        Ok(Some((number, pairs)))
    }

    /// Takes in what this program itself appended and committed.
    pub(super) fn gathered_now(&self, appended: Option<(i64, Vec<Pair>)>) {
        let Some((number, pairs)) = appended else {
            return;
        };
        let mut gathered = self.gathered();
        // What others appended before it has to be read, and it with them.
        if number == gathered.last + 1 {
            gathered.add(number, pairs);
        } else if number < gathered.last {
            // The database was put back to what it was before.
            *gathered = Gathered::default();
        }
    }

    /// Takes in what others appended, and drops what they moved. Whoever looks for a key in what is
    /// gathered and then in the large table finds it, as it is in one of them at any time.
    pub(super) async fn catch_up(&self, connection: &mut AnyConnection) -> Result<()> {
        let (mut last, mut settled) = (0, 0);
        let counts: Vec<(String, i64)> = sqlx::query_as(
            "SELECT name, value FROM counters WHERE name IN ('gathered', 'settled')",
        )
        .fetch_all(&mut *connection)
        .await?;
        for (name, value) in counts {
            match name.as_str() {
                "gathered" => last = value,
                _ => settled = value,
            }
        }
        let known = {
            let gathered = self.gathered();
            if gathered.last >= last && gathered.settled >= settled {
                return Ok(());
            }
            (gathered.settled >= settled).then_some(gathered.last)
        };
        if let Some(known) = known {
            let values = values_after(connection, known).await?;
            let mut gathered = self.gathered();
            for (number, pairs) in values {
                if number == gathered.last + 1 {
                    gathered.add(number, pairs);
                }
            }
            // Or some moved between the two questions.
            if gathered.last >= last {
                return Ok(());
            }
        }
        let mut anew = Gathered {
            settled,
            ..Gathered::default()
        };
        for (number, pairs) in values_after(connection, settled).await? {
            anew.add(number, pairs);
        }
        anew.last = anew.last.max(last);
        let mut gathered = self.gathered();
        if anew.last >= gathered.last {
            *gathered = anew;
        }
        Ok(())
    }

    /// Begins to move what has gathered, where it is enough; waits for it where it has become too much.
    pub(super) async fn settle_keys(&self) {
        let waiting = self.gathered().waiting();
        if waiting < GATHERED {
            return;
        }
        if let Ok(turn) = Arc::clone(&self.inner.settling).try_lock_owned() {
            let store = self.clone();
            tokio::spawn(async move {
                // What did not move now is read again, and moves the next time.
                if let Err(error) = store.move_keys().await {
                    tracing::debug!("new keys were not moved to their places: {error}");
                    store.gathered().give_up();
                }
                drop(turn);
            });
        }
        if waiting >= 2 * GATHERED {
            drop(self.inner.settling.lock().await);
        }
    }

    async fn move_keys(&self) -> Result<()> {
        // Of several programs one moves them.
        let Some(claim) = self.try_claim("keys").await? else {
            return Ok(());
        };
        let mut connection = self.pool().acquire().await?;
        self.catch_up(&mut connection).await?;
        drop(connection);
        let begun = {
            let mut gathered = self.gathered();
            (gathered.waiting() >= GATHERED).then(|| gathered.begin_move())
        };
        if let Some((pairs, up_to)) = begun {
            self.move_pairs(&pairs).await?;
            self.end_move(up_to).await?;
        }
        claim.release().await
    }

    async fn move_pairs(&self, pairs: &[Pair]) -> Result<()> {
        let stored = self.stored_of(pairs).await?;
        for part in pairs.chunks(MOVED) {
            let is_stored = |(_, item): &&Pair| stored.contains(item);
            let part: Vec<Pair> = part.iter().filter(is_stored).copied().collect();
            let mut writer = self.writer().await?;
            let mut transaction = writer.begin(Durable::Usual).await?;
            for piece in long_pieces(&part) {
                let text = format!(
                    "INSERT INTO item_keys (hash, item) VALUES {} ON CONFLICT DO NOTHING",
                    self.dialect().rows(piece.len(), 2)
                );
                let mut query = sqlx::query(ours(text));
                for (hash, item) in piece {
                    query = query.bind(*hash).bind(*item);
                }
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        }
        Ok(())
    }

    async fn end_move(&self, up_to: i64) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        sqlx::query("DELETE FROM gathered_keys WHERE id <= $1")
            .bind(up_to)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("UPDATE counters SET value = $1 WHERE name = 'settled' AND value < $2")
            .bind(up_to)
            .bind(up_to)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.gathered().end_move();
        Ok(())
    }

    /// Those of the items that are stored, and were not forgotten meanwhile.
    async fn stored_of(&self, pairs: &[Pair]) -> Result<HashSet<i64>> {
        let mut items: Vec<i64> = pairs.iter().map(|(_, item)| *item).collect();
        items.sort_unstable();
        items.dedup();
        let mut stored = HashSet::with_capacity(items.len());
        let mut connection = self.pool().acquire().await?;
        for piece in long_pieces(&items) {
            let list = self.dialect().list(1, piece.len());
            let text = format!("SELECT no FROM items WHERE no IN {list}");
            let mut query = sqlx::query_scalar::<_, i64>(ours(text));
            for item in piece {
                query = query.bind(*item);
            }
            stored.extend(query.fetch_all(&mut *connection).await?);
        }
        Ok(stored)
    }

    pub(super) fn gathered(&self) -> MutexGuard<'_, Gathered> {
        let gathered = self.inner.gathered.lock();
        gathered.unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was appended after a value, in order.
async fn values_after(
    connection: &mut AnyConnection,
    number: i64,
) -> Result<Vec<(i64, Vec<Pair>)>> {
    let mut rows = sqlx::query_as::<_, (i64, String)>(
        "SELECT id, pairs FROM gathered_keys WHERE id > $1 ORDER BY id",
    )
    .bind(number)
    .fetch(connection);
    let mut values = Vec::new();
    while let Some((number, text)) = rows.try_next().await? {
        let pairs = read(&text).ok_or_else(|| {
            StoreError::Damaged(format!("value {number} of gathered_keys is none"))
        })?;
        values.push((number, pairs));
    }
    Ok(values)
}

/// Pairs as a value: sixteen bytes each, both numbers with the least byte first, in base64.
fn written(pairs: &[Pair]) -> String {
    let mut bytes = Vec::with_capacity(pairs.len() * 16);
    for (hash, item) in pairs {
        bytes.extend_from_slice(&hash.to_le_bytes());
        bytes.extend_from_slice(&item.to_le_bytes());
    }
    BASE64.encode(bytes)
}

fn read(text: &str) -> Option<Vec<Pair>> {
    let bytes = BASE64.decode(text).ok()?;
    let (pairs, rest) = bytes.as_chunks::<16>();
    rest.is_empty().then(|| {
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |n, byte| n << 8 | i64::from(*byte))
        };
        let pair = |pair: &[u8; 16]| (number(&pair[..8]), number(&pair[8..]));
        pairs.iter().map(pair).collect()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(mut pairs: Vec<Pair>) {
            pairs.sort_unstable();
            prop_assert_eq!(read(&written(&pairs)), Some(pairs));
        }

        #[test]
        fn all_that_was_added_is_found(
            added in prop::collection::vec(prop::collection::btree_set((0..40_i64, 0..9_i64), 1..30), 0..20),
            mut numbers in prop::collection::btree_set(-5..45_i64, 0..20),
            moves: bool,
        ) {
            let mut gathered = Gathered::default();
            let half = added.len() / 2;
            for (number, pairs) in (1..).zip(&added) {
                if number == half && moves {
                    gathered.begin_move();
                }
                gathered.add(i64::try_from(number).unwrap(), pairs.iter().copied().collect());
            }
            numbers.insert(7);
            let numbers: Vec<i64> = numbers.into_iter().collect();
            let found: std::collections::BTreeSet<Pair> = gathered.find(&numbers, 99).into_iter().collect();
            let there = added.iter().flatten().filter(|(hash, _)| numbers.contains(hash)).copied().collect();
            prop_assert_eq!(&found, &there);
            gathered.give_up();
            let still: std::collections::BTreeSet<Pair> = gathered.find(&numbers, 99).into_iter().collect();
            prop_assert_eq!(still, there);
        }
    }

    #[test]
    fn of_many_the_last_are_found() {
        let mut gathered = Gathered::default();
        gathered.add(1, (0..100).map(|item| (5, item)).collect());
        assert_eq!(gathered.find(&[4, 5, 6], 3), [(5, 97), (5, 98), (5, 99)]);
    }

    #[test]
    fn a_value_that_is_none_is_told() {
        assert_eq!(read("AAAA"), None);
        assert_eq!(read("no!"), None);
    }
}
