//! `deliveries …`: the outbox.

use anyhow::Context;
use serde_json::json;

use super::{
    Call, Exit,
    args::DeliveriesCommand,
    out::{count, table},
};
use crate::{
    issue::{self, DeliveryReport},
    model::{DeliveryId, DeliveryState, EditionId},
    pipeline::Works,
    store::{DeliveryFilter, Settled},
};

pub(crate) async fn deliveries(call: &Call, command: DeliveriesCommand) -> anyhow::Result<Exit> {
    match command {
        DeliveriesCommand::List {
            edition,
            state,
            limit,
        } => list(call, edition.as_deref(), state.as_deref(), limit as usize).await,
        DeliveriesCommand::Retry { ids } => retry(call, &ids).await,
        DeliveriesCommand::Resolve { id } => resolve(call, &id).await,
        DeliveriesCommand::Send => send(call).await,
        DeliveriesCommand::Pause { reason } => pause(call, reason.as_deref()).await,
        DeliveriesCommand::Resume => {
            call.writing().await?.set_paused(None).await?;
            call.out.line("sending goes on with the next round")?;
            Ok(Exit::Done)
        }
        DeliveriesCommand::Release { edition } => {
            let id = EditionId::new(&edition);
            let released = call
                .writing()
                .await?
                .release_edition(&id, call.clock.now())
                .await?;
            anyhow::ensure!(released, "no mails of `{edition}` wait for your word");
            call.out
                .line(&format!("{edition} goes out with the next round"))?;
            Ok(Exit::Done)
        }
        DeliveriesCommand::Withdraw { edition } => {
            let id = EditionId::new(&edition);
            let gone = call
                .writing()
                .await?
                .withdraw_edition(&id, call.clock.now())
                .await?;
            anyhow::ensure!(gone > 0, "nothing of `{edition}` is queued");
            let mails = count(usize::try_from(gone)?, "mail", "mails");
            call.out
                .line(&format!("{mails} of {edition} will never be sent"))?;
            Ok(Exit::Done)
        }
    }
}

/// Says what a person should know of the mail, and whether it needs them.
pub(crate) fn tell_mail(call: &Call, report: &DeliveryReport) -> Exit {
    for note in &report.notes {
        call.out.say(&format!("mail: {note}"));
    }
    for problem in &report.problems {
        call.out.warn(&format!("mail: {problem}"));
    }
    if report.problems.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

async fn retry(call: &Call, ids: &[String]) -> anyhow::Result<Exit> {
    let store = call.writing().await?;
    for id in ids {
        let moved = store
            .requeue(&[DeliveryId::new(id)], call.clock.now())
            .await?;
        anyhow::ensure!(
            moved == 1,
            "there is no delivery `{id}` that was refused or is in doubt"
        );
        call.out
            .line(&format!("{id} is queued again, under the same Message-ID"))?;
    }
    Ok(Exit::Done)
}

async fn resolve(call: &Call, id: &str) -> anyhow::Result<Exit> {
    let store = call.writing().await?;
    let id = DeliveryId::new(id);
    let known = store.delivery(&id).await?;
    anyhow::ensure!(
        known.is_some_and(|delivery| delivery.state == DeliveryState::Unsure),
        "there is no delivery `{id}` in doubt"
    );
    let settled = Settled {
        id: id.clone(),
        state: DeliveryState::Accepted,
        reply: Some("a person said that it arrived".to_owned()),
        next_attempt: None,
        bounce: None,
    };
    store.settle(&[settled], call.clock.now()).await?;
    call.out.line(&format!("{id} counts as accepted"))?;
    Ok(Exit::Done)
}

async fn send(call: &Call) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let report = issue::deliver(&works).await?;
    if call.out.json {
        call.out.object(&report)?;
    } else {
        call.out.line(&format!(
            "{} accepted, {} refused, {} in doubt, {} queued",
            count(usize::try_from(report.accepted)?, "mail", "mails"),
            report.refused,
            report.unsure,
            report.queued
        ))?;
    }
    Ok(tell_mail(call, &report))
}

async fn pause(call: &Call, reason: Option<&str>) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let zone = settings.publication.timezone;
    let since = call.clock.now().with_timezone(&zone).format("%F %H:%M %Z");
    let why = reason
        .map(crate::deliver::header_text)
        .filter(|reason| !reason.is_empty())
        .map_or(String::new(), |reason| format!(" ({reason})"));
    let note = format!("since {since}{why}");
    call.writing().await?.set_paused(Some(&note)).await?;
    call.out
        .line("nothing is sent until `circular deliveries resume`")?;
    Ok(Exit::Done)
}

async fn list(
    call: &Call,
    edition: Option<&str>,
    state: Option<&str>,
    limit: usize,
) -> anyhow::Result<Exit> {
    let (_, store) = call.reading().await?;
    let state = state
        .map(|word| {
            DeliveryState::parse(word)
                .with_context(|| format!("there is no state `{word}`; there are queued, sending, accepted, refused and unsure"))
        })
        .transpose()?;
    let filter = DeliveryFilter {
        edition: edition.map(EditionId::new),
        state,
        limit,
        ..DeliveryFilter::default()
    };
    let mut rows = Vec::new();
    for delivery in store.deliveries(&filter).await? {
        if call.out.json {
            call.out.object(&json!({
                "id": delivery.id, "edition": delivery.edition, "address": delivery.address, "state": delivery.state,
                "attempts": delivery.attempts, "next_attempt": delivery.next_attempt, "reply": delivery.reply,
                "message_id": delivery.message_id,
            }))?;
        } else {
            let reply = delivery.reply.unwrap_or_default();
            rows.push(vec![
                delivery.id.to_string(),
                delivery.edition.to_string(),
                delivery.address,
                delivery.state.as_str().to_owned(),
                reply,
            ]);
        }
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    if rows.is_empty() && !call.out.json {
        call.out.say("there are no such deliveries");
    }
    Ok(Exit::Done)
}
