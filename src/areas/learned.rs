//! The learned layer: what labelled items and corrections add to the rules, as weights of words.
//!
//! For each area a logistic regression over the stems of titles and summaries, with what the rules
//! found as a fixed part of it: a weight says how much a word moves an item towards an area or away
//! from it, in the unit of the terms of areas.toml. Trained in a fixed order with fixed steps, so the
//! same labels give the same weights on every machine. Deliberate limits: words that fewer than three
//! items have teach nothing, and all words together move an item no further than one good term.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::AreaId;

/// How sharply the sum of the rules turns into a chance.
const SHARPNESS: f64 = 5.0;
/// The sum from which an item has an area.
pub(super) const NEEDED: f64 = std::f64::consts::LN_2;
/// Fewer items than this with a word teach nothing about it.
const LEAST_ITEMS: usize = 3;
/// Fewer items than this with an area teach nothing about the area.
const LEAST_LABELS: usize = 5;
/// Passes over the labels.
const PASSES: usize = 120;
/// The first length of a step, and how much large weights cost.
const STEP: f64 = 0.4;
const COST: f64 = 0.002;
/// The most words kept of an area.
const MOST_WORDS: usize = 150;
/// The furthest that all words together move an item.
const FURTHEST: f64 = 1.0;

/// What was learned, area by area; areas that gained nothing are not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// From how many items it was learned.
    pub items: usize,
    /// Per area.
    pub areas: BTreeMap<AreaId, Weights>,
}

/// What was learned of one area.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// How much a stem moves an item, in the unit of the terms of areas.toml.
    pub words: BTreeMap<String, f64>,
}

/// An item to learn from.
#[derive(Clone, Debug)]
pub(super) struct Lesson {
    /// Its stems.
    pub(super) stems: BTreeSet<String>,
    /// What the rules found, per area.
    pub(super) sums: BTreeMap<AreaId, f64>,
    /// What a person said, per area.
    pub(super) labels: BTreeSet<AreaId>,
}

impl Weights {
    /// How far the stems move an item, and those that move it the same way, strongest first.
    pub(super) fn judge<'s>(&self, stems: &'s BTreeSet<String>) -> (f64, Vec<(&'s str, f64)>) {
        let worth = share(stems.len());
        let mut seen: Vec<(&str, f64)> = stems
            .iter()
            .filter_map(|stem| Some((stem.as_str(), self.words.get(stem)? * worth)))
            .collect();
        let sum: f64 = seen.iter().map(|(_, weight)| weight).sum();
        let sum = sum.clamp(-FURTHEST, FURTHEST);
        seen.retain(|(_, weight)| weight.signum() == sum.signum() && weight.abs() >= 0.05);
        seen.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(b.0)));
        (sum, seen)
    }
}

/// What one of so many stems counts, so that a long text says no more than a short one.
#[expect(clippy::cast_precision_loss, reason = "a few hundred words")]
fn share(stems: usize) -> f64 {
    2.0 / (stems.max(1) as f64).sqrt()
}

/// Learns one area from lessons; `None` where too few have it to tell.
pub(super) fn learn(area: &AreaId, lessons: &[&Lesson]) -> Option<Weights> {
    let with = lessons.iter().filter(|l| l.labels.contains(area)).count();
    if with < LEAST_LABELS || lessons.len() < with + LEAST_LABELS {
        return None;
    }
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for stem in lessons.iter().flat_map(|lesson| &lesson.stems) {
        *uses.entry(stem).or_default() += 1;
    }
    let known: Vec<&str> = uses
        .into_iter()
        .filter(|(_, uses)| *uses >= LEAST_ITEMS)
        .map(|(stem, _)| stem)
        .collect();
    let rows: Vec<Row> = lessons
        .iter()
        .map(|lesson| Row {
            stems: lesson
                .stems
                .iter()
                .filter_map(|stem| known.binary_search(&stem.as_str()).ok())
                .collect(),
            worth: share(lesson.stems.len()),
            rules: lesson.sums.get(area).copied().unwrap_or(0.0),
            wanted: f64::from(u8::from(lesson.labels.contains(area))),
        })
        .collect();
    let weights = descend(&rows, known.len());
    let mut words: Vec<(&str, f64)> = known
        .into_iter()
        .zip(weights)
        .filter(|(_, weight)| weight.abs() >= 0.02)
        .collect();
    words.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(b.0)));
    words.truncate(MOST_WORDS);
    Some(Weights {
        words: words
            .into_iter()
            .map(|(stem, weight)| (stem.to_owned(), rounded(weight)))
            .collect(),
    })
}

/// One lesson in numbers.
struct Row {
    stems: Vec<usize>,
    worth: f64,
    rules: f64,
    wanted: f64,
}

/// Stochastic gradient descent in the order of the lessons, with steps that shrink.
fn descend(rows: &[Row], stems: usize) -> Vec<f64> {
    let mut weights = vec![0.0; stems];
    for pass in 0..PASSES {
        #[expect(clippy::cast_precision_loss, reason = "a hundred passes")]
        let step = STEP / (1.0 + pass as f64 / 10.0);
        for row in rows {
            let learned: f64 = row.stems.iter().map(|at| weights[*at]).sum::<f64>() * row.worth;
            let logit = SHARPNESS * (row.rules - NEEDED + learned);
            let error = row.wanted - 1.0 / (1.0 + (-logit).exp());
            for at in &row.stems {
                weights[*at] += step * (error * row.worth - COST * weights[*at]);
            }
        }
    }
    weights
}

fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(words: &str, labels: &[&str]) -> Lesson {
        Lesson {
            stems: words.split(' ').map(str::to_owned).collect(),
            sums: BTreeMap::new(),
            labels: labels.iter().map(|label| AreaId::new(*label)).collect(),
        }
    }

    #[test]
    fn a_word_that_tells_is_learned_and_the_same_each_time() {
        let lessons: Vec<Lesson> = (0..12)
            .flat_map(|n| {
                [
                    lesson(&format!("flood rain the number{n}"), &["climate"]),
                    lesson(&format!("poem verse the number{n}"), &[]),
                ]
            })
            .collect();
        let lessons: Vec<&Lesson> = lessons.iter().collect();
        let area = AreaId::new("climate");
        let weights = learn(&area, &lessons).unwrap();
        assert_eq!(Some(&weights), learn(&area, &lessons).as_ref());
        assert!(weights.words["flood"] > 0.2 && weights.words["poem"] < -0.02);
        let stems = ["flood", "rain", "tomorrow"].map(str::to_owned).into();
        let (sum, seen) = weights.judge(&stems);
        assert!(sum > 0.3 && seen[0].0 == "flood", "{sum} {seen:?}");
        assert_eq!(learn(&AreaId::new("sdg"), &lessons), None);
    }
}
