//! Policy areas: what `areas.toml` says of them, and what an item earned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AreaId, Language};

/// A policy area with its names and its vocabulary.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The id of the area, such as `open-access`.
    pub id: AreaId,
    /// Its name per language; all seven in the shipped file.
    pub names: BTreeMap<Language, String>,
    /// What it covers, in a sentence, per language.
    pub descriptions: BTreeMap<Language, String>,
    /// How much it counts when an edition orders its stories; 1 is usual.
    pub weight: f64,
    /// The words that earn it.
    pub terms: Vec<Term>,
    /// Texts that must earn it.
    pub examples: Vec<Example>,
    /// Texts that must not.
    pub counterexamples: Vec<Example>,
}

impl Area {
    /// Its name in the language, or in English, or its id.
    pub fn name(&self, language: Language) -> &str {
        self.names
            .get(&language)
            .or_else(|| self.names.get(&Language::En))
            .map_or(self.id.as_str(), String::as_str)
    }
}

/// A word or phrase that is evidence for an area.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The word or phrase as written in `areas.toml`.
    pub text: String,
    /// The language that it belongs to; `None` for names and symbols that hold in all.
    pub language: Option<Language>,
    /// How much one sight of it counts; 1 earns the area by itself in a title.
    pub weight: f64,
    /// Words of which one must stand near.
    pub near: Vec<Company>,
    /// Phrases inside which the term does not count.
    pub except: Vec<String>,
    /// Whether it counts only in a text that earns no area without such terms.
    pub alone: bool,
}

/// A word that a term needs beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// The word or phrase.
    pub text: String,
}

/// A text that proves a vocabulary.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The text, read as a title.
    pub text: String,
    /// Its language.
    pub language: Language,
}

/// An area that an item has, with what earned it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AreaTag {
    /// The area.
    pub id: AreaId,
    /// How sure we are, from 0 to 1; 1 for what a person or the source's own setting gave.
    pub score: f64,
    /// What earned it, strongest first.
    pub evidence: Vec<Evidence>,
}

/// One sight of a term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The term as written in `areas.toml`, or the name of who gave the area.
    pub term: String,
    /// Where it was seen.
    pub field: Field,
}

/// Where evidence was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// The item's title
    Title,
    /// The item's summary
    Summary,
    /// The rest of its text
    Body,
    /// A category that the source itself gave
    Category,
    /// The `areas` of the source in feeds.toml
    Source,
    /// A correction by a person
    Person,
    /// A word's weight in the learned layer
    Learned,
}
