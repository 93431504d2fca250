//! Rosters: many readers at once, from a file.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    NewSubscriber, Result, Store,
    dialect::{Durable, ours, pieces},
    gone::{self, Departure},
    row::to_ms,
    secret::{AddressKey, address_key, fold_address, random},
    subscribers::{enrol, join},
};
use crate::model::{AreaId, Choices, DigestId, Language, LanguageCode, SubscriberState};

/// What became of a piece of a roster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enlisted {
    /// Readers that were not known.
    pub new: u64,
    /// Readers that were known, and got the digests besides.
    pub known: u64,
    /// Noted as gone, for what the file says of them.
    pub gone: u64,
    /// Not taken, because they left or were erased: places in the piece.
    pub refused: Vec<usize>,
}

impl Store {
    /// Stores a piece of a roster in one transaction. Whoever is gone stays gone, unless
    /// `readmit` says that they agreed anew; one whose state is `Unsubscribed` is noted as gone.
    /// Known readers who do not want letters are left in peace.
    pub async fn enlist(
        &self,
        people: &[NewSubscriber],
        readmit: bool,
        now: DateTime<Utc>,
    ) -> Result<Enlisted> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let key = address_key(&mut transaction).await?;
        let mut done = Enlisted::default();
        let gone = self.gone_among(&mut transaction, &key, people).await?;
        let known = self.known_among(&mut transaction, people).await?;
        let mut fresh: Vec<(String, &NewSubscriber)> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        for (place, person) in people.iter().enumerate() {
            let folded = fold_address(&person.address);
            if person.state == SubscriberState::Unsubscribed {
                if known.contains(&folded) {
                    // What another program knows of them does not undo what they told us.
                    done.known += 1;
                    continue;
                }
                let hash = key.hash(&person.address)?;
                gone::note(&mut transaction, &hash, Departure::Unsubscribed, now).await?;
                done.gone += 1;
            } else if gone.contains(&folded) && !readmit {
                done.refused.push(place);
            } else if known.contains(&folded) || !seen.insert(folded.clone()) {
                done.known += 1;
                // One of this piece is written first, so that this finds it.
                self.insert_all(&mut transaction, &fresh, now).await?;
                fresh.clear();
                self.meet_again(&mut transaction, person, now).await?;
            } else {
                if gone.contains(&folded) {
                    gone::readmit(&mut transaction, &person.address).await?;
                }
                done.new += 1;
                fresh.push((random(20)?, person));
            }
        }
        self.insert_all(&mut transaction, &fresh, now).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// A known reader gets the digests besides theirs; their state and choices are their own.
    async fn meet_again(
        &self,
        transaction: &mut Transaction<'_, Any>,
        person: &NewSubscriber,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let state: String =
            sqlx::query_scalar("SELECT state FROM subscribers WHERE address_key = $1")
                .bind(fold_address(&person.address))
                .fetch_one(&mut **transaction)
                .await?;
        let state = match SubscriberState::parse(&state) {
            Some(SubscriberState::Pending) | None => person.state,
            Some(own) => own,
        };
        let again = NewSubscriber {
            state,
            choices: None,
            consent: person
                .consent
                .clone()
                .filter(|_| state == SubscriberState::Active),
            ..person.clone()
        };
        enrol(transaction, &again, now).await?;
        Ok(())
    }

    async fn insert_all(
        &self,
        transaction: &mut Transaction<'_, Any>,
        people: &[(String, &NewSubscriber)],
        now: DateTime<Utc>,
    ) -> Result<()> {
        for piece in pieces(people) {
            let text = ours(format!(
                "INSERT INTO subscribers (id, address, address_key, name, language, state, token, \
                 created, updated, areas, languages, frequency, format, consent_at, consent_how) \
                 VALUES {}",
                self.dialect().rows(piece.len(), 15)
            ));
            let mut query = sqlx::query(text);
            for (id, person) in piece {
                let consent = person.consent.as_ref();
                let choices = person.choices.as_ref().unwrap_or(&EVERYTHING);
                query = query
                    .bind(id.as_str())
                    .bind(person.address.as_str())
                    .bind(fold_address(&person.address))
                    .bind(person.name.as_deref())
                    .bind(person.language.map(Language::code))
                    .bind(person.state.as_str())
                    .bind(random(32)?)
                    .bind(to_ms(now))
                    .bind(to_ms(now))
                    .bind(join(&choices.areas, AreaId::as_str))
                    .bind(join(&choices.languages, LanguageCode::as_str))
                    .bind(choices.frequency.as_str())
                    .bind(choices.format.as_str())
                    .bind(consent.map(|consent| to_ms(consent.at)))
                    .bind(consent.map(|consent| consent.how.as_str()));
            }
            query.execute(&mut **transaction).await?;
        }
        let rows: Vec<(&str, &DigestId)> = people
            .iter()
            .flat_map(|(id, person)| person.digests.iter().map(|digest| (id.as_str(), digest)))
            .collect();
        for piece in pieces(&rows) {
            let text = ours(format!(
                "INSERT INTO subscriptions (subscriber, digest, since) VALUES {} \
                 ON CONFLICT DO NOTHING",
                self.dialect().rows(piece.len(), 3)
            ));
            let mut query = sqlx::query(text);
            for (id, digest) in piece {
                query = query.bind(*id).bind(digest.as_str()).bind(to_ms(now));
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Which of the people are known, by their folded addresses.
    async fn known_among(
        &self,
        transaction: &mut Transaction<'_, Any>,
        people: &[NewSubscriber],
    ) -> Result<HashSet<String>> {
        let keys: Vec<String> = people
            .iter()
            .map(|person| fold_address(&person.address))
            .collect();
        self.present(transaction, "address_key", "subscribers", &keys)
            .await
    }

    /// Which of the people are gone, by their folded addresses.
    async fn gone_among(
        &self,
        transaction: &mut Transaction<'_, Any>,
        key: &AddressKey,
        people: &[NewSubscriber],
    ) -> Result<HashSet<String>> {
        let mut hashes = Vec::with_capacity(people.len());
        for person in people {
            hashes.push(key.hash(&person.address)?);
        }
        let gone = self
            .present(transaction, "address_hash", "gone", &hashes)
            .await?;
        Ok(people
            .iter()
            .zip(&hashes)
            .filter(|(_, hash)| gone.contains(*hash))
            .map(|(person, _)| fold_address(&person.address))
            .collect())
    }

    async fn present(
        &self,
        transaction: &mut Transaction<'_, Any>,
        column: &str,
        table: &str,
        values: &[String],
    ) -> Result<HashSet<String>> {
        let mut found = HashSet::new();
        for piece in pieces(values) {
            let text = ours(format!(
                "SELECT {column} FROM {table} WHERE {column} IN {}",
                self.dialect().list(1, piece.len())
            ));
            let mut query = sqlx::query_scalar(text);
            for value in piece {
                query = query.bind(value.as_str());
            }
            let rows: Vec<String> = query.fetch_all(&mut **transaction).await?;
            found.extend(rows);
        }
        Ok(found)
    }
}

static EVERYTHING: Choices = Choices {
    areas: Vec::new(),
    languages: Vec::new(),
    frequency: crate::model::Frequency::Each,
    format: crate::model::Format::Html,
};
