//! Editions: drafts, and freezing one together with the ledger, the deliveries and the schedule.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Any, Transaction};

use super::{
    Mailing, Result, Store, StoreError,
    dialect::{Durable, ours, pieces},
    ledger::read_state,
    meta::mark_key,
    row::{Columns, count, number, strange, to_ms},
};
use crate::model::{
    Delivery, DigestId, Edition, EditionId, EditionState, LedgerState, LeftOut, StoryId,
};

/// An edition as a line of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionLine {
    /// Its id.
    pub id: EditionId,
    /// Its digest.
    pub digest: DigestId,
    /// The digest's title at that time.
    pub title: String,
    /// The subject of its mail.
    pub subject: String,
    /// How far it is.
    pub state: EditionState,
    /// Its day.
    pub date: NaiveDate,
    /// How many stories it holds.
    pub stories: u64,
}

impl Store {
    /// Freezes an edition, all of it or nothing: its stories move in the ledger, those it leaves
    /// out for good are dropped with the reason, those held for this one wait for the next, its
    /// deliveries are queued, and `mark` is the instant of the schedule that it answers.
    ///
    /// Refused if a story is in another edition of the digest already, or the edition is frozen.
    pub async fn freeze(
        &self,
        edition: &Edition,
        deliveries: &[Delivery],
        mark: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let mailing = Mailing {
            deliveries: deliveries.to_vec(),
            ..Mailing::default()
        };
        self.freeze_for(edition, &mailing, mark).await
    }

    /// The same, with what each kind of reader gets of it and who gets it with a later letter.
    pub async fn freeze_for(
        &self,
        edition: &Edition,
        mailing: &Mailing,
        mark: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        let mut frozen = edition.clone();
        frozen.state = EditionState::Sent;
        if !write(&mut transaction, &frozen, Some(edition.to)).await? {
            return Err(StoreError::AlreadyFrozen(edition.id.clone()));
        }
        self.take_stories(&mut transaction, edition).await?;
        self.leave_out(&mut transaction, edition).await?;
        self.post(&mut transaction, mailing, edition.to).await?;
        if let Some(mark) = mark {
            let value = to_ms(mark).to_string();
            super::meta::set(&mut transaction, &mark_key(&edition.digest), &value).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Moves the edition's stories; an error if one is in an edition already.
    async fn take_stories(
        &self,
        transaction: &mut Transaction<'_, Any>,
        edition: &Edition,
    ) -> Result<()> {
        let mut stories: Vec<&StoryId> = edition.stories().map(|story| &story.story).collect();
        stories.sort_unstable();
        stories.dedup();
        for piece in pieces(&stories) {
            let text = format!(
                "INSERT INTO ledger (story, digest, state, edition, since) VALUES {} \
                 ON CONFLICT (story, digest) DO UPDATE SET state = excluded.state, \
                 edition = excluded.edition, since = excluded.since, why = '' \
                 WHERE ledger.state <> 'in'",
                self.dialect().rows(piece.len(), 5)
            );
            let mut query = sqlx::query(ours(text));
            for story in piece {
                query = query
                    .bind(story.as_str())
                    .bind(edition.digest.as_str())
                    .bind("in")
                    .bind(edition.id.as_str())
                    .bind(to_ms(edition.to));
            }
            let moved = query.execute(&mut **transaction).await?.rows_affected();
            if moved != count(number(piece.len())) {
                return Err(told(transaction, edition, piece).await?);
            }
        }
        Ok(())
    }

    async fn leave_out(
        &self,
        transaction: &mut Transaction<'_, Any>,
        edition: &Edition,
    ) -> Result<()> {
        let taken: std::collections::HashSet<&StoryId> =
            edition.stories().map(|story| &story.story).collect();
        let mut left: Vec<&LeftOut> = edition
            .left_out
            .iter()
            .filter(|left| !taken.contains(&left.story))
            .collect();
        left.sort_by(|a, b| a.story.cmp(&b.story));
        left.dedup_by(|a, b| a.story == b.story);
        for piece in pieces(&left) {
            let text = format!(
                "INSERT INTO ledger (story, digest, state, since, why) VALUES {} \
                 ON CONFLICT (story, digest) DO UPDATE SET state = excluded.state, \
                 since = CASE WHEN ledger.state = excluded.state THEN ledger.since \
                 ELSE excluded.since END, why = excluded.why \
                 WHERE ledger.state IN ('waiting', 'held')",
                self.dialect().rows(piece.len(), 5)
            );
            let mut query = sqlx::query(ours(text));
            for left in piece {
                query = query
                    .bind(left.story.as_str())
                    .bind(edition.digest.as_str())
                    .bind(if left.waits { "waiting" } else { "dropped" })
                    .bind(to_ms(edition.to))
                    .bind(left.why.as_str());
            }
            query.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Stores a draft, or a changed one in its place; refused once it is frozen.
    pub async fn save_draft(&self, edition: &Edition) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Power).await?;
        if !write(&mut transaction, edition, None).await? {
            return Err(StoreError::AlreadyFrozen(edition.id.clone()));
        }
        Ok(transaction.commit().await?)
    }

    /// A person lets a draft go out.
    pub async fn approve(&self, id: &EditionId) -> Result<Edition> {
        let mut edition = self
            .edition(id)
            .await?
            .ok_or_else(|| StoreError::unknown("edition", id))?;
        edition.state = EditionState::Approved;
        self.save_draft(&edition).await?;
        Ok(edition)
    }

    /// Throws a draft away; its stories were waiting all along.
    pub async fn discard_draft(&self, id: &EditionId) -> Result<bool> {
        let mut writer = self.writer().await?;
        let gone = sqlx::query("DELETE FROM editions WHERE id = $1 AND frozen IS NULL")
            .bind(id.as_str())
            .execute(&mut *writer.connection)
            .await?
            .rows_affected();
        Ok(gone == 1)
    }

    /// One edition, draft or frozen, as it was written.
    pub async fn edition(&self, id: &EditionId) -> Result<Option<Edition>> {
        let body: Option<String> = sqlx::query_scalar("SELECT body FROM editions WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.pool())
            .await?;
        body.map(|body| read(&body)).transpose()
    }

    /// Editions of one digest, or of all, newest first, drafts included.
    pub async fn editions(&self, digest: Option<&DigestId>, limit: usize) -> Result<Vec<Edition>> {
        let bodies: Vec<String> = match digest {
            Some(digest) => {
                sqlx::query_scalar(
                    "SELECT body FROM editions WHERE digest = $1 \
                     ORDER BY window_to DESC, id DESC LIMIT $2",
                )
                .bind(digest.as_str())
                .bind(number(limit))
                .fetch_all(self.pool())
                .await?
            }
            None => {
                sqlx::query_scalar(
                    "SELECT body FROM editions ORDER BY window_to DESC, id DESC LIMIT $1",
                )
                .bind(number(limit))
                .fetch_all(self.pool())
                .await?
            }
        };
        bodies.iter().map(|body| read(body)).collect()
    }

    /// All frozen editions as lines, newest first.
    pub async fn edition_lines(&self) -> Result<Vec<EditionLine>> {
        self.lines("frozen IS NOT NULL").await
    }

    /// All drafts, those that were let go and are not frozen yet included, newest first.
    pub async fn draft_lines(&self) -> Result<Vec<EditionLine>> {
        self.lines("frozen IS NULL").await
    }

    async fn lines(&self, condition: &str) -> Result<Vec<EditionLine>> {
        sqlx::query(ours(format!(
            "SELECT id, digest, title, subject, state, day, stories FROM editions \
             WHERE {condition} ORDER BY window_to DESC, id DESC"
        )))
        .fetch_all(self.pool())
        .await?
        .iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            let id = EditionId::new(columns.text()?);
            let digest = DigestId::new(columns.text()?);
            let title = columns.string()?;
            let subject = columns.string()?;
            let word = columns.text()?;
            let day = columns.text()?;
            Ok(EditionLine {
                id,
                digest,
                title,
                subject,
                state: EditionState::parse(word)
                    .ok_or_else(|| strange("state of an edition", word))?,
                date: day.parse().map_err(|_| strange("day", day))?,
                stories: count(columns.number()?),
            })
        })
        .collect()
    }

    /// Where the window of the digest's next edition begins: the end of its last frozen one.
    pub async fn last_edition_end(&self, digest: &DigestId) -> Result<Option<DateTime<Utc>>> {
        let end: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(window_to) FROM editions WHERE digest = $1 AND frozen IS NOT NULL",
        )
        .bind(digest.as_str())
        .fetch_one(self.pool())
        .await?;
        Ok(end.map(super::row::from_ms))
    }

    /// The ids that the digest's editions of a day have, drafts included, to find the next free one.
    pub async fn edition_ids_of_day(
        &self,
        digest: &DigestId,
        day: NaiveDate,
    ) -> Result<Vec<EditionId>> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM editions WHERE digest = $1 AND day = $2 ORDER BY id",
        )
        .bind(digest.as_str())
        .bind(day.to_string())
        .fetch_all(self.pool())
        .await?;
        Ok(ids.into_iter().map(EditionId::new).collect())
    }
}

/// Writes the edition's row; false if a frozen one is there.
async fn write(
    transaction: &mut Transaction<'_, Any>,
    edition: &Edition,
    frozen: Option<DateTime<Utc>>,
) -> Result<bool> {
    let body = serde_json::to_string(edition).map_err(|e| StoreError::Failed(e.to_string()))?;
    let written = sqlx::query(
        "INSERT INTO editions (id, digest, state, title, subject, day, window_from, window_to, \
         stories, frozen, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, state = excluded.state, \
         title = excluded.title, subject = excluded.subject, day = excluded.day, \
         window_from = excluded.window_from, window_to = excluded.window_to, \
         stories = excluded.stories, frozen = excluded.frozen, body = excluded.body \
         WHERE editions.frozen IS NULL",
    )
    .bind(edition.id.as_str())
    .bind(edition.digest.as_str())
    .bind(edition.state.as_str())
    .bind(edition.title.as_str())
    .bind(edition.subject.as_str())
    .bind(edition.date.to_string())
    .bind(to_ms(edition.from))
    .bind(to_ms(edition.to))
    .bind(number(edition.len()))
    .bind(frozen.map(to_ms))
    .bind(body)
    .execute(&mut **transaction)
    .await?
    .rows_affected();
    Ok(written == 1)
}

/// Which of the stories is in an edition already.
async fn told(
    transaction: &mut Transaction<'_, Any>,
    edition: &Edition,
    stories: &[&StoryId],
) -> Result<StoreError> {
    for story in stories {
        let row = sqlx::query("SELECT state, edition FROM ledger WHERE story = $1 AND digest = $2")
            .bind(story.as_str())
            .bind(edition.digest.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        if let Some(row) = row
            && let LedgerState::In(other) = read_state(&mut Columns::of(&row))?
            && other != edition.id
        {
            return Ok(StoreError::AlreadyTold {
                story: (*story).clone(),
                digest: edition.digest.clone(),
                edition: other,
            });
        }
    }
    Ok(StoreError::AlreadyFrozen(edition.id.clone()))
}

/// An edition by its id, as a transaction sees it.
pub(super) async fn find(
    transaction: &mut Transaction<'_, Any>,
    id: &EditionId,
) -> Result<Option<Edition>> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM editions WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut **transaction)
        .await?;
    body.map(|body| read(&body)).transpose()
}

fn read(body: &str) -> Result<Edition> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(error.to_string()))
}
