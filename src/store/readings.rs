//! Readings: what each kind of reader gets of an edition, who waits for a later letter, and who was
//! told what.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{
    Result, Store, StoreError,
    deliveries::add_to_total,
    dialect::{Durable, ours, pieces},
    row::{Columns, number, to_ms},
};
use crate::model::{Delivery, EditionId, Reading, StoryId, SubscriberId};

/// What goes out to readers, stored in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mailing {
    /// One for each reader who gets a letter now; `edition` is a reading's id where they do not get
    /// the edition whole.
    pub deliveries: Vec<Delivery>,
    /// The readings that the deliveries name.
    pub readings: Vec<Reading>,
    /// Readers for whom an edition waits for their next letter.
    pub waits: Vec<(SubscriberId, EditionId)>,
    /// Readers for whom nothing waits any more.
    pub served: Vec<SubscriberId>,
    /// Readers who got their letter of the week or month.
    pub told: Vec<SubscriberId>,
}

impl Mailing {
    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Letters that went out with stories that are asked for.
#[derive(Clone, Debug, Default)]
pub struct Letters {
    /// Which of the stories each letter told, by the edition's or reading's id.
    pub stories: HashMap<EditionId, BTreeSet<StoryId>>,
    /// The letters that each reader got.
    pub of: HashMap<SubscriberId, BTreeSet<EditionId>>,
}

impl Letters {
    /// Which of the stories a reader was told.
    pub fn told(&self, reader: &SubscriberId) -> BTreeSet<StoryId> {
        let letters = self.of.get(reader).into_iter().flatten();
        letters
            .filter_map(|letter| self.stories.get(letter))
            .flatten()
            .cloned()
            .collect()
    }
}

impl Store {
    /// A reading by its id.
    pub async fn reading(&self, id: &EditionId) -> Result<Option<Reading>> {
        let body: Option<String> = sqlx::query_scalar("SELECT body FROM readings WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.pool())
            .await?;
        body.map(|body| read(&body)).transpose()
    }

    /// The editions that wait for the next letter of each reader, oldest first.
    pub async fn awaiting(&self) -> Result<HashMap<SubscriberId, Vec<EditionId>>> {
        let rows = sqlx::query("SELECT subscriber, edition FROM awaiting ORDER BY since, edition")
            .fetch_all(self.pool())
            .await?;
        let mut awaiting: HashMap<SubscriberId, Vec<EditionId>> = HashMap::new();
        for row in &rows {
            let mut columns = Columns::of(row);
            let reader = SubscriberId::new(columns.text()?);
            let edition = EditionId::new(columns.text()?);
            awaiting.entry(reader).or_default().push(edition);
        }
        Ok(awaiting)
    }

    /// Queues letters that no edition of the moment calls for.
    pub async fn mail(&self, mailing: &Mailing, now: DateTime<Utc>) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        self.post(&mut transaction, mailing, now).await?;
        Ok(transaction.commit().await?)
    }

    /// The letters that told any of the stories, by other digests' editions or by earlier letters,
    /// and who got them. A letter that was refused told nothing.
    pub async fn letters_with(&self, stories: &[StoryId]) -> Result<Letters> {
        let mut letters = Letters::default();
        for piece in pieces(stories) {
            let text = ours(format!(
                "SELECT edition, story FROM ledger WHERE state = 'in' AND story IN {}",
                self.dialect().list(1, piece.len())
            ));
            let mut query = sqlx::query(text);
            for story in piece {
                query = query.bind(story.as_str());
            }
            for row in query.fetch_all(self.pool()).await? {
                let mut columns = Columns::of(&row);
                let edition = EditionId::new(columns.text()?);
                let story = StoryId::new(columns.text()?);
                letters.stories.entry(edition).or_default().insert(story);
            }
        }
        let editions: Vec<EditionId> = letters.stories.keys().cloned().collect();
        let wanted: HashSet<&StoryId> = stories.iter().collect();
        for reading in self.readings_of(&editions).await? {
            let told = reading.parts.iter().flat_map(|part| &part.stories);
            let told: BTreeSet<StoryId> = told.filter(|s| wanted.contains(s)).cloned().collect();
            if !told.is_empty() {
                letters.stories.insert(reading.id, told);
            }
        }
        let ids: Vec<EditionId> = letters.stories.keys().cloned().collect();
        for piece in pieces(&ids) {
            let text = ours(format!(
                "SELECT subscriber, edition FROM deliveries WHERE state <> 'refused' \
                 AND edition IN {}",
                self.dialect().list(1, piece.len())
            ));
            let mut query = sqlx::query(text);
            for id in piece {
                query = query.bind(id.as_str());
            }
            for row in query.fetch_all(self.pool()).await? {
                let mut columns = Columns::of(&row);
                let reader = SubscriberId::new(columns.text()?);
                let letter = EditionId::new(columns.text()?);
                letters.of.entry(reader).or_default().insert(letter);
            }
        }
        Ok(letters)
    }

    async fn readings_of(&self, editions: &[EditionId]) -> Result<Vec<Reading>> {
        let mut readings: HashMap<EditionId, Reading> = HashMap::new();
        for piece in pieces(editions) {
            let text = ours(format!(
                "SELECT DISTINCT r.body FROM reading_parts p JOIN readings r ON r.id = p.reading \
                 WHERE p.edition IN {}",
                self.dialect().list(1, piece.len())
            ));
            let mut query = sqlx::query_scalar(text);
            for id in piece {
                query = query.bind(id.as_str());
            }
            let bodies: Vec<String> = query.fetch_all(self.pool()).await?;
            for body in bodies {
                let reading = read(&body)?;
                readings.insert(reading.id.clone(), reading);
            }
        }
        Ok(readings.into_values().collect())
    }

    /// Writes a mailing.
    pub(super) async fn post(
        &self,
        transaction: &mut Transaction<'_, Any>,
        mailing: &Mailing,
        now: DateTime<Utc>,
    ) -> Result<()> {
        for reading in &mailing.readings {
            write(transaction, reading).await?;
        }
        let queued = self.queue(transaction, &mailing.deliveries).await?;
        for piece in pieces(&mailing.served) {
            let list = self.dialect().list(1, piece.len());
            let text = ours(format!("DELETE FROM awaiting WHERE subscriber IN {list}"));
            let query = sqlx::query(text);
            let query = piece
                .iter()
                .fold(query, |query, id| query.bind(id.as_str()));
            query.execute(&mut **transaction).await?;
        }
        for piece in pieces(&mailing.told) {
            let mut text = String::from("UPDATE subscribers SET last_letter = ");
            self.dialect().mark(&mut text, 1);
            text.push_str(" WHERE id IN ");
            text.push_str(&self.dialect().list(2, piece.len()));
            let query = sqlx::query(ours(text)).bind(to_ms(now));
            let query = piece
                .iter()
                .fold(query, |query, id| query.bind(id.as_str()));
            query.execute(&mut **transaction).await?;
        }
        for piece in pieces(&mailing.waits) {
            let text = ours(format!(
                "INSERT INTO awaiting (subscriber, edition, since) VALUES {} \
                 ON CONFLICT DO NOTHING",
                self.dialect().rows(piece.len(), 3)
            ));
            let mut query = sqlx::query(text);
            for (reader, edition) in piece {
                query = query
                    .bind(reader.as_str())
                    .bind(edition.as_str())
                    .bind(to_ms(now));
            }
            query.execute(&mut **transaction).await?;
        }
        add_to_total(transaction, number(queued)).await
    }
}

/// A reading by its id, as a transaction sees it.
pub(super) async fn find(
    transaction: &mut Transaction<'_, Any>,
    id: &EditionId,
) -> Result<Option<Reading>> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM readings WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut **transaction)
        .await?;
    body.map(|body| read(&body)).transpose()
}

/// Writes a reading that may be there already.
pub(super) async fn write(transaction: &mut Transaction<'_, Any>, reading: &Reading) -> Result<()> {
    let body = serde_json::to_string(reading).map_err(|e| StoreError::Failed(e.to_string()))?;
    sqlx::query("INSERT INTO readings (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(reading.id.as_str())
        .bind(body)
        .execute(&mut **transaction)
        .await?;
    for part in &reading.parts {
        sqlx::query(
            "INSERT INTO reading_parts (edition, reading) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(part.edition.as_str())
        .bind(reading.id.as_str())
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

fn read(body: &str) -> Result<Reading> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(error.to_string()))
}
