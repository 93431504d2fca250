//! Words: a text cut into what is compared, per language.

use std::{borrow::Cow, cell::RefCell};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::{UnicodeSegmentation, UnicodeWordIndices};

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
pub fn words(text: &str) -> Words<'_> {
    Words {
        text,
        at: 0,
        piece: None,
    }
}

/// What [`words`] gives.
///
/// The rules for all scripts (Unicode Standard Annex 29) have many exceptions and none for letters of
/// ASCII between spaces, which are told many times faster; they are asked about the rest, piece by piece.
pub struct Words<'a> {
    text: &'a str,
    /// How far the text was read.
    at: usize,
    /// Where the piece begins that the rules are asked about, and its words.
    piece: Option<(usize, UnicodeWordIndices<'a>)>,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        loop {
            if let Some((from, words)) = &mut self.piece {
                if let Some((at, text)) = words.next() {
                    let at = *from + at;
                    return Some(Word { text, at });
                }
                self.piece = None;
            }
            let (at, rest) = (self.at, self.text.get(self.at..)?);
            let bytes = rest.as_bytes();
            let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric());
            let length = letters.count();
            if !ends_plainly(&bytes[length..]) {
                let end = piece(bytes);
                self.at += end;
                self.piece = Some((at, rest[..end].unicode_word_indices()));
            } else if length > 0 {
                self.at += length;
                let text = &rest[..length];
                return Some(Word { text, at });
            } else if bytes.is_empty() {
                return None;
            } else {
                self.at += 1;
            }
        }
    }
}

/// Whether letters certainly end where this follows: a sign that never joins, or only before letters.
fn ends_plainly(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        // Spaces in a row are one, which a mark may sit on.
        [b' ', next, ..] => next.is_ascii() && *next != b' ',
        [sign] | [sign, b' ' | b'\n', ..] => sign.is_ascii() && *sign != b'_',
        _ => false,
    }
}

/// How long a piece is that a text begins with and that no word reaches over: a word ends before a space,
/// unless a mark sits on that; where a plain letter follows, none does.
fn piece(text: &[u8]) -> usize {
    let parts = |pair: &[u8]| pair[0] == b' ' && pair[1].is_ascii_alphanumeric();
    let at = text.windows(2).position(parts);
    at.map_or(text.len(), |at| at + 1)
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
        _ if !word.ends_with('s') => word,
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
    let (british, american) = match word.as_bytes().last() {
        Some(b'n') => ("isation", "ization"),
        Some(b'l') => ("isational", "izational"),
        Some(b'g') => ("ising", "izing"),
        Some(b'd') => ("ised", "ized"),
        Some(b'r') => ("bour", "bor"),
        _ => return Cow::Borrowed(word),
    };
    without(word, british, 3).map_or(Cow::Borrowed(word), |root| {
        Cow::Owned(format!("{root}{american}"))
    })
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
        fn nor_do_they_in_any_text(text in "([a-c_1-3 .,:;'()\r\n\"-]|[éя图’\u{301}\u{64b}\u{200d} ]|[ -~]{30,40}){0,30}") {
            proptest::prop_assert_eq!(words(&text).collect::<Vec<_>>(), whole(&text));
        }

        #[test]
        fn nor_in_plain_text(text in "[a-c_1-3 .,:;'()\r\n\"-]{0,20}") {
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
