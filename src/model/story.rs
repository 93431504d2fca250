//! Stories: all items that report the same thing.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{ItemId, StoryId};

/// Where a new item belongs, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The story it joins; for a new one, an id of its own.
    pub story: StoryId,
    /// How it relates to what is there.
    pub relation: Relation,
    /// The item that it was held against.
    pub of: Option<ItemId>,
    /// How alike the two are, from 0 to 1.
    pub likeness: f64,
    /// Why, in words a colleague would use: "same address as …".
    pub reason: String,
}

/// How an item relates to its story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// It opened the story
    New,
    /// The same item again under another guid or address
    Known,
    /// The same text elsewhere
    Copy,
    /// The same text with small changes
    Update,
    /// The same text in another language
    Translation,
    /// A person put it there
    Joined,
}

impl Relation {
    /// The word as scripts read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Copy => "copy",
            Self::Update => "update",
            Self::Translation => "translation",
            Self::Joined => "joined",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::New,
            Self::Known,
            Self::Copy,
            Self::Update,
            Self::Translation,
            Self::Joined,
        ]
        .into_iter()
        .find(|relation| relation.as_str() == word)
    }
}

/// Something two items may share by which the database finds one from the other.
///
/// A hash stands for the value, in sixteen bytes a row instead of a hundred. Two values that fall on one
/// hash by chance give a candidate too many, which is then held against the new item like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoryKey {
    /// The kind of key: `url`, `guid`, `symbol`, `title`, `band` …
    pub kind: &'static str,
    /// 64 bits of a hash over the kind and the value.
    pub hash: i64,
}

/// The kind is in the hash already.
impl std::hash::Hash for StoryKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_i64(self.hash);
    }
}

impl StoryKey {
    /// The key of a value.
    pub fn new(kind: &'static str, value: &str) -> Self {
        let hash = short_hash(&[kind, value]);
        Self { kind, hash }
    }
}

/// The first 64 bits of SHA-256 over texts, each with a zero after it: the same on every machine and in
/// every version, as such hashes end in the database.
pub fn short_hash(texts: &[&str]) -> i64 {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.as_bytes());
        hasher.update([0]);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize()[..8]);
    i64::from_be_bytes(first)
}
