//! Rounds: pull, compile and publish whenever something is due, and send beside it, so that a long
//! mailing holds no source up.

use std::{sync::PoisonError, time::Duration};

use tokio::time::sleep;

use super::current::Current;
use crate::{
    issue,
    pipeline::{self, Tally, Which, Works},
};

/// How often the daemon looks whether anything is due.
const LOOK: Duration = Duration::from_secs(30);
/// A clock that goes back by less is only put right.
const STEP: chrono::TimeDelta = chrono::TimeDelta::minutes(1);
/// How long it waits at the most while a mail server refuses us.
const LONGEST: Duration = Duration::from_mins(15);

/// Plays rounds until the end; one that fails is logged and tried again.
pub(super) async fn play(current: Current) {
    let mut last = current.works().clock.now();
    let mut first = true;
    loop {
        let works = current.works();
        let now = works.clock.now();
        if now + STEP < last {
            tracing::warn!("the clock was put back from {last} to {now}");
            put_right(&works).await;
        }
        last = now;
        match round(&works, &current, first).await {
            Ok(()) => {
                first = false;
                tally(&works, |tally| tally.rounds.0 += 1);
            }
            Err(e) => {
                tally(&works, |tally| tally.rounds.1 += 1);
                tracing::error!("the round failed and is tried again: {e:#}");
            }
        }
        tokio::select! {
            () = works.stop.cancelled() => return,
            () = current.rounds().notified() => {}
            () = sleep(works.clock.wait(LOOK)) => {}
        }
    }
}

async fn put_right(works: &Works) {
    if let Err(e) = pipeline::put_clock_right(works).await {
        tracing::error!(
            "what was written under the clock that ran ahead could not be put right: {e}"
        );
    }
}

/// One round; the first one writes the archive whatever is due, as the forms take their style from it.
async fn round(works: &Works, current: &Current, first: bool) -> anyhow::Result<()> {
    let pulled = pipeline::pull(works, &Which::Due).await?;
    if works.stop.is_cancelled() {
        return Ok(());
    }
    let editions = issue::compile_due(works).await?;
    for edition in &editions {
        tracing::info!(edition = %edition.id, stories = edition.len(), "an edition was made");
    }
    tally(works, |tally| tally.editions += editions.len() as u64);
    if !editions.is_empty() {
        current.post().notify_one();
    }
    if first || pulled.sources.due > 0 || !editions.is_empty() {
        issue::publish(works).await?;
    }
    let mut problems = issue::review(works).await?;
    problems.extend(issue::notify(works).await?);
    for problem in problems {
        tracing::error!("mail: {problem}");
    }
    pipeline::forget(works).await?;
    Ok(())
}

/// Sends what is queued until the end. What a crash left in hand is looked at first of all.
pub(super) async fn send(current: Current) {
    let mut wait = LOOK;
    let mut first = true;
    loop {
        let works = current.works();
        match post(&works, first).await {
            Ok(true) => wait = LOOK,
            Ok(false) => wait = (wait * 2).min(LONGEST),
            Err(e) => {
                wait = (wait * 2).min(LONGEST);
                tracing::error!("mail could not be sent and is tried again: {e:#}");
            }
        }
        first = false;
        tokio::select! {
            () = works.stop.cancelled() => return,
            () = current.post().notified() => {}
            () = sleep(works.clock.wait(wait)) => {}
        }
    }
}

/// Sends what is due, and tells whether all went well.
async fn post(works: &Works, first: bool) -> anyhow::Result<bool> {
    let next = works.store.next_delivery().await?;
    if !first && next.is_none_or(|next| next > works.clock.now()) {
        return Ok(true);
    }
    let report = issue::deliver_until(works, &works.stop).await?;
    for problem in &report.problems {
        tracing::error!("mail: {problem}");
    }
    for note in &report.notes {
        tracing::info!("mail: {note}");
    }
    tally(works, |tally| {
        tally.delivered.0 += report.accepted;
        tally.delivered.1 += report.refused;
    });
    Ok(report.problems.is_empty())
}

pub(super) fn tally(works: &Works, change: impl FnOnce(&mut Tally)) {
    change(&mut works.tally.lock().unwrap_or_else(PoisonError::into_inner));
}
