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
    pieces(text).flat_map(|(from, piece)| {
        let words = piece.unicode_word_indices();
        words.map(move |(at, text)| Word {
            text,
            at: from + at,
        })
    })
}

/// A text in pieces that no word reaches over, plain ASCII apart from the rest: its words are told
/// many times faster, and one curly quote would make a whole text slow.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
        let piece = &rest[..piece(rest.as_bytes())];
        from += piece.len();
        Some((from - piece.len(), piece))
    })
}

/// How long the piece is that a text begins with.
fn piece(text: &[u8]) -> usize {
    // A word ends before a space, unless a mark sits on that; where a plain letter follows, none does.
    let parts = |pair: &[u8]| pair[0] == b' ' && pair[1].is_ascii_alphanumeric();
    let ascii = ascii_length(text);
    if ascii == text.len() {
        return ascii;
    }
    let (plain, other) = text.split_at(ascii);
    plain
        .windows(2)
        .rposition(parts)
        .or_else(|| other.windows(2).position(parts).map(|at| ascii + at))
        .map_or(text.len(), |at| at + 1)
}

/// How much of a text is ASCII before its first other sign.
fn ascii_length(text: &[u8]) -> usize {
    let plain = text.chunks(32).take_while(|chunk| chunk.is_ascii()).count() * 32;
    let rest = text.get(plain..).unwrap_or_default();
    plain.min(text.len()) + rest.iter().take_while(|byte| byte.is_ascii()).count()
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

    /// The words as a whole text has them by the rules for all scripts.
    fn whole(text: &str) -> Vec<Word<'_>> {
        let words = text.split_word_bound_indices();
        let words = words.filter(|(_, text)| text.chars().any(char::is_alphanumeric));
        words.map(|(at, text)| Word { text, at }).collect()
    }

    #[test]
    fn pieces_change_no_word() {
        for text in [
            "",
            "é",
            " é a",
            "plain words of ASCII, and numbers: 1,000.5 e.g. don't; ___ a_b a.1 1.a",
            "the library’s “open” access – and l’accès à l’information, 12 mars",
            "a \u{301}b c \u{64b}d  \u{301}e \u{200d}f g\u{301} h",
            "В Женеве – 96 стран of the world и Chinese 图书馆 library",
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), whole(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nor_do_they_in_any_text(text in "([a-c_1-3 .,:;'\r\n\"-]|[éя图’\u{301}\u{64b}\u{200d} ]|[ -~]{30,40}){0,30}") {
            proptest::prop_assert_eq!(words(&text).collect::<Vec<_>>(), whole(&text));
        }
    }

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
