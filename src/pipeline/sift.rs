//! Sifting: what of a document is new or has changed; only that is judged, placed and stored.
//!
//! Most pulls bring a feed of which everything but an entry or two is known. Telling by its identity
//! and a hash costs a look-up a document; judging an item costs a hundred times as much.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{Document, Failure, Normaliser, Pulled, Reading, Works, read::aside};
use crate::{
    model::{Item, ItemId, Source},
    store::{StoreError, content_hash},
    story::{Signature, sign},
};

/// What a document brought that is not stored yet.
#[derive(Default)]
pub(super) struct News {
    /// Items whose identity is not known, signed.
    pub(super) new: Vec<(Item, Signature)>,
    /// Known items whose text changed, signed.
    pub(super) changed: Vec<(Item, Signature)>,
    /// All items that the document lists.
    pub(super) listed: HashSet<ItemId>,
}

impl News {
    pub(super) fn len(&self) -> usize {
        self.new.len() + self.changed.len()
    }
}

/// What came of a source, and what of it is news.
pub(super) struct Sifted {
    pub(super) pulled: Pulled,
    pub(super) news: News,
}

/// Takes the items out of what was pulled and keeps those that are news, judged. This is done beside
/// the reading of other sources and before the desk's turn, which all processes share: who has leased
/// a source is the only one that brings its items.
///
/// # Errors
/// When the database fails. A document that breaks our reader becomes a failure of its source.
pub(super) async fn sift(works: &Works, mut pulled: Pulled) -> Result<Sifted, StoreError> {
    let news = news(works, &mut pulled).await?;
    Ok(Sifted { pulled, news })
}

async fn news(works: &Works, pulled: &mut Pulled) -> Result<News, StoreError> {
    let Ok(Reading::Document(document)) = &mut pulled.reading else {
        return Ok(News::default());
    };
    let items = std::mem::take(&mut document.items);
    let keys: Vec<String> = items.iter().map(|item| item.key.clone()).collect();
    // Of a source that was never read nothing can be known.
    let known = if pulled.before.last_success.is_none() {
        HashMap::new()
    } else {
        works.store.known_items(&pulled.source.id, &keys).await?
    };
    let mut news = News::default();
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for item in items {
        news.listed.insert(item.id.clone());
        match known.get(&item.key) {
            None => new.push(item),
            Some(known) if !known.forgotten && known.hash != content_hash(&item) => {
                changed.push(item);
            }
            Some(_) => {}
        }
    }
    let count = new.len();
    new.append(&mut changed);
    match judged(works, &pulled.source, new).await {
        Ok(mut new) => {
            let changed = new.split_off(count);
            Ok(News {
                new,
                changed,
                ..news
            })
        }
        Err(failure) => {
            pulled.reading = Err(failure);
            Ok(News::default())
        }
    }
}

/// Judges and signs items, on a thread for what fills a core.
async fn judged(
    works: &Works,
    source: &Arc<Source>,
    items: Vec<Item>,
) -> Result<Vec<(Item, Signature)>, Failure> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let (matcher, source) = (Arc::clone(&works.matcher), Arc::clone(source));
    let now = works.clock.now();
    aside(works, move || {
        let normaliser = Normaliser {
            source: &source,
            language: None,
            matcher: &matcher,
            now,
        };
        let judge = |mut item: Item| {
            normaliser.judge(&mut item);
            let signature = sign(&item);
            (item, signature)
        };
        items.into_iter().map(judge).collect()
    })
    .await
}

/// Judges all items of a document that is only looked at.
///
/// # Errors
/// When one of them breaks our reader.
pub(super) async fn judge_all(
    works: &Works,
    source: &Arc<Source>,
    document: &mut Document,
) -> Result<(), Failure> {
    let items = std::mem::take(&mut document.items);
    let judged = judged(works, source, items).await?;
    document.items = judged.into_iter().map(|(item, _)| item).collect();
    Ok(())
}
