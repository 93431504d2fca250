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
    static STEMMERS: RefCell<[Option<Stemmer>; 6]> = const { RefCell::new([const { None }; 6]) };
}

/// The stem of a folded word in a language; the word itself in Chinese and where no language is known.
pub fn stem(word: &str, language: Option<Language>) -> Cow<'_, str> {
    // Short words have no endings to lose: stemmed, ИИ would be the word for "and".
    if word.chars().take(4).count() < 4 {
        return Cow::Borrowed(word);
    }
    let (place, algorithm) = match language {
        Some(Language::Ar) => (0, Algorithm::Arabic),
        Some(Language::En) => (1, Algorithm::English),
        Some(Language::Fr) => (2, Algorithm::French),
        Some(Language::De) => (3, Algorithm::German),
        Some(Language::Ru) => (4, Algorithm::Russian),
        Some(Language::Es) => (5, Algorithm::Spanish),
        Some(Language::Zh) | None => return Cow::Borrowed(word),
    };
    STEMMERS.with_borrow_mut(|stemmers| {
        let stemmer = stemmers[place].get_or_insert_with(|| Stemmer::create(algorithm));
        Cow::Owned(stemmer.stem(word).into_owned())
    })
}
