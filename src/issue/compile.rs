//! Compiling: what waits becomes an edition, frozen with its deliveries in one transaction.

use std::collections::BTreeSet;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};

use super::readers::{late_letters, mailing};
use crate::{
    edition::{self, Plan},
    model::{Digest, DigestId, Edition, EditionId, EditionState, Missing, SourceState, StoryId},
    pipeline::{Works, first_window},
    render::Words,
    schedule::Schedule,
};

/// What compiling one digest came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Compiled {
    /// An edition, frozen
    Frozen(Box<Edition>),
    /// Nothing waits: no edition was made
    Nothing,
}

/// Compiles the editions that the schedules ask for. A digest that never had one is due.
///
/// # Errors
/// When the database fails; what was frozen before stays.
pub async fn compile_due(works: &Works) -> anyhow::Result<Vec<Edition>> {
    let now = works.clock.now();
    let zone = works.settings.publication.timezone;
    let mut editions = Vec::new();
    for digest in &works.settings.digests {
        let schedule = Schedule::parse(&digest.schedule).map_err(anyhow::Error::msg)?;
        let mark = works.store.digest_mark(&digest.id).await?;
        if let Some(review) = digest.review {
            let ahead = chrono::TimeDelta::from_std(review).unwrap_or_default();
            if let Some(due) = schedule.due(mark, now + ahead, zone) {
                draft_for_review(works, digest, due).await?;
            }
        } else if let Some(due) = schedule.due(mark, now, zone)
            && let Compiled::Frozen(edition) = compile_now(works, digest, Some(due)).await?
        {
            editions.push(*edition);
        }
    }
    late_letters(works).await?;
    Ok(editions)
}

/// Compiles a digest now and freezes it; `mark` is the scheduled time that this answers to.
///
/// # Errors
/// When the database fails, or a story went into another edition of the digest meanwhile; then
/// nothing has changed.
pub async fn compile_now(
    works: &Works,
    digest: &Digest,
    mark: Option<DateTime<Utc>>,
) -> anyhow::Result<Compiled> {
    let mut edition = draft(works, digest).await?;
    let never = works.store.last_edition_end(&digest.id).await?.is_none();
    if edition.is_empty() {
        // A first edition keeps being due until there is something to put into it.
        let mark = mark.filter(|_| !never);
        if let Some(mark) = mark {
            works.store.set_digest_mark(&digest.id, mark).await?;
        }
        return Ok(Compiled::Nothing);
    }
    edition.state = EditionState::Sent;
    let mailing = mailing(works, digest, &edition).await?;
    works.store.freeze_for(&edition, &mailing, mark).await?;
    Ok(Compiled::Frozen(Box::new(edition)))
}

/// Lays a draft before a person; one that lies there already stays, and nothing goes out by itself.
async fn draft_for_review(
    works: &Works,
    digest: &Digest,
    due: DateTime<Utc>,
) -> anyhow::Result<()> {
    let open = works.store.draft_lines().await?;
    if open.iter().any(|line| line.digest == digest.id) {
        return Ok(());
    }
    let mut edition = draft(works, digest).await?;
    if edition.is_empty() {
        return Ok(());
    }
    edition.state = EditionState::Draft;
    works.store.save_draft(&edition).await?;
    works.store.set_digest_mark(&digest.id, due).await?;
    Ok(())
}

/// Lets a draft go out: without what was told or set aside meanwhile, it is frozen under its own id.
///
/// # Errors
/// When there is no such draft, nothing of it is left, or the database fails.
pub async fn approve(works: &Works, id: &EditionId) -> anyhow::Result<Edition> {
    let approved = works.store.approve(id).await?;
    let digest = works
        .settings
        .digests
        .iter()
        .find(|digest| digest.id == approved.digest)
        .with_context(|| format!("feeds.toml has no digest `{}` any more", approved.digest))?;
    let waiting: BTreeSet<StoryId> = works
        .store
        .waiting(&digest.id)
        .await?
        .into_iter()
        .filter(|waiting| !waiting.held)
        .map(|waiting| waiting.story)
        .collect();
    let mut edition = approved;
    for section in &mut edition.sections {
        section
            .stories
            .retain(|story| waiting.contains(&story.story));
    }
    edition
        .sections
        .retain(|section| !section.stories.is_empty());
    // What a person held or set aside since the draft stays as they left it.
    edition
        .left_out
        .retain(|left| waiting.contains(&left.story));
    anyhow::ensure!(
        !edition.is_empty(),
        "nothing of `{id}` is left: its stories were told or set aside meanwhile"
    );
    edition.state = EditionState::Sent;
    let mailing = mailing(works, digest, &edition).await?;
    works.store.freeze_for(&edition, &mailing, None).await?;
    Ok(edition)
}

/// The edition as it would be now; nothing is stored but, for a digest's first one, which stories may wait.
///
/// # Errors
/// When the database fails.
pub async fn draft(works: &Works, digest: &Digest) -> anyhow::Result<Edition> {
    let now = works.clock.now();
    let publication = &works.settings.publication;
    let zone = publication.timezone;
    let end = works.store.last_edition_end(&digest.id).await?;
    if end.is_none() {
        // A digest that is new to feeds.toml finds what was stored before it.
        works
            .store
            .admit(&digest.id, now - first_window(digest, zone, now), now)
            .await?;
    }
    let from = end.unwrap_or(now - first_window(digest, zone, now));
    let words = Words::new(&works.settings.look, digest.language);
    let date = now.with_timezone(&zone).date_naive();
    let plan = Plan {
        id: next_id(
            &digest.id,
            date,
            &works.store.edition_ids_of_day(&digest.id, date).await?,
        ),
        digest,
        areas: &works.settings.areas,
        timezone: zone,
        from,
        now,
        missing: missing(works, from).await?,
        subject: &|count| words.count("count.stories", count),
    };
    let waiting = works.store.waiting(&digest.id).await?;
    Ok(edition::compile(&plan, waiting))
}

/// `DIGEST-YYYY-MM-DD`, with `-2`, `-3` for further ones of that day.
fn next_id(digest: &DigestId, day: NaiveDate, taken: &[EditionId]) -> EditionId {
    let first = format!("{digest}-{day}");
    let further = (2..).map(|number| format!("{first}-{number}"));
    let free = |id: &String| !taken.iter().any(|taken| taken.as_str() == id);
    EditionId::new(
        std::iter::once(first.clone())
            .chain(further)
            .find(free)
            .unwrap_or(first),
    )
}

/// The sources that could not be read in the window.
async fn missing(works: &Works, from: DateTime<Utc>) -> anyhow::Result<Vec<Missing>> {
    let healths = works.store.healths().await?;
    Ok(works
        .settings
        .sources
        .iter()
        .filter_map(|source| {
            let health = healths.iter().find(|health| health.id == source.id)?;
            let unread = matches!(
                health.state,
                SourceState::Failing | SourceState::Blocked | SourceState::Gone
            ) && health.last_success.is_none_or(|time| time < from);
            unread.then(|| Missing {
                source: source.name.clone(),
                section: source.section.clone(),
                since: health.last_success,
            })
        })
        .collect())
}
