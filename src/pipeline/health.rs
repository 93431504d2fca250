//! How a source fares after a pull. Pure: what was known, what came, and the time make what is known.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::read::{Document, Failure, Reading};
use crate::{
    fetch::rhythm::{self, Signals},
    model::{Item, Source, SourceHealth, SourceState},
};

/// How many pulls in a row must agree on a lasting redirect before it is believed.
const AGREEING: u32 = 3;
/// A source is not called silent before it was quiet for this long, however busy it used to be.
const QUIET_AT_LEAST: TimeDelta = TimeDelta::days(14);

/// What is known of a source after a pull.
pub(super) fn after(
    before: &SourceHealth,
    source: &Source,
    reading: &Result<Reading, Failure>,
    new_items: usize,
    every: Duration,
    now: DateTime<Utc>,
) -> SourceHealth {
    let mut health = before.clone();
    health.last_fetch = Some(now);
    health.retry_after = None;
    match reading {
        Err(failure) => failed(&mut health, failure, now),
        Ok(Reading::Unchanged {
            validators,
            permanent,
            status,
            ..
        }) => {
            succeeded(&mut health, *status, permanent.as_ref(), now);
            health.validators = validators.clone();
            if matches!(before.state, SourceState::Silent) {
                health.state = SourceState::Silent;
                health.problem.clone_from(&before.problem);
            }
        }
        Ok(Reading::Document(document)) => {
            succeeded(
                &mut health,
                document.status,
                document.permanent.as_ref(),
                now,
            );
            read(&mut health, document, new_items, now);
        }
    }
    quiet(&mut health, now);
    health.next_fetch = Some(rhythm::next(&signals(&health, source, reading, every, now)));
    health
}

fn failed(health: &mut SourceHealth, failure: &Failure, now: DateTime<Utc>) {
    health.failures = health.failures.saturating_add(1);
    health.last_status = failure.status.or(health.last_status);
    health.problem = Some(failure.sentence.clone());
    health.retry_after = failure
        .retry_after
        .and_then(|wait| TimeDelta::from_std(wait).ok())
        .and_then(|wait| now.checked_add_signed(wait));
    health.state = if failure.gone {
        SourceState::Gone
    } else if failure.blocked {
        SourceState::Blocked
    } else {
        SourceState::Failing
    };
}

fn succeeded(health: &mut SourceHealth, status: u16, permanent: Option<&Url>, now: DateTime<Utc>) {
    health.failures = 0;
    health.last_status = Some(status);
    health.last_success = Some(now);
    health.problem = None;
    health.state = SourceState::Ok;
    health.moving = permanent.map(|target| {
        let agreed = health
            .moving
            .as_ref()
            .filter(|(earlier, _)| earlier == target)
            .map_or(0, |(_, n)| *n);
        (target.clone(), agreed + 1)
    });
    if let Some((target, _)) = health.moving.take_if(|(_, agreed)| *agreed >= AGREEING) {
        health.moved_to = Some(target);
    }
    if let Some(target) = &health.moved_to {
        health.state = SourceState::Moved;
        health.problem = Some(format!("it has moved for good: set `url` to `{target}`"));
    }
}

fn read(health: &mut SourceHealth, document: &Document, new_items: usize, now: DateTime<Utc>) {
    health.validators = document.validators.clone();
    health.body_hash = (!document.body_hash.is_empty()).then(|| document.body_hash.clone());
    health.items += new_items as u64;
    if new_items > 0 {
        health.last_new = Some(now);
    }
    health.rhythm = gap(&document.items).or(health.rhythm);
    if document.items.is_empty() {
        health.failures = 1;
        health.state = SourceState::Failing;
        health.problem = Some(no_items(document));
    } else if let Some(first) = document
        .problems
        .first()
        .filter(|_| health.problem.is_none())
    {
        // A repaired document is read all the same: the state stays what it is.
        health.problem = Some(first.clone());
    }
}

/// Why a document that could be read holds nothing.
pub fn no_items(document: &Document) -> String {
    match (document.problems.first(), document.rejected) {
        (Some(problem), _) => problem.clone(),
        (None, 0) => "it answers, but lists no items".to_owned(),
        (None, n) => format!("it answers, but none of its {n} entries has any words"),
    }
}

/// Calls a source silent when it is longer quiet than its own rhythm makes likely: items that come at
/// random with a mean gap g leave a pause of more than 7 g once in about a thousand.
fn quiet(health: &mut SourceHealth, now: DateTime<Utc>) {
    let (SourceState::Ok | SourceState::Silent, Some(gap), Some(last)) =
        (health.state, health.rhythm, health.last_new)
    else {
        return;
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a gap of centuries saturates"
    )]
    let usual = TimeDelta::seconds((gap * 7.0).min(1e10) as i64).max(QUIET_AT_LEAST);
    let quiet = now - last;
    if quiet > usual {
        health.state = SourceState::Silent;
        health.problem = Some(format!(
            "nothing new for {} days, where it used to bring something every {}",
            quiet.num_days(),
            in_words(gap)
        ));
    }
}

fn in_words(seconds: f64) -> String {
    let hours = seconds / 3600.0;
    if hours < 2.0 {
        "hour".to_owned()
    } else if hours < 36.0 {
        format!("{hours:.0} hours")
    } else {
        format!("{:.0} days", hours / 24.0)
    }
}

/// The mean number of seconds between the items of a document that say when they were published.
fn gap(items: &[Item]) -> Option<f64> {
    let mut times: Vec<i64> = items
        .iter()
        .filter_map(|item| item.published)
        .map(|t| t.timestamp())
        .collect();
    times.sort_unstable();
    times.dedup();
    let (first, last) = (times.first()?, times.last()?);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
    (times.len() >= 3).then(|| (last - first) as f64 / (times.len() - 1) as f64)
}

fn signals<'a>(
    health: &SourceHealth,
    source: &'a Source,
    reading: &'a Result<Reading, Failure>,
    every: Duration,
    now: DateTime<Utc>,
) -> Signals<'a> {
    let (fresh_for, feed) = match reading {
        Ok(Reading::Unchanged { fresh_for, .. }) => (*fresh_for, None),
        Ok(Reading::Document(document)) => (document.fresh_for, Some(&document.rhythm)),
        Err(_) => (None, None),
    };
    Signals {
        now,
        every,
        source_every: source.every,
        fresh_for,
        ttl: feed.and_then(|feed| feed.ttl),
        update_every: feed.and_then(|feed| feed.update_every),
        skip_hours: feed.map_or(&[], |feed| &feed.skip_hours),
        skip_days: feed.map_or(&[], |feed| &feed.skip_days),
        failures: health.failures,
        retry_after: health.retry_after,
        gap: health.rhythm.map(Duration::from_secs_f64),
        salt: source.id.as_str(),
    }
}
