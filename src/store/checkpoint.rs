//! Checkpoints: what an SQLite file's log of changes holds, written back into the file beside the writing.
//!
//! A checkpoint waits for the disk. Where the writer makes it, as SQLite does by itself, a round waits with
//! it; here another connection does, while the next items are placed. SQLite still makes its own where ours
//! cannot keep up, and when the last connection closes.

use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::Executor as _;

use super::Store;

/// After so many items the log holds some thousand pages: often enough that it stays small, and seldom
/// enough that a page which changes often is written back once.
const AFTER: usize = 1_000;

/// What this process wrote into the log.
#[derive(Debug, Default)]
pub(super) struct Written(AtomicUsize);

impl Store {
    /// Counts items that were written, and begins a checkpoint where it is time for one.
    pub(super) fn count_written(&self, items: usize) {
        let Written(written) = &self.inner.written;
        let before = written.fetch_add(items, Ordering::Relaxed);
        if self.inner.file.is_none() || before + items < AFTER {
            return;
        }
        written.store(0, Ordering::Relaxed);
        let store = self.clone();
        tokio::spawn(async move {
            let done = store.pool().execute("PRAGMA wal_checkpoint(PASSIVE)").await;
            // What was not written back now is at the next time.
            if let Err(error) = done {
                tracing::debug!("the log of changes was not written back: {error}");
            }
        });
    }
}
