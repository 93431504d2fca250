//! Nominating: in which digests a new item's story may wait.
//!
//! Pure. The ledger keeps the first word that was said of a story in a digest, so a copy that comes
//! later may nominate a story for a further digest and never moves it in one that knows it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::{
    model::{Digest, DigestId, Item, LedgerState},
    schedule::Schedule,
};

/// An item older than this when it first comes is set aside: it is an archive, not news.
pub(super) const OLDEST: TimeDelta = TimeDelta::days(90);

/// What the ledger is told of an item's story, per digest that wants it. Of a source that is new each
/// digest reaches back as far as the window that stands beside it.
pub fn nominated(
    item: &Item,
    digests: &[(&Digest, TimeDelta)],
    source_is_new: bool,
    now: DateTime<Utc>,
) -> Vec<(DigestId, LedgerState)> {
    digests
        .iter()
        .filter(|(digest, _)| wants(digest, item))
        .map(|(digest, first)| {
            let window = if source_is_new { *first } else { OLDEST };
            let age = now - item.effective;
            let state = if item.url.is_none() || age > window {
                LedgerState::Dropped
            } else {
                LedgerState::Waiting
            };
            (digest.id.clone(), state)
        })
        .collect()
}

/// Whether a digest is about an item: one of its areas, one of its languages.
fn wants(digest: &Digest, item: &Item) -> bool {
    let area =
        digest.areas.is_empty() || item.areas.iter().any(|tag| digest.areas.contains(&tag.id));
    // An item of unknown language is not kept from anyone.
    let language = digest.languages.is_empty()
        || item
            .language
            .as_ref()
            .is_none_or(|code| digest.languages.contains(code));
    area && language
}

/// How far back a first edition, or a new source, reaches: one period of the digest, a day at least.
pub fn first_window(digest: &Digest, zone: Tz, now: DateTime<Utc>) -> TimeDelta {
    let period = Schedule::parse(&digest.schedule).ok().and_then(|schedule| {
        let mut times = schedule.upcoming(now, zone);
        Some(times.nth(1)? - schedule.upcoming(now, zone).next()?)
    });
    period
        .unwrap_or(TimeDelta::days(7))
        .clamp(TimeDelta::days(1), OLDEST)
}
