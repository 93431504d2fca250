//! Deliveries that are leased: taken from the outbox to be sent by one worker.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    Result, Settled, Store,
    deliveries::DELIVERY,
    dialect::{Dialect, Durable, ours, pieces},
    row::{from_json, from_ms, number, to_ms},
};
use crate::model::{Delivery, DeliveryId, DeliveryState, EditionId, SubscriberId, SubscriberState};

/// A delivery that was taken to be sent, with what is known of its reader by now.
#[derive(Clone, Debug, PartialEq)]
pub struct Leased {
    /// The delivery.
    pub delivery: Delivery,
    /// The reader's name, if one was given.
    pub name: Option<String>,
    /// Whether the reader still gets anything; `None` if they are gone.
    pub reader: Option<SubscriberState>,
}

impl Store {
    /// Takes queued deliveries that are due for one worker: they are `sending` from then on, and
    /// no other worker gets them. Those tried least come first. Each one counts as tried.
    ///
    /// What is leased and not settled before `hold` is over becomes unsure by
    /// [`Store::unsure_stuck`]: lease no more than is sent at once.
    ///
    /// None of an edition that waits for a person's word, and none to the domains of `but`. What came of
    /// those that were taken before is stored in the same transaction, as [`Store::settle`] does.
    pub async fn settle_and_lease(
        &self,
        settled: &[Settled],
        now: DateTime<Utc>,
        owner: &str,
        limit: usize,
        hold: Duration,
        but: &[&str],
    ) -> Result<Vec<Leased>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        self.write_settled(&mut transaction, settled, now).await?;
        let mut query =
            sqlx::query_scalar(ours(picking(self.dialect(), but.len()))).bind(to_ms(now));
        for domain in but {
            query = query.bind(*domain);
        }
        let picked: Option<String> = query
            .bind(number(limit))
            .fetch_one(&mut *transaction)
            .await?;
        let picked: Vec<Picked> = from_json(&picked.unwrap_or_default())?;
        let until = to_ms(now).saturating_add(number(hold.as_millis()));
        for piece in pieces(&picked) {
            let dialect = self.dialect();
            let mut text =
                "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, lease_owner = "
                    .to_owned();
            dialect.mark(&mut text, 1);
            text.push_str(", lease_until = ");
            dialect.mark(&mut text, 2);
            text.push_str(" WHERE id IN ");
            text.push_str(&dialect.list(3, piece.len()));
            let mut query = sqlx::query(ours(text)).bind(owner).bind(until);
            for one in piece {
                query = query.bind(one.id.as_str());
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        let mut leased: Vec<Leased> = picked.into_iter().map(Picked::leased).collect();
        leased.sort_by(|a, b| {
            let (a, b) = (&a.delivery, &b.delivery);
            (a.next_attempt, &a.id).cmp(&(b.next_attempt, &b.id))
        });
        Ok(leased)
    }
}

/// The question whose one answer is a JSON array of what is picked to be taken. A driver hands each row
/// from one thread to another by itself, which costs more than the row.
fn picking(dialect: Dialect, but: usize) -> String {
    // Cast, as SQLite makes a new plan for each value of a bare parameter that an index is searched by.
    let mut text = format!(
        "SELECT CAST({}({}(p.id, p.edition, p.subscriber, p.address, p.token, p.message_id, \
         p.attempts, p.next_attempt, p.reply, s.name, s.state)) AS TEXT) FROM (SELECT {DELIVERY} \
         FROM deliveries WHERE state = 'queued' AND next_attempt <= CAST($1 AS BIGINT) \
         AND edition NOT IN (SELECT edition FROM outbox_holds WHERE released IS NULL)",
        dialect.json_list(),
        dialect.json_array(),
    );
    for at in 0..but {
        text.push_str(&format!(" AND domain <> ${}", at + 2));
    }
    text.push_str(&format!(
        " ORDER BY next_attempt, id LIMIT ${}{}) p \
         LEFT JOIN subscribers s ON s.id = p.subscriber",
        but + 2,
        dialect.skip_locked(),
    ));
    text
}

/// A delivery that is being taken, as a JSON array.
#[derive(Deserialize)]
struct Picked {
    id: String,
    edition: String,
    subscriber: String,
    address: String,
    token: String,
    message_id: String,
    attempts: u32,
    next_attempt: i64,
    reply: Option<String>,
    name: Option<String>,
    reader: Option<String>,
}

impl Picked {
    fn leased(self) -> Leased {
        Leased {
            delivery: Delivery {
                id: DeliveryId::new(self.id),
                edition: EditionId::new(self.edition),
                subscriber: SubscriberId::new(self.subscriber),
                address: self.address,
                token: self.token,
                message_id: self.message_id,
                state: DeliveryState::Sending,
                attempts: self.attempts.saturating_add(1),
                next_attempt: from_ms(self.next_attempt),
                reply: self.reply,
            },
            name: self.name,
            reader: self.reader.as_deref().and_then(SubscriberState::parse),
        }
    }
}
