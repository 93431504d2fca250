//! Vitals: how the whole fares, and what needs a person.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::{
    model::{DigestId, Settings, Source, SourceHealth, SourceState},
    schedule::Schedule,
    store::Store,
};

/// The note under which a daemon says why the files on the disk are not in force.
pub const BROKEN: &str = "configuration";
/// The note that says why sending came to an early end the last time; empty where it did not.
pub const STOPPED: &str = "post";
/// A server that is away for less than this needs nobody.
const WAITING: TimeDelta = TimeDelta::minutes(15);
/// A digest or a source that is so much late shows that a daemon hangs.
const LATE: TimeDelta = TimeDelta::hours(2);
/// The same where no daemon holds the database: a timer may play one round a day.
const LATE_ALONE: TimeDelta = TimeDelta::hours(26);
/// A disk with less than this left needs a person.
const ROOM: u64 = 200_000_000;

/// How the whole fares; serialises to `health --json`.
#[derive(Clone, Debug, Serialize)]
pub struct Vitals {
    /// How many sources are well, and how many are not.
    pub sources: SourceVitals,
    /// How many items are stored.
    pub items: u64,
    /// The digests.
    pub digests: Vec<DigestVitals>,
    /// Sources by state, all states that there are.
    pub states: BTreeMap<&'static str, usize>,
    /// By how many seconds the source that waits longest for its pull is late.
    pub late: u64,
    /// Deliveries to be sent.
    pub queued: u64,
    /// Deliveries refused for good.
    pub refused: u64,
    /// Deliveries in doubt.
    pub unsure: u64,
    /// Deliveries that a server took.
    pub accepted: u64,
    /// Deliveries that a connection has in hand.
    pub sending: u64,
    /// When the oldest edition was made of which a delivery is queued.
    pub oldest_queued: Option<DateTime<Utc>>,
    /// Who runs as a daemon on the database, and since when; `None` on a server's database too.
    pub daemon: Option<String>,
    /// Bytes left on the disks of the database and of the archive; `None` where that cannot be told.
    pub disk_free: Option<u64>,
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
    /// How often it appeared.
    pub editions: u64,
    /// When it appeared last.
    pub last: Option<DateTime<Utc>>,
}

/// Looks at the sources, the schedule, the queue and the disk.
///
/// # Errors
/// When the database fails.
pub async fn vitals(
    settings: &Settings,
    store: &Store,
    now: DateTime<Utc>,
) -> anyhow::Result<Vitals> {
    let mut attention = Vec::new();
    let mut fares = Sources::default();
    for health in store.healths().await? {
        let source = settings.sources.iter().find(|one| one.id == health.id);
        if let Some(source) = source {
            attention.extend(fares.add(source, health, now));
        }
    }
    let daemon = store.holder();
    let patience = if daemon.is_some() { LATE } else { LATE_ALONE };
    let mut late = fares.late >= patience;
    let mut digests = Vec::new();
    let zone = settings.publication.timezone;
    for digest in &settings.digests {
        let schedule = Schedule::parse(&digest.schedule).map_err(anyhow::Error::msg)?;
        let mark = store.digest_mark(&digest.id).await?;
        // A first edition is due until there is something to put into it: that is not late.
        late |= mark.is_some() && schedule.due(mark, now - patience, zone).is_some();
        let (editions, last) = store.appearances(&digest.id).await?;
        digests.push(DigestVitals {
            id: digest.id.clone(),
            waiting: store.count_waiting(&digest.id).await?,
            next: schedule.upcoming(now, zone).next(),
            editions,
            last,
        });
    }
    if late {
        attention.push(match &daemon {
            Some(who) => format!("what is due is not done, although `circular serve` runs ({who}); see its log"),
            None => "what is due is not done: neither `circular serve` nor a timer of `circular run` seems to run".to_owned(),
        });
    }
    if let Some(why) = store.note(BROKEN).await?.filter(|why| !why.is_empty()) {
        attention.push(format!(
            "`circular serve` goes on with the configuration of before: {why}"
        ));
    }
    for line in store.draft_lines().await? {
        attention.push(format!(
            "{} waits for `circular editions approve {}`",
            line.id, line.id
        ));
    }
    let counts = store.count_deliveries(None).await?;
    let oldest_queued = store.oldest_queued().await?;
    if let Some(why) = store.note(STOPPED).await?.filter(|why| !why.is_empty())
        && oldest_queued.is_some_and(|since| now - since >= WAITING)
    {
        attention.push(format!(
            "mails wait to be sent ({} of them): {why}",
            counts.queued
        ));
    }
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
    let disk_free = disk_free(settings);
    if let Some(bytes) = disk_free.filter(|bytes| *bytes < ROOM) {
        attention.push(format!(
            "the disk has {} MB left; make room",
            bytes / 1_000_000
        ));
    }
    Ok(Vitals {
        sources: fares.counts,
        states: fares.states,
        late: u64::try_from(fares.late.num_seconds()).unwrap_or_default(),
        items: store.stored_items().await?,
        digests,
        queued: counts.queued,
        refused: counts.refused,
        unsure: counts.unsure,
        accepted: counts.accepted,
        sending: counts.sending,
        oldest_queued,
        daemon,
        disk_free,
        attention,
    })
}

/// How the sources fare, source by source.
#[derive(Default)]
struct Sources {
    counts: SourceVitals,
    states: BTreeMap<&'static str, usize>,
    late: TimeDelta,
}

impl Sources {
    /// Counts a source, and says what needs a person.
    fn add(&mut self, source: &Source, health: SourceHealth, now: DateTime<Utc>) -> Option<String> {
        let state = if source.paused {
            SourceState::Paused
        } else {
            health.state
        };
        *self.states.entry(state.as_str()).or_default() += 1;
        if !source.paused && health.state != SourceState::Gone {
            let due = health.next_fetch.max(health.retry_after);
            self.late = self
                .late
                .max(due.map_or(TimeDelta::zero(), |due| now - due));
        }
        match state {
            SourceState::Ok | SourceState::Moved => self.counts.ok += 1,
            SourceState::New | SourceState::Paused => {}
            _ => self.counts.trouble += 1,
        }
        let asks = !source.paused && super::asks_for_a_person(&health);
        asks.then(|| {
            let word = || health.state.as_str().to_owned();
            format!("{}: {}", source.id, health.problem.unwrap_or_else(word))
        })
    }
}

/// The least that is left on the disks of the database and of the archive.
fn disk_free(settings: &Settings) -> Option<u64> {
    [&settings.paths.data, &settings.paths.public]
        .into_iter()
        .filter_map(|folder| {
            // A folder that is not there yet will lie on the disk of the nearest one that is.
            let there = folder.ancestors().find(|folder| folder.exists())?;
            let disk = rustix::fs::statvfs(there).ok()?;
            Some(disk.f_bavail.saturating_mul(disk.f_frsize))
        })
        .min()
}
