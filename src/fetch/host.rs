//! Hosts: one object for each, so that pacing and rest hold for all its sources together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

use super::{FailureKind, FetchError, robots::Robots};

/// All hosts of a run.
#[derive(Debug)]
pub(super) struct Hosts {
    per_host: usize,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

/// One host: how many requests at once, until when it rests, what its robots.txt says.
#[derive(Debug)]
pub(super) struct Host {
    slots: Arc<Semaphore>,
    rest: Mutex<Option<Instant>>,
    next: Mutex<Option<Instant>>,
    pub(super) robots: OnceCell<Robots>,
}

impl Hosts {
    pub(super) fn new(per_host: usize) -> Self {
        Self {
            per_host: per_host.max(1),
            hosts: Mutex::default(),
        }
    }

    /// The host of an authority such as `example.org:8080`.
    pub(super) fn of(&self, authority: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.get(authority) {
            return Arc::clone(host);
        }
        let host = Arc::new(Host {
            slots: Arc::new(Semaphore::new(self.per_host)),
            rest: Mutex::default(),
            next: Mutex::default(),
            robots: OnceCell::new(),
        });
        hosts.insert(authority.to_owned(), Arc::clone(&host));
        host
    }
}

impl Host {
    /// A slot to ask with; fails at once while the host rests.
    pub(super) async fn slot(&self) -> Result<OwnedSemaphorePermit, FetchError> {
        self.awake()?;
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| {
            FetchError::new(FailureKind::Protocol, true, "the program is shutting down")
        })?;
        // It may have asked for rest while we stood in line.
        self.awake()?;
        Ok(slot)
    }

    fn awake(&self) -> Result<(), FetchError> {
        let rest = *self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        match rest.and_then(|until| until.checked_duration_since(Instant::now())) {
            None => Ok(()),
            Some(left) => Err(FetchError {
                retry_after: Some(left),
                ..FetchError::new(
                    FailureKind::Resting,
                    true,
                    "the site asked to be left alone for a while",
                )
            }),
        }
    }

    /// The host asked to be left alone.
    pub(super) fn rest(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        *rest = Some(rest.map_or(until, |earlier| earlier.max(until)));
    }

    /// Waits until so long after the last request that waited here.
    pub(super) async fn pace(&self, delay: Duration) {
        let mine = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let mine = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
            *next = Some(mine + delay);
            mine
        };
        sleep_until(mine).await;
    }
}
