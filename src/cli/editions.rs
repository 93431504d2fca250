//! `editions …`: what was issued, what would be, and an editor's hand on it.

use anyhow::Context;
use serde_json::json;

use super::{
    Call, Exit,
    args::EditionsCommand,
    deliveries::tell_mail,
    out::{count, table},
    preview::named,
};
use crate::{
    issue,
    model::{DigestId, Edition, EditionId, EditionState, ItemId, LedgerState, StoryId},
    pipeline::Works,
    render::{self, Frame, Why, web},
    store::Store,
};

pub(crate) async fn editions(call: &Call, command: EditionsCommand) -> anyhow::Result<Exit> {
    match command {
        EditionsCommand::List { digest, limit } => {
            list(call, digest.as_deref(), limit as usize).await
        }
        EditionsCommand::Show { id } => show(call, &id).await,
        EditionsCommand::Hold { digest, story } => {
            set(call, &digest, &story, LedgerState::Held).await
        }
        EditionsCommand::Drop { digest, story } => {
            set(call, &digest, &story, LedgerState::Dropped).await
        }
        EditionsCommand::Restore { digest, story } => {
            set(call, &digest, &story, LedgerState::Waiting).await
        }
        EditionsCommand::Approve { id } => approve(call, &id).await,
    }
}

async fn list(call: &Call, digest: Option<&str>, limit: usize) -> anyhow::Result<Exit> {
    let (settings, store) = call.reading().await?;
    let digest = digest
        .map(|id| named(&settings, id).map(|digest| digest.id.clone()))
        .transpose()?;
    let mut rows = Vec::new();
    let mut lines = store.draft_lines().await?;
    lines.extend(store.edition_lines().await?);
    let wanted = lines
        .into_iter()
        .filter(|line| digest.as_ref().is_none_or(|digest| line.digest == *digest));
    for line in wanted.take(limit) {
        if call.out.json {
            call.out.object(&json!({
                "id": line.id, "digest": line.digest, "title": line.title, "subject": line.subject,
                "state": line.state, "date": line.date, "stories": line.stories,
            }))?;
        } else {
            let stories = count(
                usize::try_from(line.stories).unwrap_or(usize::MAX),
                "story",
                "stories",
            );
            rows.push(vec![
                line.id.to_string(),
                line.state.as_str().to_owned(),
                stories,
                line.subject,
            ]);
        }
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    if rows.is_empty() && !call.out.json {
        call.out.say("there are no editions yet");
    }
    Ok(Exit::Done)
}

/// An edition of that id, or what a digest's next one would be.
async fn show(call: &Call, id: &str) -> anyhow::Result<Exit> {
    let (settings, store) = call.reading().await?;
    let edition = match store.edition(&EditionId::new(id)).await? {
        Some(edition) => edition,
        None if settings
            .digests
            .iter()
            .any(|digest| digest.id.as_str() == id) =>
        {
            let store = Store::open_scratch(&settings.paths.database).await?;
            let works = Works::with_store(settings.clone(), store, call.clock)?;
            issue::draft(&works, named(&settings, id)?).await?
        }
        None => anyhow::bail!(
            "there is no edition `{id}`, and no digest of that name; `circular editions list` names them"
        ),
    };
    if call.out.json {
        let value: serde_json::Value = serde_json::from_str(&web::edition_json(&edition))?;
        call.out.object(&value)?;
        return Ok(Exit::Done);
    }
    let frame = Frame {
        publication: &settings.publication,
        look: &settings.look,
        areas: &settings.areas,
        edition: &edition,
    };
    call.out.line(
        render::text::plain(
            &frame,
            &issue::mail_links(&settings, &edition, Why::Subscribed),
        )
        .trim_end(),
    )?;
    for left in &edition.left_out {
        let waits = if left.waits { "waits on" } else { "let go" };
        call.out
            .say(&format!("{waits}: {} ({})", left.title, left.why));
    }
    Ok(Exit::Done)
}

async fn set(call: &Call, digest: &str, story: &str, state: LedgerState) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let digest: DigestId = named(&settings, digest)?.id.clone();
    let store = Store::open(&settings.paths.database).await?;
    let story = match store.item(&ItemId::new(story)).await? {
        Some(row) => row.story,
        None => StoryId::new(story),
    };
    let known = store
        .ledger(&story)
        .await?
        .into_iter()
        .find(|line| line.digest == digest);
    let before = known.with_context(|| format!("`{digest}` knows no story `{story}`; `circular editions show {digest} --json` names them"))?;
    if let LedgerState::In(edition) = &before.state {
        anyhow::bail!("the story is told in {edition} already");
    }
    store
        .set_ledger(
            &digest,
            &story,
            &state,
            "a person said so",
            call.clock.now(),
        )
        .await?;
    call.out
        .line(&format!("{story} in {digest}: {}", state.as_str()))?;
    Ok(Exit::Done)
}

async fn approve(call: &Call, id: &str) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let id = EditionId::new(id);
    let edition: Edition = works
        .store
        .edition(&id)
        .await?
        .with_context(|| format!("there is no edition `{id}`"))?;
    anyhow::ensure!(
        edition.state != EditionState::Sent,
        "`{id}` has gone out already"
    );
    let sent = issue::approve(&works, &id).await?;
    issue::publish(&works).await?;
    let delivered = issue::deliver(&works).await?;
    let (stories, mails) = (
        sent.len(),
        usize::try_from(delivered.accepted).unwrap_or(usize::MAX),
    );
    call.out.line(&format!(
        "{id} went out: {}, {} accepted",
        count(stories, "story", "stories"),
        count(mails, "mail", "mails")
    ))?;
    Ok(tell_mail(call, &delivered))
}
