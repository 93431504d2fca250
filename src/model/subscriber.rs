//! Subscribers: who gets a digest.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Choices, DigestId, Language, SubscriberId};

/// One reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// A random id; logs carry it, never the address.
    pub id: SubscriberId,
    /// The address, its domain in A-labels; empty once they left.
    pub address: String,
    /// The name, if one was given.
    pub name: Option<String>,
    /// The language of what is written to them; `None` takes each digest's own.
    pub language: Option<Language>,
    /// The digests they get.
    pub digests: Vec<DigestId>,
    /// What of these digests they want, and how.
    pub choices: Choices,
    /// Whether they get anything.
    pub state: SubscriberState,
    /// How they agreed; `None` for those whom an operator listed in feeds.toml.
    pub consent: Option<Consent>,
    /// When one who gets a letter a week or a month was last sent one.
    pub last_letter: Option<DateTime<Utc>>,
    /// The secret in their unsubscribe link: 32 letters and digits, at least 128 bits.
    pub token: String,
}

/// The proof that a reader agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// When.
    pub at: DateTime<Utc>,
    /// By which way, in words: `confirmed by mail`, `import of list.csv`.
    pub how: String,
    /// The sentence that they agreed to, by the id it is stored under.
    pub wording: Option<String>,
}

/// Whether a subscriber gets anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriberState {
    /// Has not confirmed yet
    #[default]
    Pending,
    /// Gets what they chose
    Active,
    /// Wants nothing for a while
    Paused,
    /// Wants nothing; the address is forgotten but for a keyed hash
    Unsubscribed,
    /// The address is dead
    Bounced,
    /// Called it spam
    Complained,
}

impl SubscriberState {
    /// All of them, in the order of a reader's life.
    pub const ALL: [Self; 6] = [
        Self::Pending,
        Self::Active,
        Self::Paused,
        Self::Unsubscribed,
        Self::Bounced,
        Self::Complained,
    ];

    /// The word as scripts read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
