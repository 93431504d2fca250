//! The terms of one language, looked for word by word.
//!
//! Most words of a text begin no term, and one look tells; those that do lead on to the words that may
//! come next. What is found are [`Entry`]s that stand in the right company and outside the phrases in which
//! they mean something else; of two hits for one area, one inside the other, only the longer counts.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    hash::BuildHasherDefault,
};

use aho_corasick::AhoCorasick;

use super::normal::{acronyms, holds, normal};
use crate::{
    model::{Area, Language, Term},
    text::WordHasher,
};

/// How many words around a term its company is looked for.
const NEAR: usize = 12;
/// A German term of so many letters also counts as the beginning of a compound.
const COMPOUND_BEGINNING: usize = 6;
/// A German term of so many letters also counts anywhere inside a compound.
const COMPOUND: usize = 7;

#[derive(Debug)]
pub(super) struct Terms {
    language: Option<Language>,
    /// The forms, by the words that they consist of.
    phrases: Phrases,
    /// The forms that also count inside a longer word.
    compounds: Compounds,
    /// The short words that the vocabulary writes in capitals.
    acronyms: HashSet<String>,
}

/// The forms that begin with the same words: what these words stand for, and what may follow them.
#[derive(Debug, Default)]
struct Phrases {
    entries: Vec<Entry>,
    /// In boxes, so that the table that most words are looked up in for nothing stays small.
    longer: HashMap<Box<str>, Box<Phrases>, BuildHasherDefault<WordHasher>>,
}

/// Forms that are found by their bare letters, where whole words are by the spaces around them.
#[derive(Debug)]
struct Compounds {
    search: AhoCorasick,
    entries: Vec<Vec<Entry>>,
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
    /// The phrases in which it means something else, each with where in it the term's letters stand.
    except: Vec<(usize, String)>,
    compound: Compound,
}

/// Where in a longer word a term counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compound {
    Nowhere,
    Beginning,
    Anywhere,
}

impl Terms {
    pub(super) fn new(areas: &[Area], language: Option<Language>) -> Self {
        let acronyms = acronyms(areas, language);
        let mut forms: HashMap<String, Vec<Entry>> = HashMap::new();
        for (area, terms) in areas.iter().map(|area| &area.terms).enumerate() {
            for term in terms {
                if !holds(term, language) {
                    continue;
                }
                let form = |text: &str| normal(text, language, &acronyms);
                let text = form(&term.text);
                if text.trim().is_empty() {
                    continue;
                }
                let letters = text.trim();
                let mut except = Vec::new();
                for phrase in term.except.iter().map(|phrase| form(phrase)) {
                    let places = phrase.match_indices(letters);
                    except.extend(places.map(|(at, _)| (at, phrase.clone())));
                }
                let entry = Entry {
                    area,
                    term: term.text.clone(),
                    form: text.clone(),
                    weight: term.weight,
                    alone: term.alone,
                    near: term
                        .near
                        .iter()
                        .map(|company| form(&company.text))
                        .filter(|form| !form.trim().is_empty())
                        .collect(),
                    except,
                    compound: Compound::of(term, language, letters),
                };
                forms.entry(text).or_default().push(entry);
            }
        }
        let (compounds, whole): (Vec<_>, Vec<_>) = forms
            .into_iter()
            .partition(|(_, entries)| entries.iter().any(Entry::is_in_compounds));
        let mut phrases = Phrases::default();
        for (text, entries) in whole {
            phrases.add(&text, entries);
        }
        Self {
            language,
            phrases,
            compounds: Compounds::new(compounds),
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
        let spread = Spread::of(&normal);
        let mut hits: Vec<Hit<'_>> = Vec::new();
        self.phrases.add_hits(&spread, &mut hits);
        self.compounds.add_hits(&spread, &mut hits);
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

/// Where an entry was found, in bytes.
type Hit<'a> = (usize, usize, &'a Entry);

/// A normal text, and where in it the spaces are: one before each word, and one at the end.
struct Spread<'t> {
    text: &'t str,
    spaces: Vec<usize>,
}

impl<'t> Spread<'t> {
    fn of(text: &'t str) -> Self {
        let spaces = memchr::memchr_iter(b' ', text.as_bytes()).collect();
        Self { text, spaces }
    }
}

/// Adds what was found at a place, where it counts there.
fn add_hits<'a>(
    entries: &'a [Entry],
    spread: &Spread<'_>,
    (start, end): (usize, usize),
    hits: &mut Vec<Hit<'a>>,
) {
    let right = entries.iter().filter(|entry| {
        entry.compound.fits(spread.text, start, end)
            && !entry.is_excepted(spread.text, start)
            && entry.has_company(spread, start, end)
    });
    hits.extend(right.map(|entry| (start, end, entry)));
}

impl Phrases {
    fn add(&mut self, form: &str, entries: Vec<Entry>) {
        let mut phrases = self;
        for word in form[1..form.len() - 1].split(' ') {
            phrases = phrases.longer.entry(word.into()).or_default();
        }
        phrases.entries = entries;
    }

    /// Adds what a text holds.
    fn add_hits<'a>(&'a self, spread: &Spread<'_>, hits: &mut Vec<Hit<'a>>) {
        for (first, start) in spread.spaces.iter().enumerate() {
            let mut phrases = self;
            for sides in spread.spaces[first..].windows(2) {
                let word = &spread.text[sides[0] + 1..sides[1]];
                let Some(longer) = phrases.longer.get(word) else {
                    break;
                };
                phrases = longer;
                add_hits(&phrases.entries, spread, (*start, sides[1] + 1), hits);
            }
        }
    }
}

impl Compounds {
    fn new(forms: Vec<(String, Vec<Entry>)>) -> Self {
        let letters = forms.iter().map(|(text, _)| text.trim());
        Self {
            search: AhoCorasick::new(letters)
                .unwrap_or_else(|_| AhoCorasick::new([""; 0]).expect("an empty automaton")),
            entries: forms.into_iter().map(|(_, entries)| entries).collect(),
        }
    }

    fn add_hits<'a>(&'a self, spread: &Spread<'_>, hits: &mut Vec<Hit<'a>>) {
        if self.entries.is_empty() {
            return;
        }
        for hit in self.search.find_overlapping_iter(spread.text) {
            let entries = &self.entries[hit.pattern().as_usize()];
            add_hits(entries, spread, (hit.start(), hit.end()), hits);
        }
    }
}

impl Entry {
    fn is_in_compounds(&self) -> bool {
        self.compound != Compound::Nowhere
    }

    /// Whether the hit stands inside a phrase in which the term means something else.
    fn is_excepted(&self, text: &str, start: usize) -> bool {
        let text = text.as_bytes();
        let letters = start + usize::from(text.get(start) == Some(&b' '));
        self.except.iter().any(|(at, phrase)| {
            let around = letters.checked_sub(*at).and_then(|from| text.get(from..));
            around.is_some_and(|around| around.starts_with(phrase.as_bytes()))
        })
    }

    /// Whether one of the words that the term needs stands near.
    fn has_company(&self, spread: &Spread<'_>, start: usize, end: usize) -> bool {
        if self.near.is_empty() {
            return true;
        }
        let spaces = &spread.spaces;
        let first = spaces.partition_point(|at| *at < start);
        let last = spaces.partition_point(|at| *at < end) + NEAR;
        let around = &spaces[first.saturating_sub(NEAR + 1)..(last + 1).min(spaces.len())];
        let text = &spread.text.as_bytes()[..around.last().map_or(0, |at| at + 1)];
        // Company begins with a space, as every form does.
        around.iter().any(|at| {
            let rest = &text[*at..];
            let mut near = self.near.iter().map(String::as_bytes);
            near.any(|word| rest.get(1) == word.get(1) && rest.starts_with(word))
        })
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
