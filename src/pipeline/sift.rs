//! Sifting: which of a source's items it was known for before, and by what the others can be found.
//!
//! This is done beside the reading of other sources and before the desk's turn, which all processes
//! share: who has leased a source is the only one that brings its items.

use super::{Reading, read::Pulled};
use crate::{
    model::StoryKey,
    store::{Store, StoreError, content_hash},
    story,
};

/// What came of a source, its items held against those that it is known for. Items are named by
/// their places in the document.
#[derive(Debug)]
pub(super) struct Sifted {
    pub(super) pulled: Pulled,
    /// Those that are not known, with their keys.
    pub(super) unknown: Vec<(usize, Vec<StoryKey>)>,
    /// Those that are known and not as they were.
    pub(super) changed: Vec<usize>,
}

/// Sifts what a source brought.
pub(super) async fn sift(store: &Store, pulled: Pulled) -> Result<Sifted, StoreError> {
    let (mut unknown, mut changed) = (Vec::new(), Vec::new());
    if let Ok(Reading::Document(document)) = &pulled.reading {
        let keys: Vec<String> = document.items.iter().map(|item| item.key.clone()).collect();
        let known = store.known_items(&pulled.source.id, &keys).await?;
        for (at, item) in document.items.iter().enumerate() {
            // A feed of ten thousand items must not keep the pages waiting.
            if at % 64 == 63 {
                tokio::task::yield_now().await;
            }
            match known.get(&item.key) {
                None => unknown.push((at, story::keys(item))),
                Some(known) if !known.forgotten && known.hash != content_hash(item) => {
                    changed.push(at);
                }
                Some(_) => {}
            }
        }
    }
    Ok(Sifted {
        pulled,
        unknown,
        changed,
    })
}
