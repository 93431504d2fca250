//! Choices: what of their digests a reader wants, how often and in which form.

use serde::{Deserialize, Serialize};

use super::{AreaId, LanguageCode};

/// What a reader wants. The default is everything, as it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The areas whose stories they want; empty means all, and stories of no area too.
    pub areas: Vec<AreaId>,
    /// The languages in which they read stories; empty means all.
    pub languages: Vec<LanguageCode>,
    /// How often they want a letter.
    pub frequency: Frequency,
    /// In which form.
    pub format: Format,
}

/// How often a reader wants a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    /// With each edition
    #[default]
    Each,
    /// One a week, of all editions since the last one
    Weekly,
    /// One a month, of all editions since the last one
    Monthly,
}

impl Frequency {
    /// All of them, the usual one first.
    pub const ALL: [Self; 3] = [Self::Each, Self::Weekly, Self::Monthly];

    /// The word as scripts and forms read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// In which form a reader wants letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// HTML with a text part beside it
    #[default]
    Html,
    /// Text alone
    Text,
}

impl Format {
    /// Both, the usual one first.
    pub const ALL: [Self; 2] = [Self::Html, Self::Text];

    /// The word as scripts and forms read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "text",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}
