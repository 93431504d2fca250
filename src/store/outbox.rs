//! The outbox as a whole: what a dead program left, what waits for a person's word, whose turn it is.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{
    Result, Store, StoreError,
    deliveries::{DELIVERY, read},
    dialect::{Durable, ours, pieces},
    row::{Columns, count, number, to_ms},
    unwanted::trim,
};
use crate::model::{Delivery, DeliveryId, EditionId};

/// An edition that is not sent before a person says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The edition.
    pub edition: EditionId,
    /// Why, in a sentence.
    pub why: String,
    /// How many of its deliveries wait.
    pub waiting: u64,
}

/// What is queued of one edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The edition.
    pub edition: EditionId,
    /// How many deliveries are queued.
    pub queued: u64,
    /// How many of them were never tried.
    pub untried: u64,
    /// Whether a person has been asked about it: `Some(true)` if they let it go.
    pub asked: Option<bool>,
}

impl Store {
    /// What is `sending`: of one owner, or of all.
    pub async fn in_hand(&self, owner: Option<&str>) -> Result<Vec<DeliveryId>> {
        let ids: Vec<String> = match owner {
            Some(owner) => {
                sqlx::query_scalar(
                    "SELECT id FROM deliveries WHERE state = 'sending' AND lease_owner = $1",
                )
                .bind(owner)
                .fetch_all(self.pool())
                .await?
            }
            None => {
                sqlx::query_scalar("SELECT id FROM deliveries WHERE state = 'sending'")
                    .fetch_all(self.pool())
                    .await?
            }
        };
        Ok(ids.into_iter().map(DeliveryId::new).collect())
    }

    /// What is `sending` and may or may not have arrived becomes unsure.
    pub async fn doubt(&self, ids: &[DeliveryId], now: DateTime<Utc>) -> Result<()> {
        let set = "state = 'unsure', lease_owner = NULL, lease_until = 0, next_attempt";
        self.change(ids, set, to_ms(now), "state = 'sending'", now)
            .await?;
        Ok(())
    }

    /// What is `sending` and surely never left is queued again; it does not count as tried.
    pub async fn put_back(&self, ids: &[DeliveryId], now: DateTime<Utc>) -> Result<()> {
        let set = "state = 'queued', attempts = attempts - 1, lease_owner = NULL, lease_until";
        self.change(ids, set, 0, "state = 'sending'", now).await?;
        Ok(())
    }

    /// A person has deliveries that are unsure or refused sent again, under the same Message-ID;
    /// returns how many will be.
    pub async fn requeue(&self, ids: &[DeliveryId], now: DateTime<Utc>) -> Result<u64> {
        let from = "state IN ('unsure', 'refused')";
        self.change(ids, "state = 'queued', next_attempt", to_ms(now), from, now)
            .await
    }

    async fn change(
        &self,
        ids: &[DeliveryId],
        set: &str,
        value: i64,
        condition: &str,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let mut changed = 0;
        for piece in pieces(ids) {
            let mut text = format!("UPDATE deliveries SET {set} = ");
            self.dialect().mark(&mut text, 1);
            let _ = write!(
                text,
                " WHERE {condition} AND id IN {}",
                self.dialect().list(2, piece.len())
            );
            let mut query = sqlx::query(ours(text)).bind(value);
            for id in piece {
                query = query.bind(id.as_str());
            }
            changed += query.execute(&mut *transaction).await?.rows_affected();
        }
        for id in ids {
            let refused = trim(&mut transaction, id, now).await?;
            changed = changed.saturating_sub(u64::from(refused));
        }
        transaction.commit().await?;
        Ok(changed)
    }

    /// Whatever is `sending` past the end of its lease becomes unsure; returns those.
    pub async fn unsure_stuck(&self, now: DateTime<Utc>) -> Result<Vec<Delivery>> {
        let mut writer = self.writer().await?;
        let text = format!(
            "UPDATE deliveries SET state = 'unsure', lease_owner = NULL, lease_until = 0 \
             WHERE state = 'sending' AND lease_until <= $1 RETURNING {DELIVERY}"
        );
        let rows = sqlx::query(ours(text))
            .bind(to_ms(now))
            .fetch_all(&mut *writer.connection)
            .await?;
        rows.iter().map(read).collect()
    }

    /// What is in doubt, due, and was never repeated is queued once more under the same Message-ID;
    /// returns how many.
    pub async fn repeat_unsure(&self, now: DateTime<Utc>) -> Result<u64> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let ids: Vec<String> = sqlx::query_scalar(
            "UPDATE deliveries SET state = 'queued', repeats = 1 \
             WHERE state = 'unsure' AND repeats = 0 AND next_attempt <= $1 RETURNING id",
        )
        .bind(to_ms(now))
        .fetch_all(&mut *transaction)
        .await?;
        for id in &ids {
            trim(&mut transaction, &DeliveryId::new(id), now).await?;
        }
        transaction.commit().await?;
        Ok(ids.len() as u64)
    }

    /// What is queued, by edition.
    pub async fn queues(&self) -> Result<Vec<Queue>> {
        let rows = sqlx::query(
            "SELECT d.edition, COUNT(*), SUM(CASE WHEN d.attempts = 0 THEN 1 ELSE 0 END), \
             MAX(CASE WHEN h.edition IS NULL THEN 0 WHEN h.released IS NULL THEN 1 ELSE 2 END) \
             FROM deliveries d LEFT JOIN outbox_holds h ON h.edition = d.edition \
             WHERE d.state = 'queued' GROUP BY d.edition ORDER BY d.edition",
        )
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(Queue {
                    edition: EditionId::new(columns.text()?),
                    queued: count(columns.number()?),
                    untried: count(columns.number()?),
                    asked: match columns.number()? {
                        0 => None,
                        word => Some(word == 2),
                    },
                })
            })
            .collect()
    }

    /// Has editions wait for a person's word; of one that was asked about already nothing changes,
    /// unless `again`.
    pub async fn hold_editions(
        &self,
        editions: &[EditionId],
        why: &str,
        again: bool,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let known = if again {
            "UPDATE SET why = excluded.why, since = excluded.since, released = NULL"
        } else {
            "NOTHING"
        };
        for edition in editions {
            let text = format!(
                "INSERT INTO outbox_holds (edition, why, since) VALUES ($1, $2, $3) \
                 ON CONFLICT (edition) DO {known}"
            );
            sqlx::query(ours(text))
                .bind(edition.as_str())
                .bind(why)
                .bind(to_ms(now))
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The editions that wait for a person's word.
    pub async fn held_editions(&self) -> Result<Vec<Hold>> {
        let rows = sqlx::query(
            "SELECT h.edition, h.why, COUNT(d.id) FROM outbox_holds h \
             JOIN deliveries d ON d.edition = h.edition AND d.state = 'queued' \
             WHERE h.released IS NULL GROUP BY h.edition, h.why ORDER BY h.edition",
        )
        .fetch_all(self.pool())
        .await?;
        let mut holds: Vec<Hold> = Vec::new();
        for row in &rows {
            let mut columns = Columns::of(row);
            // An edition goes out in several letters, one for each kind of reader.
            let edition = EditionId::new(columns.text()?).whole();
            let why = columns.string()?;
            let waiting = count(columns.number()?);
            match holds.iter_mut().find(|hold| hold.edition == edition) {
                Some(hold) => hold.waiting += waiting,
                None => holds.push(Hold {
                    edition,
                    why,
                    waiting,
                }),
            }
        }
        Ok(holds)
    }

    /// A person lets an edition go out all the same; whether it was waiting.
    pub async fn release_edition(&self, edition: &EditionId, now: DateTime<Utc>) -> Result<bool> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let rows = sqlx::query(
            "UPDATE outbox_holds SET released = $1 \
             WHERE (edition = $2 OR edition LIKE $3) AND released IS NULL",
        )
        .bind(to_ms(now))
        .bind(edition.as_str())
        .bind(edition.letters())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        transaction.commit().await?;
        Ok(rows > 0)
    }

    /// A person has what is queued of an edition never sent; returns how many deliveries that are.
    pub async fn withdraw_edition(&self, edition: &EditionId, now: DateTime<Utc>) -> Result<u64> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let rows = sqlx::query(
            "UPDATE deliveries SET state = 'refused', settled = $1, \
             reply = 'withdrawn by a person before it was sent' \
             WHERE (edition = $2 OR edition LIKE $3) AND state = 'queued'",
        )
        .bind(to_ms(now))
        .bind(edition.as_str())
        .bind(edition.letters())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        transaction.commit().await?;
        Ok(rows)
    }

    /// Since when sending is paused, and why, if it is.
    pub async fn paused(&self) -> Result<Option<String>> {
        let note = self.note(PAUSED).await?;
        Ok(note.filter(|note| !note.is_empty()))
    }

    /// Has nothing sent until it is `None` again; the words say since when, and why.
    pub async fn set_paused(&self, words: Option<&str>) -> Result<()> {
        self.set_note(PAUSED, words.unwrap_or_default()).await
    }

    /// Whether this database is a copy from which nothing was sent yet.
    pub async fn is_copy(&self) -> Result<bool> {
        let note = self.note(COPIED).await?;
        Ok(note.is_some_and(|note| !note.is_empty()))
    }

    /// Says of this database that it is a copy, or that it is none any more.
    pub async fn set_copy(&self, copy: bool) -> Result<()> {
        self.set_note(COPIED, if copy { "1" } else { "" }).await
    }

    /// The mark that goes up when sending begins and when it ends; a database that is put back from a
    /// copy has an older one than what was sent from it.
    pub async fn post_mark(&self) -> Result<i64> {
        let mark = self.note(MARK).await?;
        Ok(mark.and_then(|mark| mark.parse().ok()).unwrap_or_default())
    }

    /// Puts the mark above itself and `known`, for good; returns it.
    pub async fn raise_post_mark(&self, known: i64) -> Result<i64> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let now: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE key = $1")
            .bind(MARK)
            .fetch_optional(&mut *transaction)
            .await?;
        let now: i64 = now.and_then(|now| now.parse().ok()).unwrap_or_default();
        let mark = now.max(known) + 1;
        super::meta::set(&mut transaction, MARK, &mark.to_string()).await?;
        transaction.commit().await?;
        Ok(mark)
    }

    /// A secret of this database, made when it is first asked for: 256 bits in hexadecimal.
    pub async fn secret(&self, name: &str) -> Result<String> {
        let key = format!("secret/{name}");
        if let Some(secret) = self.note(&key).await? {
            return Ok(secret);
        }
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::Failed(format!("no randomness, {error}")))?;
        let mut made = String::with_capacity(64);
        for byte in bytes {
            let _ = write!(made, "{byte:02x}");
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING")
            .bind(&key)
            .bind(&made)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        drop(writer);
        // Another program may have been quicker.
        Ok(self.note(&key).await?.unwrap_or(made))
    }

    /// Takes the next turn under a name, turns being so many microseconds apart, whoever else takes
    /// them; returns when it is.
    pub async fn take_turn(
        &self,
        name: &str,
        apart: u64,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>> {
        let now = now.timestamp_micros();
        let mut writer = self.writer().await?;
        let next: i64 = sqlx::query_scalar(
            "INSERT INTO outbox_turns (name, next) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE \
             SET next = CASE WHEN outbox_turns.next > $3 THEN outbox_turns.next ELSE $4 END + $5 \
             RETURNING next",
        )
        .bind(name)
        .bind(now + number(apart))
        .bind(now)
        .bind(now)
        .bind(number(apart))
        .fetch_one(&mut *writer.connection)
        .await?;
        Ok(DateTime::from_timestamp_micros(next - number(apart)).unwrap_or_default())
    }
}

const MARK: &str = "post mark";
const PAUSED: &str = "post paused";
const COPIED: &str = "post copied";
