//! Subscribers: who gets which digest, by a fixed list of feeds.toml or by their own choice.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Result, Store, StoreError,
    dialect::Durable,
    row::{Columns, strange, to_ms},
};
use crate::model::{DigestId, Language, Subscriber, SubscriberId, SubscriberState};

/// A reader to be stored.
#[derive(Clone, Debug)]
pub struct NewSubscriber {
    /// The address, its domain in A-labels.
    pub address: String,
    /// The name, if one was given.
    pub name: Option<String>,
    /// The language of what is written to them.
    pub language: Option<Language>,
    /// The digests they get.
    pub digests: Vec<DigestId>,
    /// Whether they get anything.
    pub state: SubscriberState,
}

const SUBSCRIBER: &str = "s.id, s.address, s.name, s.language, s.state, s.token";

impl Store {
    /// Takes over a digest's fixed list: new addresses become active subscribers, those that left
    /// it no longer get the digest by it. Whoever unsubscribed, or bounced, stays so. Returns those
    /// of the list who are to get the digest.
    pub async fn sync_recipients(
        &self,
        digest: &DigestId,
        addresses: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Subscriber>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let mut listed = HashSet::new();
        for address in addresses {
            let id = if let Some(id) = id_of(&mut transaction, address).await? {
                id
            } else {
                let new = NewSubscriber {
                    address: address.clone(),
                    name: None,
                    language: None,
                    digests: Vec::new(),
                    state: SubscriberState::Active,
                };
                insert(&mut transaction, &new, now).await?
            };
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

    /// Stores a reader. One whose address is known keeps id and token, gets the digests besides
    /// those they have, and the state, name and language given.
    pub async fn add_subscriber(
        &self,
        new: &NewSubscriber,
        now: DateTime<Utc>,
    ) -> Result<Subscriber> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let id = match id_of(&mut transaction, &new.address).await? {
            Some(id) => {
                sqlx::query(
                    "UPDATE subscribers SET name = COALESCE($1, name), \
                     language = COALESCE($2, language), state = $3, updated = $4 WHERE id = $5",
                )
                .bind(new.name.as_deref())
                .bind(new.language.map(Language::code))
                .bind(new.state.as_str())
                .bind(to_ms(now))
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
                id
            }
            None => insert(&mut transaction, new, now).await?,
        };
        for digest in &new.digests {
            sqlx::query(
                "INSERT INTO subscriptions (subscriber, digest, fixed, since) \
                 VALUES ($1, $2, 0, $3) ON CONFLICT (subscriber, digest) DO NOTHING",
            )
            .bind(id.as_str())
            .bind(digest.as_str())
            .bind(to_ms(now))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        drop(writer);
        self.subscriber(&id)
            .await?
            .ok_or_else(|| StoreError::unknown("subscriber", &id))
    }

    /// Readers of one digest, or all, in one state, or any, by address.
    pub async fn subscribers(
        &self,
        digest: Option<&DigestId>,
        state: Option<SubscriberState>,
    ) -> Result<Vec<Subscriber>> {
        let mut all = self.read_subscribers("1 = 1", None).await?;
        all.retain(|one| {
            digest.is_none_or(|digest| one.digests.contains(digest))
                && state.is_none_or(|state| one.state == state)
        });
        Ok(all)
    }

    /// One reader by id.
    pub async fn subscriber(&self, id: &SubscriberId) -> Result<Option<Subscriber>> {
        let mut found = self
            .read_subscribers("s.id = $1", Some(id.as_str().to_owned()))
            .await?;
        Ok(found.pop())
    }

    /// One reader by the secret of their links.
    pub async fn subscriber_by_token(&self, token: &str) -> Result<Option<Subscriber>> {
        let mut found = self
            .read_subscribers("s.token = $1", Some(token.to_owned()))
            .await?;
        Ok(found.pop())
    }

    /// One reader by address, whatever its case.
    pub async fn subscriber_by_address(&self, address: &str) -> Result<Option<Subscriber>> {
        let mut found = self
            .read_subscribers("s.address_key = $1", Some(address_key(address)))
            .await?;
        Ok(found.pop())
    }

    /// Sets whether a reader gets anything.
    pub async fn set_subscriber_state(
        &self,
        id: &SubscriberId,
        state: SubscriberState,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let changed = sqlx::query("UPDATE subscribers SET state = $1, updated = $2 WHERE id = $3")
            .bind(state.as_str())
            .bind(to_ms(now))
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if changed == 0 {
            return Err(StoreError::unknown("subscriber", id));
        }
        Ok(transaction.commit().await?)
    }

    /// Sets which digests a reader chose; fixed lists are not touched.
    pub async fn set_subscriptions(
        &self,
        id: &SubscriberId,
        digests: &[DigestId],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        sqlx::query("DELETE FROM subscriptions WHERE subscriber = $1 AND fixed = 0")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        for digest in digests {
            sqlx::query(
                "INSERT INTO subscriptions (subscriber, digest, fixed, since) \
                 VALUES ($1, $2, 0, $3) ON CONFLICT (subscriber, digest) DO NOTHING",
            )
            .bind(id.as_str())
            .bind(digest.as_str())
            .bind(to_ms(now))
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Removes a reader with all that names them: what is queued to them is not sent, and in what
    /// was sent the address is blanked.
    pub async fn remove_subscriber(&self, id: &SubscriberId) -> Result<bool> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        for statement in [
            "DELETE FROM deliveries WHERE subscriber = $1 AND state = 'queued'",
            "UPDATE deliveries SET address = '', token = '', reply = NULL WHERE subscriber = $1",
            "DELETE FROM subscriptions WHERE subscriber = $1",
        ] {
            sqlx::query(statement)
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        let gone = sqlx::query("DELETE FROM subscribers WHERE id = $1")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        transaction.commit().await?;
        Ok(gone == 1)
    }

    async fn read_subscribers(
        &self,
        condition: &'static str,
        value: Option<String>,
    ) -> Result<Vec<Subscriber>> {
        let text = super::dialect::ours(format!(
            "SELECT {SUBSCRIBER}, b.digest FROM subscribers s \
             LEFT JOIN subscriptions b ON b.subscriber = s.id \
             WHERE {condition} ORDER BY s.address_key, b.digest"
        ));
        let mut query = sqlx::query(text);
        if let Some(value) = value {
            query = query.bind(value);
        }
        let mut all: Vec<Subscriber> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in query.fetch_all(self.pool()).await? {
            let mut columns = Columns::of(&row);
            let id = columns.string()?;
            let at = if let Some(at) = places.get(&id) {
                *at
            } else {
                all.push(read(&id, &mut columns)?);
                places.insert(id, all.len() - 1);
                all.len() - 1
            };
            let digest: Option<&str> = sqlx::Row::try_get(&row, 6)?;
            all[at].digests.extend(digest.map(DigestId::new));
        }
        Ok(all)
    }
}

fn read(id: &str, columns: &mut Columns<'_>) -> Result<Subscriber> {
    let address = columns.string()?;
    let name = columns.maybe_string()?;
    let language = columns.maybe_text()?.and_then(Language::from_tag);
    let word = columns.text()?;
    Ok(Subscriber {
        id: SubscriberId::new(id),
        address,
        name,
        language,
        digests: Vec::new(),
        state: SubscriberState::parse(word)
            .ok_or_else(|| strange("state of a subscriber", word))?,
        token: columns.string()?,
    })
}

/// One reader an address: the domain never minds case, and no server in use minds it before the `@`.
fn address_key(address: &str) -> String {
    address.trim().to_lowercase()
}

async fn id_of(
    transaction: &mut Transaction<'_, Any>,
    address: &str,
) -> Result<Option<SubscriberId>> {
    let id: Option<String> =
        sqlx::query_scalar("SELECT id FROM subscribers WHERE address_key = $1")
            .bind(address_key(address))
            .fetch_optional(&mut **transaction)
            .await?;
    Ok(id.map(SubscriberId::new))
}

async fn insert(
    transaction: &mut Transaction<'_, Any>,
    new: &NewSubscriber,
    now: DateTime<Utc>,
) -> Result<SubscriberId> {
    let id = SubscriberId::new(random(20)?);
    sqlx::query(
        "INSERT INTO subscribers (id, address, address_key, name, language, state, token, \
         created, updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(new.address.trim())
    .bind(address_key(&new.address))
    .bind(new.name.as_deref())
    .bind(new.language.map(Language::code))
    .bind(new.state.as_str())
    .bind(random(32)?)
    .bind(to_ms(now))
    .bind(to_ms(now))
    .execute(&mut **transaction)
    .await?;
    Ok(id)
}

/// Letters and digits from the system's source of randomness, 5.17 bits each.
fn random(length: usize) -> Result<String> {
    const SIGNS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::Failed(format!("no randomness, {error}")))?;
        // 252 is a whole number of times 36: larger bytes would favour the first signs.
        for byte in bytes.iter().filter(|byte| **byte < 252) {
            if text.len() < length {
                text.push(char::from(SIGNS[usize::from(byte % 36)]));
            }
        }
    }
    Ok(text)
}
