//! Scores: what orders the stories of a section, in numbers that can be explained.

use chrono::{DateTime, Utc};

use super::{Plan, Told};
use crate::model::{AreaTag, Item, Kind};

/// A score and what it was made of, in words.
pub(super) fn score(
    lead: &Told,
    tags: &[AreaTag],
    items: &[Told],
    plan: &Plan<'_>,
) -> (f64, String) {
    let weight = tags
        .first()
        .and_then(|tag| {
            plan.areas
                .iter()
                .find(|area| area.id == tag.id)
                .map(|area| area.weight * tag.score)
        })
        .unwrap_or(0.3);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a handful of sources, small priorities"
    )]
    let (sources, priority) = (
        distinct(items) as f64,
        lead.priority.clamp(-100, 100) as f64,
    );
    let days = days_old(&lead.item, plan.now);
    let parts = [
        (weight, format!("area {weight:.2}")),
        (priority / 20.0, format!("priority {:+.2}", priority / 20.0)),
        (
            (sources - 1.0).min(5.0) * 0.2,
            format!(
                "{sources} {}",
                if sources > 1.0 { "sources" } else { "source" }
            ),
        ),
        (0.5 * (-days / 7.0).exp(), format!("{days:.0} days old")),
        (
            kind(lead.item.kind),
            format!("a {}", lead.item.kind.as_str()),
        ),
    ];
    let score = parts.iter().map(|(part, _)| part).sum();
    let why: Vec<&str> = parts.iter().map(|(_, why)| why.as_str()).collect();
    (score, why.join(", "))
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
    let mut sources: Vec<&str> = items.iter().map(|told| told.item.source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.len()
}

#[expect(clippy::cast_precision_loss, reason = "minutes of a few years")]
fn days_old(item: &Item, now: DateTime<Utc>) -> f64 {
    ((now - item.effective).num_minutes().max(0) as f64) / 1440.0
}
