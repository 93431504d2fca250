//! Letters that are kept encoded while their deliveries go out.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::{
    ask, edition_of,
    letter::{letter_for, owned_letter},
};
use crate::{
    deliver::Template,
    model::{DigestId, EditionId, Format},
    pipeline::Works,
};

/// How many letters are kept. Deliveries of one letter are taken together, so a few are enough.
const LETTERS: usize = 64;

/// A letter that is ready to be personalised.
pub(super) struct Kept {
    pub(super) template: Template,
    /// The digests that it is of.
    pub(super) digests: Vec<DigestId>,
    /// Until when it is news.
    pub(super) until: DateTime<Utc>,
}

/// The letters of a call, each rendered and encoded once.
pub(super) struct Letters {
    works: Works,
    kept: Mutex<HashMap<EditionId, Option<Arc<Kept>>>>,
}

impl Letters {
    pub(super) fn new(works: &Works) -> Self {
        Self {
            works: works.clone(),
            kept: Mutex::default(),
        }
    }

    /// The same of one that was asked for lately; the outer `None` if it was not.
    pub(super) async fn known(&self, id: &EditionId) -> Option<Option<Arc<Kept>>> {
        self.kept.lock().await.get(id).cloned()
    }

    /// The letter of an edition or a reading; `None` if it is not in the database.
    pub(super) async fn of(&self, id: &EditionId) -> anyhow::Result<Option<Arc<Kept>>> {
        let mut letters = self.kept.lock().await;
        if let Some(letter) = letters.get(id) {
            return Ok(letter.clone());
        }
        let letter = match edition_of(&self.works, id).await? {
            Some(content) => {
                let settings = &self.works.settings;
                let edition = &content.edition;
                let mut letter = owned_letter(settings, edition, &content.digests, content.why);
                if content.format == Format::Text {
                    letter.html.clear();
                }
                Some(Arc::new(Kept {
                    template: letter_for(settings, edition, &letter)?,
                    until: ask::until(settings, edition),
                    digests: content.digests,
                }))
            }
            None => None,
        };
        if letters.len() >= LETTERS {
            letters.clear();
        }
        letters.insert(id.clone(), letter.clone());
        Ok(letter)
    }
}
