//! The automaton: the terms of one language, searched for in one pass.
//!
//! What it finds are [`Entry`]s that stand in the right company and outside the phrases in which
//! they mean something else; of two hits for one area, one inside the other, only the longer counts.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use aho_corasick::{AhoCorasick, MatchKind};

use super::normal::{acronyms, holds, normal};
use crate::model::{Area, Language, Term};

/// How many words around a term its company is looked for.
const NEAR: usize = 12;
/// A German term of so many letters also counts as the beginning of a compound.
const COMPOUND_BEGINNING: usize = 6;
/// A German term of so many letters also counts anywhere inside a compound.
const COMPOUND: usize = 7;

#[derive(Debug)]
pub(super) struct Automaton {
    language: Option<Language>,
    search: AhoCorasick,
    /// What each pattern stands for.
    entries: Vec<Vec<Entry>>,
    compounds: bool,
    /// The short words that the vocabulary writes in capitals.
    acronyms: HashSet<String>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) area: usize,
    /// As areas.toml writes it.
    pub(super) term: String,
    /// As texts are searched for it: two spellings of one form are one piece of evidence.
    pub(super) form: String,
    pub(super) weight: f64,
    /// Whether it counts only where nothing else earns an area.
    pub(super) alone: bool,
    near: Vec<String>,
    except: Vec<String>,
    compound: Compound,
}

/// Where in a longer word a term counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compound {
    Nowhere,
    Beginning,
    Anywhere,
}

impl Automaton {
    pub(super) fn new(areas: &[Area], language: Option<Language>) -> Self {
        let acronyms = acronyms(areas, language);
        let mut patterns: HashMap<String, Vec<Entry>> = HashMap::new();
        for (area, terms) in areas.iter().map(|area| &area.terms).enumerate() {
            for term in terms {
                if !holds(term, language) {
                    continue;
                }
                let form = |text: &str| normal(text, language, &acronyms);
                let pattern = form(&term.text);
                if pattern.trim().is_empty() {
                    continue;
                }
                let entry = Entry {
                    area,
                    term: term.text.clone(),
                    form: pattern.clone(),
                    weight: term.weight,
                    alone: term.alone,
                    near: term
                        .near
                        .iter()
                        .map(|company| form(&company.text))
                        .collect(),
                    except: term.except.iter().map(|text| form(text)).collect(),
                    compound: Compound::of(term, language, pattern.trim()),
                };
                patterns.entry(pattern).or_default().push(entry);
            }
        }
        let mut patterns: Vec<(String, Vec<Entry>)> = patterns.into_iter().collect();
        patterns.sort_by(|a, b| a.0.cmp(&b.0));
        let compounds = language == Some(Language::De);
        // Compounds are found by their bare letters, whole words by the spaces around them.
        let needles = patterns.iter().map(|(pattern, entries)| {
            if entries
                .iter()
                .any(|entry| entry.compound != Compound::Nowhere)
            {
                pattern.trim().to_owned()
            } else {
                pattern.clone()
            }
        });
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles)
            .unwrap_or_else(|_| AhoCorasick::new([""; 0]).expect("an empty automaton"));
        Self {
            language,
            search,
            entries: patterns.into_iter().map(|(_, entries)| entries).collect(),
            compounds,
            acronyms,
        }
    }

    /// The stems of a text; of Chinese each two neighbouring signs.
    pub(super) fn stems(&self, text: &str) -> Vec<String> {
        let normal = normal(text, self.language, &self.acronyms);
        let mut sign_before: Option<&str> = None;
        let mut stems = Vec::new();
        for word in normal.split([' ', ',']).filter(|word| !word.is_empty()) {
            let is_sign = word.chars().all(|c| u32::from(c) >= 0x2e80);
            if is_sign {
                stems.extend(sign_before.map(|before| format!("{before}{word}")));
            } else if word.chars().count() >= 2 && word.chars().any(char::is_alphabetic) {
                stems.push(word.to_owned());
            }
            sign_before = is_sign.then_some(word);
        }
        stems
    }

    /// The terms that a text holds, as often as it holds them.
    pub(super) fn search(&self, text: &str) -> Vec<&Entry> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        let normal = normal(text, self.language, &self.acronyms);
        let mut hits: Vec<(usize, usize, &Entry)> = Vec::new();
        for hit in self.search.find_overlapping_iter(&normal) {
            let (start, end) = (hit.start(), hit.end());
            for entry in &self.entries[hit.pattern().as_usize()] {
                let fits = !self.compounds || entry.compound.fits(&normal, start, end);
                if fits
                    && !entry.is_excepted(&normal, start, end)
                    && entry.has_company(&normal, start, end)
                {
                    hits.push((start, end, entry));
                }
            }
        }
        hits.sort_by_key(|(start, end, entry)| (entry.area, *start, Reverse(*end)));
        let mut longest = (usize::MAX, 0, 0);
        hits.retain(|(start, end, entry)| {
            let same = longest == (entry.area, *start, *end);
            let inside = longest.0 == entry.area && *end <= longest.2;
            if !inside {
                longest = (entry.area, *start, *end);
            }
            same || !inside
        });
        hits.into_iter().map(|(_, _, entry)| entry).collect()
    }
}

impl Entry {
    /// Whether the hit stands inside a phrase in which the term means something else.
    fn is_excepted(&self, text: &str, start: usize, end: usize) -> bool {
        self.except.iter().any(|phrase| {
            let from = text.floor_char_boundary(start.saturating_sub(phrase.len()));
            let to = text.ceil_char_boundary((end + phrase.len()).min(text.len()));
            text[from..to]
                .match_indices(phrase.as_str())
                .any(|(at, _)| {
                    let at = from + at;
                    at <= start && end <= at + phrase.len()
                })
        })
    }

    /// Whether one of the words that the term needs stands near.
    fn has_company(&self, text: &str, start: usize, end: usize) -> bool {
        if self.near.is_empty() {
            return true;
        }
        let before = text[..start]
            .rmatch_indices(' ')
            .nth(NEAR)
            .map_or(0, |(at, _)| at);
        let after = text[end..]
            .match_indices(' ')
            .nth(NEAR)
            .map_or(text.len(), |(at, _)| end + at + 1);
        let around = &text[before..after];
        self.near.iter().any(|word| around.contains(word.as_str()))
    }
}

impl Compound {
    fn of(term: &Term, language: Option<Language>, form: &str) -> Self {
        let german = language == Some(Language::De) && term.language == Some(Language::De);
        match form.chars().count() {
            _ if !german || form.contains(' ') => Self::Nowhere,
            COMPOUND.. => Self::Anywhere,
            COMPOUND_BEGINNING.. => Self::Beginning,
            _ => Self::Nowhere,
        }
    }

    /// Whether a hit stands where the term counts.
    fn fits(self, text: &str, start: usize, end: usize) -> bool {
        let text = text.as_bytes();
        let is_space = |at: usize| text.get(at).is_none_or(|byte| *byte == b' ');
        let begins = is_space(start) || is_space(start.wrapping_sub(1));
        let ends = is_space(end.wrapping_sub(1)) || is_space(end);
        match self {
            Self::Nowhere => begins && ends,
            Self::Beginning => begins,
            Self::Anywhere => true,
        }
    }
}
