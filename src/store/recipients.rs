//! Recipients: the fixed lists of feeds.toml, followed without bringing back whoever left.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{
    NewSubscriber, Result, Store,
    dialect::Durable,
    gone,
    row::to_ms,
    secret::address_key,
    subscribers::{enrol, id_of},
};
use crate::model::{DigestId, Subscriber, SubscriberId, SubscriberState};

impl Store {
    /// Takes over a digest's fixed list: new addresses become active subscribers, those that left
    /// it no longer get the digest by it. Whoever unsubscribed, bounced, was erased or declined the
    /// digest stays so. Returns those of the list who are to get the digest.
    pub async fn sync_recipients(
        &self,
        digest: &DigestId,
        addresses: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Subscriber>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let key = address_key(&mut transaction).await?;
        let mut listed = HashSet::new();
        for address in addresses {
            let id = if let Some(id) = id_of(&mut transaction, address).await? {
                id
            } else if gone::is(&mut transaction, &key.hash(address)?).await? {
                continue;
            } else {
                let new = NewSubscriber {
                    address: address.clone(),
                    state: SubscriberState::Active,
                    ..NewSubscriber::default()
                };
                enrol(&mut transaction, &new, now).await?
            };
            // The operator's word stands in for a confirmation that somebody asked for on the form.
            sqlx::query(
                "UPDATE subscribers SET state = 'active' WHERE id = $1 AND state = 'pending'",
            )
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
            sqlx::query(
                "INSERT INTO subscriptions (subscriber, digest, fixed, since) \
                 VALUES ($1, $2, 1, $3) ON CONFLICT (subscriber, digest) DO UPDATE SET fixed = 1",
            )
            .bind(id.as_str())
            .bind(digest.as_str())
            .bind(to_ms(now))
            .execute(&mut *transaction)
            .await?;
            listed.insert(id);
        }
        let fixed: Vec<String> = sqlx::query_scalar(
            "SELECT subscriber FROM subscriptions WHERE digest = $1 AND fixed = 1",
        )
        .bind(digest.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        for id in fixed.into_iter().map(SubscriberId::new) {
            if !listed.contains(&id) {
                sqlx::query(
                    "DELETE FROM subscriptions WHERE subscriber = $1 AND digest = $2 AND fixed = 1",
                )
                .bind(id.as_str())
                .bind(digest.as_str())
                .execute(&mut *transaction)
                .await?;
            }
        }
        transaction.commit().await?;
        drop(writer);
        let mut active = self
            .subscribers(Some(digest), Some(SubscriberState::Active))
            .await?;
        active.retain(|subscriber| listed.contains(&subscriber.id));
        Ok(active)
    }
}
