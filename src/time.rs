//! The clock: the only place that asks the system what time it is.
//!
//! Everything else takes a [`Clock`], or better a `DateTime<Utc>`, as an argument, so that `--now`
//! and the tests put it where they like.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time: the system's, one that was set, or one that was set and runs fast.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default)]
enum Kind {
    #[default]
    System,
    Still(DateTime<Utc>),
    Fast {
        from: DateTime<Utc>,
        since: Instant,
        times: u32,
    },
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self {
            kind: Kind::Still(time),
        }
    }

    /// A clock that is set now and runs so many times as fast as the system's, for rehearsals.
    pub fn fast(from: DateTime<Utc>, times: u32) -> Self {
        Self {
            kind: Kind::Fast {
                from,
                since: Instant::now(),
                times: times.max(1),
            },
        }
    }

    /// What time it is.
    pub fn now(self) -> DateTime<Utc> {
        match self.kind {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the one place that may ask"
            )]
            Kind::System => Utc::now(),
            Kind::Still(time) => time,
            Kind::Fast { from, since, times } => {
                let passed = since.elapsed().saturating_mul(times);
                from + TimeDelta::from_std(passed).unwrap_or_default()
            }
        }
    }

    /// How long one has to wait in truth for so much to pass on this clock.
    pub fn wait(self, span: Duration) -> Duration {
        match self.kind {
            Kind::System | Kind::Still(_) => span,
            Kind::Fast { times, .. } => span / times,
        }
    }

    /// The beginning of a span to be measured; it runs on where the time of day stands still.
    pub fn stopwatch(self) -> Instant {
        Instant::now()
    }
}
