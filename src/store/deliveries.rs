//! Deliveries: the outbox. Rows are written with the frozen edition; workers lease them, send, and
//! say what came of it.
//!
//! A lease is on the disk before the message is on the wire; what came of it may be lost with the
//! machine's power, and then the delivery is unsure rather than sent twice.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction, any::AnyRow};

use super::{
    BounceKind, Result, Store,
    bounces::bounced,
    dialect::{Durable, ours, pieces},
    row::{Columns, count, from_ms, strange, to_ms},
    unwanted::trim,
};
use crate::model::{Delivery, DeliveryId, DeliveryState, EditionId, SubscriberId};

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The delivery.
    pub id: DeliveryId,
    /// Its state from now on.
    pub state: DeliveryState,
    /// What the server said.
    pub reply: Option<String>,
    /// When it is tried again, if it is queued or in doubt.
    pub next_attempt: Option<DateTime<Utc>>,
    /// What it says of the reader's address.
    #[serde(default)]
    pub bounce: Option<BounceKind>,
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

pub(super) const DELIVERY: &str = "id, edition, subscriber, address, token, message_id, state, attempts, \
    next_attempt, reply";

impl Store {
    /// Stores what came of tries, and what that says of the readers' addresses. An unsure delivery
    /// may still be settled by the worker that was believed dead; one that is settled stays as it is.
    pub async fn settle(&self, settled: &[Settled], now: DateTime<Utc>) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        self.write_settled(&mut transaction, settled, now).await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn write_settled(
        &self,
        transaction: &mut Transaction<'_, Any>,
        settled: &[Settled],
        now: DateTime<Utc>,
    ) -> Result<()> {
        for one in settled {
            // A column that is named in a change has its indexes written, whether it changes or not; of
            // most deliveries there is no other try.
            if let Some(next) = one.next_attempt {
                sqlx::query(
                    "UPDATE deliveries SET next_attempt = $1 \
                     WHERE id = $2 AND state IN ('sending', 'unsure')",
                )
                .bind(to_ms(next))
                .bind(one.id.as_str())
                .execute(&mut **transaction)
                .await?;
            }
        }
        for piece in pieces(settled) {
            let mut text =
                "UPDATE deliveries SET state = v.column2, reply = v.column3, settled = ".to_owned();
            self.dialect().mark(&mut text, 1);
            text.push_str(&format!(
                ", lease_owner = NULL, lease_until = 0 FROM (VALUES {}) AS v \
                 WHERE deliveries.id = v.column1 AND deliveries.state IN ('sending', 'unsure')",
                self.dialect().rows_from(2, piece.len(), 3)
            ));
            let mut query = sqlx::query(ours(text)).bind(to_ms(now));
            for one in piece {
                query = query
                    .bind(one.id.as_str())
                    .bind(one.state.as_str())
                    .bind(one.reply.as_deref());
            }
            query.execute(&mut **transaction).await?;
        }
        for one in settled {
            if one.state == DeliveryState::Queued {
                trim(transaction, &one.id, now).await?;
            }
            if let Some(kind) = one.bounce {
                let said = one.reply.as_deref().unwrap_or_default();
                bounced(transaction, &one.id, kind, said, now).await?;
            }
        }
        Ok(())
    }

    /// Deliveries that pass the filter, by when they are tried next.
    pub async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<Delivery>> {
        let mut text = format!("SELECT {DELIVERY} FROM deliveries WHERE 1 = 1");
        let mut values = Vec::new();
        let letters = filter.edition.as_ref().map(EditionId::letters);
        if let (Some(edition), Some(letters)) = (&filter.edition, &letters) {
            // Bare marks throughout: SQLite counts them without the numbered ones.
            text.push_str(" AND (edition = ");
            self.dialect().mark(&mut text, 1);
            text.push_str(" OR edition LIKE ");
            self.dialect().mark(&mut text, 2);
            text.push(')');
            values.extend([edition.as_str(), letters.as_str()]);
        }
        for (column, value) in [
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

    /// How many deliveries of one edition, or of all, are in each state. Of all, the cost grows with
    /// what is open and what was refused, not with what was sent.
    pub async fn count_deliveries(&self, edition: Option<&EditionId>) -> Result<DeliveryCounts> {
        let rows = match edition {
            Some(edition) => {
                sqlx::query(
                    "SELECT state, COUNT(*) FROM deliveries \
                     WHERE edition = $1 OR edition LIKE $2 GROUP BY state",
                )
                .bind(edition.as_str())
                .bind(edition.letters())
                .fetch_all(self.pool())
                .await?
            }
            None => {
                let states = ["queued", "sending", "refused", "unsure"].map(|state| {
                    format!("SELECT '{state}', COUNT(*) FROM deliveries WHERE state = '{state}'")
                });
                sqlx::query(ours(states.join(" UNION ALL ")))
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
        if edition.is_none() {
            // All the others have an index of their own; what is accepted is most of what was ever
            // sent, and the rest of the sum.
            let all: i64 = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'delivery'")
                .fetch_one(self.pool())
                .await?;
            let others = counts.queued + counts.sending + counts.refused + counts.unsure;
            counts.accepted = count(all).saturating_sub(others);
        }
        Ok(counts)
    }

    /// How many deliveries are queued, being sent and in doubt; the others are not counted.
    pub async fn count_open(&self) -> Result<DeliveryCounts> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'queued'), \
             (SELECT COUNT(*) FROM deliveries WHERE state = 'sending'), \
             (SELECT COUNT(*) FROM deliveries WHERE state = 'unsure')",
        )
        .fetch_one(self.pool())
        .await?;
        let mut columns = Columns::of(&row);
        Ok(DeliveryCounts {
            queued: count(columns.number()?),
            sending: count(columns.number()?),
            unsure: count(columns.number()?),
            ..DeliveryCounts::default()
        })
    }

    /// When the next queued delivery is due; `None` if nothing is queued.
    pub async fn next_delivery(&self) -> Result<Option<DateTime<Utc>>> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT MIN(next_attempt) FROM deliveries WHERE state = 'queued'")
                .fetch_one(self.pool())
                .await?;
        Ok(next.map(from_ms))
    }

    /// Writes deliveries; of those that are there already nothing changes. Returns how many are new,
    /// for [`add_to_total`].
    pub(super) async fn queue(
        &self,
        transaction: &mut Transaction<'_, Any>,
        deliveries: &[Delivery],
    ) -> Result<u64> {
        let mut new = 0;
        for piece in pieces(deliveries) {
            let text = format!(
                "INSERT INTO deliveries ({DELIVERY}, domain) VALUES {} ON CONFLICT DO NOTHING",
                self.dialect().rows(piece.len(), 11)
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
                    .bind(delivery.reply.as_deref())
                    .bind(domain(&delivery.address));
            }
            new += query.execute(&mut **transaction).await?.rows_affected();
        }
        Ok(new)
    }
}

/// Keeps the number of all deliveries. To be called at the end of a transaction: on a server the
/// number's row is locked until then, and whoever holds it should wait for nobody's readers.
pub(super) async fn add_to_total(
    transaction: &mut Transaction<'_, Any>,
    change: i64,
) -> Result<()> {
    if change != 0 {
        sqlx::query("UPDATE counters SET value = value + $1 WHERE name = 'delivery'")
            .bind(change)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

fn state(word: &str) -> Result<DeliveryState> {
    DeliveryState::parse(word).ok_or_else(|| strange("state of a delivery", word))
}

/// The receiving domain.
fn domain(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    domain.to_lowercase()
}

pub(super) fn read(row: &AnyRow) -> Result<Delivery> {
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
