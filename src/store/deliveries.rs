//! Deliveries: the outbox. Rows are written with the frozen edition; workers lease them, send, and
//! say what came of it.
//!
//! A lease is on the disk before the message is on the wire; what came of it may be lost with the
//! machine's power, and then the delivery is unsure rather than sent twice.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction, any::AnyRow};

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    row::{Columns, count, number, strange, to_ms},
};
use crate::model::{Delivery, DeliveryId, DeliveryState, EditionId, SubscriberId};

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The delivery.
    pub id: DeliveryId,
    /// Its state from now on.
    pub state: DeliveryState,
    /// What the server said.
    pub reply: Option<String>,
    /// When it is tried again, if it is queued.
    pub next_attempt: Option<DateTime<Utc>>,
}

/// Which deliveries to list; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// Of this edition.
    pub edition: Option<EditionId>,
    /// To this subscriber.
    pub subscriber: Option<SubscriberId>,
    /// In this state.
    pub state: Option<DeliveryState>,
    /// At the most so many; 0 is 50.
    pub limit: usize,
}

/// How many deliveries are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// To be sent.
    pub queued: u64,
    /// Being sent.
    pub sending: u64,
    /// Taken by the server.
    pub accepted: u64,
    /// Refused for good.
    pub refused: u64,
    /// Sent, without a word of the server's.
    pub unsure: u64,
}

const DELIVERY: &str = "id, edition, subscriber, address, token, message_id, state, attempts, \
    next_attempt, reply";

impl Store {
    /// Takes queued deliveries that are due for one worker: they are `sending` from then on, and
    /// no other worker gets them. Those tried least come first. Each one counts as tried.
    ///
    /// What is leased and not settled before `hold` is over becomes unsure by
    /// [`Store::unsure_stuck`]: lease no more than is sent at once.
    pub async fn lease_deliveries(
        &self,
        now: DateTime<Utc>,
        owner: &str,
        limit: usize,
        hold: Duration,
    ) -> Result<Vec<Delivery>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let text = format!(
            "WITH picked AS MATERIALIZED (SELECT id FROM deliveries WHERE state = 'queued' \
             AND next_attempt <= $1 ORDER BY next_attempt, id LIMIT $2{}) \
             UPDATE deliveries SET state = 'sending', attempts = attempts + 1, \
             lease_owner = $3, lease_until = $4 \
             WHERE id IN (SELECT id FROM picked) RETURNING {DELIVERY}",
            self.dialect().skip_locked()
        );
        let rows = sqlx::query(ours(text))
            .bind(to_ms(now))
            .bind(number(limit))
            .bind(owner)
            .bind(to_ms(now).saturating_add(number(hold.as_millis())))
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let mut leased = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        leased.sort_by(|a, b| (a.next_attempt, &a.id).cmp(&(b.next_attempt, &b.id)));
        Ok(leased)
    }

    /// Stores what came of tries. An unsure delivery may still be settled by the worker that was
    /// believed dead; one that is settled stays as it is.
    pub async fn settle(&self, settled: &[Settled], now: DateTime<Utc>) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        for one in settled {
            sqlx::query(
                "UPDATE deliveries SET state = $1, reply = $2, \
                 next_attempt = COALESCE($3, next_attempt), settled = $4, \
                 lease_owner = NULL, lease_until = 0 \
                 WHERE id = $5 AND state IN ('sending', 'unsure')",
            )
            .bind(one.state.as_str())
            .bind(one.reply.as_deref())
            .bind(one.next_attempt.map(to_ms))
            .bind(to_ms(now))
            .bind(one.id.as_str())
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Puts back what a worker leased and surely did not begin to send; it does not count as tried.
    pub async fn release_deliveries(&self, owner: &str, ids: &[DeliveryId]) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        for id in ids {
            sqlx::query(
                "UPDATE deliveries SET state = 'queued', attempts = attempts - 1, \
                 lease_owner = NULL, lease_until = 0 \
                 WHERE id = $1 AND lease_owner = $2 AND state = 'sending'",
            )
            .bind(id.as_str())
            .bind(owner)
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Whatever is `sending` past the end of its lease becomes unsure; returns those.
    pub async fn unsure_stuck(&self, now: DateTime<Utc>) -> Result<Vec<Delivery>> {
        self.unsure("lease_until <= $1", to_ms(now)).await
    }

    /// Whatever is `sending` becomes unsure; for a program that knows it is the only one, at its
    /// start.
    pub async fn unsure_all(&self) -> Result<Vec<Delivery>> {
        self.unsure("lease_until <= $1", i64::MAX).await
    }

    async fn unsure(&self, condition: &str, until: i64) -> Result<Vec<Delivery>> {
        let mut writer = self.writer().await?;
        let text = format!(
            "UPDATE deliveries SET state = 'unsure', lease_owner = NULL, lease_until = 0 \
             WHERE state = 'sending' AND {condition} RETURNING {DELIVERY}"
        );
        let rows = sqlx::query(ours(text))
            .bind(until)
            .fetch_all(&mut *writer.connection)
            .await?;
        rows.iter().map(read).collect()
    }

    /// A person has deliveries that are unsure or refused sent again, under the same Message-ID;
    /// returns how many will be.
    pub async fn requeue(&self, ids: &[DeliveryId], now: DateTime<Utc>) -> Result<u64> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let mut count = 0;
        for id in ids {
            count += sqlx::query(
                "UPDATE deliveries SET state = 'queued', next_attempt = $1 \
                 WHERE id = $2 AND state IN ('unsure', 'refused')",
            )
            .bind(to_ms(now))
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        }
        transaction.commit().await?;
        Ok(count)
    }

    /// Deliveries that pass the filter, by when they are tried next.
    pub async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<Delivery>> {
        let mut text = format!("SELECT {DELIVERY} FROM deliveries WHERE 1 = 1");
        let mut values = Vec::new();
        for (column, value) in [
            ("edition", filter.edition.as_ref().map(EditionId::as_str)),
            (
                "subscriber",
                filter.subscriber.as_ref().map(SubscriberId::as_str),
            ),
            ("state", filter.state.map(DeliveryState::as_str)),
        ] {
            if let Some(value) = value {
                values.push(value);
                text.push_str(" AND ");
                text.push_str(column);
                text.push_str(" = ");
                self.dialect().mark(&mut text, values.len());
            }
        }
        let limit = if filter.limit == 0 { 50 } else { filter.limit };
        text.push_str(" ORDER BY next_attempt, id LIMIT ");
        text.push_str(&limit.to_string());
        let mut query = sqlx::query(ours(text));
        for value in values {
            query = query.bind(value);
        }
        query
            .fetch_all(self.pool())
            .await?
            .iter()
            .map(read)
            .collect()
    }

    /// How many deliveries of one edition, or of all, are in each state.
    pub async fn count_deliveries(&self, edition: Option<&EditionId>) -> Result<DeliveryCounts> {
        let rows = match edition {
            Some(edition) => {
                sqlx::query(
                    "SELECT state, COUNT(*) FROM deliveries WHERE edition = $1 GROUP BY state",
                )
                .bind(edition.as_str())
                .fetch_all(self.pool())
                .await?
            }
            None => {
                sqlx::query("SELECT state, COUNT(*) FROM deliveries GROUP BY state")
                    .fetch_all(self.pool())
                    .await?
            }
        };
        let mut counts = DeliveryCounts::default();
        for row in &rows {
            let mut columns = Columns::of(row);
            let state = state(columns.text()?)?;
            let number = count(columns.number()?);
            match state {
                DeliveryState::Queued => counts.queued = number,
                DeliveryState::Sending => counts.sending = number,
                DeliveryState::Accepted => counts.accepted = number,
                DeliveryState::Refused => counts.refused = number,
                DeliveryState::Unsure => counts.unsure = number,
            }
        }
        Ok(counts)
    }

    /// When the next queued delivery is due; `None` if nothing is queued.
    pub async fn next_delivery(&self) -> Result<Option<DateTime<Utc>>> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT MIN(next_attempt) FROM deliveries WHERE state = 'queued'")
                .fetch_one(self.pool())
                .await?;
        Ok(next.map(super::row::from_ms))
    }

    /// Writes deliveries; of those that are there already nothing changes.
    pub(super) async fn queue(
        &self,
        transaction: &mut Transaction<'_, Any>,
        deliveries: &[Delivery],
    ) -> Result<()> {
        for piece in pieces(deliveries) {
            let text = format!(
                "INSERT INTO deliveries ({DELIVERY}) VALUES {} ON CONFLICT DO NOTHING",
                self.dialect().rows(piece.len(), 10)
            );
            let mut query = sqlx::query(ours(text));
            for delivery in piece {
                query = query
                    .bind(delivery.id.as_str())
                    .bind(delivery.edition.as_str())
                    .bind(delivery.subscriber.as_str())
                    .bind(delivery.address.as_str())
                    .bind(delivery.token.as_str())
                    .bind(delivery.message_id.as_str())
                    .bind(delivery.state.as_str())
                    .bind(i64::from(delivery.attempts))
                    .bind(to_ms(delivery.next_attempt))
                    .bind(delivery.reply.as_deref());
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }
}

fn state(word: &str) -> Result<DeliveryState> {
    DeliveryState::parse(word).ok_or_else(|| strange("state of a delivery", word))
}

fn read(row: &AnyRow) -> Result<Delivery> {
    let mut columns = Columns::of(row);
    Ok(Delivery {
        id: DeliveryId::new(columns.text()?),
        edition: EditionId::new(columns.text()?),
        subscriber: SubscriberId::new(columns.text()?),
        address: columns.string()?,
        token: columns.string()?,
        message_id: columns.string()?,
        state: state(columns.text()?)?,
        attempts: u32::try_from(columns.number()?).unwrap_or_default(),
        next_attempt: columns.time()?,
        reply: columns.maybe_string()?,
    })
}
