//! The kernels on one core: reading, tagging and signing, each beside the library or the bare
//! arithmetic that it is made of.

use std::{hint::black_box, path::Path, time::Instant};

use aho_corasick::AhoCorasick;
use circular::{
    areas::{Matcher, Text},
    config,
    model::{Area, Item, ItemId, Kind, Language, LanguageCode, SourceId},
    parse::{self, Document},
    story,
};

use super::{
    feeds::{feed, prose, scatter},
    table::median,
};

/// Seconds that a call takes, the median of many.
fn seconds(mut call: impl FnMut()) -> f64 {
    call();
    let times = (0..15).map(|_| {
        let begun = Instant::now();
        call();
        begun.elapsed().as_secs_f64()
    });
    median(times.collect())
}

/// How many times as long as feed-rs alone it takes to read feeds as WordPress writes them.
pub(crate) fn reading() -> f64 {
    let feeds: Vec<String> = (0..20).map(|source| feed(source, 0)).collect();
    let url = "https://example.org/feed/".parse().unwrap();
    let now = "2026-11-17T08:00:00Z".parse().unwrap();
    let ours = || {
        for text in &feeds {
            let document = Document {
                bytes: text.as_bytes(),
                content_type: Some("application/rss+xml"),
                url: &url,
                now,
            };
            black_box(parse::feed(&document).unwrap());
        }
    };
    let theirs = || {
        for text in &feeds {
            black_box(feed_rs::parser::parse(text.as_bytes()).unwrap());
        }
    };
    let ratios = (0..5).map(|_| seconds(ours) / seconds(theirs));
    median(ratios.collect())
}

fn vocabulary() -> Vec<Area> {
    config::areas::parse(Path::new("areas.toml"), config::areas::DEFAULT).0
}

/// MB a second that are tagged by the English terms, that an automaton of the same terms alone looks
/// through, and how many terms these are.
#[expect(clippy::cast_precision_loss, reason = "a few kilobytes")]
pub(crate) fn tagging() -> (f64, f64, usize) {
    let areas = vocabulary();
    let matcher = Matcher::new(&areas);
    let terms: Vec<String> = areas
        .iter()
        .flat_map(|area| &area.terms)
        .filter(|term| {
            term.language
                .is_none_or(|language| language == Language::En)
        })
        .map(|term| term.text.to_lowercase())
        .collect();
    let alone = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(&terms)
        .unwrap();
    let texts: Vec<String> = (0..100).map(|seed| prose(seed, 1000)).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let rate = |seconds: f64| bytes as f64 / seconds / 1e6;
    let ours = seconds(|| {
        for text in &texts {
            let (title, body) = text.split_at(60);
            black_box(matcher.tag(&Text {
                title,
                summary: "",
                body,
                categories: &[],
                language: Some(Language::En),
            }));
        }
    });
    let theirs = seconds(|| {
        for text in &texts {
            black_box(alone.find_overlapping_iter(text).count());
        }
    });
    (rate(ours), rate(theirs), terms.len())
}

/// Microseconds to sign an item of a kilobyte, and for the 128 minima of its shingles alone.
pub(crate) fn signing() -> (f64, f64) {
    let items: Vec<Item> = (0..100).map(|number| item(number, 140)).collect();
    let ours = seconds(|| {
        for item in &items {
            black_box(story::sign(item));
        }
    });
    let theirs = seconds(|| {
        for item in &items {
            black_box(minima(&item.text));
        }
    });
    (ours * 1e6 / 100.0, theirs * 1e6 / 100.0)
}

/// `MinHash` with 128 permutations over three words in a row (Broder, 1997), and nothing else.
fn minima(text: &str) -> [u64; 128] {
    let words: Vec<u64> = text
        .split(' ')
        .map(|word| {
            word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
        })
        .collect();
    let mut minima = [u64::MAX; 128];
    for three in words.windows(3) {
        let shingle = three.iter().fold(0, |hash, word| scatter(hash ^ word));
        let mut value = shingle;
        for minimum in &mut minima {
            value = value.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
            *minimum = (*minimum).min(value);
        }
    }
    minima
}

/// An item with so many words of its own.
pub(crate) fn item(number: u64, words: usize) -> Item {
    let now = "2026-11-16T08:00:00Z".parse().unwrap();
    Item {
        id: ItemId::new(format!("{:020x}", u128::from(number))),
        source: SourceId::new(format!("source-{}", number % 1000)),
        key: format!("https://s{}.example/{number}/", number % 1000),
        url: format!("https://s{}.example/{number}/", number % 1000)
            .parse()
            .ok(),
        title: prose(number * 2, 9),
        summary: prose(number * 2 + 1, 30),
        text: prose(number * 2 + 1, words),
        language: LanguageCode::parse("en"),
        kind: Kind::News,
        published: Some(now),
        first_seen: now,
        effective: now,
        authors: Vec::new(),
        categories: Vec::new(),
        image: None,
        enclosures: Vec::new(),
        alternates: Vec::new(),
        areas: Vec::new(),
        dates: Vec::new(),
    }
}
