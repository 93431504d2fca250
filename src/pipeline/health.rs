//! How a source fares after a pull. Pure: what was known, what came, and the time make what is known.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::read::{Document, Failure, Reading};
use crate::{
    fetch::rhythm::{self, Signals},
    model::{Profile, Source, SourceHealth, SourceState},
};

/// How many pulls in a row must agree on a lasting redirect before it is believed.
const AGREEING: u32 = 3;
/// After so many failures in a row trouble is for a person.
const PATIENCE: u32 = 3;
/// From so many items on, a source is known well enough to see that it has become another.
const FAMILIAR: u64 = 3;
/// A list without dates, whose rhythm nobody knows, is called silent after this long unchanged.
const FROZEN: TimeDelta = TimeDelta::days(60);
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
    if let Err(failure) = reading
        && failure.resting
    {
        // It was not asked, so nothing is known that was not known before.
        health.next_fetch = later(failure.retry_after, now).max(health.next_fetch);
        return health;
    }
    health.last_fetch = Some(now);
    health.retry_after = None;
    match reading {
        Err(failure) => failed(&mut health, failure, now),
        Ok(Reading::Unchanged {
            validators,
            permanent,
            status,
            fresh_for,
        }) => {
            succeeded(&mut health, source, *status, permanent.as_ref(), now);
            health.validators = validators.clone();
            health.profile.fresh_for = fresh_for.or(health.profile.fresh_for);
        }
        Ok(Reading::Document(document)) => {
            let permanent = document.permanent.as_ref();
            // Only a whole document with items in it shows that the feed is there now.
            let permanent = permanent.filter(|_| document.whole && document.shape.items > 0);
            succeeded(&mut health, source, document.status, permanent, now);
            read(&mut health, document, new_items, now);
        }
    }
    quiet(&mut health, now);
    let well = matches!(health.state, SourceState::Ok | SourceState::New);
    health.troubled = (!well).then(|| before.troubled.unwrap_or(now));
    health.next_fetch = Some(rhythm::next(&signals(&health, source, every, now)));
    health
}

/// Whether a source's trouble is for a person: a few failures in a row may be only the weather.
pub fn asks_for_a_person(health: &SourceHealth) -> bool {
    match health.state {
        SourceState::Failing => health.failures >= PATIENCE,
        SourceState::Gone | SourceState::Blocked | SourceState::Silent | SourceState::Moved => true,
        SourceState::Ok | SourceState::New | SourceState::Paused => false,
    }
}

fn later(wait: Option<Duration>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    wait.and_then(|wait| TimeDelta::from_std(wait).ok())
        .and_then(|wait| now.checked_add_signed(wait))
}

fn failed(health: &mut SourceHealth, failure: &Failure, now: DateTime<Utc>) {
    health.failures = health.failures.saturating_add(1);
    health.last_status = failure.status.or(health.last_status);
    health.problem = Some(failure.sentence.clone());
    health.retry_after = later(failure.retry_after, now);
    health.state = if failure.gone {
        SourceState::Gone
    } else if failure.blocked {
        SourceState::Blocked
    } else {
        SourceState::Failing
    };
    let lost = matches!(failure.status, Some(404 | 410)) || health.failures >= PATIENCE;
    if let Some(target) = health.moved_to.take_if(|_| lost) {
        // A redirect that was believed may have been a mistake: the file's own word counts again.
        health.moving = None;
        health.state = SourceState::Failing;
        health.problem = Some(format!(
            "{}; it had moved to `{target}`, and the address of feeds.toml is asked again",
            failure.sentence
        ));
    }
}

fn succeeded(
    health: &mut SourceHealth,
    source: &Source,
    status: u16,
    permanent: Option<&Url>,
    now: DateTime<Utc>,
) {
    health.failures = 0;
    health.last_status = Some(status);
    health.last_success = Some(now);
    health.problem = None;
    health.state = SourceState::Ok;
    // A site that leaves encryption behind is followed each time, but never for good.
    let permanent =
        permanent.filter(|target| source.url.scheme() == "http" || target.scheme() == "https");
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
    health.rhythm = document.shape.gap.or(health.rhythm);
    if document.whole {
        health.profile = Profile {
            title: document.title.clone(),
            host: document.shape.host.clone(),
            rhythm: document.rhythm.clone(),
            fresh_for: document.fresh_for,
            same_since: match health.profile.same_since {
                Some(since) if new_items == 0 => Some(since),
                _ => Some(now),
            },
        };
    }
    if document.shape.items == 0 {
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

/// Whether an address that used to be read now serves something else: another title, another host,
/// and nothing that is known. Domains that lapse are taken over, and their new owners keep the feed.
pub(super) fn estranged(before: &SourceHealth, document: &Document) -> Option<Failure> {
    let known = &before.profile;
    let host = &document.shape.host;
    let changed = |was: &str, is: &str| !was.is_empty() && was != is;
    if before.items < FAMILIAR
        || !changed(&known.title, &document.title)
        || !changed(&known.host, host)
    {
        return None;
    }
    let sentence = format!(
        "it used to be `{}` on `{}` and is now `{}` on `{host}`, with nothing that is known: if that is meant, take it in by `circular fetch --force {}`",
        known.title, known.host, document.title, before.id
    );
    Some(Failure {
        sentence,
        status: Some(document.status),
        retry_after: None,
        gone: false,
        blocked: false,
        resting: false,
    })
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
    if let (SourceState::Ok | SourceState::Silent, None, Some(since)) =
        (health.state, health.rhythm, health.profile.same_since)
        && now - since > FROZEN
    {
        health.state = SourceState::Silent;
        health.problem = Some(format!(
            "the same list has come for {} days: look whether the page still lives",
            (now - since).num_days()
        ));
        return;
    }
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

fn signals<'a>(
    health: &'a SourceHealth,
    source: &'a Source,
    every: Duration,
    now: DateTime<Utc>,
) -> Signals<'a> {
    let said = &health.profile.rhythm;
    Signals {
        now,
        every,
        source_every: source.every,
        fresh_for: health.profile.fresh_for,
        ttl: said.ttl,
        update_every: said.update_every,
        skip_hours: &said.skip_hours,
        skip_days: &said.skip_days,
        failures: health.failures,
        retry_after: health.retry_after,
        gap: health.rhythm.map(Duration::from_secs_f64),
        salt: source.id.as_str(),
    }
}
