//! The hand at the post: who may send, and what the last one that sent had in hand when it died.
//!
//! One process at a time has the lock of `post.lock` in the data folder; the system takes it back
//! when its holder dies, however that happens. Deliveries in an SQLite file are sent by that process
//! alone. Several machines share a PostgreSQL database: there each delivery is leased by itself, and
//! the lock only says who writes the journal of this folder.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::DeliveryReport;
use crate::{
    deliver::{Journal, Left, knows_its_boot},
    model::{DeliveryId, InDoubt},
    pipeline::{Works, hash},
    store::Settled,
};

/// How many deliveries are taken at once, for each connection and at the least, where a journal tells
/// them apart: each time waits for the disk.
const TAKEN: (usize, usize) = (16, 64);

/// The right to send.
pub(super) struct Hand {
    /// The name under which deliveries are taken.
    pub(super) owner: String,
    /// Whether a journal tells what is in hand from what is not yet.
    told_apart: bool,
    /// Whether other machines may send from the same database.
    pub(super) shared: bool,
    /// Where what is in hand is written, by whoever has the lock.
    journal: Option<PathBuf>,
    _lock: Option<File>,
}

impl Hand {
    /// Takes the right to send, and deals with what an earlier program left. `None` where another
    /// one is sending.
    pub(super) async fn take(
        works: &Works,
        report: &mut DeliveryReport,
    ) -> anyhow::Result<Option<Self>> {
        let data = &works.settings.paths.data;
        let shared = !works.settings.paths.database.starts_with("sqlite:");
        std::fs::create_dir_all(data)
            .with_context(|| format!("`{}` cannot be made", data.display()))?;
        let lock = data.join("post.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .with_context(|| format!("`{}` cannot be written", lock.display()))?;
        let lock = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) if shared => None,
            Err(TryLockError::WouldBlock) => {
                report.notes.push(
                    "another process is sending from this database; it takes what is queued"
                        .to_owned(),
                );
                return Ok(None);
            }
            Err(TryLockError::Error(e)) => {
                return Err(e).with_context(|| format!("`{}` cannot be locked", lock.display()));
            }
        };
        let owner = name(works);
        let journal = lock.is_some().then(|| data.join("post.journal"));
        if let Some(path) = &journal {
            recover(works, path, shared, report).await?;
        }
        let now = works.clock.now();
        report.unsure += works.store.unsure_stuck(now).await?.len() as u64;
        let told_apart = journal.is_some() && !shared && knows_its_boot();
        Ok(Some(Self {
            owner,
            told_apart,
            shared,
            journal,
            _lock: lock,
        }))
    }
}

impl Hand {
    /// How many deliveries are taken at once for so many connections.
    pub(super) fn taken(&self, connections: usize) -> usize {
        if self.told_apart {
            (TAKEN.0 * connections).max(TAKEN.1)
        } else {
            connections
        }
    }

    /// Begins to write down what is in hand, in place of what an earlier program left.
    pub(super) fn begin_journal(&self) -> anyhow::Result<Option<Journal>> {
        let Some(path) = &self.journal else {
            return Ok(None);
        };
        let begun = Journal::begin(path, &self.owner);
        Ok(Some(begun.with_context(|| {
            format!("`{}` cannot be written", path.display())
        })?))
    }
}

/// A name that no other process has.
fn name(works: &Works) -> String {
    let mut salt = [0_u8; 8];
    // Without randomness the process and the time still tell two apart on one machine.
    let _ = getrandom::fill(&mut salt);
    let now = works.clock.now().timestamp_micros().to_string();
    let process = std::process::id().to_string();
    format!(
        "post-{}",
        &hash(&[&process, &now, &format!("{salt:?}")])[..16]
    )
}

/// Finds out what became of the deliveries that a dead program had taken.
async fn recover(
    works: &Works,
    path: &Path,
    shared: bool,
    report: &mut DeliveryReport,
) -> anyhow::Result<()> {
    let left =
        Journal::left(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    if shared && left.is_none() {
        return Ok(());
    }
    let left = left.unwrap_or_default();
    let owner = shared.then_some(left.owner.as_str());
    let taken = works.store.in_hand(owner).await?;
    if taken.is_empty() {
        return Ok(());
    }
    let Sorted {
        settled,
        unsure,
        untouched,
    } = Sorted::by(&left, taken);
    let now = works.clock.now();
    works.store.settle(&settled, now).await?;
    works.store.put_back(&untouched, now).await?;
    works.store.doubt(&unsure, now).await?;
    report.unsure += unsure.len() as u64;
    if !unsure.is_empty() {
        let one = unsure.len() == 1;
        let (mails, were, they) = if one {
            ("mail", "was", "it")
        } else {
            ("mails", "were", "they")
        };
        let then = match works.settings.mail.in_doubt {
            InDoubt::Repeat => {
                format!("{they} {were} sent once more under the same Message-ID")
            }
            InDoubt::Ask => "see `circular deliveries list --state unsure`".to_owned(),
        };
        report.notes.push(format!(
            "{} {mails} {were} being handed over when an earlier run ended, and may or may not have arrived: {then}",
            unsure.len()
        ));
    }
    Ok(())
}

/// What a journal says of deliveries that were taken.
struct Sorted {
    settled: Vec<Settled>,
    unsure: Vec<DeliveryId>,
    untouched: Vec<DeliveryId>,
}

impl Sorted {
    fn by(left: &Left, taken: Vec<DeliveryId>) -> Self {
        let mut sorted = Self {
            settled: Vec::new(),
            unsure: Vec::new(),
            untouched: Vec::new(),
        };
        for id in taken {
            let answer = left.ended.get(id.as_str());
            if let Some(settled) = answer.and_then(|text| serde_json::from_str(text).ok()) {
                sorted.settled.push(settled);
            } else if left.whole && !left.begun.contains(id.as_str()) {
                sorted.untouched.push(id);
            } else {
                sorted.unsure.push(id);
            }
        }
        sorted
    }
}
