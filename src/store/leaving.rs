//! Leaving: whether a reader gets anything, or some digests less, and what of that is on its way.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Result, Store, StoreError,
    deliveries::add_to_total,
    dialect::Durable,
    gone,
    row::{number, to_ms},
    subscribers::choose_digests,
    unwanted::hold_letters,
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

    /// Takes digests from a reader, at once, and from the letters that are queued for them. Whoever
    /// gets no other of `offered` leaves as by [`Store::set_subscriber_state`]. Returns what they still
    /// get, empty once they left.
    pub async fn leave_digests(
        &self,
        id: &SubscriberId,
        digests: &[DigestId],
        offered: &[DigestId],
        now: DateTime<Utc>,
    ) -> Result<Vec<DigestId>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        hold_letters(&mut transaction, id).await?;
        let had: Vec<String> = sqlx::query_scalar(
            "SELECT digest FROM subscriptions WHERE subscriber = $1 AND declined = 0 \
             ORDER BY digest",
        )
        .bind(id.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        let mut kept: Vec<DigestId> = had.into_iter().map(DigestId::new).collect();
        kept.retain(|one| !digests.contains(one));
        if kept.iter().any(|one| offered.contains(one)) {
            choose_digests(&mut transaction, id, &kept, now).await?;
        } else {
            kept.clear();
            let state = SubscriberState::Unsubscribed;
            let stopped = set_state(&mut transaction, id, state, now).await?;
            add_to_total(&mut transaction, stopped).await?;
        }
        transaction.commit().await?;
        Ok(kept)
    }
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
