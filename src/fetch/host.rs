//! Hosts: one object for each, so that pacing and rest hold for all its sources together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as Lock, OwnedSemaphorePermit, Semaphore},
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
    /// When a request was last begun.
    asked: Mutex<Option<Instant>>,
    robots: Lock<Option<(Instant, Arc<Robots>)>>,
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
            asked: Mutex::default(),
            robots: Lock::default(),
        });
        hosts.insert(authority.to_owned(), Arc::clone(&host));
        host
    }
}

/// How long a robots.txt is taken as it was (RFC 9309, section 2.4).
const ROBOTS_KEPT: Duration = Duration::from_hours(24);
/// How long one that cannot be read is not asked for again.
const ROBOTS_MISSED: Duration = Duration::from_mins(30);

/// How long a connection waits for the next request to its host.
pub(super) const LINGER: Duration = Duration::from_secs(5);

impl Host {
    /// What its robots.txt says; `ask` reads it, for all who wait at once.
    pub(super) async fn robots(&self, ask: impl Future<Output = Robots>) -> Arc<Robots> {
        let mut known = self.robots.lock().await;
        if let Some((since, robots)) = known.as_ref() {
            let kept = if robots.unreachable {
                ROBOTS_MISSED
            } else {
                ROBOTS_KEPT
            };
            if since.elapsed() < kept {
                return Arc::clone(robots);
            }
        }
        let robots = Arc::new(ask.await);
        *known = Some((Instant::now(), Arc::clone(&robots)));
        robots
    }

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

    /// Notes a request, and tells whether one came just before: then another may well follow, and is
    /// worth a connection that stays.
    pub(super) fn visit(&self) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let before = asked.replace(Instant::now());
        before.is_some_and(|before| before.elapsed() < LINGER)
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
