//! Fingerprints: a text as sets of numbers that can be compared.
//!
//! Words are folded; where a script does not space its words, pairs of signs stand for them. A
//! shingle is three words in a row (Broder, 1997).

use std::collections::BTreeSet;

use crate::text;

/// How much of a text is compared, in words.
const WORDS: usize = 400;

/// What is compared of an item.
#[derive(Debug, Default)]
pub(super) struct Fingerprint {
    /// The words of the title.
    pub(super) title: BTreeSet<u64>,
    /// Numbers and names of months in the title: they tell one issue of a series from another.
    pub(super) numbers: BTreeSet<String>,
    /// Shingles of the text.
    pub(super) text: BTreeSet<u64>,
}

impl Fingerprint {
    pub(super) fn of(title: &str, body: &str) -> Self {
        let title_words = tokens(title);
        Self {
            numbers: title_words
                .iter()
                .filter(|word| is_number(word))
                .cloned()
                .collect(),
            title: title_words.iter().map(|word| hash(&[word])).collect(),
            text: shingles(&tokens(body)).collect(),
        }
    }
}

/// The words of a text, folded; of Chinese each pair of neighbouring signs.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let folded = text::fold(&text::latin_digits(text));
    let mut tokens: Vec<String> = Vec::new();
    let mut sign_before: Option<char> = None;
    for word in text::words(&folded).take(WORDS) {
        let mut signs = word.text.chars();
        match (signs.next(), signs.next()) {
            (Some(sign), None) if u32::from(sign) >= 0x2e80 => {
                let pair: String = sign_before.into_iter().chain([sign]).collect();
                tokens.push(pair);
                sign_before = Some(sign);
            }
            _ => {
                sign_before = None;
                tokens.push(word.text.to_owned());
            }
        }
    }
    tokens
}

fn is_number(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
        || text::MONTHS.iter().any(|names| names.contains(&word))
}

/// Hashes of every three words in a row.
pub(super) fn shingles(tokens: &[String]) -> impl Iterator<Item = u64> {
    tokens.windows(3).map(|three| {
        let [a, b, c] = three else { return 0 };
        hash(&[a, b, c])
    })
}

/// FNV-1a: the same on every machine and in every version, as these hashes end in the database.
pub(super) fn hash(words: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

/// How much of the smaller set is in the other, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a few hundred words")]
pub(super) fn containment(a: &BTreeSet<u64>, b: &BTreeSet<u64>) -> f64 {
    let smaller = a.len().min(b.len());
    if smaller == 0 {
        return 0.0;
    }
    a.intersection(b).count() as f64 / smaller as f64
}

/// How much two sets have in common, of all they have, from 0 to 1 (Jaccard).
#[expect(clippy::cast_precision_loss, reason = "a few dozen words")]
pub(super) fn overlap(a: &BTreeSet<u64>, b: &BTreeSet<u64>) -> f64 {
    let common = a.intersection(b).count();
    let all = a.len() + b.len() - common;
    if all == 0 {
        0.0
    } else {
        common as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_spaces_have_words_too() {
        assert_eq!(tokens("图书馆 open"), ["图", "图书", "书馆", "open"]);
        let a = Fingerprint::of("图书馆应对洪水", "");
        let b = Fingerprint::of("图书馆如何应对洪水", "");
        assert!(overlap(&a.title, &b.title) > 0.5);
    }

    #[test]
    fn numbers_tell_issues_apart() {
        let june = Fingerprint::of("June 2020 newsletter now available", "");
        let july = Fingerprint::of("July 2020 newsletter now available", "");
        assert_ne!(june.numbers, july.numbers);
    }
}
