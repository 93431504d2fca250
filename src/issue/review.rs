//! Reviewing: drafts are laid before their editors ahead of time, and brought to mind again.
//!
//! A draft never goes out by itself and never goes away: past its hour its editors are reminded
//! once a day until one of them lets it go. Deliberate limit: what the editors get is a mail like
//! the readers', with a word of ours at its top; they act from the shell.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{compile, desk, send_copy};
use crate::{
    model::{Digest, Edition, EditionState, StoryId},
    pipeline::Works,
    render::{Why, Words},
    store::EditionLine,
};

/// How long after a reminder the next one comes.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// What the editors of a draft were told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Told {
    /// When it was to go out.
    due: DateTime<Utc>,
    /// When they were told last; `None` before the first time.
    last: Option<DateTime<Utc>>,
}

fn key(edition: &Edition) -> String {
    format!("review {}", edition.id)
}

/// Lays a draft before a person; one that lies there already stays, and nothing goes out by itself.
pub(super) async fn lay_out(
    works: &Works,
    digest: &Digest,
    due: DateTime<Utc>,
) -> anyhow::Result<()> {
    compile::admit(works, digest).await?;
    let mut edition = compile::draft_for(works, digest, due).await?;
    if edition.is_empty() {
        return Ok(());
    }
    edition.state = EditionState::Draft;
    works.store.save_draft(&edition).await?;
    note(works, &edition, Told { due, last: None }).await?;
    works.store.set_digest_mark(&digest.id, due).await?;
    Ok(())
}

async fn note(works: &Works, edition: &Edition, told: Told) -> anyhow::Result<()> {
    let told = serde_json::to_string(&told)?;
    Ok(works.store.set_note(&key(edition), &told).await?)
}

/// Mails new drafts to their editors, and those past their hour again; gives what went wrong, a
/// sentence each. Repeated at any time, it does only what is left to do.
///
/// # Errors
/// When the database fails.
pub async fn review(works: &Works) -> anyhow::Result<Vec<String>> {
    let now = works.clock.now();
    let mut problems = Vec::new();
    for EditionLine { id, state, .. } in works.store.draft_lines().await? {
        let Some(draft) = works.store.edition(&id).await? else {
            continue;
        };
        let noted = works.store.note(&key(&draft)).await?;
        let told = noted.and_then(|told| serde_json::from_str::<Told>(&told).ok());
        // A draft that an editor made by hand is on their desk already.
        let Some(told) = told.filter(|_| state == EditionState::Draft) else {
            continue;
        };
        let again = match told.last {
            None => false,
            Some(last) if now >= told.due && (last < told.due || now - last >= AGAIN) => true,
            Some(_) => continue,
        };
        let Ok(digest) = desk::digest(works, &draft) else {
            continue;
        };
        let mut sent = true;
        let letter = letter(works, digest, &draft, told.due, again).await?;
        for editor in editors(works, digest) {
            if let Err(e) = send_copy(works, &letter, editor, Why::Review).await {
                sent = false;
                problems.push(format!(
                    "the draft {id} could not be mailed to an editor: {e:#}"
                ));
            }
        }
        if sent {
            let last = Some(now);
            note(works, &draft, Told { last, ..told }).await?;
        }
    }
    Ok(problems)
}

fn editors<'a>(works: &'a Works, digest: &'a Digest) -> Vec<&'a str> {
    if digest.editors.is_empty() {
        vec![works.settings.publication.contact.as_str()]
    } else {
        digest.editors.iter().map(String::as_str).collect()
    }
}

/// The draft with a word of ours before the editor's own.
async fn letter(
    works: &Works,
    digest: &Digest,
    draft: &Edition,
    due: DateTime<Utc>,
    again: bool,
) -> anyhow::Result<Edition> {
    let words = Words::new(&works.settings.look, draft.language);
    let date = words.day(
        due.with_timezone(&works.settings.publication.timezone)
            .date_naive(),
    );
    let id = draft.id.as_str();
    let said = if again {
        "review.again"
    } else {
        "review.draft"
    };
    let subject = if again {
        "review.subject_again"
    } else {
        "review.subject"
    };
    let mut intro = vec![words.fill(said, &[("date", &date), ("id", id)])];
    let laid = draft.stories().map(|told| &told.story);
    let known: HashSet<&StoryId> = laid
        .chain(draft.left_out.iter().map(|left| &left.story))
        .collect();
    let newcomers = compile::candidates(works, digest)
        .await?
        .iter()
        .filter(|story| !known.contains(&story.story))
        .count();
    if newcomers > 0 {
        intro.push(words.count("count.offered", newcomers).replace("{id}", id));
    }
    intro.extend((!draft.intro.is_empty()).then(|| draft.intro.clone()));
    let mut letter = draft.clone();
    letter.intro = intro.join("\n");
    letter.subject = words.fill(subject, &[("subject", &draft.subject)]);
    letter.to = works.clock.now();
    Ok(letter)
}
