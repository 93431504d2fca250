//! The archive: which editions have yet to be filed, what each told, and on which shelves it stands.
//!
//! [`Store::shelve`] files an edition, [`Store::on_shelf`] and [`Store::tellings`] find what was
//! filed. Every question is answered from an index, so its cost grows with the answer.

use std::collections::BTreeSet;

use sqlx::any::AnyRow;

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    row::{Columns, count, from_json, number, strange, to_ms},
};
use crate::model::{
    DigestId, Edition, EditionId, Language, Place, Shelf, ShelfCount, StoryId, Telling,
};

/// The columns that [`telling`] reads.
const TELLING: &str = "t.edition, t.digest, t.title, t.language, t.day, t.told, t.body";

impl Store {
    /// The frozen editions that have yet to be filed, oldest first.
    pub async fn editions_to_shelve(&self) -> Result<Vec<EditionId>> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM editions WHERE shelved IS NULL AND frozen IS NOT NULL \
             ORDER BY window_to, id",
        )
        .fetch_all(self.pool())
        .await?;
        Ok(ids.into_iter().map(EditionId::new).collect())
    }

    /// The editions that were filed after the one of a number, with their own, in that order.
    pub async fn shelved_since(&self, number: i64) -> Result<Vec<(i64, EditionId)>> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT shelved, id FROM editions WHERE shelved > $1 ORDER BY shelved")
                .bind(number)
                .fetch_all(self.pool())
                .await?;
        Ok(rows
            .into_iter()
            .map(|(number, id)| (number, EditionId::new(id)))
            .collect())
    }

    /// The edition that got a number.
    pub async fn shelved_edition(&self, number: i64) -> Result<Option<EditionId>> {
        let id: Option<String> = sqlx::query_scalar("SELECT id FROM editions WHERE shelved = $1")
            .bind(number)
            .fetch_optional(self.pool())
            .await?;
        Ok(id.map(EditionId::new))
    }

    /// Files what a frozen edition tells, and gives it its number; filing it again changes nothing.
    pub async fn shelve(&self, edition: &Edition) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        // The counter's row stays locked until the end, so that numbers appear in their order.
        let own: i64 = sqlx::query_scalar(
            "UPDATE counters SET value = value + 1 WHERE name = 'edition' RETURNING value",
        )
        .fetch_one(&mut *transaction)
        .await?;
        let filed = sqlx::query(
            "UPDATE editions SET shelved = $1 \
             WHERE id = $2 AND shelved IS NULL AND frozen IS NOT NULL",
        )
        .bind(own)
        .bind(edition.id.as_str())
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if filed == 0 {
            return Ok(transaction.rollback().await?);
        }
        let mut touched = BTreeSet::new();
        let mut rows: Vec<(Place, &StoryId, usize)> = Vec::new();
        let stories: Vec<_> = edition.stories().collect();
        for piece in pieces(&stories) {
            let text = format!(
                "INSERT INTO tellings (story, edition, digest, title, language, day, told, body) \
                 VALUES {} ON CONFLICT (story, edition) DO NOTHING",
                self.dialect().rows(piece.len(), 8)
            );
            let mut query = sqlx::query(ours(text));
            for story in piece {
                query = query
                    .bind(story.story.as_str())
                    .bind(edition.id.as_str())
                    .bind(edition.digest.as_str())
                    .bind(edition.title.as_str())
                    .bind(edition.language.code())
                    .bind(edition.date.to_string())
                    .bind(to_ms(edition.to))
                    .bind(serde_json::to_string(story).unwrap_or_default());
            }
            query.execute(&mut *transaction).await?;
        }
        for (at, story) in stories.iter().enumerate() {
            for place in Place::all_of(edition, story) {
                touched.insert(place.clone());
                rows.push((place, &story.story, at));
            }
        }
        for piece in pieces(&rows) {
            let text = format!(
                "INSERT INTO shelved (shelf, value, story, edition, month, told, place) \
                 VALUES {} ON CONFLICT (shelf, value, story) DO NOTHING",
                self.dialect().rows(piece.len(), 7)
            );
            let mut query = sqlx::query(ours(text));
            for (place, story, at) in piece {
                query = query
                    .bind(place.shelf.as_str())
                    .bind(place.value.as_str())
                    .bind(story.as_str())
                    .bind(edition.id.as_str())
                    .bind(place.month.as_str())
                    .bind(to_ms(edition.to))
                    .bind(number(*at));
            }
            query.execute(&mut *transaction).await?;
        }
        for place in &touched {
            sqlx::query(
                "INSERT INTO shelves (shelf, value, month, stories) \
                 SELECT shelf, value, month, COUNT(*) FROM shelved \
                 WHERE shelf = $1 AND value = $2 AND month = $3 GROUP BY shelf, value, month \
                 ON CONFLICT (shelf, value, month) DO UPDATE SET stories = excluded.stories",
            )
            .bind(place.shelf.as_str())
            .bind(place.value.as_str())
            .bind(place.month.as_str())
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The newest stories of a shelf, of one month or of all, as they were first told.
    pub async fn on_shelf(
        &self,
        shelf: Shelf,
        value: &str,
        month: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Telling>> {
        let within = if month.is_some() {
            " AND u.month = $3"
        } else {
            ""
        };
        let text = format!(
            "SELECT {TELLING} FROM shelved u \
             JOIN tellings t ON t.story = u.story AND t.edition = u.edition \
             WHERE u.shelf = $1 AND u.value = $2{within} \
             ORDER BY u.told DESC, u.place LIMIT {}",
            number(limit)
        );
        let mut query = sqlx::query(ours(text)).bind(shelf.as_str()).bind(value);
        if let Some(month) = month {
            query = query.bind(month);
        }
        query
            .fetch_all(self.pool())
            .await?
            .iter()
            .map(telling)
            .collect()
    }

    /// Every time that a story was told, newest first.
    pub async fn tellings(&self, story: &StoryId) -> Result<Vec<Telling>> {
        sqlx::query(ours(format!(
            "SELECT {TELLING} FROM tellings t WHERE t.story = $1 ORDER BY t.told DESC, t.edition"
        )))
        .bind(story.as_str())
        .fetch_all(self.pool())
        .await?
        .iter()
        .map(telling)
        .collect()
    }

    /// How many stories a shelf holds, by value and month, newest month first.
    pub async fn shelf_counts(&self, shelf: Shelf) -> Result<Vec<ShelfCount>> {
        sqlx::query(
            "SELECT value, month, stories FROM shelves WHERE shelf = $1 ORDER BY month DESC, value",
        )
        .bind(shelf.as_str())
        .fetch_all(self.pool())
        .await?
        .iter()
        .map(shelf_count)
        .collect()
    }

    /// How many stories of one value a shelf holds, by month, newest first.
    pub async fn months_of(&self, shelf: Shelf, value: &str) -> Result<Vec<ShelfCount>> {
        sqlx::query(
            "SELECT value, month, stories FROM shelves WHERE shelf = $1 AND value = $2 \
             ORDER BY month DESC",
        )
        .bind(shelf.as_str())
        .bind(value)
        .fetch_all(self.pool())
        .await?
        .iter()
        .map(shelf_count)
        .collect()
    }

    /// The told stories that items joined after the item of a number, and the number of the newest
    /// item: what to ask with the next time.
    pub async fn joined_since(&self, last: i64) -> Result<(Vec<StoryId>, i64)> {
        let newest: Option<i64> = sqlx::query_scalar("SELECT MAX(no) FROM items")
            .fetch_one(self.pool())
            .await?;
        let stories: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT i.story FROM items i WHERE i.no > $1 \
             AND EXISTS (SELECT 1 FROM tellings t WHERE t.story = i.story)",
        )
        .bind(last)
        .fetch_all(self.pool())
        .await?;
        let stories = stories.into_iter().map(StoryId::new).collect();
        Ok((stories, newest.unwrap_or(last)))
    }
}

fn shelf_count(row: &AnyRow) -> Result<ShelfCount> {
    let mut columns = Columns::of(row);
    Ok(ShelfCount {
        value: columns.string()?,
        month: columns.string()?,
        stories: count(columns.number()?),
    })
}

fn telling(row: &AnyRow) -> Result<Telling> {
    let mut columns = Columns::of(row);
    let edition = EditionId::new(columns.text()?);
    let digest = DigestId::new(columns.text()?);
    let title = columns.string()?;
    let code = columns.text()?;
    let language = Language::from_tag(code).ok_or_else(|| strange("language", code))?;
    let day = columns.text()?;
    let date = day.parse().map_err(|_| strange("day", day))?;
    let to = columns.time()?;
    let story = from_json::<Option<_>>(columns.text()?)?
        .ok_or_else(|| strange("story of an edition", edition.as_str()))?;
    Ok(Telling {
        edition,
        digest,
        title,
        language,
        date,
        to,
        story,
    })
}
