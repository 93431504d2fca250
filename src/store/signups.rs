//! Sign-ups: what people asked for on the form, until they press the button in their mail.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Transaction, any::AnyRow};

use super::{
    NewSubscriber, Result, Store, StoreError,
    dialect::Durable,
    gone,
    row::{Columns, from_json, to_ms},
    secret::{fold_address, random, token_hash},
    subscribers::{choose_digests, enrol, id_of},
};
use crate::model::{Choices, Consent, DigestId, Language, SubscriberId, SubscriberState};

/// For how long the link in the mail works.
pub const CONFIRM_WITHIN: TimeDelta = TimeDelta::hours(48);
/// How soon the same address is written to again.
const AGAIN: TimeDelta = TimeDelta::minutes(10);
/// How many mails one address gets in a day.
const A_DAY: i64 = 3;
/// How many times a mail is tried.
const TRIES: i64 = 8;
/// For how long a link that no longer works is remembered as one that did.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

/// What somebody asked for on the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUp {
    /// The address, its domain in A-labels.
    pub address: String,
    /// What they ticked.
    pub wanted: Wanted,
    /// The sentence above the button.
    pub wording: String,
    /// The language of the page that it stood on.
    pub language: Language,
}

/// What somebody ticked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The name, if they gave one.
    pub name: Option<String>,
    /// The language of what is written to them.
    pub language: Option<Language>,
    /// The digests.
    pub digests: Vec<DigestId>,
    /// What of these, and how.
    pub choices: Choices,
}

/// A mail to be written: the token is in no other place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The sign-up.
    pub id: String,
    /// Who is asked.
    pub address: String,
    /// What they ticked.
    pub wanted: Wanted,
    /// The secret of the link.
    pub token: String,
    /// When the sign-up was made.
    pub created: DateTime<Utc>,
}

/// What a link for confirming leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It works.
    Open(Wanted),
    /// It was used, or is too old.
    Over,
    /// There never was one.
    Unknown,
}

impl Store {
    /// Takes a sign-up: true if a mail is to be written. Of an address that was written to just now,
    /// three times today, or that called us spam, nothing is stored; a known reader's is stored
    /// like any other, and costs the same.
    pub async fn sign_up(&self, sign_up: &SignUp, now: DateTime<Utc>) -> Result<bool> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        sqlx::query("UPDATE counters SET value = value + 1 WHERE name = 'signup'")
            .execute(&mut *transaction)
            .await?;
        let key = fold_address(&sign_up.address);
        let row = sqlx::query(
            "SELECT COUNT(*), MAX(created) FROM signups WHERE address_key = $1 AND created > $2",
        )
        .bind(key.as_str())
        .bind(to_ms(now - TimeDelta::days(1)))
        .fetch_one(&mut *transaction)
        .await?;
        let mut columns = Columns::of(&row);
        let (today, last) = (columns.number()?, columns.maybe_time()?);
        let id = id_of(&mut transaction, &sign_up.address).await?;
        let spam = match &id {
            Some(id) => state(&mut transaction, id).await? == SubscriberState::Complained.as_str(),
            None => false,
        };
        let takes = today < A_DAY && last.is_none_or(|last| last + AGAIN <= now) && !spam;
        if takes {
            if id.is_none() {
                let new = NewSubscriber {
                    address: sign_up.address.clone(),
                    ..NewSubscriber::default()
                };
                enrol(&mut transaction, &new, now).await?;
            }
            let wording = keep_wording(&mut transaction, sign_up).await?;
            let wanted = serde_json::to_string(&sign_up.wanted)
                .map_err(|error| StoreError::Failed(error.to_string()))?;
            sqlx::query(
                "INSERT INTO signups (id, address, address_key, wanted, wording, created, expires, \
                 next_attempt, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting')",
            )
            .bind(random(20)?)
            .bind(sign_up.address.as_str())
            .bind(key)
            .bind(wanted)
            .bind(wording)
            .bind(to_ms(now))
            .bind(to_ms(now + CONFIRM_WITHIN))
            .bind(to_ms(now))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(takes)
    }

    /// The next mail to be written, with a fresh token whose hash is stored before it leaves this
    /// function. It counts as tried; until it is settled it is tried again in ten minutes.
    pub async fn next_asking(&self, now: DateTime<Utc>) -> Result<Option<Asking>> {
        let waiting: Option<String> = sqlx::query_scalar(
            "SELECT id FROM signups WHERE state = 'waiting' AND next_attempt <= $1 \
             ORDER BY next_attempt LIMIT 1",
        )
        .bind(to_ms(now))
        .fetch_optional(self.pool())
        .await?;
        let Some(id) = waiting else { return Ok(None) };
        let token = random(32)?;
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let row = sqlx::query(
            "UPDATE signups SET token_hash = $1, attempts = attempts + 1, next_attempt = $2 \
             WHERE id = $3 AND state = 'waiting' AND next_attempt <= $4 \
             RETURNING address, wanted, created",
        )
        .bind(token_hash(&token))
        .bind(to_ms(now + AGAIN))
        .bind(id.as_str())
        .bind(to_ms(now))
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        row.map(|row| {
            let mut columns = Columns::of(&row);
            Ok(Asking {
                id,
                address: columns.string()?,
                wanted: from_json(columns.text()?)?,
                created: columns.time()?,
                token,
            })
        })
        .transpose()
    }

    /// Whether the server took the mail; `None` when it is to be tried again later, at most eight
    /// times.
    pub async fn settle_asking(&self, id: &str, taken: Option<bool>) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        sqlx::query(
            "UPDATE signups SET state = CASE WHEN $1 <> '' THEN $2 \
             WHEN attempts >= $3 THEN 'failed' ELSE state END WHERE id = $4 AND state = 'waiting'",
        )
        .bind(word(taken))
        .bind(word(taken))
        .bind(TRIES)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// What the link of a token leads to.
    pub async fn link(&self, token: &str, now: DateTime<Utc>) -> Result<Link> {
        let row = sqlx::query(
            "SELECT id, address, wanted, wording, state, expires FROM signups \
             WHERE token_hash = $1",
        )
        .bind(token_hash(token))
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else {
            return Ok(Link::Unknown);
        };
        let found = Found::read(&row)?;
        Ok(if found.works(now) {
            Link::Open(found.wanted)
        } else {
            Link::Over
        })
    }

    /// The button was pressed: the reader is active with what they ticked, once. Gives their id, and
    /// the address is forgotten in the sign-up.
    pub async fn confirm(&self, token: &str, now: DateTime<Utc>) -> Result<Option<SubscriberId>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let row = sqlx::query(
            "SELECT id, address, wanted, wording, state, expires FROM signups \
             WHERE token_hash = $1",
        )
        .bind(token_hash(token))
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(found) = row.map(|row| Found::read(&row)).transpose()? else {
            return Ok(None);
        };
        if !found.works(now) {
            return Ok(None);
        }
        let used = sqlx::query(
            "UPDATE signups SET state = 'used', address = '', address_key = '', wanted = '' \
             WHERE id = $1 AND state <> 'used'",
        )
        .bind(found.id.as_str())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if used == 0 {
            return Ok(None);
        }
        let new = NewSubscriber {
            address: found.address.clone(),
            name: found.wanted.name,
            language: found.wanted.language,
            digests: Vec::new(),
            state: SubscriberState::Active,
            choices: Some(found.wanted.choices),
            consent: Some(Consent {
                at: now,
                how: "confirmed by the link in a mail".to_owned(),
                wording: Some(found.wording),
            }),
        };
        let id = enrol(&mut transaction, &new, now).await?;
        choose_digests(&mut transaction, &id, &found.wanted.digests, now).await?;
        gone::readmit(&mut transaction, &found.address).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }

    /// Forgets sign-ups that nobody confirmed in time, and what they were made for.
    pub async fn forget_unconfirmed(&self, now: DateTime<Utc>) -> Result<()> {
        let oldest: Option<i64> =
            sqlx::query_scalar("SELECT MIN(created) FROM subscribers WHERE state = 'pending'")
                .fetch_one(self.pool())
                .await?;
        let ended: Option<i64> = sqlx::query_scalar("SELECT MIN(expires) FROM signups")
            .fetch_one(self.pool())
            .await?;
        let (born, end) = (to_ms(now - CONFIRM_WITHIN), to_ms(now - REMEMBERED));
        if oldest.is_none_or(|oldest| oldest > born) && ended.is_none_or(|ended| ended > end) {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        sqlx::query("DELETE FROM signups WHERE expires <= $1")
            .bind(end)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "UPDATE signups SET address = '', address_key = '', wanted = '', state = 'failed' \
             WHERE expires <= $1 AND address <> ''",
        )
        .bind(to_ms(now))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM subscribers WHERE state = 'pending' AND created <= $1 \
             AND address_key NOT IN (SELECT address_key FROM signups)",
        )
        .bind(born)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }
}

/// The state that an answer of the server's leads to.
fn word(taken: Option<bool>) -> &'static str {
    match taken {
        Some(true) => "mailed",
        Some(false) => "failed",
        None => "",
    }
}

/// A sign-up that a token led to.
struct Found {
    id: String,
    address: String,
    wanted: Wanted,
    wording: String,
    state: String,
    expires: DateTime<Utc>,
}

impl Found {
    fn read(row: &AnyRow) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: columns.string()?,
            address: columns.string()?,
            wanted: from_json(columns.text()?)?,
            wording: columns.string()?,
            state: columns.string()?,
            expires: columns.time()?,
        })
    }

    fn works(&self, now: DateTime<Utc>) -> bool {
        // A mail that a server seemed to refuse may have come all the same.
        self.state != "used" && !self.address.is_empty() && now < self.expires
    }
}

async fn state(transaction: &mut Transaction<'_, Any>, id: &SubscriberId) -> Result<String> {
    Ok(
        sqlx::query_scalar("SELECT state FROM subscribers WHERE id = $1")
            .bind(id.as_str())
            .fetch_one(&mut **transaction)
            .await?,
    )
}

/// Keeps the sentence that was agreed to, once; gives its id.
async fn keep_wording(transaction: &mut Transaction<'_, Any>, sign_up: &SignUp) -> Result<String> {
    let id = token_hash(&sign_up.wording)[..16].to_owned();
    sqlx::query(
        "INSERT INTO wordings (id, language, wording) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(id.as_str())
    .bind(sign_up.language.code())
    .bind(sign_up.wording.as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(id)
}
