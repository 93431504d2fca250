//! Hands: as many threads as there are cores, for work that fills one, such as reading a document.
//!
//! They are there from the beginning and no others come, as each thread that ever allocates keeps memory
//! of its own; the runtime's threads for what blocks come and go, and wait for names and files. What
//! waits here is bounded by the requests that may be on their way.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
};

use tokio::sync::oneshot;

/// How many cores there are to work on.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

type Job = Box<dyn FnOnce() + Send>;

/// The threads; they end when the last clone is gone and what they were given is done.
#[derive(Clone, Debug)]
pub(super) struct Hands {
    jobs: mpsc::Sender<Job>,
}

impl Hands {
    /// Starts them.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub(super) fn new() -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..cores() {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name("reader".to_owned())
                .spawn(move || work(&waiting))?;
        }
        Ok(Self { jobs })
    }

    /// Carries out a piece of work; `None` where it panicked, which the log has by then.
    pub(super) async fn carry_out<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, result) = oneshot::channel();
        let job = move || {
            // Whoever asked may have gone.
            let _ = done.send(work());
        };
        self.jobs.send(Box::new(job)).ok()?;
        result.await.ok()
    }
}

fn work(waiting: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = next else { return };
        // A job that panics drops the end that its answer would have gone through.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_its_work_alone() {
        let hands = Hands::new().unwrap();
        for _ in 0..20 {
            let broken = hands.carry_out(|| -> u8 { panic!("on purpose") }).await;
            assert_eq!(broken, None);
        }
        assert_eq!(hands.carry_out(|| 1).await, Some(1));
    }
}
