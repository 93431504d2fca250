//! Gone: who left or was erased, as keyed hashes, so that no list brings them back.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Result, Store,
    dialect::Durable,
    row::{Columns, strange, to_ms},
    secret::address_key,
};
use crate::model::SubscriberId;

/// That somebody is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Why.
    pub why: Departure,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Why somebody is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// They wanted nothing more
    Unsubscribed,
    /// They wanted nothing known of them
    Erased,
}

impl Departure {
    /// The word as it stands in the database and in sentences.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Erased => "erased",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Unsubscribed, Self::Erased]
            .into_iter()
            .find(|why| why.as_str() == word)
    }
}

impl Store {
    /// Whether the reader of an address left or was erased, and has not come back since.
    pub async fn gone(&self, address: &str) -> Result<Option<Gone>> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        let hash = address_key(&mut transaction).await?.hash(address)?;
        let row = sqlx::query("SELECT why, since FROM gone WHERE address_hash = $1")
            .bind(hash)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.map(|row| {
            let mut columns = Columns::of(&row);
            let word = columns.text()?;
            Ok(Gone {
                why: Departure::parse(word).ok_or_else(|| strange("reason to be gone", word))?,
                since: columns.time()?,
            })
        })
        .transpose()
    }
}

/// Whether the hash is that of somebody who is gone.
pub(super) async fn is(transaction: &mut Transaction<'_, Any>, hash: &str) -> Result<bool> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT address_hash FROM gone WHERE address_hash = $1")
            .bind(hash)
            .fetch_optional(&mut **transaction)
            .await?;
    Ok(found.is_some())
}

/// Notes a departure; an erasure outlasts a leave.
pub(super) async fn note(
    transaction: &mut Transaction<'_, Any>,
    hash: &str,
    why: Departure,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO gone (address_hash, why, since) VALUES ($1, $2, $3) \
         ON CONFLICT (address_hash) DO UPDATE SET why = CASE WHEN gone.why = 'erased' \
         THEN gone.why ELSE excluded.why END",
    )
    .bind(hash)
    .bind(why.as_str())
    .bind(to_ms(now))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// They agreed anew.
pub(super) async fn readmit(transaction: &mut Transaction<'_, Any>, address: &str) -> Result<()> {
    let hash = address_key(transaction).await?.hash(address)?;
    sqlx::query("DELETE FROM gone WHERE address_hash = $1")
        .bind(hash)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Forgets all of a reader but that they left: their links go on saying so.
pub(super) async fn leave(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
    now: DateTime<Utc>,
) -> Result<()> {
    let address: String = sqlx::query_scalar("SELECT address FROM subscribers WHERE id = $1")
        .bind(id.as_str())
        .fetch_one(&mut **transaction)
        .await?;
    if address.is_empty() {
        return Ok(());
    }
    let hash = address_key(transaction).await?.hash(&address)?;
    note(transaction, &hash, Departure::Unsubscribed, now).await?;
    forget_sign_ups(transaction, &address).await?;
    for statement in [
        "UPDATE subscribers SET address = '', address_key = '#' || id, name = NULL, \
         language = NULL, areas = '', languages = '', frequency = 'each', format = 'html', \
         consent_at = NULL, consent_how = NULL, consent_wording = NULL, last_letter = NULL \
         WHERE id = $1",
        "UPDATE deliveries SET address = '', reply = NULL WHERE subscriber = $1",
        "UPDATE bounces SET said = '' WHERE subscriber = $1",
        "DELETE FROM subscriptions WHERE subscriber = $1",
    ] {
        sqlx::query(statement)
            .bind(id.as_str())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// Sign-ups of an address that nobody may confirm any more.
pub(super) async fn forget_sign_ups(
    transaction: &mut Transaction<'_, Any>,
    address: &str,
) -> Result<u64> {
    Ok(sqlx::query("DELETE FROM signups WHERE address_key = $1")
        .bind(super::secret::fold_address(address))
        .execute(&mut **transaction)
        .await?
        .rows_affected())
}
