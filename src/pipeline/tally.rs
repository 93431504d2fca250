//! Tally: what was done since the program began, counted for a monitor.
//!
//! Deliberate limit: counts only; what stands in the database is counted there.

use std::{collections::BTreeMap, time::Duration};

use super::{ItemCounts, Pulled, Reading};

/// The bounds of the classes that pulls are put in by how long they took, in seconds.
pub const BOUNDS: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// What was done since the program began.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Pulls by outcome: `ok`, `unchanged`, `refused`, `gone`, `failed`.
    pub pulls: BTreeMap<&'static str, u64>,
    /// How many pulls took at the most each of [`BOUNDS`]; each class by itself.
    pub took: [u64; BOUNDS.len()],
    /// How long all pulls took together, in seconds.
    pub took_seconds: f64,
    /// How many decoded bytes came.
    pub bytes: u64,
    /// What became of entries.
    pub items: ItemCounts,
    /// Stories that were opened.
    pub stories: u64,
    /// Editions that were made.
    pub editions: u64,
    /// Deliveries that a server took, and that it refused for good.
    pub delivered: (u64, u64),
    /// Items that were forgotten as old.
    pub forgotten: u64,
    /// Rounds that came to their end, and that failed.
    pub rounds: (u64, u64),
    /// Configurations that were taken over, and that were refused as broken.
    pub reloads: (u64, u64),
}

impl Tally {
    pub(super) fn pull(&mut self, pulled: &Pulled) {
        let outcome = match &pulled.reading {
            Ok(Reading::Document(_)) => "ok",
            Ok(Reading::Unchanged { .. }) => "unchanged",
            Err(failure) if failure.gone => "gone",
            Err(failure) if failure.blocked => "refused",
            Err(_) => "failed",
        };
        *self.pulls.entry(outcome).or_default() += 1;
        self.bytes += pulled.bytes;
        self.time(pulled.took);
    }

    fn time(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.took_seconds += seconds;
        if let Some(class) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.took[class] += 1;
        }
    }
}
