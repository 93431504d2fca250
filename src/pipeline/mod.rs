//! From a source to stored stories, one source at a time; a failing source never stops the others.
//!
//! [`pull`] plays the first half of a round: what is due is fetched side by side ([`read`]), each
//! document becomes items on a thread of its own (`item`), and one writer (`desk`) compares them
//! with what is stored, places them in stories, nominates the stories for digests (`nominate`) and
//! commits source by source, so that two copies which arrive at once still become one story.
//!
//! Deliberate limit: within one process there is one writer; several processes share the sources by
//! the leases of `store`.

mod desk;
mod discover;
mod health;
mod item;
mod nominate;
mod read;
mod vitals;
mod vocabulary;
mod works;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::{sync::mpsc, task::JoinSet};

use crate::model::{Source, SourceHealth, SourceId, SourceState};

pub use discover::{Found, FoundFeed, discover, look, stranger};
pub use health::{asks_for_a_person, no_items};
pub use item::{Normaliser, give_fixed, hash, item_id, web_address};
pub use nominate::{first_window, nominated};
pub use read::{Document, Failure, Pulled, Reading, read};
pub use vitals::{Vitals, vitals};
pub use vocabulary::{learned_file, vocabulary};
pub use works::Works;

/// Which sources to pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that are due
    Due,
    /// All, whatever their intervals; a server's Retry-After still holds
    All,
    /// These, if they are due
    These(Vec<SourceId>),
    /// These, whatever their intervals; a server's Retry-After still holds
    AllOfThese(Vec<SourceId>),
}

/// What pulling came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PullReport {
    /// How the sources fared.
    pub sources: SourceCounts,
    /// What became of their entries.
    pub items: ItemCounts,
    /// Stories that were opened.
    pub new_stories: usize,
    /// What went wrong, a sentence each.
    pub problems: Vec<SourceProblem>,
}

/// How sources fared; serialises to the `sources` of `run --json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceCounts {
    /// Asked
    pub due: usize,
    /// Read
    pub ok: usize,
    /// Nothing new: 304, or the same bytes
    pub unchanged: usize,
    /// Not read
    pub failed: usize,
}

/// What became of entries; serialises to the `items` of `run --json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ItemCounts {
    /// Stored for the first time
    pub new: usize,
    /// Stored before
    pub known: usize,
    /// Without any words
    pub rejected: usize,
}

/// What went wrong with a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceProblem {
    /// The source
    pub source: SourceId,
    /// What went wrong, in one sentence
    pub problem: String,
}

/// How many sources may be read and not yet stored: bounds memory, not speed.
const UNSTORED: usize = 32;

/// Pulls sources and stores what is new.
///
/// # Errors
/// Only when the database fails; a source that fails is counted and named in the report.
pub async fn pull(works: &Works, which: &Which) -> anyhow::Result<PullReport> {
    let now = works.clock.now();
    works
        .store
        .sync_sources(&works.settings.sources, now)
        .await?;
    let mut healths: HashMap<SourceId, SourceHealth> = works
        .store
        .healths()
        .await?
        .into_iter()
        .map(|health| (health.id.clone(), health))
        .collect();

    let resting = resting_hosts(&works.settings.sources, &healths, now);
    let (pulled_in, mut pulled_out) = mpsc::channel(UNSTORED);
    let mut tasks = JoinSet::new();
    let mut due = 0;
    for source in &works.settings.sources {
        let health = healths
            .remove(&source.id)
            .unwrap_or_else(|| SourceHealth::new(source.id.clone()));
        if !is_due(which, source, &health, now) || resting.contains(&authority(source, &health)) {
            continue;
        }
        due += 1;
        let (works, source, pulled_in) =
            (works.clone(), Arc::new(source.clone()), pulled_in.clone());
        tasks.spawn(async move {
            let pulled = read(&works, source, health).await;
            // The writer only goes away when the database failed, and then the round is over.
            let _ = pulled_in.send(pulled).await;
        });
    }
    drop(pulled_in);

    let mut desk = desk::Desk::new(works, which, due);
    while let Some(pulled) = pulled_out.recv().await {
        desk.take(pulled).await?;
        if pulled_out.is_empty() {
            desk.store().await?;
        }
    }
    desk.store().await?;
    while let Some(task) = tasks.join_next().await {
        if let Err(e) = task {
            // The task died before it could report: its source stays due and is tried next time.
            tracing::error!("a source's task ended early: {e}");
        }
    }
    Ok(desk.report())
}

/// The hosts that asked to be left alone, by what their sources remember: a rest holds for all
/// sources of a host, and outlives the program that was told of it.
fn resting_hosts(
    sources: &[Source],
    healths: &HashMap<SourceId, SourceHealth>,
    now: DateTime<Utc>,
) -> HashSet<String> {
    let asked = |health: &&SourceHealth| {
        matches!(health.last_status, Some(429 | 503))
            && health.retry_after.is_some_and(|until| now < until)
    };
    sources
        .iter()
        .filter_map(|source| {
            let health = healths.get(&source.id).filter(asked)?;
            Some(authority(source, health))
        })
        .collect()
}

/// The host and port that a source is asked at.
fn authority(source: &Source, health: &SourceHealth) -> String {
    let url = health.moved_to.as_ref().unwrap_or(&source.url);
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

fn is_due(which: &Which, source: &Source, health: &SourceHealth, now: DateTime<Utc>) -> bool {
    let named = match which {
        Which::Due | Which::All => true,
        Which::These(ids) | Which::AllOfThese(ids) => ids.contains(&source.id),
    };
    let asked_to_wait = health.retry_after.is_some_and(|until| now < until);
    let rests = health.next_fetch.is_some_and(|next| now < next);
    let retired = health.state == SourceState::Gone;
    let forced = matches!(which, Which::All | Which::AllOfThese(_));
    named && !source.paused && !asked_to_wait && (forced || (!rests && !retired))
}
