//! What lies on the desk: items that were placed and are not stored yet, found by their keys.
//!
//! An item that is like no other is only noted here; what others are held against is made of it when
//! one of them shares a key with it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    model::{Source, StoryKey},
    store::{NewItem, Round},
    story::{Candidate, Compared},
};

/// The most items of a batch that one key brings, the latest first: a feed of ten thousand items
/// with one title must not hold each against all others.
const PER_KEY: usize = 30;

#[derive(Default)]
pub(super) struct Laid {
    items: Vec<Lying>,
    /// The link of each key to the item that has it and came last.
    last: HashMap<StoryKey, usize>,
    links: Vec<Link>,
}

/// An item, and where it lies.
struct Lying {
    source: Arc<Source>,
    /// Among the rounds of the batch, and among the new items of that round.
    at: (usize, usize),
    /// What was worked out to place it, until a candidate has it.
    compared: Compared,
    candidate: Option<Arc<Candidate>>,
}

/// From a key to an item that has it, and on to the one before.
struct Link {
    item: usize,
    before: Option<usize>,
}

impl Laid {
    /// Notes an item: the `at.1`th new one of the `at.0`th round.
    pub(super) fn lay(
        &mut self,
        keys: &[StoryKey],
        at: (usize, usize),
        source: &Arc<Source>,
        compared: Compared,
    ) {
        let item = self.items.len();
        self.items.push(Lying {
            source: Arc::clone(source),
            at,
            compared,
            candidate: None,
        });
        for key in keys {
            let link = self.links.len();
            let before = self.last.insert(*key, link);
            self.links.push(Link { item, before });
        }
    }

    /// The items that share one of the keys, each once; `now` are the new ones of the round in hand.
    pub(super) fn sharing(
        &mut self,
        keys: &[StoryKey],
        rounds: &[Round],
        now: &[NewItem],
    ) -> Vec<Arc<Candidate>> {
        let (mut hits, mut seen) = (Vec::new(), HashSet::new());
        for key in keys {
            let first = self.last.get(key).copied();
            let links = std::iter::successors(first, |link| self.links[*link].before);
            let items = links.map(|link| self.links[link].item).take(PER_KEY);
            hits.extend(items.filter(|item| seen.insert(*item)));
        }
        let candidates = hits.into_iter().map(|hit| {
            let lying = &mut self.items[hit];
            if lying.candidate.is_none() {
                let (round, at) = lying.at;
                let new = rounds.get(round).map_or(now, |round| &round.new);
                // A round whose source turned out to be another's has none of them.
                let compared = std::mem::take(&mut lying.compared);
                let section = &lying.source.section;
                lying.candidate = new.get(at).map(|new| {
                    let candidate = Candidate::of(&new.item, section, &new.placement.story);
                    Arc::new(Candidate {
                        compared,
                        ..candidate
                    })
                });
            }
            lying.candidate.clone()
        });
        candidates.flatten().collect()
    }

    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.last.clear();
        self.links.clear();
    }
}
