//! Normal text: folded stems with a space on both sides, as the automata see it.
//!
//! Words of two or three capitals in the vocabulary are acronyms and keep their capitals, so that COP
//! is no cop and MIL no thousand. Punctuation stands as a word of its own: no phrase reaches over it.

use std::collections::HashSet;

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

/// A text as the automata see it: folded stems, each with a space on both sides; acronyms keep their capitals.
pub(super) fn normal(text: &str, language: Option<Language>, acronyms: &HashSet<String>) -> String {
    let mut normal = String::with_capacity(text.len() + text.len() / 4 + 8);
    normal.push(' ');
    let mut end = 0;
    let mut small = String::new();
    for (word, part) in words(text).flat_map(|word| parts(word.text).map(move |part| (word, part)))
    {
        // What stands on both sides of a comma is no phrase.
        let gap = text.get(end..word.at).unwrap_or(" ");
        if gap != " " && gap.contains(is_break) {
            normal.push_str(", ");
        }
        end = word.at + word.text.len();
        let singular = part.strip_suffix('s').unwrap_or(part);
        let capital = part.starts_with(char::is_uppercase);
        if capital && acronyms.contains(singular) {
            normal.push_str(singular);
        } else if part.is_ascii() {
            small.clear();
            small.push_str(part);
            small.make_ascii_lowercase();
            normal.push_str(&stem(&small, language));
        } else {
            let folded = fold(part);
            let first = folded.chars().next().unwrap_or(' ');
            if is_han(first) {
                for sign in folded.chars() {
                    normal.push(sign);
                    normal.push(' ');
                }
                continue;
            }
            if is_arabic(first) {
                let language = language.unwrap_or(Language::Ar);
                normal.push_str(&stem(
                    without_prefix(&folded),
                    Some(language).filter(|l| *l == Language::Ar),
                ));
            } else {
                normal.push_str(&stem(&folded, language));
            }
        }
        normal.push(' ');
    }
    normal
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
