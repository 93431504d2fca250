//! Training: the learned layer held against labels that it has not seen, and kept only where it is better.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Counts, Labelled, Matcher,
    learned::{Learned, Lesson, learn},
};
use crate::model::AreaId;

/// What training came to.
#[derive(Clone, Debug)]
pub struct Training {
    /// From how many items was learned, and in how many parts they were held back in turn.
    pub items: usize,
    /// See `items`.
    pub folds: usize,
    /// Per area, in the order of areas.toml.
    pub areas: Vec<Trial>,
    /// All areas together by the rules alone.
    pub before: Counts,
    /// All areas together with the learned layer where it is better.
    pub after: Counts,
    /// What is worth keeping, learned from all items; `None` if nothing is.
    pub learned: Option<Learned>,
}

/// One area, measured on items that were held back.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The area.
    pub area: AreaId,
    /// By the rules alone.
    pub before: Counts,
    /// With what was learned from the other items.
    pub after: Counts,
    /// Whether it is better by enough to be used.
    pub better: bool,
}

/// Learns from labelled items, area by area, and measures it on each of `folds` parts by what the
/// other parts teach. An area's weights are kept only where they give at least two right decisions
/// more than they cost, and are right as often as the rules when they give the area.
pub fn train(matcher: &Matcher, items: &[Labelled], folds: usize) -> Training {
    let folds = folds.clamp(2, 20);
    let lessons: Vec<Lesson> = items.iter().map(|item| matcher.lesson(item)).collect();
    let fold = |at: usize| fold_of(&items[at], folds);
    let mut trials = Vec::new();
    let mut kept = BTreeMap::new();
    let (mut before_all, mut after_all) = (Counts::default(), Counts::default());
    for area in matcher.areas() {
        let (mut before, mut after) = (Counts::default(), Counts::default());
        for held_back in 0..folds {
            let taught: Vec<&Lesson> = (0..lessons.len())
                .filter(|at| fold(*at) != held_back)
                .map(|at| &lessons[at])
                .collect();
            let learned = Learned {
                items: taught.len(),
                areas: learn(area, &taught)
                    .map(|weights| (area.clone(), weights))
                    .into_iter()
                    .collect(),
            };
            for at in (0..lessons.len()).filter(|at| fold(*at) == held_back) {
                let wanted = items[at].policy_areas.contains(area);
                let gives = |learned: Option<&Learned>| {
                    let tags = matcher.tag_with(&items[at].text(), learned);
                    tags.iter().any(|tag| tag.id == *area)
                };
                before.count(gives(None), wanted);
                after.count(gives(Some(&learned)), wanted);
            }
        }
        let better = is_better(&before, &after);
        before_all = before_all.and(&before);
        after_all = after_all.and(if better { &after } else { &before });
        if better && let Some(weights) = learn(area, &lessons.iter().collect::<Vec<_>>()) {
            kept.insert(area.clone(), weights);
        }
        trials.push(Trial {
            area: area.clone(),
            before,
            after,
            better,
        });
    }
    Training {
        items: items.len(),
        folds,
        areas: trials,
        before: before_all,
        after: after_all,
        learned: (!kept.is_empty()).then_some(Learned {
            items: items.len(),
            areas: kept,
        }),
    }
}

fn is_better(before: &Counts, after: &Counts) -> bool {
    let mistakes = |counts: &Counts| counts.wrong + counts.missed;
    mistakes(after) + 2 <= mistakes(before)
        && after.f1() > before.f1()
        && after.precision() >= before.precision()
}

/// The part that an item belongs to, by its words: the same at each training, and the same for two
/// items of one title, so that none is measured by its own copy.
fn fold_of(item: &Labelled, folds: usize) -> usize {
    let words = crate::text::fold(&item.title);
    let hash = words.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    usize::try_from((hash >> 17) % folds as u64).unwrap_or(0)
}

impl Matcher {
    /// An item as something to learn from.
    fn lesson(&self, item: &Labelled) -> Lesson {
        let text = item.text();
        Lesson {
            stems: self.stems(&text),
            sums: self.sums(&text),
            labels: item.policy_areas.iter().cloned().collect::<BTreeSet<_>>(),
        }
    }
}
