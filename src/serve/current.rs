//! The configuration in force, which a reload replaces while everything runs.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRef;
use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use super::archive::Archive;
use crate::pipeline::Works;

/// What the pages, the rounds and the reload share; cheap to clone.
#[derive(Clone)]
pub(super) struct Current {
    inner: Arc<Inner>,
}

struct Inner {
    works: RwLock<Works>,
    broken: RwLock<Option<String>>,
    started: DateTime<Utc>,
    archive: Archive,
    rounds: Notify,
    post: Notify,
}

impl Current {
    pub(super) fn new(works: Works) -> Self {
        Self {
            inner: Arc::new(Inner {
                started: works.clock.now(),
                works: RwLock::new(works),
                broken: RwLock::new(None),
                archive: Archive::default(),
                rounds: Notify::new(),
                post: Notify::new(),
            }),
        }
    }

    /// The works of the configuration in force.
    pub(super) fn works(&self) -> Works {
        self.inner
            .works
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// From now on these are in force, and a round is played under them.
    pub(super) fn replace(&self, works: Works) {
        *self
            .inner
            .works
            .write()
            .unwrap_or_else(PoisonError::into_inner) = works;
        self.set_broken(None);
        self.inner.rounds.notify_one();
    }

    /// Why the files on the disk are not in force; `None` where they are.
    pub(super) fn broken(&self) -> Option<String> {
        self.inner
            .broken
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set_broken(&self, why: Option<String>) {
        *self
            .inner
            .broken
            .write()
            .unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// When the program began.
    pub(super) fn started(&self) -> DateTime<Utc> {
        self.inner.started
    }

    pub(super) fn archive(&self) -> &Archive {
        &self.inner.archive
    }

    /// Rung when a round is to begin before its time.
    pub(super) fn rounds(&self) -> &Notify {
        &self.inner.rounds
    }

    /// Rung when there is something to send.
    pub(super) fn post(&self) -> &Notify {
        &self.inner.post
    }
}

impl FromRef<Current> for Works {
    fn from_ref(current: &Current) -> Self {
        current.works()
    }
}
