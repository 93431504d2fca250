//! Pullers: sources leased batch by batch, read side by side, and handed to the desk.
//!
//! Any number of processes share the sources by leases that are renewed while their puller lives, and
//! taken over when it does not. Told to stop, a puller takes no further source, stores what it has
//! read, and gives the rest back.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};

use anyhow::Context;
use futures_util::FutureExt as _;
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::{MissedTickBehavior, interval, sleep},
};

use super::{
    PullReport, Which, Works,
    desk::Desk,
    read::{self, Reading},
    sift::{self, Sifted},
};
use crate::{
    model::{Source, SourceId},
    store::{Claim, Store, StoreError},
};

/// How many answers may wait for the desk; the documents among them are bounded by themselves.
const UNSTORED: usize = 128;
/// So many items are stored at once, where as many wait: each writes to some places of an index, and a
/// page that many of them touch is written once.
const ENOUGH: usize = 400;
/// How long the desk sleeps before it looks whether more has come.
const NAP: Duration = Duration::from_millis(3);
/// How often when a document came, of which only some fit into memory.
const NAPS: usize = 1;
/// How often when a source had nothing new: such answers are small, and each is a row to be written.
const NAPS_UNCHANGED: usize = 4;
/// How many times the concurrency of `[fetch]` is leased ahead, so that sources of a slow host, which
/// wait for one another, hold nobody else up.
const AHEAD: usize = 8;
/// How long a lease lasts without being renewed: after that another worker takes a dead one's sources.
const HOLD: Duration = Duration::from_mins(2);
/// How long what is on the wire may take once the program is to end.
const GRACE: Duration = Duration::from_secs(8);

/// Puts right what was written under a clock that ran ahead, so that no source and no lease waits
/// for a time that is long in coming.
///
/// # Errors
/// When the database fails.
pub async fn put_clock_right(works: &Works) -> anyhow::Result<()> {
    let now = works.clock.now();
    let sources = works.store.put_clock_right(now, HOLD).await?;
    if sources > 0 {
        tracing::warn!(
            "{sources} sources were pulled in what is now the future, and are pulled again"
        );
    }
    Ok(())
}

/// What waits for the desk.
#[derive(Default)]
struct Waiting {
    sifted: Vec<Sifted>,
    /// How many items that are, and a row for each source.
    size: usize,
}

impl Waiting {
    fn push(&mut self, mut sifted: Sifted) {
        // The next document is read while this one's items wait.
        sifted.pulled.room = None;
        self.size += sifted.news.len() + 1;
        self.sifted.push(sifted);
    }
}

/// One pull of many sources.
pub(super) struct Pullers<'a> {
    works: &'a Works,
    by_id: HashMap<&'a SourceId, &'a Source>,
    owner: String,
    /// The named sources that are still to be leased; `None` where whatever is due is.
    named: Option<VecDeque<SourceId>>,
    forced: bool,
    desk: Desk<'a>,
    _pulling: Claim,
}

impl<'a> Pullers<'a> {
    pub(super) async fn begin(works: &'a Works, which: &Which) -> anyhow::Result<Self> {
        let now = works.clock.now();
        let pulling = works.store.begin_pulling().await?;
        give_back_debts(works).await?;
        if !works.synced.swap(true, Ordering::SeqCst) {
            let taken_over = async {
                let sources = &works.settings.sources;
                works.store.sync_sources(sources, now).await?;
                put_clock_right(works).await
            };
            taken_over
                .await
                .inspect_err(|_| works.synced.store(false, Ordering::SeqCst))?;
        }
        let all = || {
            works
                .settings
                .sources
                .iter()
                .map(|source| source.id.clone())
        };
        let named = match which {
            Which::Due => None,
            Which::All => Some(all().collect()),
            Which::These(ids) | Which::AllOfThese(ids) => Some(ids.iter().cloned().collect()),
        };
        // One that a person names is believed, whatever it serves now.
        let trusted = match which {
            Which::AllOfThese(ids) => ids.clone(),
            _ => Vec::new(),
        };
        // A rest holds for all sources of a host, and outlives the program that was told of it.
        for (url, until) in works.store.resting(now).await? {
            let wait = (until - now).to_std().unwrap_or_default();
            works.client.rest(&url, wait);
        }
        let by_id = works
            .settings
            .sources
            .iter()
            .map(|source| (&source.id, source))
            .collect();
        Ok(Self {
            works,
            by_id,
            owner: owner()?,
            named,
            forced: matches!(which, Which::All | Which::AllOfThese(_)),
            desk: Desk::new(works, trusted, 0),
            _pulling: pulling,
        })
    }

    pub(super) async fn work(mut self) -> anyhow::Result<PullReport> {
        let done = self.pull().await;
        // What is left is somebody else's at once, also where the round failed.
        let given_back = self.store().release_sources(&self.owner).await;
        if given_back.is_err() {
            debts(self.works).push(self.owner);
        }
        done?;
        given_back?;
        let report = self.desk.report();
        let mut tally = self
            .works
            .tally
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        tally.items.new += report.items.new;
        tally.items.known += report.items.known;
        tally.items.rejected += report.items.rejected;
        tally.stories += report.new_stories as u64;
        Ok(report)
    }

    fn store(&self) -> &'a Store {
        &self.works.store
    }

    async fn pull(&mut self) -> anyhow::Result<()> {
        let (pulled_in, mut pulled_out) = mpsc::channel(UNSTORED);
        let mut tasks = JoinSet::new();
        let concurrency = self.works.settings.fetch.concurrency.max(1);
        let mut renewal = interval(HOLD / 3);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first one would be at once.
        renewal.reset();
        let stop = self.works.stop.clone();
        let ending = async {
            stop.cancelled().await;
            sleep(GRACE).await;
        };
        tokio::pin!(ending);
        let (mut more, mut in_hand) = (true, 0_usize);
        let mut waiting = Waiting::default();
        loop {
            // The first are asked at once; then many at a time, as each time costs a transaction.
            while more && in_hand <= concurrency * AHEAD / 2 && !stop.is_cancelled() {
                let batch = if in_hand == 0 { 1 } else { AHEAD / 2 };
                let leased = self.lease(concurrency * batch).await?;
                more = !leased.is_empty();
                let spawned = self.spawn(leased, &mut tasks, &pulled_in).await?;
                self.desk.expect(spawned);
                in_hand += spawned;
            }
            if in_hand == 0 {
                break;
            }
            if renewal.tick().now_or_never().is_some() {
                renew(self.works, &self.owner).await?;
            }
            if waiting.sifted.is_empty() {
                tokio::select! {
                    Some(first) = pulled_out.recv() => {
                        let first = first?;
                        // Answers come in swarms, and one write for many costs hardly more than for one.
                        let unchanged = matches!(first.pulled.reading, Ok(Reading::Unchanged { .. }));
                        waiting.push(first);
                        for _ in 0..if unchanged { NAPS_UNCHANGED } else { NAPS } {
                            if pulled_out.len() + 1 >= in_hand.min(UNSTORED) {
                                break;
                            }
                            sleep(NAP).await;
                        }
                    }
                    Some(task) = tasks.join_next() => in_hand -= lost(task),
                    _ = renewal.tick() => renew(self.works, &self.owner).await?,
                    () = &mut ending => break,
                }
            }
            while waiting.size < ENOUGH
                && let Ok(next) = pulled_out.try_recv()
            {
                waiting.push(next?);
            }
            let came = std::mem::take(&mut waiting).sifted;
            if !came.is_empty() {
                in_hand -= came.len();
                let storing = self.take(came);
                tokio::pin!(storing);
                // What comes meanwhile is stored next, so that nobody waits with it for the desk.
                loop {
                    tokio::select! {
                        stored = &mut storing => break stored?,
                        Some(next) = pulled_out.recv(), if waiting.size < ENOUGH => waiting.push(next?),
                    }
                }
            }
            // Each that is done keeps its room until it is asked for.
            while let Some(task) = tasks.try_join_next() {
                in_hand -= lost(task);
            }
        }
        tasks.abort_all();
        Ok(())
    }

    /// The next sources, if any are left to be had.
    async fn lease(&mut self, batch: usize) -> anyhow::Result<Vec<SourceId>> {
        let now = self.works.clock.now();
        let Some(named) = &mut self.named else {
            let store = &self.works.store;
            // Looking costs nothing where nothing is due; leasing is a write.
            if store.due(now, 1).await?.is_empty() {
                return Ok(Vec::new());
            }
            return Ok(store.lease_sources(now, &self.owner, batch, HOLD).await?);
        };
        while !named.is_empty() {
            let some: Vec<SourceId> = named.drain(..batch.min(named.len())).collect();
            let store = &self.works.store;
            let leased = store
                .lease_these(now, &self.owner, &some, self.forced, HOLD)
                .await?;
            if !leased.is_empty() {
                return Ok(leased);
            }
        }
        Ok(Vec::new())
    }

    /// Reads the leased sources, each in a task of its own, and tells how many. One that this
    /// feeds.toml lacks, while another machine's has it already, stays leased until the round ends.
    async fn spawn(
        &mut self,
        leased: Vec<SourceId>,
        tasks: &mut JoinSet<()>,
        pulled_in: &mpsc::Sender<Result<Sifted, StoreError>>,
    ) -> anyhow::Result<usize> {
        let healths = self.store().healths_of(&leased).await?;
        let mut spawned = 0;
        for health in healths {
            let Some(source) = self.by_id.get(&health.id) else {
                continue;
            };
            let (works, source, pulled_in) = (
                self.works.clone(),
                Arc::new((*source).clone()),
                pulled_in.clone(),
            );
            spawned += 1;
            tasks.spawn(async move {
                let pulled = read::read(&works, source, health).await;
                let sifted = sift::sift(&works, pulled).await;
                // The writer only goes away when the database failed, and then the round is over.
                let _ = pulled_in.send(sifted).await;
            });
        }
        Ok(spawned)
    }

    /// Stores what came, in a turn of its own, so that no other machine waits long for its own.
    async fn take(&mut self, came: Vec<Sifted>) -> anyhow::Result<()> {
        {
            let tally = self.works.tally.lock();
            let mut tally = tally.unwrap_or_else(PoisonError::into_inner);
            for sifted in &came {
                tally.pull(&sifted.pulled);
            }
        }
        let turn = self.works.store.claim("desk").await?;
        self.desk.take(came).await?;
        Ok(turn.release().await?)
    }
}

/// Gives back what earlier pullers of this process could not, so that its sources do not wait until
/// their leases end.
async fn give_back_debts(works: &Works) -> Result<(), StoreError> {
    loop {
        let Some(owner) = debts(works).last().cloned() else {
            return Ok(());
        };
        works.store.release_sources(&owner).await?;
        debts(works).retain(|one| *one != owner);
    }
}

fn debts(works: &Works) -> MutexGuard<'_, Vec<String>> {
    works.in_debt.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn renew(works: &Works, owner: &str) -> Result<(), StoreError> {
    works
        .store
        .renew_sources(works.clock.now(), owner, HOLD)
        .await?;
    Ok(())
}

/// How many sources are lost with a task that ended: one that died could not report, and its source is
/// tried again when its lease ends.
fn lost(task: Result<(), JoinError>) -> usize {
    task.map_or_else(
        |e| {
            tracing::error!("a source's task ended early: {e}");
            1
        },
        |()| 0,
    )
}

/// A name that no other puller has, here or elsewhere.
fn owner() -> anyhow::Result<String> {
    let chance = getrandom::u64().context("the system gives no random numbers")?;
    Ok(format!("pull-{}-{chance:016x}", std::process::id()))
}
