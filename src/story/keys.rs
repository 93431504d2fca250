//! Signing: the keys that two items of one story are likely to share, so that a database finds one by
//! the other, and what is compared then. Both are made of the same words, read once.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use url::Url;

use super::fingerprint::{Read, folded, hash, mix, tokens};
use crate::{
    model::{Item, StoryKey},
    text,
};

/// The fewest words of a title that may stand for an item.
const TITLE_WORDS: usize = 4;
/// The fewest telling words that may stand for a title; with fewer, all its words do.
const TELLING_WORDS: usize = 3;
/// The longest word that tells nothing, in letters.
const SMALL_WORD: usize = 3;
/// How many words a text begins with that may stand for it.
const LEAD_WORDS: usize = 8;
/// How many groups of minima are taken of a text, and of a title, and how many minima a group has: a
/// title has few words, so that fewer say little.
const TEXT_BANDS: (u64, u64) = (6, 2);
const TITLE_BANDS: (u64, u64) = (4, 3);

/// Symbols of UN and WIPO documents: `A/HRC/59/L.12`, `SCCR/45/3`.
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[A-Z]{1,6}(?:/[A-Z0-9][A-Za-z0-9.]{0,9}){1,5}\b").expect("a pattern of ours")
});

/// An item as it is looked up and compared.
pub struct Signature {
    /// What it is found by: about twenty keys.
    pub keys: Vec<StoryKey>,
    /// Its text as far as it is compared.
    pub(super) text: Read,
}

/// The keys of an item.
pub fn keys(item: &Item) -> Vec<StoryKey> {
    sign(item).keys
}

/// Signs an item.
pub fn sign(item: &Item) -> Signature {
    let mut keys = BTreeSet::new();
    let mut add = |kind: &'static str, value: String| {
        keys.insert(StoryKey::new(kind, &shortened(value)));
    };
    if let Some(url) = &item.url {
        let identity = text::identity(url);
        if let Some((common, _)) = text::without_language(&identity) {
            add("common", common);
        }
        add("url", identity);
    }
    match item.key.parse::<Url>() {
        Ok(url) if url.has_host() => add("url", text::identity(&url)),
        // A short guid ("1") is nobody's own.
        _ if item.key.len() >= 12 => add("guid", item.key.clone()),
        _ => {}
    }
    for alternate in item.alternates.iter().take(8) {
        if let Ok(url) = alternate.url.parse::<Url>() {
            add("url", text::identity(&url));
        }
    }
    for symbol in symbols(&item.title) {
        add("symbol", symbol);
    }
    if let Some(image) = &item.image {
        add("image", text::identity(image));
    }
    let folded_title = folded(&item.title);
    let title: Vec<u64> = tokens(&folded_title).collect();
    if title.len() >= TITLE_WORDS {
        add("title", together(&title));
        let telling: Vec<u64> = tokens(&telling(&folded_title)).collect();
        let enough = telling.len() >= TELLING_WORDS;
        let words = if enough { &telling } else { &title };
        bands(words, TITLE_BANDS).for_each(|band| add("words", band));
        // Without the name of the site that stands before or behind it.
        if let Some(part) = longest_part(&item.title) {
            let part: Vec<u64> = tokens(&folded(part)).collect();
            if part.len() >= TITLE_WORDS {
                add("title", together(&part));
            }
        }
    }
    let text = Read::of(&item.text);
    // What a text begins with stays when it is cut, or gets another headline or an ending.
    if let Some(lead) = text.tokens.get(..LEAD_WORDS) {
        add("band", format!("lead-{}", together(lead)));
    }
    bands(&text.shingles, TEXT_BANDS).for_each(|band| add("band", band));
    Signature {
        keys: keys.into_iter().collect(),
        text,
    }
}

/// The words of a folded title that say something: short ones are mostly articles and prepositions,
/// and would bring strangers together.
fn telling(folded: &str) -> String {
    let mut telling = String::with_capacity(folded.len());
    for word in text::words(folded) {
        let is_sign = word.text.starts_with(|c| u32::from(c) >= 0x2e80);
        let is_number = word.text.starts_with(|c: char| c.is_ascii_digit());
        if is_sign || is_number || word.text.chars().nth(SMALL_WORD).is_some() {
            telling.push_str(word.text);
            telling.push(' ');
        }
    }
    telling
}

/// The document symbols of a title.
pub(super) fn symbols(title: &str) -> impl Iterator<Item = String> {
    let with_number =
        |found: &regex::Match<'_>| found.as_str().contains(|c: char| c.is_ascii_digit());
    SYMBOL
        .find_iter(title)
        .filter(with_number)
        .map(|found| found.as_str().to_owned())
        .take(3)
}

/// Groups of minima under different permutations: two sets share a pair with the square of what they
/// have in common, so near copies share one of six nearly always and strangers hardly ever
/// (Indyk and Motwani, 1998).
fn bands(members: &[u64], (count, rows): (u64, u64)) -> impl Iterator<Item = String> {
    let minimum = move |row: u64| {
        let salt = mix(row);
        let order = members.iter().map(|member| mix(member ^ salt));
        order.fold(u64::MAX, u64::min)
    };
    let count = if members.is_empty() { 0 } else { count };
    (0..count).map(move |band| {
        let minima = (1..=rows).map(|row| minimum(rows * band + row));
        let together = minima.fold(0, |hash, minimum| mix(hash ^ minimum));
        format!("{band}-{together:x}")
    })
}

/// The longest part of a title between signs that set a site's name apart, if there are any.
fn longest_part(title: &str) -> Option<&str> {
    const SIGNS: [&str; 8] = [" | ", " - ", " – ", " — ", " :: ", " » ", ": ", "] "];
    let mut parts = vec![title];
    for sign in SIGNS {
        parts = parts.iter().flat_map(|part| part.split(sign)).collect();
    }
    parts
        .iter()
        .copied()
        .max_by_key(|part| part.len())
        .filter(|_| parts.len() > 1)
}

/// Words in a row as one value.
fn together(words: &[u64]) -> String {
    let hash = words.iter().fold(0, |hash, word| mix(hash ^ word));
    format!("{hash:x}")
}

fn shortened(value: String) -> String {
    if value.len() <= 64 {
        value
    } else {
        format!("{:x}-{:x}", hash(&[&value]), hash(&["2", &value]))
    }
}
