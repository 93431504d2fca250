//! `subscribers …`: who gets which digest.

use anyhow::Context;
use serde_json::json;

use super::{Call, Exit, args::SubscribersCommand, out::table, preview::named};
use crate::{
    config,
    model::{DigestId, SubscriberState},
    store::{NewSubscriber, Store},
};

pub(crate) async fn subscribers(call: &Call, command: SubscribersCommand) -> anyhow::Result<Exit> {
    match command {
        SubscribersCommand::List { digest } => list(call, digest.as_deref()).await,
        SubscribersCommand::Add {
            address,
            digests,
            name,
        } => add(call, &address, &digests, name).await,
        SubscribersCommand::Remove { address } => remove(call, &address).await,
    }
}

async fn list(call: &Call, digest: Option<&str>) -> anyhow::Result<Exit> {
    let (settings, store) = call.reading().await?;
    let digest = digest
        .map(|id| named(&settings, id).map(|digest| digest.id.clone()))
        .transpose()?;
    let mut rows = Vec::new();
    for subscriber in store.subscribers(digest.as_ref(), None).await? {
        if call.out.json {
            call.out.object(&json!({
                "id": subscriber.id, "address": subscriber.address, "name": subscriber.name,
                "language": subscriber.language, "digests": subscriber.digests, "state": subscriber.state,
            }))?;
        } else {
            let digests: Vec<&str> = subscriber.digests.iter().map(DigestId::as_str).collect();
            rows.push(vec![
                subscriber.address,
                subscriber.state.as_str().to_owned(),
                digests.join(" "),
            ]);
        }
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    if rows.is_empty() && !call.out.json {
        call.out.say("there are no subscribers; those of a digest's `recipients` appear with its first edition");
    }
    Ok(Exit::Done)
}

async fn add(
    call: &Call,
    address: &str,
    digests: &[String],
    name: Option<String>,
) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let address = config::mail_address(address).map_err(anyhow::Error::msg)?;
    let digests = digests
        .iter()
        .map(|id| named(&settings, id).map(|digest| digest.id.clone()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let store = Store::open(&settings.paths.database).await?;
    let new = NewSubscriber {
        address,
        name,
        language: None,
        digests,
        state: SubscriberState::Active,
        ..NewSubscriber::default()
    };
    let subscriber = store.add_subscriber(&new, call.clock.now()).await?;
    let digests: Vec<&str> = subscriber.digests.iter().map(DigestId::as_str).collect();
    call.out.line(&format!(
        "{} gets {}",
        subscriber.address,
        digests.join(", ")
    ))?;
    Ok(Exit::Done)
}

async fn remove(call: &Call, address: &str) -> anyhow::Result<Exit> {
    let store = call.writing().await?;
    let address = config::mail_address(address).map_err(anyhow::Error::msg)?;
    let subscriber = store
        .subscriber_by_address(&address)
        .await?
        .with_context(|| format!("there is no subscriber `{address}`"))?;
    store
        .set_subscriber_state(
            &subscriber.id,
            SubscriberState::Unsubscribed,
            call.clock.now(),
        )
        .await?;
    call.out.line(&format!("{address} gets nothing any more"))?;
    Ok(Exit::Done)
}
