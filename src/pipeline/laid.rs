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

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::{
        Item, ItemId, Kind, Placement, Relation, SourceHealth, SourceId, StoryId, StoryKey,
    };

    fn source() -> Arc<Source> {
        Arc::new(Source {
            id: SourceId::new("s"),
            name: "S".to_owned(),
            section: "Section".to_owned(),
            url: url::Url::parse("https://example.org/feed").unwrap(),
            language: None,
            areas: Vec::new(),
            priority: 0,
            every: None,
            page: None,
            coordinator: None,
            paused: false,
        })
    }

    fn new(name: &str) -> NewItem {
        let item = Item {
            id: ItemId::new(name),
            source: SourceId::new("s"),
            key: name.to_owned(),
            url: None,
            title: name.to_owned(),
            summary: String::new(),
            text: String::new(),
            language: None,
            kind: Kind::News,
            published: None,
            first_seen: DateTime::UNIX_EPOCH,
            effective: DateTime::UNIX_EPOCH,
            authors: Vec::new(),
            categories: Vec::new(),
            image: None,
            enclosures: Vec::new(),
            alternates: Vec::new(),
            areas: Vec::new(),
            dates: Vec::new(),
        };
        NewItem {
            placement: Placement {
                story: StoryId::new(name),
                relation: Relation::New,
                of: None,
                likeness: 0.0,
                reason: String::new(),
            },
            item,
            keys: Vec::new(),
            ledger: Vec::new(),
        }
    }

    fn round(items: &[&str]) -> Round {
        let mut round = Round::quiet(SourceHealth::new(SourceId::new("s")));
        round.new = items.iter().map(|name| new(name)).collect();
        round
    }

    fn ids(candidates: &[Arc<Candidate>]) -> Vec<&str> {
        candidates.iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn what_shares_a_key_is_found_once_and_what_was_given_up_is_not() {
        let (a, b) = (StoryKey::new("title", "a"), StoryKey::new("title", "b"));
        let mut laid = Laid::default();
        laid.lay(&[a, b], (0, 0), &source(), Compared::default());
        laid.lay(&[a], (1, 0), &source(), Compared::default());
        laid.lay(&[b], (2, 0), &source(), Compared::default());
        // The source of the second round turned out to be another's; the third is in hand.
        let rounds = [round(&["first"]), round(&[])];
        let now = [new("third")];
        assert_eq!(
            ids(&laid.sharing(&[a, b], &rounds, &now)),
            ["first", "third"]
        );
        assert_eq!(ids(&laid.sharing(&[b], &rounds, &now)), ["third", "first"]);
        assert!(
            laid.sharing(&[StoryKey::new("title", "c")], &rounds, &now)
                .is_empty()
        );
        laid.clear();
        assert!(laid.sharing(&[a, b], &rounds, &now).is_empty());
    }

    #[test]
    fn of_ten_thousand_with_one_key_the_latest_are_found() {
        let key = StoryKey::new("title", "a");
        let mut laid = Laid::default();
        for at in 0..10_000 {
            laid.lay(&[key], (0, at), &source(), Compared::default());
        }
        let names: Vec<String> = (0..10_000).map(|at| at.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = laid.sharing(&[key], &[round(&names)], &[]);
        assert_eq!(ids(&found)[..2], ["9999", "9998"]);
        assert_eq!(found.len(), PER_KEY);
    }
}
