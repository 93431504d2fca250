//! Fingerprints: a title and a text as sets of numbers that can be compared.
//!
//! Words are folded; where a script does not space its words, pairs of signs stand for them. A
//! shingle is three words in a row (Broder, 1997).

use std::collections::HashSet;

use super::marks::{is_month, marks};
use crate::text::{self, Word};

/// How much of a text is signed and compared, in words.
const WORDS: usize = 400;
/// As many bytes of a text hold these words in any language, and more of it is never looked at.
const BYTES: usize = WORDS * 24;

/// What is compared of a title.
#[derive(Clone, Debug, Default)]
pub(super) struct Title {
    /// Its words, in order.
    pub(super) words: Vec<u64>,
    /// What each of them begins with; 0 for a short one, which names nothing.
    pub(super) starts: Vec<u64>,
    /// The same as a set, in rising order.
    pub(super) set: Vec<u64>,
    /// The words that are no marks, as a set.
    pub(super) frame: Vec<u64>,
    /// What tells it from others of its series.
    pub(super) marks: HashSet<String>,
}

impl Title {
    pub(super) fn of(title: &str) -> Self {
        let folded = text::fold(&text::latin_digits(title));
        let parts: Vec<&str> = text::words(&folded).map(|word| word.text).collect();
        let marks = marks(&folded, &parts);
        let words: Vec<u64> = tokens(&folded).collect();
        let starts = parts.iter().map(|word| start(word)).collect();
        let of_marks: Vec<u64> = marks.iter().flat_map(|mark| tokens(mark)).collect();
        let set = sorted(words.iter().copied());
        let frame = set
            .iter()
            .copied()
            .filter(|word| !of_marks.contains(word))
            .collect();
        Self {
            words,
            starts,
            set,
            frame,
            marks,
        }
    }
}

/// A text as far as it is signed and compared, in order: its words, three of them in a row, and the
/// days and numbers among them.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) tokens: Vec<u64>,
    pub(super) shingles: Vec<u64>,
    days: Vec<u64>,
    numbers: Vec<u64>,
}

impl Read {
    pub(super) fn of(text: &str) -> Self {
        let folded = folded(text);
        let (mut days, mut numbers) = (Vec::new(), Vec::new());
        let mut before = "";
        let words = text::words(&folded).take(WORDS).inspect(|word| {
            let word = word.text;
            if is_count(word) {
                numbers.push(hash(&[word]));
            }
            // In Chinese the sign for month stands between two numbers.
            if is_count(before) && (is_month(word) || matches!(word, "月" | "日" | "de"))
                || is_count(word) && is_month(before)
            {
                days.push(hash(&[before, word]));
            }
            before = word;
        });
        let tokens: Vec<u64> = numbered(words).collect();
        let shingles = shingles(&tokens).collect();
        Self {
            tokens,
            shingles,
            days,
            numbers,
        }
    }
}

/// What is compared of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    /// How many words are compared.
    pub(super) length: usize,
    /// Its words, as a set.
    pub(super) words: Vec<u64>,
    /// Its shingles, as a set.
    pub(super) shingles: Vec<u64>,
    /// The days that it names, as numbers beside the names of months.
    pub(super) days: Vec<u64>,
    /// Its numbers.
    pub(super) numbers: Vec<u64>,
}

impl Body {
    pub(super) fn of(text: &str) -> Self {
        Self::read(&Read::of(text))
    }

    pub(super) fn read(text: &Read) -> Self {
        let set = |numbers: &[u64]| sorted(numbers.iter().copied());
        Self {
            length: text.tokens.len(),
            words: set(&text.tokens),
            shingles: set(&text.shingles),
            days: set(&text.days),
            numbers: set(&text.numbers),
        }
    }
}

/// The first four letters of a word, as two forms of one word have them in common; a sign of Chinese.
fn start(word: &str) -> u64 {
    let end = word.char_indices().nth(4).map_or(word.len(), |(at, _)| at);
    let long = word.chars().count() >= 4 || word.chars().any(|c| u32::from(c) >= 0x2e80);
    if long { hash(&[&word[..end]]) } else { 0 }
}

fn is_count(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 4
}

/// The beginning of a text, folded.
pub(super) fn folded(text: &str) -> String {
    text::fold(&text::latin_digits(
        &text[..text.floor_char_boundary(BYTES)],
    ))
}

/// The words of a folded text, each as a number; of Chinese each pair of neighbouring signs.
pub(super) fn tokens(folded: &str) -> impl Iterator<Item = u64> {
    numbered(text::words(folded))
}

fn numbered<'a>(words: impl Iterator<Item = Word<'a>>) -> impl Iterator<Item = u64> {
    let mut sign_before: Option<char> = None;
    words.map(move |word| {
        let mut signs = word.text.chars();
        match (signs.next(), signs.next()) {
            (Some(sign), None) if u32::from(sign) >= 0x2e80 => {
                let before = sign_before.replace(sign);
                let mut pair = String::with_capacity(8);
                pair.extend(before);
                pair.push(sign);
                hash(&[&pair])
            }
            _ => {
                sign_before = None;
                hash(&[word.text])
            }
        }
    })
}

/// Every three words in a row.
fn shingles(tokens: &[u64]) -> impl Iterator<Item = u64> {
    tokens.windows(3).map(|three| {
        three.iter().fold(0, |hash: u64, word| {
            mix(hash.rotate_left(5).wrapping_add(*word))
        })
    })
}

/// Numbers as a set: in rising order, each once.
fn sorted(numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut numbers: Vec<u64> = numbers.into_iter().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// FNV-1a: the same on every machine and in every version, as these hashes end in the database.
pub(super) fn hash(words: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood, 2014).
pub(super) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How many members two sets have in common.
pub(super) fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut at, mut count) = (0, 0);
    for member in a {
        while b.get(at).is_some_and(|other| other < member) {
            at += 1;
        }
        count += usize::from(b.get(at) == Some(member));
    }
    count
}

/// How much of the smaller set is in the other, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a few hundred words")]
pub(super) fn containment(a: &[u64], b: &[u64]) -> f64 {
    let smaller = a.len().min(b.len());
    if smaller == 0 {
        return 0.0;
    }
    common(a, b) as f64 / smaller as f64
}

/// How much two sets have in common, of all they have, from 0 to 1 (Jaccard).
#[expect(clippy::cast_precision_loss, reason = "a few dozen words")]
pub(super) fn overlap(a: &[u64], b: &[u64]) -> f64 {
    let common = common(a, b);
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
        let signs: Vec<u64> = tokens("图书馆 open").collect();
        let words = ["图", "图书", "书馆", "open"].map(|word| hash(&[word]));
        assert_eq!(signs, words);
        let (a, b) = (Title::of("图书馆应对洪水"), Title::of("图书馆如何应对洪水"));
        assert!(overlap(&a.set, &b.set) > 0.5);
    }

    #[test]
    fn numbers_tell_issues_apart() {
        let june = Title::of("June 2020 newsletter now available");
        let july = Title::of("July 2020 newsletter now available");
        assert_ne!(june.marks, july.marks);
        assert_eq!(june.frame, july.frame);
    }

    #[test]
    fn days_of_a_text_are_read() {
        let day = |text| Body::of(text).days;
        assert_eq!(day("on 3 May at noon"), day("the 3 May"));
        assert_ne!(day("on 3 May at noon"), day("on 4 May at noon"));
        assert!(day("40 readers came in 3 buses").is_empty());
    }
}
