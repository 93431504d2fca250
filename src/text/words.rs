//! Words: a text cut into what is compared, per language.

use std::{borrow::Cow, cell::RefCell};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

use crate::model::Language;

/// A word of a folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub at: usize,
}

/// The words of a text, in order; of Chinese each sign.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.unicode_word_indices()
        .map(|(at, text)| Word { text, at })
}

thread_local! {
    static STEMMERS: RefCell<[Option<Stemmer>; 2]> = const { RefCell::new([const { None }; 2]) };
}

/// The stem of a folded word in a language; the word itself in Chinese and where no language is known.
///
/// Only inflection comes off. Snowball's stemmers of the western languages also take derivation, by
/// which reporters would be a report, journalism a journal and digitization digital; so these four
/// languages have light stemmers here (after J. Savoy, "Light Stemming Approaches", 2006).
pub fn stem(word: &str, language: Option<Language>) -> Cow<'_, str> {
    let (place, algorithm) = match language {
        Some(Language::En) => return english(word),
        Some(Language::Fr) => return french(word),
        Some(Language::De) => return Cow::Borrowed(german(word)),
        Some(Language::Es) => return Cow::Borrowed(spanish(word)),
        Some(Language::Ar) => (0, Algorithm::Arabic),
        Some(Language::Ru) => (1, Algorithm::Russian),
        Some(Language::Zh) | None => return Cow::Borrowed(word),
    };
    STEMMERS.with_borrow_mut(|stemmers| {
        let stemmer = stemmers[place].get_or_insert_with(|| Stemmer::create(algorithm));
        Cow::Owned(stemmer.stem(word).into_owned())
    })
}

/// Without an ending, where at least so many bytes of the word stay.
fn without<'a>(word: &'a str, ending: &str, least: usize) -> Option<&'a str> {
    word.strip_suffix(ending).filter(|rest| rest.len() >= least)
}

/// Plurals, and British spellings in -isation and -our as American ones.
fn english(word: &str) -> Cow<'_, str> {
    let word = match word {
        _ if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") => word,
        _ => match (without(word, "ies", 2), without(word, "s", 3)) {
            (Some(root), _) => return Cow::Owned(format!("{root}y")),
            (None, Some(rest)) => ["ches", "shes", "sses", "xes"]
                .iter()
                .find(|ending| word.ends_with(**ending))
                .map_or(rest, |_| &rest[..rest.len() - 1]),
            (None, None) => word,
        },
    };
    for (british, american) in [
        ("isation", "ization"),
        ("isational", "izational"),
        ("ising", "izing"),
        ("ised", "ized"),
        ("bour", "bor"),
    ] {
        if let Some(root) = without(word, british, 3) {
            return Cow::Owned(format!("{root}{american}"));
        }
    }
    Cow::Borrowed(word)
}

/// Plurals and feminines.
fn french(word: &str) -> Cow<'_, str> {
    if let Some(root) = without(word, "aux", 3) {
        return Cow::Owned(format!("{root}al"));
    }
    let word = without(word, "s", 3)
        .or_else(|| without(word, "x", 3).filter(|rest| rest.ends_with('u')))
        .unwrap_or(word);
    let word = without(word, "ee", 3)
        .or_else(|| without(word, "e", 3))
        .unwrap_or(word);
    let doubled = ["ll", "nn", "tt"].iter().any(|pair| word.ends_with(pair)) && word.len() > 4;
    Cow::Borrowed(if doubled {
        &word[..word.len() - 1]
    } else {
        word
    })
}

/// Cases and plurals.
fn german(word: &str) -> &str {
    // The -er of Künstler and Sammler belongs to the word.
    if ["tler", "mler", "dler", "gler"]
        .iter()
        .any(|agent| word.ends_with(agent))
    {
        return word;
    }
    ["ern", "em", "en", "er", "es", "e", "s", "n"]
        .iter()
        .find_map(|ending| without(word, ending, 4))
        .unwrap_or(word)
}

/// Plurals and genders.
fn spanish(word: &str) -> &str {
    let word = without(word, "s", 3).unwrap_or(word);
    ["a", "o", "e"]
        .iter()
        .find_map(|ending| without(word, ending, 3))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_of_one_word_have_one_stem() {
        for (language, one, other) in [
            (Language::En, "libraries", "library"),
            (Language::En, "digitisation", "digitization"),
            (Language::En, "neighbours", "neighbor"),
            (Language::En, "searches", "search"),
            (Language::Fr, "culturelles", "culturel"),
            (Language::Fr, "refugiees", "refugie"),
            (Language::Fr, "nationaux", "national"),
            (Language::De, "menschenrechten", "menschenrechte"),
            (Language::De, "verbandes", "verband"),
            (Language::Es, "excepciones", "excepcion"),
            (Language::Es, "indigenas", "indigena"),
            (Language::Ru, "библиотеками", "библиотека"),
            (Language::Ru, "свободного", "свободный"),
        ] {
            assert_eq!(
                stem(one, Some(language)),
                stem(other, Some(language)),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn derived_words_stay_apart() {
        for (one, other) in [
            ("reporters", "report"),
            ("journalism", "journal"),
            ("digitization", "digital"),
            ("equality", "equally"),
        ] {
            assert_ne!(
                stem(one, Some(Language::En)),
                stem(other, Some(Language::En)),
                "{one} {other}"
            );
        }
    }
}
