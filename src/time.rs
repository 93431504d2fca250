//! The clock: the only place that asks the system what time it is.
//!
//! Everything else takes a [`Clock`], or better a `DateTime<Utc>`, as an argument, so that `--now`
//! and the tests put it where they like.

use std::time::Instant;

use chrono::{DateTime, Utc};

/// Tells the time: the system's, or one that was set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    fixed: Option<DateTime<Utc>>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stands still.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self { fixed: Some(time) }
    }

    /// What time it is.
    pub fn now(self) -> DateTime<Utc> {
        if let Some(time) = self.fixed {
            return time;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that may ask"
        )]
        Utc::now()
    }

    /// The beginning of a span to be measured; it runs on where the time of day stands still.
    pub fn stopwatch(self) -> Instant {
        Instant::now()
    }
}
