//! Bounces: what came back of deliveries, and what follows for the reader.
//!
//! A dead address gets nothing more, at once; a complaint ends it at once too. What may pass, such as
//! a full mailbox, counts once an edition, and ends it when several editions in a row came back.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction};

use super::{
    Result, Store,
    deliveries::{DELIVERY, read},
    dialect::{Durable, ours},
    row::{Columns, to_ms},
};
use crate::model::{Delivery, DeliveryId, SubscriberId, SubscriberState};

/// After so many editions in a row that came back, an address counts as dead ...
const IN_A_ROW: i64 = 3;
/// ... if the first of them is so old: somebody on holiday with a full mailbox comes home.
const AT_LEAST: TimeDelta = TimeDelta::days(7);

/// What a bounce says of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BounceKind {
    /// It is dead
    Hard,
    /// It may live
    Soft,
    /// Its reader called a mail spam
    Complaint,
}

impl BounceKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Complaint => "complaint",
        }
    }
}

/// What came of a bounce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounced {
    /// The reader.
    pub subscriber: SubscriberId,
    /// The state that they are in because of it; `None` if nothing has changed.
    pub now: Option<SubscriberState>,
}

impl Store {
    /// One delivery by its id.
    pub async fn delivery(&self, id: &DeliveryId) -> Result<Option<Delivery>> {
        let text = format!("SELECT {DELIVERY} FROM deliveries WHERE id = $1");
        let row = sqlx::query(ours(text))
            .bind(id.as_str())
            .fetch_optional(self.pool())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Notes that a delivery came back, with what follows for its reader; the same report twice is
    /// one. `None` if there is no such delivery.
    pub async fn bounce(
        &self,
        id: &DeliveryId,
        kind: BounceKind,
        said: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Bounced>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let bounced = bounced(&mut transaction, id, kind, said, now).await?;
        if kind != BounceKind::Complaint {
            // A relay had taken it, and its own server did not.
            sqlx::query(
                "UPDATE deliveries SET state = 'refused', reply = $1 \
                 WHERE id = $2 AND state IN ('accepted', 'unsure')",
            )
            .bind(format!("it came back: {said}"))
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(bounced)
    }
}

/// Notes what came back within a transaction.
pub(super) async fn bounced(
    transaction: &mut Transaction<'_, Any>,
    id: &DeliveryId,
    kind: BounceKind,
    said: &str,
    now: DateTime<Utc>,
) -> Result<Option<Bounced>> {
    let row = sqlx::query("SELECT subscriber, edition FROM deliveries WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut columns = Columns::of(&row);
    let subscriber = SubscriberId::new(columns.text()?);
    let edition = columns.string()?;
    sqlx::query(
        "INSERT INTO bounces (subscriber, edition, kind, said, since) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(subscriber.as_str())
    .bind(&edition)
    .bind(kind.as_str())
    .bind(said)
    .bind(to_ms(now))
    .execute(&mut **transaction)
    .await?;
    let state = match kind {
        BounceKind::Hard => Some(SubscriberState::Bounced),
        BounceKind::Complaint => Some(SubscriberState::Complained),
        BounceKind::Soft => too_often(transaction, &subscriber, now)
            .await?
            .then_some(SubscriberState::Bounced),
    };
    let mut changed = None;
    if let Some(state) = state {
        // Whoever left stays gone, by their own word.
        let rows = sqlx::query(
            "UPDATE subscribers SET state = $1, updated = $2 \
             WHERE id = $3 AND state IN ('pending', 'active', 'paused')",
        )
        .bind(state.as_str())
        .bind(to_ms(now))
        .bind(subscriber.as_str())
        .execute(&mut **transaction)
        .await?
        .rows_affected();
        changed = (rows == 1).then_some(state);
    }
    Ok(Some(Bounced {
        subscriber,
        now: changed,
    }))
}

/// Whether the reader's last editions all came back, over some time.
async fn too_often(
    transaction: &mut Transaction<'_, Any>,
    subscriber: &SubscriberId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT COUNT(*), COALESCE(MIN(b.since), 0) FROM (SELECT edition FROM deliveries \
         WHERE subscriber = $1 ORDER BY next_attempt DESC LIMIT $2) d \
         JOIN bounces b ON b.subscriber = $3 AND b.edition = d.edition AND b.kind = 'soft'",
    )
    .bind(subscriber.as_str())
    .bind(IN_A_ROW)
    .bind(subscriber.as_str())
    .fetch_one(&mut **transaction)
    .await?;
    let mut columns = Columns::of(&row);
    Ok(columns.number()? >= IN_A_ROW && columns.time()? + AT_LEAST <= now)
}
