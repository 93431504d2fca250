//! What is not wanted any more: a queued letter brings no digest that its reader has left.
//!
//! Whoever takes a digest from a reader, and whoever queues a letter again, sees to it in the same
//! transaction. A letter of several digests becomes one of those that are left, with every story of
//! theirs that it told, whichever digest it stood under; a letter of which nothing is left is refused
//! with its reason. What is being sent at that moment goes out.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::{Any, Transaction};

use super::{
    Result, editions, readings,
    row::{Columns, to_ms},
    secret::hex,
};
use crate::{
    edition,
    model::{Choices, DeliveryId, Edition, EditionId, Reading, StoryId, SubscriberId},
};

/// Has those who write what came of a reader's letters wait for a transaction that takes digests from
/// the reader, and the other way round; to be called before it changes anything.
pub(super) async fn hold_letters(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
) -> Result<()> {
    sqlx::query(
        "UPDATE deliveries SET subscriber = subscriber WHERE subscriber = $1 \
         AND state IN ('queued', 'sending', 'unsure')",
    )
    .bind(id.as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Nothing that is queued or waits of digests that a reader does not want goes out.
pub(super) async fn stop_unwanted(
    transaction: &mut Transaction<'_, Any>,
    id: &SubscriberId,
    now: DateTime<Utc>,
) -> Result<()> {
    let queued: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM deliveries WHERE subscriber = $1 AND state = 'queued' ORDER BY id",
    )
    .bind(id.as_str())
    .fetch_all(&mut **transaction)
    .await?;
    for id in queued {
        trim(transaction, &DeliveryId::new(id), now).await?;
    }
    sqlx::query(
        "DELETE FROM awaiting WHERE subscriber = $1 AND NOT EXISTS \
         (SELECT 1 FROM editions e JOIN subscriptions w ON w.digest = e.digest \
         WHERE w.subscriber = $2 AND w.declined = 0 AND e.id = awaiting.edition)",
    )
    .bind(id.as_str())
    .bind(id.as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Takes from a letter what its reader does not want any more, if it is queued; says whether nothing was
/// left of it.
pub(super) async fn trim(
    transaction: &mut Transaction<'_, Any>,
    id: &DeliveryId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row = sqlx::query(
        "SELECT edition, subscriber FROM deliveries WHERE id = $1 AND state = 'queued'",
    )
    .bind(id.as_str())
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let mut columns = Columns::of(&row);
    let letter = EditionId::new(columns.text()?);
    let wanted: Vec<String> = sqlx::query_scalar(
        "SELECT digest FROM subscriptions WHERE subscriber = $1 AND declined = 0",
    )
    .bind(columns.text()?)
    .fetch_all(&mut **transaction)
    .await?;
    let reading = readings::find(transaction, &letter).await?;
    let parts = match &reading {
        Some(reading) => reading.parts.iter().map(|part| &part.edition).collect(),
        None => vec![&letter],
    };
    let (mut kept, mut left) = (Vec::new(), Vec::new());
    for part in parts {
        let digest: Option<String> =
            sqlx::query_scalar("SELECT digest FROM editions WHERE id = $1")
                .bind(part.as_str())
                .fetch_optional(&mut **transaction)
                .await?;
        match digest {
            Some(digest) if wanted.contains(&digest) => kept.push(part),
            Some(digest) if !left.contains(&digest) => left.push(digest),
            _ => {}
        }
    }
    if left.is_empty() {
        return Ok(false);
    }
    let mut editions = Vec::new();
    for part in kept {
        editions.extend(editions::find(transaction, part).await?);
    }
    let rest = reading.and_then(|reading| without(&reading, &editions));
    match &rest {
        Some(rest) => replace(transaction, id, &letter, rest).await?,
        None => withdraw(transaction, id, &left, now).await?,
    }
    Ok(rest.is_none())
}

/// What a letter tells of editions that are some of its own, oldest first; `None` if there is nothing.
fn without(reading: &Reading, kept: &[Edition]) -> Option<Reading> {
    let told: Vec<&StoryId> = reading
        .parts
        .iter()
        .flat_map(|part| &part.stories)
        .collect();
    let stories = kept.iter().flat_map(Edition::stories).map(|one| &one.story);
    // A story of several digests stood under the first of them alone.
    let others = stories.filter(|story| !told.contains(story)).cloned();
    let editions: Vec<&Edition> = kept.iter().collect();
    let parts = edition::parts(&editions, &Choices::default(), &others.collect());
    let newest = &parts.last()?.edition;
    let mark = Sha256::digest(format!("{} without: {parts:?}", reading.id));
    Some(Reading {
        id: EditionId::new(format!("{newest}~{}", hex(&mark[..8]))),
        parts,
        ..reading.clone()
    })
}

/// Has a delivery carry another letter, for which a person is asked if they were for the first.
async fn replace(
    transaction: &mut Transaction<'_, Any>,
    id: &DeliveryId,
    letter: &EditionId,
    rest: &Reading,
) -> Result<()> {
    readings::write(transaction, rest).await?;
    sqlx::query(
        "INSERT INTO outbox_holds (edition, why, since, released) \
         SELECT CAST($1 AS TEXT), why, since, released FROM outbox_holds WHERE edition = $2 \
         ON CONFLICT (edition) DO UPDATE SET released = NULL WHERE excluded.released IS NULL",
    )
    .bind(rest.id.as_str())
    .bind(letter.as_str())
    .execute(&mut **transaction)
    .await?;
    sqlx::query("UPDATE deliveries SET edition = $1 WHERE id = $2")
        .bind(rest.id.as_str())
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn withdraw(
    transaction: &mut Transaction<'_, Any>,
    id: &DeliveryId,
    left: &[String],
    now: DateTime<Utc>,
) -> Result<()> {
    let left = left.join("` and `");
    sqlx::query("UPDATE deliveries SET state = 'refused', settled = $1, reply = $2 WHERE id = $3")
        .bind(to_ms(now))
        .bind(format!("not sent: the reader gets no `{left}` any more"))
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
