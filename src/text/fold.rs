//! Folding: one form for all spellings of a word.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case, without accents, compatibility forms resolved.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}
