//! Rounds: pull, compile, publish and deliver whenever something is due.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{
    issue,
    pipeline::{self, Which, Works},
};

/// How often the daemon looks whether anything is due.
const LOOK: Duration = Duration::from_secs(30);

/// Plays rounds until `stop`; a round that fails is logged and tried again.
pub(super) async fn play(works: Works, stop: CancellationToken) {
    loop {
        if let Err(e) = round(&works).await {
            tracing::error!("the round failed and is tried again: {e:#}");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn round(works: &Works) -> anyhow::Result<()> {
    let pulled = pipeline::pull(works, &Which::Due).await?;
    let editions = issue::compile_due(works).await?;
    for edition in &editions {
        tracing::info!(edition = %edition.id, stories = edition.len(), "an edition was made");
    }
    if pulled.sources.due > 0 || !editions.is_empty() {
        issue::publish(works).await?;
    }
    let mut delivered = issue::deliver(works).await?;
    delivered.problems.extend(issue::review(works).await?);
    for problem in delivered.problems {
        tracing::error!("mail: {problem}");
    }
    for note in delivered.notes {
        tracing::info!("mail: {note}");
    }
    Ok(())
}
