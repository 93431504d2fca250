//! `editions …`: what was issued and what would be; an editor's hand on it is in `desk`.

use serde_json::json;

use super::{
    Call, Exit,
    args::EditionsCommand,
    desk,
    out::{count, table},
    preview::named,
};
use crate::{
    issue,
    model::{EditionId, LedgerState},
    pipeline::Works,
    render::{self, Frame, Why, web},
};

pub(crate) async fn editions(call: &Call, command: EditionsCommand) -> anyhow::Result<Exit> {
    match command {
        EditionsCommand::List { digest, limit } => {
            list(call, digest.as_deref(), limit as usize).await
        }
        EditionsCommand::Show { id } => show(call, &id).await,
        EditionsCommand::Edit { id, file, print } => {
            desk::edit(call, &id, file.as_deref(), print).await
        }
        EditionsCommand::Hold {
            digest,
            story,
            until,
        } => desk::set(call, &digest, &story, LedgerState::Held, until).await,
        EditionsCommand::Drop { digest, story } => {
            desk::set(call, &digest, &story, LedgerState::Dropped, None).await
        }
        EditionsCommand::Restore { digest, story } => {
            desk::set(call, &digest, &story, LedgerState::Waiting, None).await
        }
        EditionsCommand::Move { id, story, place } => desk::shift(call, &id, &story, &place).await,
        EditionsCommand::Note { id, story, text } => {
            desk::remark(call, &id, &story, &text.join(" ")).await
        }
        EditionsCommand::Approve { id } => desk::approve(call, &id).await,
        EditionsCommand::Send { id, to } => desk::send(call, &id, to.as_deref()).await,
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
            let digest = named(&settings, id)?;
            let works = Works::with_store(settings.clone(), store.clone(), call.clock)?;
            issue::draft(&works, digest).await?
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
            &issue::mail_links(
                &settings,
                &edition,
                std::slice::from_ref(&edition.digest),
                Why::Subscribed,
            ),
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
