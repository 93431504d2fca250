//! The desk: places what is new beside what is stored, and commits it source by source.
//!
//! One writer per process. What it has placed and not yet stored takes part in the comparison, so
//! that two copies which come in one round become one story.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    ItemCounts, PullReport, SourceProblem, Works, health, nominated,
    read::{Document, Pulled, Reading},
    sift::News,
};
use crate::{
    model::{Item, ItemId, Relation, Source, SourceId, SourceState, StoryKey},
    store::{Candidates, NewItem, Pull, Round},
    story::Candidate,
};

/// How many items are gathered before they are stored, where more is waiting: each writes to some twenty
/// places of an index, and a page that many of them touch is written once.
const BATCH: usize = 250;
/// The most items of a batch that one key brings, the latest first: a feed of ten thousand items
/// with one title must not hold each against all others.
const PER_KEY: usize = 30;

pub(super) struct Desk<'a> {
    works: &'a Works,
    /// Sources that a person named: they are believed, whatever they serve now.
    trusted: Vec<SourceId>,
    report: PullReport,
    rounds: Vec<Round>,
    unstored: usize,
    /// Placed in this batch and not stored yet.
    fresh: HashMap<StoryKey, Vec<Arc<Candidate>>>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(works: &'a Works, trusted: Vec<SourceId>, due: usize) -> Self {
        let mut report = PullReport::default();
        report.sources.due = due;
        Self {
            works,
            trusted,
            report,
            rounds: Vec::new(),
            unstored: 0,
            fresh: HashMap::new(),
        }
    }

    /// Counts sources that are on their way.
    pub(super) fn expect(&mut self, more: usize) {
        self.report.sources.due += more;
    }

    pub(super) fn report(self) -> PullReport {
        self.report
    }

    /// Takes one source's reading and its news; stores when enough has gathered.
    pub(super) async fn take(&mut self, pulled: Pulled, news: News) -> anyhow::Result<()> {
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
        let mut placed = self.place(&source, is_new, news).await?;
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
        self.unstored += new.len() + changed.len() + 1;
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
        if self.unstored >= BATCH {
            self.store().await?;
        }
        Ok(())
    }

    /// Commits what has gathered.
    pub(super) async fn store(&mut self) -> anyhow::Result<()> {
        if !self.rounds.is_empty() {
            self.works.store.record(&self.rounds).await?;
            self.rounds.clear();
        }
        self.fresh.clear();
        self.unstored = 0;
        Ok(())
    }

    /// Finds the place of each new item, and its digests.
    async fn place(
        &mut self,
        source: &Source,
        source_is_new: bool,
        news: News,
    ) -> anyhow::Result<Placed> {
        let mut placed = Placed {
            changed: news.changed,
            ..Placed::default()
        };
        if news.new.is_empty() {
            return Ok(placed);
        }
        let all_keys: HashSet<&StoryKey> = news
            .new
            .iter()
            .flat_map(|(_, signature)| &signature.keys)
            .collect();
        let all_keys: Vec<StoryKey> = all_keys.into_iter().cloned().collect();
        let stored = self.works.store.candidates(&all_keys).await?;
        for (item, signature) in news.new {
            let candidates = gather(&signature.keys, &stored, &self.fresh);
            let placement = signature.place(&item, &source.section, &candidates);
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
            let candidate = Arc::new(candidate(&item, source, &placement.story));
            for key in &keys {
                let sharing = self.fresh.entry(key.clone()).or_default();
                sharing.push(Arc::clone(&candidate));
            }
            let settings = &self.works.settings;
            let ledger = nominated(
                &item,
                &settings.digests,
                settings.publication.timezone,
                source_is_new,
                self.works.clock.now(),
            );
            placed.new.push(NewItem {
                item,
                keys,
                placement,
                ledger,
            });
        }
        Ok(placed)
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
    changed: Vec<Item>,
    renamed: Vec<(ItemId, String)>,
}

/// The candidates that share a key, each once.
fn gather(
    keys: &[StoryKey],
    stored: &Candidates,
    fresh: &HashMap<StoryKey, Vec<Arc<Candidate>>>,
) -> Vec<Arc<Candidate>> {
    let mut candidates = stored.sharing(keys);
    let mut seen: HashSet<ItemId> = candidates.iter().map(|c| c.id.clone()).collect();
    for key in keys {
        for candidate in fresh.get(key).into_iter().flatten().rev().take(PER_KEY) {
            if seen.insert(candidate.id.clone()) {
                candidates.push(Arc::clone(candidate));
            }
        }
    }
    candidates
}

fn candidate(item: &Item, source: &Source, story: &crate::model::StoryId) -> Candidate {
    Candidate {
        id: item.id.clone(),
        story: story.clone(),
        source: item.source.clone(),
        section: source.section.clone(),
        key: item.key.clone(),
        url: item.url.clone(),
        title: item.title.clone(),
        text: item.text.clone(),
        language: item.language.clone(),
        kind: item.kind,
        effective: item.effective,
        alternates: item.alternates.clone(),
        image: item.image.clone(),
        split: false,
    }
}
