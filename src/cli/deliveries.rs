//! `deliveries …`: the outbox.

use anyhow::Context;
use serde_json::json;

use super::{Call, Exit, args::DeliveriesCommand, out::table};
use crate::{
    model::{DeliveryId, DeliveryState, EditionId},
    store::{DeliveryFilter, Settled},
};

pub(crate) async fn deliveries(call: &Call, command: DeliveriesCommand) -> anyhow::Result<Exit> {
    match command {
        DeliveriesCommand::List {
            edition,
            state,
            limit,
        } => list(call, edition.as_deref(), state.as_deref(), limit as usize).await,
        DeliveriesCommand::Retry { id } => {
            let store = call.writing().await?;
            let moved = store
                .requeue(&[DeliveryId::new(&id)], call.clock.now())
                .await?;
            anyhow::ensure!(
                moved == 1,
                "there is no delivery `{id}` that was refused or is in doubt"
            );
            call.out
                .line(&format!("{id} is queued again, under the same Message-ID"))?;
            Ok(Exit::Done)
        }
        DeliveriesCommand::Resolve { id } => {
            let store = call.writing().await?;
            let id = DeliveryId::new(&id);
            let filter = DeliveryFilter {
                state: Some(DeliveryState::Unsure),
                limit: usize::MAX,
                ..DeliveryFilter::default()
            };
            let known = store
                .deliveries(&filter)
                .await?
                .into_iter()
                .any(|delivery| delivery.id == id);
            anyhow::ensure!(known, "there is no delivery `{id}` in doubt");
            let reply = Some("a person said that it arrived".to_owned());
            let settled = Settled {
                id: id.clone(),
                state: DeliveryState::Accepted,
                reply,
                next_attempt: None,
            };
            store.settle(&[settled], call.clock.now()).await?;
            call.out.line(&format!("{id} counts as accepted"))?;
            Ok(Exit::Done)
        }
    }
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
