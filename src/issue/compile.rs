//! Compiling: what waits becomes an edition, frozen with its deliveries in one transaction.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    desk,
    readers::{late_letters, mailing},
};
use crate::{
    edition::{self, Plan, Waiting},
    model::{
        Digest, DigestId, Edition, EditionId, EditionState, EditionStory, ItemId, Missing,
        SourceHealth, SourceId, SourceState, StoryId,
    },
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

/// Compiles the editions that the schedules ask for. A digest that never had one is due. Of several
/// workers one compiles at a time; the others find nothing to do.
///
/// A draft that lies on an editor's desk keeps its digest from going out by itself; one that was let
/// go and did not make it, as the program ended, goes out now.
///
/// # Errors
/// When the database fails; what was frozen before stays.
pub async fn compile_due(works: &Works) -> anyhow::Result<Vec<Edition>> {
    let Some(editor) = works.store.try_claim("editor").await? else {
        return Ok(Vec::new());
    };
    let made = compile_all(works).await;
    editor.release().await?;
    made
}

async fn compile_all(works: &Works) -> anyhow::Result<Vec<Edition>> {
    let now = works.clock.now();
    let zone = works.settings.publication.timezone;
    let mut editions = Vec::new();
    let mut open = Vec::new();
    for line in works.store.draft_lines().await? {
        match line.state {
            EditionState::Approved => match approve(works, &line.id).await {
                Ok(edition) => editions.push(edition),
                Err(e) => tracing::error!("{} was let go and cannot go out: {e:#}", line.id),
            },
            _ => open.push(line.digest),
        }
    }
    for digest in &works.settings.digests {
        // What is not made yet is made after the restart, under the same schedule.
        if works.stop.is_cancelled() {
            break;
        }
        if open.contains(&digest.id) {
            continue;
        }
        let schedule = Schedule::parse(&digest.schedule).map_err(anyhow::Error::msg)?;
        let mut mark = works.store.digest_mark(&digest.id).await?;
        if let Some(ahead) = mark.filter(|mark| schedule.is_ahead(*mark, now, zone)) {
            tracing::warn!(
                digest = %digest.id,
                "the clock was put back: the digest counts as dealt with until {ahead}, and is counted from now on instead"
            );
            works.store.set_digest_mark(&digest.id, now).await?;
            mark = Some(now);
        }
        if let Some(review) = digest.review {
            let ahead = chrono::TimeDelta::from_std(review).unwrap_or_default();
            // A first edition is due at once, but its editors have until the schedule's next hour.
            let next = schedule
                .upcoming(now, zone)
                .next()
                .filter(|_| mark.is_none());
            if let Some(due) = schedule.due(mark, now + ahead, zone) {
                let due = next.map_or(due, |next| due.min(next));
                super::review::lay_out(works, digest, due).await?;
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
    admit(works, digest).await?;
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

/// Lets a draft go out: without what was told or set aside meanwhile, it is frozen under its own id.
///
/// # Errors
/// When there is no such draft, nothing of it is left, or the database fails.
pub async fn approve(works: &Works, id: &EditionId) -> anyhow::Result<Edition> {
    let approved = works.store.approve(id).await?;
    let digest = desk::digest(works, &approved)?;
    let waiting: BTreeSet<StoryId> = works
        .store
        .waiting(&digest.id)
        .await?
        .into_iter()
        .filter(|waiting| !waiting.held)
        .map(|waiting| waiting.story)
        .collect();
    let mut edition = approved;
    let before = edition.len();
    edition.keep(|story| waiting.contains(&story.story));
    if edition.len() < before {
        desk::recount(works, &mut edition);
    }
    // What a person held or set aside since the draft stays as they left it.
    edition
        .left_out
        .retain(|left| waiting.contains(&left.story));
    anyhow::ensure!(
        !edition.is_empty(),
        "nothing of `{id}` is left: its stories were told or set aside meanwhile"
    );
    edition.state = EditionState::Sent;
    edition.to = works.clock.now();
    let mailing = mailing(works, digest, &edition).await?;
    works.store.freeze_for(&edition, &mailing, None).await?;
    Ok(edition)
}

/// The edition as it would be now; nothing is stored.
///
/// # Errors
/// When the database fails.
pub async fn draft(works: &Works, digest: &Digest) -> anyhow::Result<Edition> {
    draft_for(works, digest, works.clock.now()).await
}

/// The edition as it would be now, for the day of an instant.
pub(super) async fn draft_for(
    works: &Works,
    digest: &Digest,
    day: DateTime<Utc>,
) -> anyhow::Result<Edition> {
    let words = Words::new(&works.settings.look, digest.language);
    let counted = |count| words.count("count.stories", count);
    let plan = plan(works, digest, day, &counted).await?;
    let waiting = waiting(works, digest).await?;
    let mut edition = edition::compile(&plan, &waiting);
    let stories = edition.sections.iter_mut().flat_map(|s| &mut s.stories);
    summarise(works, stories.collect()).await?;
    Ok(edition)
}

/// Fills in what of the stories is printed and not chosen by.
pub(super) async fn summarise(
    works: &Works,
    mut stories: Vec<&mut EditionStory>,
) -> anyhow::Result<()> {
    let items: Vec<&ItemId> = stories.iter().map(|story| &story.item).collect();
    let mut summaries = works.store.summaries(&items).await?;
    for story in &mut stories {
        story.summary = summaries.remove(&story.item).unwrap_or_default();
    }
    Ok(())
}

/// All stories that could be in the digest's next edition, best first, without their summaries.
pub(super) async fn candidates(
    works: &Works,
    digest: &Digest,
) -> anyhow::Result<Vec<EditionStory>> {
    let plan = plan(works, digest, works.clock.now(), &|_| String::new()).await?;
    let waiting = waiting(works, digest).await?;
    Ok(edition::candidates(&plan, &waiting))
}

/// What may go into the digest's next edition. One that never had an edition, because it is new to
/// feeds.toml, finds what was stored before it.
async fn waiting(works: &Works, digest: &Digest) -> anyhow::Result<Vec<Waiting>> {
    let mut waiting = works.store.waiting(&digest.id).await?;
    if let Some(since) = first(works, digest).await? {
        waiting.extend(works.store.unadmitted(&digest.id, since).await?);
    }
    Ok(waiting)
}

/// Writes into the ledger what a digest finds that never had an edition.
pub(super) async fn admit(works: &Works, digest: &Digest) -> anyhow::Result<()> {
    if let Some(since) = first(works, digest).await? {
        let now = works.clock.now();
        works.store.admit(&digest.id, since, now).await?;
    }
    Ok(())
}

/// From when on a digest without an edition takes what is stored; `None` for one that had an edition.
async fn first(works: &Works, digest: &Digest) -> anyhow::Result<Option<DateTime<Utc>>> {
    let now = works.clock.now();
    let zone = works.settings.publication.timezone;
    let end = works.store.last_edition_end(&digest.id).await?;
    Ok(end.is_none().then(|| now - first_window(digest, zone, now)))
}

async fn plan<'a>(
    works: &'a Works,
    digest: &'a Digest,
    day: DateTime<Utc>,
    counted: &'a (dyn Fn(usize) -> String + Sync),
) -> anyhow::Result<Plan<'a>> {
    let now = works.clock.now();
    let zone = works.settings.publication.timezone;
    let end = works.store.last_edition_end(&digest.id).await?;
    // An edition that was made under a clock that ran ahead ends after now.
    let from = end
        .unwrap_or(now - first_window(digest, zone, now))
        .min(now);
    let date = day.with_timezone(&zone).date_naive();
    let taken = works.store.edition_ids_of_day(&digest.id, date).await?;
    Ok(Plan {
        id: next_id(&digest.id, date, &taken),
        digest,
        areas: &works.settings.areas,
        timezone: zone,
        date,
        from,
        now,
        missing: missing(works, from).await?,
        subject: counted,
    })
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
    let healths: HashMap<&SourceId, &SourceHealth> =
        healths.iter().map(|health| (&health.id, health)).collect();
    Ok(works
        .settings
        .sources
        .iter()
        .filter_map(|source| {
            let health = healths.get(&source.id)?;
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
