//! Threads: workers that each stay on one thread, as many threads as there are cores. To wake another
//! thread costs more than much of what is done for a message.

use anyhow::Context;
use tokio::{runtime::Builder, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// Has so many workers run to their ends. `halt` is cancelled when one of them fails, and when this
/// ends early, so that the others begin nothing new.
pub(super) async fn run<W, F>(count: usize, halt: CancellationToken, work: W) -> anyhow::Result<()>
where
    W: Fn() -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    // A thread cannot be ended from outside.
    let _end = halt.clone().drop_guard();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(count);
    let mut running = JoinSet::new();
    for number in 0..threads {
        let (halt, work) = (halt.clone(), work.clone());
        let count = (count + number) / threads;
        running.spawn_blocking(move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut workers = JoinSet::new();
                for _ in 0..count {
                    workers.spawn(work());
                }
                all(workers, &halt).await
            })
        });
    }
    all(running, &halt).await
}

/// Waits for all; what went wrong first is told.
async fn all(
    mut workers: JoinSet<anyhow::Result<()>>,
    halt: &CancellationToken,
) -> anyhow::Result<()> {
    let mut done = Ok(());
    while let Some(worker) = workers.join_next().await {
        let worker = worker.context("a connection's task ended early");
        if let Err(e) = worker.and_then(|worker| worker) {
            // What the others have in hand they bring to an end.
            halt.cancel();
            done = done.and(Err(e));
        }
    }
    done
}
