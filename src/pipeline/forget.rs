//! Forgetting: items older than `keep_items` that no edition cites go, a few at a time.

use chrono::TimeDelta;

use super::Works;
use crate::story;

/// How many items are looked at in one step: a transaction that nobody has to wait for.
const PAGE: usize = 200;
/// How many steps a round may take; a long past is forgotten over many rounds.
const STEPS: usize = 20;

/// Forgets what is old by the settings' rule, and tells how many items went.
///
/// # Errors
/// When the database fails; what was forgotten before stays so.
pub async fn forget(works: &Works) -> anyhow::Result<u64> {
    let Some(keep) = works.settings.keep_items else {
        return Ok(0);
    };
    let age = TimeDelta::from_std(keep).unwrap_or(TimeDelta::MAX);
    let Some(before) = works.clock.now().checked_sub_signed(age) else {
        return Ok(0);
    };
    if !works.store.has_old_items(before).await? {
        return Ok(0);
    }
    let mut gone = 0;
    for _ in 0..STEPS {
        let page: Vec<_> = works
            .store
            .old_items(before, PAGE)
            .await?
            .into_iter()
            .map(|(no, item)| {
                let keys = story::keys(&item);
                (no, item, keys)
            })
            .collect();
        if page.is_empty() || works.stop.is_cancelled() {
            break;
        }
        gone += works.store.forget(&page).await?;
    }
    if gone > 0 {
        tracing::info!("{gone} old items were forgotten");
    }
    works
        .tally
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .forgotten += gone;
    Ok(gone)
}
