//! Notices: a source that needs a person is brought to its coordinator by mail, once, and so is the
//! news that it is well again.
//!
//! What may be only the weather is given a day. Deliberate limits: notices are in English and plain
//! text, as the sentences of the program are; a source without `coordinator` is the operator's, who
//! sees it in `circular health`.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::copy::hand_over;
use crate::{
    deliver::{Letter, List, Outcome, Recipient, Template, mailbox_domain},
    model::{Language, Source, SourceHealth, SourceState},
    pipeline::{Works, asks_for_a_person, hash},
};

/// How long a source may fail before its coordinator hears of it.
const PATIENCE: TimeDelta = TimeDelta::days(1);

/// What one coordinator is told.
#[derive(Default)]
struct Notice<'a> {
    ill: Vec<(&'a Source, SourceHealth)>,
    well: Vec<(&'a Source, SourceHealth)>,
}

/// Writes to the coordinators of sources whose state they do not know yet; gives what went wrong, a
/// sentence each. What could not be written is tried again with the next round.
///
/// # Errors
/// When the database fails.
pub async fn notify(works: &Works) -> anyhow::Result<Vec<String>> {
    let now = works.clock.now();
    let mut notices: BTreeMap<&str, Notice<'_>> = BTreeMap::new();
    for health in works.store.healths().await? {
        let sources = &works.settings.sources;
        let Some(source) = sources.iter().find(|source| source.id == health.id) else {
            continue;
        };
        let Some(coordinator) = source.coordinator.as_deref().filter(|_| !source.paused) else {
            continue;
        };
        let notice = notices.entry(coordinator).or_default();
        if is_news(&health, now) {
            notice.ill.push((source, health));
        } else if health.notified.is_some() && health.state == SourceState::Ok {
            notice.well.push((source, health));
        }
    }
    notices.retain(|_, notice| !notice.ill.is_empty() || !notice.well.is_empty());
    let mut problems = Vec::new();
    for (coordinator, notice) in notices {
        if let Err(e) = send(works, coordinator, &notice).await {
            problems.push(format!(
                "a coordinator could not be told of a source: {e:#}"
            ));
            continue;
        }
        let ids = |told: &[(&Source, SourceHealth)]| {
            told.iter()
                .map(|(source, _)| source.id.clone())
                .collect::<Vec<_>>()
        };
        works
            .store
            .set_notified(&ids(&notice.ill), Some(now))
            .await?;
        works.store.set_notified(&ids(&notice.well), None).await?;
    }
    Ok(problems)
}

/// Whether a source has been ill for so long that its coordinator must know, and was not told.
fn is_news(health: &SourceHealth, now: DateTime<Utc>) -> bool {
    let passing = matches!(health.state, SourceState::Failing | SourceState::Blocked);
    let since = health.troubled.unwrap_or(now);
    health.notified.is_none() && asks_for_a_person(health) && (!passing || now - since >= PATIENCE)
}

async fn send(works: &Works, coordinator: &str, notice: &Notice<'_>) -> anyhow::Result<()> {
    let settings = &works.settings;
    let now = works.clock.now();
    let host = settings
        .publication
        .base_url
        .host_str()
        .unwrap_or("localhost");
    let mark = hash(&["notice", coordinator, &now.timestamp_micros().to_string()]);
    let name = format!("sources-{}", &mark[..8]);
    let (subject, text) = (subject(notice), text(works, notice));
    let letter = Letter {
        from_name: &settings.mail.from_name,
        from_address: &settings.mail.from_address,
        reply_to: settings.mail.reply_to.as_deref(),
        subject: &subject,
        html: "",
        text: &text,
        date: now,
        language: Language::En,
        list: List {
            id: format!("sources.{host}"),
            title: settings.publication.title.clone(),
            help: format!("mailto:{}?subject=help", settings.publication.contact),
            ..List::default()
        },
        name: &name,
    };
    let domain = mailbox_domain(&settings.mail.from_address).unwrap_or("localhost");
    let message = Template::new(&letter, &settings.mail.dkim)?.message(&Recipient {
        address: coordinator,
        name: None,
        token: &mark[..32],
        message_id: &format!("{name}@{domain}"),
        envelope_from: &settings.mail.from_address,
        unsubscribe_mail: None,
    })?;
    match hand_over(works, &message).await? {
        // One that may have come is not written twice.
        Outcome::Accepted(_) | Outcome::Unsure(_) => Ok(()),
        _ => anyhow::bail!("the mail server did not take it"),
    }
}

fn subject(notice: &Notice<'_>) -> String {
    match (notice.ill.as_slice(), notice.well.as_slice()) {
        ([(one, _)], _) => format!("{} needs you", one.name),
        ([], [(one, _)]) => format!("{} is well again", one.name),
        ([], well) => format!("{} sources are well again", well.len()),
        (ill, _) => format!("{} sources need you", ill.len()),
    }
}

fn text(works: &Works, notice: &Notice<'_>) -> String {
    let day = |time: DateTime<Utc>| {
        let zone = works.settings.publication.timezone;
        time.with_timezone(&zone).format("%-d %B %Y").to_string()
    };
    let title = &works.settings.publication.title;
    let mut text = String::new();
    if !notice.ill.is_empty() {
        text += &format!("What “{title}” reads, and what needs you:\n");
    }
    for (source, health) in &notice.ill {
        let problem = health.problem.as_deref().unwrap_or(health.state.as_str());
        text += &format!(
            "\n{} ({})\n{}\n{}: {problem}\n",
            source.name,
            source.section,
            source.public_url(),
            health.state.as_str()
        );
        if let Some(since) = health.troubled {
            text += &format!("since {}", day(since));
            text += &health.last_new.map_or_else(
                || "; nothing has come from it so far\n".to_owned(),
                |last| format!("; the last item came on {}\n", day(last)),
            );
        }
        text += &format!("to look at it: circular sources test {}\n", source.id);
    }
    if !notice.well.is_empty() {
        text += "\nWell again:\n";
    }
    for (source, _) in &notice.well {
        text += &format!(
            "\n{} ({})\n{}\n",
            source.name,
            source.section,
            source.public_url()
        );
    }
    text + "\nYou get this once for each trouble, as feeds.toml names you as coordinator.\n"
}
