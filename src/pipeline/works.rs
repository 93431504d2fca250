//! What a round works with: settings, store, client, vocabulary, clock.

use std::sync::{Arc, Mutex, atomic::AtomicBool};

use anyhow::Context;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    Tally,
    hands::{Hands, cores},
    vocabulary,
};
use crate::{areas::Matcher, fetch::Client, model::Settings, store::Store, time::Clock};

/// Everything a round needs, cheap to clone.
#[derive(Clone)]
pub struct Works {
    /// What feeds.toml means.
    pub settings: Arc<Settings>,
    /// The database.
    pub store: Store,
    /// The HTTP client.
    pub client: Client,
    /// The vocabulary, compiled.
    pub matcher: Arc<Matcher>,
    /// The clock.
    pub clock: Clock,
    /// What was done so far, counted for a monitor.
    pub tally: Arc<Mutex<Tally>>,
    /// Cancelled when the program is to end: nothing new is begun, what is in hand is finished.
    pub stop: CancellationToken,
    /// Whether the database knows the sources of these settings.
    pub(super) synced: Arc<AtomicBool>,
    /// Pullers whose leases could not be given back, as the database failed; the next one does it.
    pub(super) in_debt: Arc<Mutex<Vec<String>>>,
    /// A thread a core for work that fills a core: reading documents.
    pub(super) hands: Hands,
    /// One permit for each document that may be in memory beyond its bytes.
    pub(super) documents: Arc<Semaphore>,
}

/// How many documents for each core may be read or wait to be: bounds memory, not speed.
const DOCUMENTS: usize = 2;

impl Works {
    /// Opens the database of the settings and makes the rest ready.
    ///
    /// # Errors
    /// One sentence when the database cannot be opened or the client not be built.
    pub async fn open(settings: Settings, clock: Clock) -> anyhow::Result<Self> {
        let settings = Arc::new(settings);
        // The system's certificates are many files, and are read while the database is opened.
        let made = Arc::clone(&settings);
        let tools = tokio::task::spawn_blocking(move || Tools::new(&made));
        let store = Store::open(&settings.paths.database)
            .await
            .context("the database cannot be opened")?;
        Self::of(settings, store, tools.await??, clock)
    }

    /// The same on a database that is already open.
    ///
    /// # Errors
    /// When the client cannot be built, or the system gives no threads.
    pub fn with_store(settings: Settings, store: Store, clock: Clock) -> anyhow::Result<Self> {
        let tools = Tools::new(&settings)?;
        Self::of(Arc::new(settings), store, tools, clock)
    }

    fn of(
        settings: Arc<Settings>,
        store: Store,
        tools: Tools,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let Tools { client, matcher } = tools;
        Ok(Self {
            settings,
            store,
            client,
            matcher,
            clock,
            tally: Arc::default(),
            stop: CancellationToken::new(),
            synced: Arc::default(),
            in_debt: Arc::default(),
            hands: Hands::new().context("no threads are to be had")?,
            documents: Arc::new(Semaphore::new(DOCUMENTS * cores())),
        })
    }

    /// The same database, clock, counts and stop under other settings.
    ///
    /// # Errors
    /// When the client cannot be built.
    pub fn under(&self, settings: Settings) -> anyhow::Result<Self> {
        Ok(Self {
            tally: Arc::clone(&self.tally),
            in_debt: Arc::clone(&self.in_debt),
            stop: self.stop.clone(),
            ..Self::with_store(settings, self.store.clone(), self.clock)?
        })
    }
}

/// What is made of the settings alone.
struct Tools {
    client: Client,
    matcher: Arc<Matcher>,
}

impl Tools {
    fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::new(&settings.fetch, &settings.publication.contact)?,
            matcher: Arc::new(vocabulary(settings)),
        })
    }
}
