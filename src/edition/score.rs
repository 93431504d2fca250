//! Scores: what orders the stories of a section, in numbers that can be explained.

use std::fmt;

use chrono::{DateTime, Utc};

use super::{Plan, Told};
use crate::model::{AreaTag, Kind};

/// What a story's place is made of; the words of it are only made for those that are told.
pub(super) struct Score {
    weight: f64,
    priority: f64,
    sources: f64,
    days: f64,
    kind: Kind,
}

impl Score {
    pub(super) fn of(lead: &Told, tags: &[&AreaTag], items: &[Told], plan: &Plan<'_>) -> Self {
        let area = |tag: &&&AreaTag| plan.areas.iter().find(|area| area.id == tag.id);
        let weight = tags
            .first()
            .and_then(|tag| Some(area(&tag)?.weight * tag.score));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a handful of sources, small priorities"
        )]
        let (sources, priority) = (
            distinct(items) as f64,
            lead.origin.priority.clamp(-100, 100) as f64,
        );
        Self {
            weight: weight.unwrap_or(0.3),
            priority: priority / 20.0,
            sources,
            days: days_old(lead, plan.now),
            kind: lead.kind,
        }
    }

    pub(super) fn sum(&self) -> f64 {
        self.weight
            + self.priority
            + (self.sources - 1.0).min(5.0) * 0.2
            + 0.5 * (-self.days / 7.0).exp()
            + kind(self.kind)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = if self.sources > 1.0 {
            "sources"
        } else {
            "source"
        };
        write!(
            f,
            "area {:.2}, priority {:+.2}, {} {sources}, {:.0} days old, a {}",
            self.weight,
            self.priority,
            self.sources,
            self.days,
            self.kind.as_str()
        )
    }
}

/// What needs an answer goes first; vacancies and newsletters go last.
fn kind(kind: Kind) -> f64 {
    match kind {
        Kind::Call => 0.4,
        Kind::Event | Kind::Publication => 0.1,
        Kind::News | Kind::Post => 0.0,
        Kind::Newsletter => -0.4,
        Kind::Job => -0.6,
    }
}

fn distinct(items: &[Told]) -> usize {
    let mut sources: Vec<&str> = items.iter().map(|told| told.origin.id.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.len()
}

#[expect(clippy::cast_precision_loss, reason = "minutes of a few years")]
fn days_old(told: &Told, now: DateTime<Utc>) -> f64 {
    ((now - told.date).num_minutes().max(0) as f64) / 1440.0
}
