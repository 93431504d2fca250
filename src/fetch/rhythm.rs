//! Rhythm: when a source is asked again. Pure.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};

/// No source is asked more often than this, whatever it or its feed says.
const SHORTEST: Duration = Duration::from_mins(5);
/// Every source is looked at once in so long, but for one that keeps failing.
const LONGEST: Duration = Duration::from_hours(24);
/// One that keeps failing is looked at once in so long at the least.
const LONGEST_FAILING: Duration = Duration::from_hours(48);

/// All that bears on when a source is asked again.
#[derive(Clone, Debug)]
pub struct Signals<'a> {
    /// What time it is.
    pub now: DateTime<Utc>,
    /// The usual interval of `[fetch]`.
    pub every: Duration,
    /// The source's own interval in feeds.toml.
    pub source_every: Option<Duration>,
    /// How long the answer stays fresh by its headers.
    pub fresh_for: Option<Duration>,
    /// The feed's `ttl`.
    pub ttl: Option<Duration>,
    /// The feed's `sy:updatePeriod` over `sy:updateFrequency`.
    pub update_every: Option<Duration>,
    /// The feed's `skipHours`, UTC.
    pub skip_hours: &'a [u32],
    /// The feed's `skipDays`.
    pub skip_days: &'a [Weekday],
    /// How many pulls in a row have failed.
    pub failures: u32,
    /// Until when the server asked to be left alone.
    pub retry_after: Option<DateTime<Utc>>,
    /// The mean gap between its items.
    pub gap: Option<Duration>,
    /// A word that spreads the sources over time: its id.
    pub salt: &'a str,
}

/// When a source is asked again.
///
/// The interval is the source's own setting, and nothing shortens or stretches that but failures and
/// the server's word. Without one it is the usual interval, stretched up to twelvefold for a source
/// that publishes seldom (a quarter of its mean gap), and to what the feed (`ttl`, `sy:`) and the
/// headers ask for, within a day. Failures double it up to two days. `Retry-After`, `skipHours` and
/// `skipDays` push the time further. A tenth of the interval, by the salt, spreads sources that were
/// asked together.
pub fn next(signals: &Signals<'_>) -> DateTime<Utc> {
    let base = match signals.source_every {
        Some(every) => every.max(SHORTEST),
        None => {
            let seldom = signals
                .gap
                .map_or(signals.every, |gap| (gap / 4).min(signals.every * 12));
            [
                Some(seldom),
                signals.fresh_for,
                signals.ttl,
                signals.update_every,
            ]
            .into_iter()
            .flatten()
            .fold(signals.every, Duration::max)
            .clamp(SHORTEST, LONGEST.max(signals.every))
        }
    };
    let backed_off = if signals.failures == 0 {
        base
    } else {
        base.saturating_mul(1 << (signals.failures - 1).min(10))
            .min(LONGEST_FAILING.max(base))
    };
    let jitter = if signals.source_every.is_some() && signals.failures == 0 {
        Duration::ZERO
    } else {
        backed_off.mul_f64(spread(signals.salt, signals.failures) / 10.0)
    };
    let wait = TimeDelta::from_std(backed_off + jitter).unwrap_or(TimeDelta::days(2));
    let mut next = signals.now + wait;
    if let Some(until) = signals.retry_after {
        next = next.max(until);
    }
    skip(next, signals)
}

/// Moves a time out of the hours and days that the feed asks to skip; one that skips all is not obeyed.
fn skip(time: DateTime<Utc>, signals: &Signals<'_>) -> DateTime<Utc> {
    if signals.skip_hours.is_empty() && signals.skip_days.is_empty() {
        return time;
    }
    let skipped = |time: DateTime<Utc>| {
        signals.skip_hours.contains(&time.hour()) || signals.skip_days.contains(&time.weekday())
    };
    std::iter::successors(Some(time), |time| {
        let hour = *time + TimeDelta::hours(1);
        hour.with_minute(0)?.with_second(0)
    })
    .take(8 * 24)
    .find(|time| !skipped(*time))
    .unwrap_or(time)
}

/// A number from 0 to 1 that is the same at every call for a salt and a count.
fn spread(salt: &str, count: u32) -> f64 {
    let hash = salt
        .bytes()
        .chain(count.to_le_bytes())
        .fold(0x811c_9dc5_u32, |hash, b| {
            (hash ^ u32::from(b)).wrapping_mul(0x0100_0193)
        });
    f64::from(hash) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn signals() -> Signals<'static> {
        Signals {
            now: "2026-11-16T07:30:00Z".parse().unwrap(),
            every: HOUR,
            source_every: None,
            fresh_for: None,
            ttl: None,
            update_every: None,
            skip_hours: &[],
            skip_days: &[],
            failures: 0,
            retry_after: None,
            gap: None,
            salt: "a",
        }
    }

    fn hours(signals: &Signals<'_>) -> f64 {
        (next(signals) - signals.now).as_seconds_f64() / 3600.0
    }

    #[test]
    fn the_sources_own_setting_wins() {
        let set = Signals {
            source_every: Some(6 * HOUR),
            ttl: Some(12 * HOUR),
            ..signals()
        };
        assert!((hours(&set) - 6.0).abs() < 1e-9);
    }

    #[test]
    fn what_the_feed_and_the_server_ask_for_stretches_the_usual_interval() {
        for asked in [
            Signals {
                ttl: Some(3 * HOUR),
                ..signals()
            },
            Signals {
                fresh_for: Some(3 * HOUR),
                ..signals()
            },
            Signals {
                update_every: Some(3 * HOUR),
                ..signals()
            },
            Signals {
                gap: Some(12 * HOUR),
                ..signals()
            },
        ] {
            assert!((3.0..3.4).contains(&hours(&asked)), "{asked:?}");
        }
        assert!(
            hours(&Signals {
                ttl: Some(1000 * HOUR),
                ..signals()
            }) < 27.0
        );
        assert!(
            hours(&Signals {
                ttl: Some(Duration::from_secs(1)),
                ..signals()
            }) >= 1.0
        );
    }

    #[test]
    fn failures_back_off_and_are_bounded() {
        let mut last = 0.0;
        for failures in 1..6 {
            let wait = hours(&Signals {
                failures,
                ..signals()
            });
            assert!(wait > last, "{failures}");
            last = wait;
        }
        assert!(
            hours(&Signals {
                failures: u32::MAX,
                ..signals()
            }) <= 53.0
        );
    }

    #[test]
    fn skipped_hours_and_days_are_left_out() {
        let skip = Signals {
            skip_hours: &[8, 9],
            ..signals()
        };
        assert_eq!(next(&skip).hour(), 10);
        let skip = Signals {
            skip_days: &[Weekday::Mon],
            ..signals()
        };
        assert_eq!(next(&skip).weekday(), Weekday::Tue);
        let all: Vec<u32> = (0..24).collect();
        assert!(
            hours(&Signals {
                skip_hours: &all,
                ..signals()
            }) < 2.0
        );
    }

    #[test]
    fn retry_after_is_a_lower_bound() {
        let until = "2026-11-17T00:00:00Z".parse().unwrap();
        assert!(
            next(&Signals {
                retry_after: Some(until),
                ..signals()
            }) >= until
        );
    }
}
