//! Subscribers: who gets a digest.

use serde::{Deserialize, Serialize};

use super::{DigestId, Language, SubscriberId};

/// One reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// A random id; logs carry it, never the address.
    pub id: SubscriberId,
    /// The address, its domain in A-labels.
    pub address: String,
    /// The name, if one was given.
    pub name: Option<String>,
    /// The language of what is written to them; `None` takes each digest's own.
    pub language: Option<Language>,
    /// The digests they get.
    pub digests: Vec<DigestId>,
    /// Whether they get anything.
    pub state: SubscriberState,
    /// The secret in their unsubscribe link: 32 letters and digits, at least 128 bits.
    pub token: String,
}

/// Whether a subscriber gets anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriberState {
    /// Has not confirmed yet
    Pending,
    /// Gets what they chose
    Active,
    /// Wants nothing for a while
    Paused,
    /// Wants nothing
    Unsubscribed,
    /// The address is dead
    Bounced,
    /// Called it spam
    Complained,
}

impl SubscriberState {
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
        [
            Self::Pending,
            Self::Active,
            Self::Paused,
            Self::Unsubscribed,
            Self::Bounced,
            Self::Complained,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}
