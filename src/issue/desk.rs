//! The desk: an editor's hand on a draft.
//!
//! [`open`] finds the draft of an edition or of a digest and what else could be in it, [`revise`]
//! stores it as the editor wants it, and [`set`] moves one story. Whatever an editor does, a story
//! is waiting, held, dropped or told, and never lost.

use std::collections::HashSet;

use anyhow::Context;
use chrono::{DateTime, Utc};

use super::{compile, digest_of};
use crate::{
    edition::{self, Revision},
    model::{
        Digest, DigestId, Edition, EditionId, EditionState, EditionStory, LedgerState, StoryId,
    },
    pipeline::Works,
    render::Words,
};

/// A draft on the desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The draft.
    pub draft: Edition,
    /// Stories that could be in it and are not: newcomers, and what did not fit.
    pub spare: Vec<EditionStory>,
}

/// The draft of an edition's id, or the open draft of a digest; one is made where there is none.
///
/// # Errors
/// When there is no such draft or digest, it has gone out, nothing waits, or the database fails.
pub async fn open(works: &Works, id: &str) -> anyhow::Result<Desk> {
    let stored = match works.store.edition(&EditionId::new(id)).await? {
        Some(edition) => Some(edition),
        None => open_draft(works, &DigestId::new(id)).await?,
    };
    let draft = match stored {
        Some(edition) => edition,
        None => {
            let digest = digest_of(&works.settings, &DigestId::new(id)).with_context(|| {
                format!(
                    "there is no edition and no digest `{id}`; `circular editions list` names them"
                )
            })?;
            compile::admit(works, digest).await?;
            let mut draft = compile::draft(works, digest).await?;
            anyhow::ensure!(!draft.is_empty(), "nothing waits for `{id}`");
            draft.state = EditionState::Draft;
            draft
        }
    };
    anyhow::ensure!(
        draft.state != EditionState::Sent,
        "`{}` has gone out and cannot be changed",
        draft.id
    );
    let digest = digest(works, &draft)?;
    let mut spare = compile::candidates(works, digest).await?;
    let laid: HashSet<&StoryId> = draft.stories().map(|story| &story.story).collect();
    spare.retain(|story| !laid.contains(&story.story));
    compile::summarise(works, spare.iter_mut().collect()).await?;
    Ok(Desk { draft, spare })
}

/// The draft of a digest that has not gone out, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn open_draft(works: &Works, digest: &DigestId) -> anyhow::Result<Option<Edition>> {
    let lines = works.store.draft_lines().await?;
    match lines.into_iter().find(|line| line.digest == *digest) {
        Some(line) => Ok(works.store.edition(&line.id).await?),
        None => Ok(None),
    }
}

/// Stores a draft as the editor wants it; gives the new draft.
///
/// # Errors
/// When nothing would be left in it, it went out meanwhile, or the database fails.
pub async fn revise(works: &Works, desk: &Desk, revision: &Revision) -> anyhow::Result<Edition> {
    let words = Words::new(&works.settings.look, desk.draft.language);
    let counted = |count| words.count("count.stories", count);
    let revised = edition::revise(&desk.draft, &desk.spare, revision, &counted);
    anyhow::ensure!(
        !revised.edition.is_empty(),
        "no story would be left in `{}`",
        desk.draft.id
    );
    works.store.save_draft(&revised.edition).await?;
    let now = works.clock.now();
    let digest = &desk.draft.digest;
    for (stories, state) in [
        (&revised.held, LedgerState::Held),
        (&revised.dropped, LedgerState::Dropped),
    ] {
        for story in stories {
            works
                .store
                .set_ledger(digest, story, &state, "an editor said so", now)
                .await?;
        }
    }
    Ok(revised.edition)
}

/// Moves one story of a digest: put off (until an instant, or to the next edition), set aside, or
/// waiting again; an open draft loses it at once.
///
/// # Errors
/// When the digest does not know the story, it was told already, or the database fails.
pub async fn set(
    works: &Works,
    digest: &DigestId,
    story: &StoryId,
    state: &LedgerState,
    until: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    if let Some(digest) = digest_of(&works.settings, digest) {
        compile::admit(works, digest).await?;
    }
    let ledger = works.store.ledger(story).await?;
    let line = ledger
        .into_iter()
        .find(|line| line.digest == *digest)
        .with_context(|| {
            format!("`{digest}` knows no story `{story}`; `circular editions show {digest} --json` names them")
        })?;
    if let LedgerState::In(edition) = &line.state {
        anyhow::bail!("the story is told in {edition} already");
    }
    let now = works.clock.now();
    match until {
        Some(until) => works.store.hold_until(digest, story, until, now).await?,
        None => {
            works
                .store
                .set_ledger(digest, story, state, "a person said so", now)
                .await?;
        }
    }
    if *state != LedgerState::Waiting
        && let Some(mut draft) = open_draft(works, digest).await?
        && draft.stories().any(|told| told.story == *story)
    {
        draft.keep(|told| told.story != *story);
        if draft.is_empty() {
            works.store.discard_draft(&draft.id).await?;
        } else {
            recount(works, &mut draft);
            works.store.save_draft(&draft).await?;
        }
    }
    Ok(())
}

/// Brings the subject of an edition up to its stories.
pub(super) fn recount(works: &Works, edition: &mut Edition) {
    let words = Words::new(&works.settings.look, edition.language);
    edition::follow_first(edition, &|count| words.count("count.stories", count));
}

pub(super) fn digest<'a>(works: &'a Works, edition: &Edition) -> anyhow::Result<&'a Digest> {
    digest_of(&works.settings, &edition.digest)
        .with_context(|| format!("feeds.toml has no digest `{}` any more", edition.digest))
}
