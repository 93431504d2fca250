//! A person: everything that is held about one, to be handed over or erased (GDPR, articles 15 and 17).

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::any::AnyRow;

use super::{
    Result, Store,
    deliveries::add_to_total,
    dialect::Durable,
    gone::{self, Departure},
    leaving::stop_letters,
    row::{Columns, count},
    secret::{address_key, fold_address},
    subscribers::id_of,
};
use crate::model::{
    Choices, DeliveryState, DigestId, EditionId, Language, Subscriber, SubscriberId,
    SubscriberState,
};

/// All that is held about one person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Person {
    /// The id that logs carry.
    pub id: SubscriberId,
    /// The address.
    pub address: String,
    /// The name.
    pub name: Option<String>,
    /// The language of what is written to them.
    pub language: Option<Language>,
    /// The digests they get.
    pub digests: Vec<DigestId>,
    /// What of these they want, and how.
    pub choices: Choices,
    /// Whether they get anything.
    pub state: SubscriberState,
    /// When the address was first stored.
    pub since: DateTime<Utc>,
    /// When, how and to what they agreed.
    pub consent: Option<Agreement>,
    /// What was sent to them, newest last.
    pub letters: Vec<Sent>,
    /// Editions that wait for their next letter.
    pub awaiting: Vec<EditionId>,
    /// Sign-ups that are not confirmed.
    pub sign_ups: Vec<Asked>,
}

/// The proof that a person agreed, with the words themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// When.
    pub at: DateTime<Utc>,
    /// By which way.
    pub how: String,
    /// The sentence that they agreed to, where it was ours.
    pub wording: Option<String>,
}

/// One letter to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The edition.
    pub edition: EditionId,
    /// How far it is.
    pub state: DeliveryState,
    /// When it was settled.
    pub at: Option<DateTime<Utc>>,
    /// What the mail server said.
    pub reply: Option<String>,
}

/// A sign-up that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Until when it can be confirmed.
    pub until: DateTime<Utc>,
}

/// What an erasure took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Whether there was a subscriber.
    pub subscriber: bool,
    /// Sign-ups that were not confirmed.
    pub sign_ups: u64,
    /// Letters whose address and server's reply were blanked.
    pub letters: u64,
    /// Letters that were not sent yet and will not be.
    pub stopped: u64,
}

impl Erased {
    /// Whether there was nothing to erase.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// All that is held about a reader.
    pub async fn person(&self, reader: &Subscriber) -> Result<Person> {
        let id = reader.id.as_str();
        let since = sqlx::query("SELECT created FROM subscribers WHERE id = $1")
            .bind(id)
            .fetch_one(self.pool())
            .await?;
        let letters = sqlx::query(
            "SELECT edition, state, settled, reply FROM deliveries WHERE subscriber = $1 \
             ORDER BY settled, edition",
        )
        .bind(id)
        .fetch_all(self.pool())
        .await?;
        let awaiting: Vec<String> = sqlx::query_scalar(
            "SELECT edition FROM awaiting WHERE subscriber = $1 ORDER BY since, edition",
        )
        .bind(id)
        .fetch_all(self.pool())
        .await?;
        let sign_ups = sqlx::query(
            "SELECT created, expires FROM signups WHERE address_key = $1 ORDER BY created",
        )
        .bind(fold_address(&reader.address))
        .fetch_all(self.pool())
        .await?;
        let consent = match &reader.consent {
            Some(consent) => Some(Agreement {
                at: consent.at,
                how: consent.how.clone(),
                wording: match &consent.wording {
                    Some(id) => self.wording(id).await?,
                    None => None,
                },
            }),
            None => None,
        };
        Ok(Person {
            id: reader.id.clone(),
            address: reader.address.clone(),
            name: reader.name.clone(),
            language: reader.language,
            digests: reader.digests.clone(),
            choices: reader.choices.clone(),
            state: reader.state,
            since: Columns::of(&since).time()?,
            consent,
            letters: letters.iter().map(sent).collect::<Result<_>>()?,
            awaiting: awaiting.into_iter().map(EditionId::new).collect(),
            sign_ups: sign_ups
                .iter()
                .map(|row| {
                    let mut columns = Columns::of(row);
                    Ok(Asked {
                        at: columns.time()?,
                        until: columns.time()?,
                    })
                })
                .collect::<Result<_>>()?,
        })
    }

    /// The sentence of a consent.
    pub async fn wording(&self, id: &str) -> Result<Option<String>> {
        Ok(
            sqlx::query_scalar("SELECT wording FROM wordings WHERE id = $1")
                .bind(id)
                .fetch_optional(self.pool())
                .await?,
        )
    }

    /// Erases all that names a person. What was sent to them stays as a count without an address;
    /// a keyed hash of the address stays, so that no list brings it back. Of an address of which
    /// nothing was held, nothing is kept either.
    pub async fn erase(&self, address: &str, now: DateTime<Utc>) -> Result<Erased> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let hash = address_key(&mut transaction).await?.hash(address)?;
        let mut erased = Erased {
            sign_ups: gone::forget_sign_ups(&mut transaction, address).await?,
            ..Erased::default()
        };
        let mut stopped = 0;
        if let Some(id) = id_of(&mut transaction, address).await? {
            erased.subscriber = true;
            stopped = stop_letters(&mut transaction, &id).await?;
            erased.stopped = count(-stopped);
            erased.letters = sqlx::query(
                "UPDATE deliveries SET address = '', token = '', reply = NULL WHERE subscriber = $1",
            )
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            for statement in [
                "DELETE FROM bounces WHERE subscriber = $1",
                "DELETE FROM subscriptions WHERE subscriber = $1",
                "DELETE FROM subscribers WHERE id = $1",
            ] {
                sqlx::query(statement)
                    .bind(id.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        if !erased.is_empty() || gone::is(&mut transaction, &hash).await? {
            gone::note(&mut transaction, &hash, Departure::Erased, now).await?;
        }
        add_to_total(&mut transaction, stopped).await?;
        transaction.commit().await?;
        if let Some(words) = self.dialect().last_traces() {
            // A reader may hold the log of changes just now; it is emptied by the next checkpoint then.
            let _ = sqlx::query(words).execute(&mut *writer.connection).await;
        }
        Ok(erased)
    }
}

fn sent(row: &AnyRow) -> Result<Sent> {
    let mut columns = Columns::of(row);
    let edition = EditionId::new(columns.text()?).whole();
    let word = columns.text()?;
    Ok(Sent {
        edition,
        state: DeliveryState::parse(word)
            .ok_or_else(|| super::row::strange("state of a delivery", word))?,
        at: columns.maybe_time()?,
        reply: columns.maybe_string()?,
    })
}
