//! Normal text: folded stems with a space on both sides, as it is searched for terms.
//!
//! Words of two or three capitals in the vocabulary are acronyms and keep their capitals, so that COP
//! is no cop and MIL no thousand. Punctuation stands as a word of its own: no phrase reaches over it.

use std::{borrow::Cow, collections::HashSet};

use crate::{
    model::{Area, Language, Term},
    text::{fold, stem, words},
};

/// Whether a term counts in texts of a language; in those of an unknown one, each by its own letters.
pub(super) fn holds(term: &Term, language: Option<Language>) -> bool {
    language.is_none() || term.language.is_none() || term.language == language
}

/// The words of two or three capitals in the terms of a language.
pub(super) fn acronyms(areas: &[Area], language: Option<Language>) -> HashSet<String> {
    let terms = areas
        .iter()
        .flat_map(|area| &area.terms)
        .filter(|term| holds(term, language));
    let mut acronyms = HashSet::new();
    for term in terms {
        acronyms.extend(
            words(&term.text)
                .flat_map(|word| parts(word.text))
                .filter(|part| is_acronym(part))
                .map(str::to_owned),
        );
    }
    acronyms
}

fn is_acronym(word: &str) -> bool {
    (2..=3).contains(&word.chars().count()) && word.chars().all(char::is_uppercase)
}

/// A text as it is searched for terms: folded stems, each with a space on both sides; acronyms keep their capitals.
pub(super) fn normal(text: &str, language: Option<Language>, acronyms: &HashSet<String>) -> String {
    let mut normal = Normal {
        text: String::with_capacity(text.len() + text.len() / 4 + 8),
        language,
        acronyms,
    };
    normal.text.push(' ');
    let mut end = 0;
    words(text).for_each(|word| {
        // What stands on both sides of a comma is no phrase.
        let gap = text.get(end..word.at).unwrap_or(" ");
        if gap != " " && gap.contains(is_break) {
            normal.text.push_str(", ");
        }
        end = word.at + word.text.len();
        parts(word.text).for_each(|part| normal.add(part));
    });
    normal.text
}

struct Normal<'a> {
    text: String,
    language: Option<Language>,
    acronyms: &'a HashSet<String>,
}

impl Normal<'_> {
    /// Adds a word, and the space after it.
    fn add(&mut self, word: &str) {
        let singular = word.strip_suffix('s').unwrap_or(word);
        let capital = word.starts_with(char::is_uppercase);
        if capital && self.acronyms.contains(singular) {
            self.text.push_str(singular);
        } else if word.is_ascii() {
            self.add_plain(word);
        } else {
            let folded = fold(word);
            let first = folded.chars().next().unwrap_or(' ');
            if is_han(first) {
                for sign in folded.chars() {
                    self.text.push(sign);
                    self.text.push(' ');
                }
                return;
            }
            if is_arabic(first) {
                let language = self.language.unwrap_or(Language::Ar);
                self.text.push_str(&stem(
                    without_prefix(&folded),
                    Some(language).filter(|l| *l == Language::Ar),
                ));
            } else {
                self.text.push_str(&stem(&folded, self.language));
            }
        }
        self.text.push(' ');
    }

    /// Adds the stem of a word of ASCII, which is made in its place.
    fn add_plain(&mut self, word: &str) {
        let from = self.text.len();
        self.text.push_str(word);
        self.text[from..].make_ascii_lowercase();
        // A stem that is borrowed is the beginning of its word.
        let (length, other) = match stem(&self.text[from..], self.language) {
            Cow::Borrowed(stem) => (stem.len(), None),
            Cow::Owned(stem) => (0, Some(stem)),
        };
        self.text.truncate(from + length);
        self.text.extend(other);
    }
}

/// A word without what an apostrophe joins to it (l’accès, WIPO’s), and its number apart (SDG16, COP30).
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let plain = word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (word, more) = if plain { (word, "") } else { taken_apart(word) };
    [word, more].into_iter().filter(|part| !part.is_empty())
}

fn taken_apart(word: &str) -> (&str, &str) {
    let is_apostrophe = |c: char| matches!(c, '\'' | '’' | 'ʼ');
    let word = match word.split_once(is_apostrophe) {
        Some((before, after)) if before.chars().count() <= 2 && after.chars().count() >= 2 => after,
        Some((before, "s")) => before,
        _ => word,
    };
    let letters = word.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0);
    word.split_at(letters.unwrap_or(word.len()))
}

/// Whether a sign parts phrases.
fn is_break(c: char) -> bool {
    matches!(
        c,
        ',' | '.'
            | ';'
            | ':'
            | '!'
            | '?'
            | '('
            | ')'
            | '['
            | ']'
            | '|'
            | '\n'
            | '–'
            | '—'
            | '…'
            | '،'
            | '؛'
            | '؟'
            | '、'
            | '，'
            | '。'
            | '；'
            | '：'
            | '！'
            | '？'
            | '（'
            | '）'
            | '《'
            | '》'
    )
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

fn is_arabic(c: char) -> bool {
    matches!(u32::from(c), 0x600..=0x6ff | 0x750..=0x77f)
}

/// An Arabic word without the conjunctions, prepositions and the article that are written joined to it.
fn without_prefix(word: &str) -> &str {
    let long = |rest: &str| rest.chars().count() >= 3;
    let mut bare = word;
    for prefix in ["وبال", "ولل", "وال", "فال", "بال", "كال", "لل", "ال"] {
        if let Some(rest) = bare.strip_prefix(prefix).filter(|rest| long(rest)) {
            return rest;
        }
    }
    for prefix in ["و", "ب", "ل"] {
        if let Some(rest) = bare
            .strip_prefix(prefix)
            .filter(|rest| rest.chars().count() >= 4)
        {
            bare = rest;
            break;
        }
    }
    bare
}
