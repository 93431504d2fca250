//! Leaving: whether a reader gets anything, or one digest less, and what of that is on its way.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Result, Store, StoreError,
    deliveries::add_to_total,
    dialect::Durable,
    gone,
    row::{number, to_ms},
    subscribers::choose_digests,
};
use crate::model::{DigestId, SubscriberId, SubscriberState};

impl Store {
    /// Sets whether a reader gets anything, at once: what is queued to one who does not is not
    /// sent. Of one who left, name, choices and address are forgotten; a keyed hash of the address
    /// stays, so that no list brings them back.
    pub async fn set_subscriber_state(
        &self,
        id: &SubscriberId,
        state: SubscriberState,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let stopped = set_state(&mut transaction, id, state, now).await?;
        add_to_total(&mut transaction, stopped).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes one digest from a reader, at once. Whoever gets no other of `offered` leaves as by
    /// [`Store::set_subscriber_state`]. Returns what they still get, empty once they left.
    pub async fn leave_digest(
        &self,
        id: &SubscriberId,
        digest: &DigestId,
        offered: &[DigestId],
        now: DateTime<Utc>,
    ) -> Result<Vec<DigestId>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let had: Vec<String> = sqlx::query_scalar(
            "SELECT digest FROM subscriptions WHERE subscriber = $1 AND declined = 0 \
             ORDER BY digest",
        )
        .bind(id.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        let mut kept: Vec<DigestId> = had.into_iter().map(DigestId::new).collect();
        kept.retain(|one| one != digest);
        let stopped = if kept.iter().any(|one| offered.contains(one)) {
            choose_digests(&mut transaction, id, &kept, now).await?
        } else {
            kept.clear();
            set_state(&mut transaction, id, SubscriberState::Unsubscribed, now).await?
        };
        add_to_total(&mut transaction, stopped).await?;
        transaction.commit().await?;
        Ok(kept)
    }
}

/// Nothing that is queued or waits of digests that are no longer wanted goes out; a letter of several
/// does, as long as one of them is. Returns what to give to [`add_to_total`].
pub(super) async fn stop_unwanted(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
) -> Result<i64> {
    let mut deleted = [0; 2];
    let statements = [
        "DELETE FROM deliveries WHERE subscriber = $1 AND state = 'queued' AND NOT EXISTS \
         (SELECT 1 FROM editions e JOIN subscriptions w ON w.digest = e.digest \
         WHERE w.subscriber = $2 AND w.declined = 0 AND (e.id = deliveries.edition OR e.id IN \
         (SELECT p.edition FROM reading_parts p WHERE p.reading = deliveries.edition)))",
        "DELETE FROM awaiting WHERE subscriber = $1 AND NOT EXISTS \
         (SELECT 1 FROM editions e JOIN subscriptions w ON w.digest = e.digest \
         WHERE w.subscriber = $2 AND w.declined = 0 AND e.id = awaiting.edition)",
    ];
    for (statement, deleted) in statements.into_iter().zip(&mut deleted) {
        *deleted = sqlx::query(statement)
            .bind(id.as_str())
            .bind(id.as_str())
            .execute(&mut **transaction)
            .await?
            .rows_affected();
    }
    Ok(-number(deleted[0]))
}

/// Returns what to give to [`add_to_total`].
async fn set_state(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
    state: SubscriberState,
    now: DateTime<Utc>,
) -> Result<i64> {
    let changed = sqlx::query("UPDATE subscribers SET state = $1, updated = $2 WHERE id = $3")
        .bind(state.as_str())
        .bind(to_ms(now))
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?
        .rows_affected();
    if changed == 0 {
        return Err(StoreError::unknown("subscriber", id));
    }
    let mut stopped = 0;
    if state != SubscriberState::Active {
        stopped = stop_letters(transaction, id).await?;
    }
    if state == SubscriberState::Unsubscribed {
        gone::leave(transaction, id, now).await?;
    }
    Ok(stopped)
}

/// Nothing that is queued or waits for a later letter goes out; returns what to give to
/// [`add_to_total`].
pub(super) async fn stop_letters(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
) -> Result<i64> {
    let stopped = sqlx::query("DELETE FROM deliveries WHERE subscriber = $1 AND state = 'queued'")
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?
        .rows_affected();
    sqlx::query("DELETE FROM awaiting WHERE subscriber = $1")
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(-number(stopped))
}
