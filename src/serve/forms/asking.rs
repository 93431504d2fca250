//! Asking: the mails that ask whoever signed up to confirm, written beside the pages, so that no page
//! waits for a mail server and none tells by its time whether a mail was written.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::Gate;
use crate::{issue, pipeline::Works};

/// How often those are looked for that could not be written at once.
const LOOK: Duration = Duration::from_mins(1);

/// Writes to whoever signed up until `stop`, and forgets those who did not confirm; `works` gives what
/// is in force at the time.
pub(in crate::serve) async fn write_asked(
    works: impl Fn() -> Works,
    gate: Arc<Gate>,
    stop: CancellationToken,
) {
    loop {
        let works = works();
        if let Err(e) = issue::ask_to_confirm(&works).await {
            tracing::error!("who signed up could not be written to: {e:#}");
        }
        if let Err(e) = works.store.forget_unconfirmed(works.clock.now()).await {
            tracing::error!("old sign-ups could not be forgotten: {e}");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = gate.bell.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
