//! Subscribers: who gets which digest, and what of it.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::{Any, Transaction, any::AnyRow};

use super::{
    Result, Store, StoreError,
    deliveries::add_to_total,
    dialect::{Durable, ours},
    gone,
    leaving::stop_letters,
    row::{Columns, strange, to_ms},
    secret::{fold_address, random},
    unwanted::{hold_letters, stop_unwanted},
};
use crate::model::{
    AreaId, Choices, Consent, DigestId, Format, Frequency, Language, LanguageCode, Subscriber,
    SubscriberId, SubscriberState,
};

/// A reader to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// What of it they want; `None` leaves a known reader's as they are.
    pub choices: Option<Choices>,
    /// How they agreed; `None` leaves what is known.
    pub consent: Option<Consent>,
}

/// What a reader sets on the page of their choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// The language of what is written to them.
    pub language: Option<Language>,
    /// The digests they get.
    pub digests: Vec<DigestId>,
    /// What of it they want.
    pub choices: Choices,
    /// Whether they want nothing for a while.
    pub paused: bool,
}

const SUBSCRIBER: &str = "s.id, s.address, s.name, s.language, s.state, s.token, s.areas, \
    s.languages, s.frequency, s.format, s.consent_at, s.consent_how, s.consent_wording, \
    s.last_letter";

impl Store {
    /// Stores a reader. One whose address is known keeps id and token, gets the digests besides
    /// those they have, and the state, name, language, choices and consent given. That they had
    /// left before is forgotten: whoever calls this has asked them anew.
    pub async fn add_subscriber(
        &self,
        new: &NewSubscriber,
        now: DateTime<Utc>,
    ) -> Result<Subscriber> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let id = enrol(&mut transaction, new, now).await?;
        gone::readmit(&mut transaction, &new.address).await?;
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
        let mut condition = String::from("1 = 1");
        let mut values = Vec::new();
        if let Some(state) = state {
            values.push(state.as_str());
            condition.push_str(" AND s.state = ");
            self.dialect().mark(&mut condition, values.len());
        }
        if let Some(digest) = digest {
            values.push(digest.as_str());
            condition.push_str(
                " AND s.id IN (SELECT subscriber FROM subscriptions \
                 WHERE declined = 0 AND digest = ",
            );
            self.dialect().mark(&mut condition, values.len());
            condition.push(')');
        }
        self.read_subscribers(&condition, &values).await
    }

    /// One reader by id.
    pub async fn subscriber(&self, id: &SubscriberId) -> Result<Option<Subscriber>> {
        let mut found = self.read_subscribers("s.id = $1", &[id.as_str()]).await?;
        Ok(found.pop())
    }

    /// One reader by the secret of their links.
    pub async fn subscriber_by_token(&self, token: &str) -> Result<Option<Subscriber>> {
        let mut found = self.read_subscribers("s.token = $1", &[token]).await?;
        Ok(found.pop())
    }

    /// One reader by address, whatever its case; nobody who left.
    pub async fn subscriber_by_address(&self, address: &str) -> Result<Option<Subscriber>> {
        let mut found = self
            .read_subscribers("s.address_key = $1", &[&fold_address(address)])
            .await?;
        Ok(found.pop())
    }

    /// Sets which digests a reader wants; one that feeds.toml lists them for is declined.
    pub async fn set_subscriptions(
        &self,
        id: &SubscriberId,
        digests: &[DigestId],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        choose_digests(&mut transaction, id, digests, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Sets all that a reader may choose. One who had each edition and now wants a letter a week or
    /// a month has had this period's.
    pub async fn set_preferences(
        &self,
        id: &SubscriberId,
        wanted: &Preferences,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        hold_letters(&mut transaction, id).await?;
        let choices = &wanted.choices;
        sqlx::query(
            "UPDATE subscribers SET last_letter = CASE WHEN frequency = 'each' AND $1 <> 'each' \
             THEN $2 ELSE last_letter END, language = $3, areas = $4, languages = $5, \
             frequency = $6, format = $7, updated = $8, \
             state = CASE WHEN $9 = 1 THEN 'paused' ELSE 'active' END \
             WHERE id = $10 AND state IN ('active', 'paused')",
        )
        .bind(choices.frequency.as_str())
        .bind(to_ms(now))
        .bind(wanted.language.map(Language::code))
        .bind(join(&choices.areas, AreaId::as_str))
        .bind(join(&choices.languages, LanguageCode::as_str))
        .bind(choices.frequency.as_str())
        .bind(choices.format.as_str())
        .bind(to_ms(now))
        .bind(i64::from(wanted.paused))
        .bind(id.as_str())
        .execute(&mut *transaction)
        .await?;
        choose_digests(&mut transaction, id, &wanted.digests, now).await?;
        if wanted.paused {
            let stopped = stop_letters(&mut transaction, id).await?;
            add_to_total(&mut transaction, stopped).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn read_subscribers(&self, condition: &str, values: &[&str]) -> Result<Vec<Subscriber>> {
        let text = ours(format!(
            "SELECT {SUBSCRIBER}, b.digest FROM subscribers s \
             LEFT JOIN subscriptions b ON b.subscriber = s.id AND b.declined = 0 \
             WHERE {condition} ORDER BY s.address_key, b.digest"
        ));
        let mut query = sqlx::query(text);
        for value in values {
            query = query.bind((*value).to_owned());
        }
        let mut all: Vec<Subscriber> = Vec::new();
        let mut rows = query.fetch(self.pool());
        while let Some(row) = rows.try_next().await? {
            // Rows of one reader stand together.
            let id: &str = sqlx::Row::try_get(&row, 0)?;
            if all.last().is_none_or(|last| last.id.as_str() != id) {
                all.push(read(&row)?);
            }
            let digest: Option<&str> = sqlx::Row::try_get(&row, 14)?;
            if let (Some(reader), Some(digest)) = (all.last_mut(), digest) {
                reader.digests.push(DigestId::new(digest));
            }
        }
        Ok(all)
    }
}

fn read(row: &AnyRow) -> Result<Subscriber> {
    let mut columns = Columns::of(row);
    let id = SubscriberId::new(columns.text()?);
    let address = columns.string()?;
    let name = columns.maybe_string()?;
    let language = columns.maybe_text()?.and_then(Language::from_tag);
    let word = columns.text()?;
    let state =
        SubscriberState::parse(word).ok_or_else(|| strange("state of a subscriber", word))?;
    let token = columns.string()?;
    let areas = columns.text()?.split_whitespace().map(AreaId::new);
    let areas = areas.collect();
    let languages = columns.text()?.split_whitespace();
    let languages = languages.filter_map(LanguageCode::parse).collect();
    let word = columns.text()?;
    let frequency = Frequency::parse(word).ok_or_else(|| strange("frequency", word))?;
    let word = columns.text()?;
    let format = Format::parse(word).ok_or_else(|| strange("format", word))?;
    let at = columns.maybe_time()?;
    let how = columns.maybe_string()?;
    let wording = columns.maybe_string()?;
    Ok(Subscriber {
        id,
        address,
        name,
        language,
        digests: Vec::new(),
        choices: Choices {
            areas,
            languages,
            frequency,
            format,
        },
        state,
        consent: at.map(|at| Consent {
            at,
            how: how.unwrap_or_default(),
            wording,
        }),
        last_letter: columns.maybe_time()?,
        token,
    })
}

/// A list as it stands in a column.
pub(super) fn join<T>(values: &[T], text: impl Fn(&T) -> &str) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// The id of the reader of an address.
pub(super) async fn id_of(
    transaction: &mut Transaction<'_, Any>,
    address: &str,
) -> Result<Option<SubscriberId>> {
    let id: Option<String> =
        sqlx::query_scalar("SELECT id FROM subscribers WHERE address_key = $1")
            .bind(fold_address(address))
            .fetch_optional(&mut **transaction)
            .await?;
    Ok(id.map(SubscriberId::new))
}

/// Writes a reader, new or known.
pub(super) async fn enrol(
    transaction: &mut Transaction<'_, Any>,
    new: &NewSubscriber,
    now: DateTime<Utc>,
) -> Result<SubscriberId> {
    let known = id_of(transaction, &new.address).await?;
    let id = match &known {
        Some(id) => id.clone(),
        None => SubscriberId::new(random(20)?),
    };
    let choices = new.choices.as_ref();
    let areas = choices.map(|choices| join(&choices.areas, AreaId::as_str));
    let languages = choices.map(|choices| join(&choices.languages, LanguageCode::as_str));
    let consent = new.consent.as_ref();
    let query = if known.is_some() {
        sqlx::query(
            "UPDATE subscribers SET name = COALESCE($1, name), language = COALESCE($2, language), \
             state = $3, updated = $4, areas = COALESCE($5, areas), \
             languages = COALESCE($6, languages), frequency = COALESCE($7, frequency), \
             format = COALESCE($8, format), consent_at = COALESCE($9, consent_at), \
             consent_how = COALESCE($10, consent_how), \
             consent_wording = COALESCE($11, consent_wording) WHERE id = $12",
        )
    } else {
        sqlx::query(
            "INSERT INTO subscribers (name, language, state, updated, areas, languages, frequency, \
             format, consent_at, consent_how, consent_wording, id, address, address_key, token, \
             created) VALUES ($1, $2, $3, $4, COALESCE($5, ''), COALESCE($6, ''), \
             COALESCE($7, 'each'), COALESCE($8, 'html'), $9, $10, $11, $12, $13, $14, $15, $16)",
        )
    };
    let mut query = query
        .bind(new.name.as_deref())
        .bind(new.language.map(Language::code))
        .bind(new.state.as_str())
        .bind(to_ms(now))
        .bind(areas)
        .bind(languages)
        .bind(choices.map(|choices| choices.frequency.as_str()))
        .bind(choices.map(|choices| choices.format.as_str()))
        .bind(consent.map(|consent| to_ms(consent.at)))
        .bind(consent.map(|consent| consent.how.as_str()))
        .bind(consent.and_then(|consent| consent.wording.as_deref()))
        .bind(id.as_str());
    if known.is_none() {
        query = query
            .bind(new.address.trim())
            .bind(fold_address(&new.address))
            .bind(random(32)?)
            .bind(to_ms(now));
    }
    query.execute(&mut **transaction).await?;
    add_digests(transaction, &id, &new.digests, now).await?;
    Ok(id)
}

async fn add_digests(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
    digests: &[DigestId],
    now: DateTime<Utc>,
) -> Result<()> {
    for digest in digests {
        sqlx::query(
            "INSERT INTO subscriptions (subscriber, digest, fixed, since) VALUES ($1, $2, 0, $3) \
             ON CONFLICT (subscriber, digest) DO UPDATE SET declined = 0",
        )
        .bind(id.as_str())
        .bind(digest.as_str())
        .bind(to_ms(now))
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Sets which digests a reader wants, and takes the others from what is queued for them.
pub(super) async fn choose_digests(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
    digests: &[DigestId],
    now: DateTime<Utc>,
) -> Result<()> {
    hold_letters(transaction, id).await?;
    sqlx::query("UPDATE subscriptions SET declined = 1 WHERE subscriber = $1")
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    add_digests(transaction, id, digests, now).await?;
    sqlx::query("DELETE FROM subscriptions WHERE subscriber = $1 AND declined = 1 AND fixed = 0")
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    stop_unwanted(transaction, id, now).await
}
