//! Vitals: how the whole fares, and what needs a person.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    model::{DigestId, Settings, SourceState},
    schedule::Schedule,
    store::Store,
};

/// A source is brought to a person after so many pulls in a row have failed; before that it may be
/// only the weather.
const FAILURES: u32 = 3;

/// How the whole fares; serialises to `health --json`.
#[derive(Clone, Debug, Serialize)]
pub struct Vitals {
    /// How many sources are well, and how many are not.
    pub sources: SourceVitals,
    /// How many items are stored.
    pub items: u64,
    /// The digests.
    pub digests: Vec<DigestVitals>,
    /// Deliveries to be sent.
    pub queued: u64,
    /// Deliveries refused for good.
    pub refused: u64,
    /// Deliveries in doubt.
    pub unsure: u64,
    /// What needs a person, a sentence each.
    pub attention: Vec<String>,
}

/// Sources, counted.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct SourceVitals {
    /// Read
    pub ok: usize,
    /// Not read, or silent
    pub trouble: usize,
}

/// A digest's present.
#[derive(Clone, Debug, Serialize)]
pub struct DigestVitals {
    /// Its id.
    pub id: DigestId,
    /// How many stories wait.
    pub waiting: u64,
    /// When it goes out next.
    pub next: Option<DateTime<Utc>>,
}

/// Looks at the sources, the schedule and the queue.
///
/// # Errors
/// When the database fails.
pub async fn vitals(
    settings: &Settings,
    store: &Store,
    now: DateTime<Utc>,
) -> anyhow::Result<Vitals> {
    let mut attention = Vec::new();
    let mut sources = SourceVitals::default();
    for health in store.healths().await? {
        let Some(source) = settings
            .sources
            .iter()
            .find(|source| source.id == health.id)
        else {
            continue;
        };
        match health.state {
            SourceState::Ok | SourceState::Moved => sources.ok += 1,
            SourceState::New | SourceState::Paused => {}
            _ => sources.trouble += 1,
        }
        let asks = match health.state {
            SourceState::Failing => health.failures >= FAILURES,
            SourceState::Gone | SourceState::Blocked | SourceState::Silent | SourceState::Moved => {
                true
            }
            _ => false,
        };
        if asks && !source.paused {
            attention.push(format!(
                "{}: {}",
                source.id,
                health
                    .problem
                    .unwrap_or_else(|| health.state.as_str().to_owned())
            ));
        }
    }
    let mut digests = Vec::new();
    for digest in &settings.digests {
        let schedule = Schedule::parse(&digest.schedule).map_err(anyhow::Error::msg)?;
        digests.push(DigestVitals {
            id: digest.id.clone(),
            waiting: store.count_waiting(&digest.id).await?,
            next: schedule.upcoming(now, settings.publication.timezone).next(),
        });
    }
    for line in store.draft_lines().await? {
        attention.push(format!(
            "{} waits for `circular editions approve {}`",
            line.id, line.id
        ));
    }
    let counts = store.count_deliveries(None).await?;
    if counts.unsure > 0 {
        attention.push(format!(
            "{} mails may or may not have arrived: `circular deliveries list --state unsure`",
            counts.unsure
        ));
    }
    if let Some(since) = store.paused().await? {
        attention.push(format!(
            "sending is paused {since}: `circular deliveries resume`"
        ));
    }
    for hold in store.held_editions().await? {
        attention.push(format!(
            "the mails of {edition} wait, as {}: `circular deliveries release {edition}`, or `withdraw {edition}`",
            hold.why,
            edition = hold.edition
        ));
    }
    Ok(Vitals {
        sources,
        items: store.count_items().await?,
        digests,
        queued: counts.queued,
        refused: counts.refused,
        unsure: counts.unsure,
        attention,
    })
}
