//! What delivering came to.

use serde::Serialize;

/// What delivering came to; serialises to the `deliveries` of `run --json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeliveryReport {
    /// Still to be sent
    pub queued: u64,
    /// Taken by the server in this call
    pub accepted: u64,
    /// Refused for good in this call
    pub refused: u64,
    /// In doubt, those included that were found so in this call and sent once more
    pub unsure: u64,
    /// What a person must look at, a sentence each
    #[serde(skip)]
    pub problems: Vec<String>,
    /// Why sending came to an early end in this call
    #[serde(skip)]
    pub stopped: Option<String>,
    /// What a person may want to know, a sentence each
    #[serde(skip)]
    pub notes: Vec<String>,
}
