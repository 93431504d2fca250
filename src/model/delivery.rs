//! Deliveries: one edition to one subscriber.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{DeliveryId, EditionId, SubscriberId};

/// Stands for a subscriber's token in a mail that is rendered once for many: as wide as any token
/// (32 letters and digits), so that it can be replaced in a message that is already encoded.
pub const TOKEN_PLACEHOLDER: &str = "0TOKEN0TOKEN0TOKEN0TOKEN0TOKEN00";

/// One edition to one subscriber.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// A hash of the two.
    pub id: DeliveryId,
    /// The edition.
    pub edition: EditionId,
    /// The subscriber.
    pub subscriber: SubscriberId,
    /// Their address when the edition was frozen.
    pub address: String,
    /// Their token.
    pub token: String,
    /// The `Message-ID`, without angle brackets, the same at every try.
    pub message_id: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How many times it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub next_attempt: DateTime<Utc>,
    /// What the server said last.
    pub reply: Option<String>,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// To be sent
    Queued,
    /// Somebody sends it right now
    Sending,
    /// The server took it
    Accepted,
    /// The server refused it for good
    Refused,
    /// Sent, but the server's answer was never seen
    Unsure,
}

impl DeliveryState {
    /// The word as scripts read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unsure => "unsure",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Sending,
            Self::Accepted,
            Self::Refused,
            Self::Unsure,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}
