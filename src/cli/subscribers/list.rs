//! `subscribers list`: all readers, or those of a digest or in a state.

use anyhow::Context;
use serde_json::json;

use crate::{
    cli::{Call, Exit, out::table, preview::named},
    model::{DigestId, Subscriber, SubscriberState},
};

pub(super) async fn list(
    call: &Call,
    digest: Option<&str>,
    state: Option<&str>,
) -> anyhow::Result<Exit> {
    let (settings, store) = call.reading().await?;
    let digest = digest
        .map(|id| named(&settings, id).map(|digest| digest.id.clone()))
        .transpose()?;
    let state = state
        .map(|word| {
            SubscriberState::parse(word).with_context(|| {
                let known = SubscriberState::ALL.map(SubscriberState::as_str).join(", ");
                format!("there is no state `{word}`; it is one of {known}")
            })
        })
        .transpose()?;
    let mut rows = Vec::new();
    for reader in store.subscribers(digest.as_ref(), state).await? {
        if call.out.json {
            call.out.object(&object(&reader))?;
        } else {
            rows.push(row(reader));
        }
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    if rows.is_empty() && !call.out.json {
        call.out.say("there are no such subscribers; those of a digest's `recipients` appear with its first edition");
    }
    Ok(Exit::Done)
}

/// A reader as a line of JSON; one who left has no address any more.
fn object(reader: &Subscriber) -> serde_json::Value {
    let address = Some(&reader.address).filter(|address| !address.is_empty());
    let choices = &reader.choices;
    json!({
        "id": reader.id, "address": address, "name": reader.name, "language": reader.language,
        "digests": reader.digests, "areas": choices.areas, "languages": choices.languages,
        "frequency": choices.frequency, "format": choices.format, "state": reader.state,
        "consent": reader.consent.as_ref().map(|consent| json!({
            "at": consent.at, "how": consent.how, "wording": consent.wording,
        })),
    })
}

fn row(reader: Subscriber) -> Vec<String> {
    let digests: Vec<&str> = reader.digests.iter().map(DigestId::as_str).collect();
    let digests = digests.join(" ");
    let address = if reader.address.is_empty() {
        "(forgotten)".to_owned()
    } else {
        reader.address
    };
    vec![
        address,
        reader.state.as_str().to_owned(),
        reader.choices.frequency.as_str().to_owned(),
        digests,
    ]
}
