//! `subscribers add` and `remove`: one reader.

use anyhow::Context;

use super::typed;
use crate::{
    cli::{Call, Exit, args::AddSubscriber, preview::named},
    model::{
        AreaId, Choices, Consent, DigestId, Format, Frequency, Language, LanguageCode, Settings,
        SubscriberState,
    },
    store::{NewSubscriber, Store},
};

pub(super) async fn add(call: &Call, args: AddSubscriber) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let address = typed(&args.address)?;
    let digests = args
        .digests
        .iter()
        .map(|id| named(&settings, id).map(|digest| digest.id.clone()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let language = args
        .language
        .as_deref()
        .map(|code| {
            Language::from_tag(code).with_context(|| {
                format!("`{code}` is none of the languages ar, zh, en, fr, de, ru and es")
            })
        })
        .transpose()?;
    let choices = choices(&args, &settings)?;
    let store = Store::open(&settings.paths.database).await?;
    if let Some(gone) = store.gone(&address).await?
        && !args.readmit
    {
        anyhow::bail!(
            "`{address}` was {} on {}; add --readmit if they asked for it anew",
            gone.why.as_str(),
            gone.since.format("%Y-%m-%d")
        );
    }
    let now = call.clock.now();
    let new = NewSubscriber {
        address,
        name: args.name,
        language,
        digests,
        state: SubscriberState::Active,
        choices,
        consent: Some(Consent {
            at: now,
            how: args
                .consent
                .unwrap_or_else(|| "added by the operator".to_owned()),
            wording: None,
        }),
    };
    let subscriber = store.add_subscriber(&new, now).await?;
    let digests: Vec<&str> = subscriber.digests.iter().map(DigestId::as_str).collect();
    call.out.line(&format!(
        "{} gets {}",
        subscriber.address,
        digests.join(", ")
    ))?;
    Ok(Exit::Done)
}

/// What was typed of choices; `None` where nothing was, so that a known reader keeps theirs.
fn choices(args: &AddSubscriber, settings: &Settings) -> anyhow::Result<Option<Choices>> {
    let nothing = args.areas.is_empty()
        && args.stories_in.is_empty()
        && args.frequency.is_none()
        && args.format.is_none();
    if nothing {
        return Ok(None);
    }
    let areas = args
        .areas
        .iter()
        .map(|id| {
            let id = AreaId::new(id);
            let known = settings.areas.iter().any(|area| area.id == id);
            anyhow::ensure!(known, "there is no area `{id}`; see `circular areas list`");
            Ok(id)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let languages = args
        .stories_in
        .iter()
        .map(|code| {
            LanguageCode::parse(code)
                .with_context(|| format!("`{code}` is no code of a language, such as `fr`"))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let frequency = args.frequency.as_deref().map(|word| {
        Frequency::parse(word)
            .with_context(|| format!("`{word}` is none of each, weekly and monthly"))
    });
    let format = args.format.as_deref().map(|word| {
        Format::parse(word).with_context(|| format!("`{word}` is neither html nor text"))
    });
    Ok(Some(Choices {
        areas,
        languages,
        frequency: frequency.transpose()?.unwrap_or_default(),
        format: format.transpose()?.unwrap_or_default(),
    }))
}

pub(super) async fn remove(call: &Call, address: &str) -> anyhow::Result<Exit> {
    let store = call.writing().await?;
    let address = typed(address)?;
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
