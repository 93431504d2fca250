//! Digests: recurring newsletters, and the ledger's states.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{AreaId, DigestId, Language, LanguageCode};

/// A recurring newsletter as feeds.toml means it.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// Its id.
    pub id: DigestId,
    /// Its title.
    pub title: String,
    /// When it goes out: crontab(5), in the publication's time zone.
    pub schedule: String,
    /// The areas it is about, in the order of its sections; empty means all, in the order of areas.toml.
    pub areas: Vec<AreaId>,
    /// The languages of items it takes; empty means all.
    pub languages: Vec<LanguageCode>,
    /// The language of its own words.
    pub language: Language,
    /// How long before it goes out a person looks at it; `None` when it goes out by itself.
    pub review: Option<Duration>,
    /// The most stories in one edition.
    pub max_items: usize,
    /// The most stories of one source in one edition.
    pub max_per_source: usize,
    /// The most stories in one section; `None` for as many as there are.
    pub max_per_section: Option<usize>,
    /// What becomes of stories that do not fit.
    pub overflow: Overflow,
    /// Who looks at its drafts; empty for the publication's contact.
    pub editors: Vec<String>,
    /// A fixed list of addresses.
    pub recipients: Vec<String>,
}

/// What becomes of stories that do not fit into an edition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// They wait for the next
    #[default]
    Waits,
    /// They are let go; the web edition names them once
    LetGo,
}

/// What the ledger says of a story in a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LedgerState {
    /// Will be looked at for the next edition
    Waiting,
    /// Put off to the next edition by a person
    Held,
    /// Set aside for good, by a person or by a rule
    Dropped,
    /// In an edition
    In(super::EditionId),
}

impl LedgerState {
    /// The word as scripts read it: `waiting`, `held`, `dropped`, or the edition's id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Waiting => "waiting",
            Self::Held => "held",
            Self::Dropped => "dropped",
            Self::In(edition) => edition.as_str(),
        }
    }

    /// Reads the word back; whatever is not a state is an edition's id.
    pub fn parse(word: &str) -> Self {
        match word {
            "waiting" => Self::Waiting,
            "held" => Self::Held,
            "dropped" => Self::Dropped,
            edition => Self::In(super::EditionId::new(edition)),
        }
    }
}
