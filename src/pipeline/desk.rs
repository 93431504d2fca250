//! The desk: places what is new beside what is stored, and commits it, some sources at a time.
//!
//! One writer per process. What it has placed and not yet stored takes part in the comparison, so
//! that two copies which come in one round become one story.

use std::{collections::HashSet, sync::Arc};

use chrono::TimeDelta;

use super::{
    ItemCounts, PullReport, SourceProblem, Works, first_window, health,
    laid::Laid,
    nominated,
    read::{Document, Pulled, Reading},
    sift::{News, Sifted},
};
use crate::{
    model::{Digest, Item, ItemId, Relation, Source, SourceId, SourceState, StoryKey},
    store::{Candidates, NewItem, Pull, Round, Sought},
    story::Candidate,
};

pub(super) struct Desk<'a> {
    works: &'a Works,
    /// Sources that a person named: they are believed, whatever they serve now.
    trusted: Vec<SourceId>,
    /// Every digest, and how far back it reaches into a new source.
    digests: Vec<(&'a Digest, TimeDelta)>,
    report: PullReport,
    rounds: Vec<Round>,
    /// Placed in this batch and not stored yet.
    laid: Laid,
}

impl<'a> Desk<'a> {
    pub(super) fn new(works: &'a Works, trusted: Vec<SourceId>, due: usize) -> Self {
        let mut report = PullReport::default();
        report.sources.due = due;
        let (zone, now) = (works.settings.publication.timezone, works.clock.now());
        let digests = works.settings.digests.iter();
        Self {
            works,
            trusted,
            digests: digests
                .map(|digest| (digest, first_window(digest, zone, now)))
                .collect(),
            report,
            rounds: Vec::new(),
            laid: Laid::default(),
        }
    }

    /// Counts sources that are on their way.
    pub(super) fn expect(&mut self, more: usize) {
        self.report.sources.due += more;
    }

    pub(super) fn report(self) -> PullReport {
        self.report
    }

    /// Takes what came of some sources and stores it, all in one transaction. What is stored is asked once
    /// for all of them, as a question costs more than its answer.
    pub(super) async fn take(&mut self, came: Vec<Sifted>) -> anyhow::Result<()> {
        let store = &self.works.store;
        let stored = store.candidates(&sought(&came)).await?;
        for sifted in came {
            if stored.is_cut() {
                // One of them is like so much that the others would get too little.
                let sought = sought(std::slice::from_ref(&sifted));
                let stored = store.candidates(&sought).await?;
                self.take_one(sifted, &stored);
            } else {
                self.take_one(sifted, &stored);
            }
        }
        store.record(&self.rounds).await?;
        self.rounds.clear();
        self.laid.clear();
        Ok(())
    }

    /// Places what came of one source, and judges how the source fares.
    fn take_one(&mut self, sifted: Sifted, stored: &Candidates) {
        let Sifted { pulled, news } = sifted;
        let Pulled {
            source,
            before,
            mut reading,
            took,
            bytes,
            ..
        } = pulled;
        let now = self.works.clock.now();
        let is_new = before.last_success.is_none();
        let mut placed = self.place(&source, is_new, news, stored);
        let named = self.trusted.contains(&source.id);
        if let Ok(Reading::Document(document)) = &reading
            && placed.new.len() == document.shape.items
            && !named
            && let Some(failure) = health::estranged(&before, document)
        {
            placed = Placed::default();
            reading = Err(failure);
        }
        if let Ok(Reading::Document(document)) = &reading {
            self.count(placed.new.len(), document);
        }
        let health = health::after(
            &before,
            &source,
            &reading,
            placed.new.len(),
            self.works.settings.fetch.every,
            now,
        );
        self.note(&source, &reading, &health);
        let Placed {
            new,
            changed,
            renamed,
        } = placed;
        let pull = Some(Pull {
            at: now,
            status: health.last_status,
            new: new.len() as u64,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            bytes,
            note: health.problem.clone().unwrap_or_default(),
        });
        self.rounds.push(Round {
            health,
            new,
            changed,
            renamed,
            pull,
        });
    }

    /// The candidates that share a key, stored or on the desk, each once.
    fn candidates(
        &mut self,
        keys: &[StoryKey],
        stored: &Candidates,
        now: &[NewItem],
    ) -> Vec<Arc<Candidate>> {
        let mut candidates = stored.sharing(keys);
        let laid = self.laid.sharing(keys, &self.rounds, now);
        if !laid.is_empty() {
            let known: HashSet<ItemId> = candidates.iter().map(|c| c.id.clone()).collect();
            candidates.extend(laid.into_iter().filter(|c| !known.contains(&c.id)));
        }
        candidates
    }

    /// Finds the place of each new item, and its digests.
    fn place(
        &mut self,
        source: &Arc<Source>,
        source_is_new: bool,
        news: News,
        stored: &Candidates,
    ) -> Placed {
        let mut placed = Placed {
            changed: news
                .changed
                .into_iter()
                .map(|(item, signature)| (item, signature.keys))
                .collect(),
            ..Placed::default()
        };
        for (item, signature) in news.new {
            let candidates = self.candidates(&signature.keys, stored, &placed.new);
            let (placement, compared) = signature.place(&item, &source.section, &candidates);
            let keys = signature.keys;
            match (&placement.relation, &placement.of) {
                (Relation::New, _) => self.report.new_stories += 1,
                // The source gives a known item under another identity, and no longer under the one that
                // we know: it is that item from now on.
                (Relation::Known, Some(of)) if !news.listed.contains(of) => {
                    placed.renamed.push((of.clone(), item.key));
                    continue;
                }
                _ => {}
            }
            let at = (self.rounds.len(), placed.new.len());
            self.laid.lay(&keys, at, source, compared);
            let now = self.works.clock.now();
            let ledger = nominated(&item, &self.digests, source_is_new, now);
            placed.new.push(NewItem {
                item,
                keys,
                placement,
                ledger,
            });
        }
        placed
    }

    fn count(&mut self, new: usize, document: &Document) {
        let ItemCounts {
            new: all_new,
            known,
            rejected,
        } = &mut self.report.items;
        *all_new += new;
        *known += document.shape.items - new;
        *rejected += document.rejected;
    }

    /// Counts the source and names what is wrong with it.
    fn note(
        &mut self,
        source: &Source,
        reading: &Result<Reading, super::Failure>,
        health: &crate::model::SourceHealth,
    ) {
        let counts = &mut self.report.sources;
        let failed = matches!(
            health.state,
            SourceState::Failing | SourceState::Blocked | SourceState::Gone
        );
        let problem = match reading {
            Err(failure) => {
                counts.failed += 1;
                Some(&failure.sentence)
            }
            _ if failed => {
                counts.failed += 1;
                health.problem.as_ref()
            }
            Ok(Reading::Unchanged { .. }) => {
                counts.unchanged += 1;
                health.problem.as_ref()
            }
            Ok(Reading::Document(_)) => {
                counts.ok += 1;
                health.problem.as_ref()
            }
        };
        if let Some(problem) = problem {
            tracing::info!(source = %source.id, "{problem}");
            self.report.problems.push(SourceProblem {
                source: source.id.clone(),
                problem: problem.clone(),
            });
        }
    }
}

/// Where the news of one source belong.
#[derive(Default)]
struct Placed {
    new: Vec<NewItem>,
    changed: Vec<(Item, Vec<StoryKey>)>,
    renamed: Vec<(ItemId, String)>,
}

/// What the new items are looked up by.
fn sought(group: &[Sifted]) -> Vec<Sought<'_>> {
    let new = group.iter().flat_map(|sifted| &sifted.news.new);
    new.map(|(item, signature)| Sought::of(item, &signature.keys))
        .collect()
}
