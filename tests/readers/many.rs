//! Three hundred readers who chose differently, over ten weeks of three digests.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use circular::model::{
    AreaId, Choices, DigestId, Edition, Format, Frequency, LanguageCode, SubscriberState,
};

use crate::harness::{House, Told};

const DIGESTS: [&str; 3] = ["weekly", "rights", "access"];
const AREAS: [&str; 5] = ["copyright", "sdg", "open-access", "privacy", "preservation"];
const LANGUAGES: [&str; 4] = ["en", "fr", "ar", "zh"];

/// A number that looks like chance and is the same at every run.
fn chance(seed: usize, below: usize) -> usize {
    let mut x = (seed as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    usize::try_from((x ^ (x >> 29)) >> 8).unwrap() % below
}

/// Those of a list that chance picks.
fn some<T: Copy>(seed: usize, all: &[T]) -> Vec<T> {
    let picked = chance(seed, 1 << all.len());
    (0..all.len())
        .filter(|at| picked & (1 << at) != 0)
        .map(|at| all[at])
        .collect()
}

struct Reader {
    address: String,
    digests: Vec<&'static str>,
    choices: Choices,
}

fn reader(number: usize) -> Reader {
    let seed = number * 7 + 1000;
    let mut digests = some(seed, &DIGESTS);
    if digests.is_empty() {
        digests.push("weekly");
    }
    let areas = some(seed + 1, &AREAS);
    let languages = some(seed + 2, &LANGUAGES);
    Reader {
        address: format!("reader-{number}@example.org"),
        digests,
        choices: Choices {
            areas: if chance(seed + 3, 2) == 0 {
                Vec::new()
            } else {
                areas.into_iter().map(AreaId::new).collect()
            },
            languages: if chance(seed + 4, 2) == 0 {
                Vec::new()
            } else {
                languages
                    .into_iter()
                    .filter_map(LanguageCode::parse)
                    .collect()
            },
            frequency: Frequency::ALL[chance(seed + 5, 3)],
            format: Format::ALL[chance(seed + 6, 2)],
        },
    }
}

/// What a reader is to be told, worked out from the ledger's editions by another rule than the
/// program's: day by day, by hand.
fn expected(reader: &Reader, editions: &[Edition]) -> Vec<BTreeSet<usize>> {
    let number = |id: &str| id.trim_start_matches("item-").parse::<usize>().unwrap();
    let mut letters = Vec::new();
    let mut waiting: BTreeSet<usize> = BTreeSet::new();
    let mut told: BTreeSet<usize> = BTreeSet::new();
    let mut last: Option<NaiveDate> = None;
    for edition in editions {
        if !reader.digests.contains(&edition.digest.as_str()) {
            continue;
        }
        for story in edition.stories() {
            let areas = &reader.choices.areas;
            let languages = &reader.choices.languages;
            let wanted = (areas.is_empty()
                || areas
                    .iter()
                    .any(|area| story.areas.iter().any(|tag| tag.id == *area)))
                && (languages.is_empty()
                    || languages
                        .iter()
                        .any(|code| story.language.as_ref() == Some(code)));
            if wanted && !told.contains(&number(story.story.as_str())) {
                waiting.insert(number(story.story.as_str()));
            }
        }
        let same = last.is_some_and(|last| match reader.choices.frequency {
            Frequency::Each => false,
            Frequency::Weekly => last.iso_week() == edition.date.iso_week(),
            Frequency::Monthly => {
                (last.year(), last.month()) == (edition.date.year(), edition.date.month())
            }
        });
        if !same && !waiting.is_empty() {
            last = Some(edition.date);
            told.extend(&waiting);
            letters.push(std::mem::take(&mut waiting));
        }
    }
    letters
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_readers_each_get_exactly_their_stories() {
    let mut house = House::new(&DIGESTS).await;
    let readers: Vec<Reader> = (0..300).map(reader).collect();
    for one in &readers {
        house
            .subscribe(&one.address, &one.digests, one.choices.clone())
            .await;
    }
    let mut number = 0;
    let first: NaiveDate = "2026-11-02".parse().unwrap();
    for week in 0..10 {
        for (place, digest) in DIGESTS.iter().enumerate() {
            // Monday, Wednesday and Friday; in the third week all on one day.
            let day =
                first + chrono::Days::new(week * 7 + if week == 2 { 0 } else { place as u64 * 2 });
            house.at(&format!("{day}T07:00:00Z"));
            let stories: Vec<Told> = (0..6)
                .map(|_| {
                    number += 1;
                    Told {
                        number,
                        areas: some(number * 3, &AREAS),
                        language: LANGUAGES[chance(number * 3 + 1, LANGUAGES.len())],
                        digests: some(number * 3 + 2, &DIGESTS),
                    }
                })
                .collect();
            house.tell(&stories).await;
            house.send(digest).await;
        }
    }
    let mut editions = house.works.store.editions(None, 100).await.unwrap();
    editions.sort_by_key(|edition| {
        (
            edition.to,
            DIGESTS
                .iter()
                .position(|digest| *digest == edition.digest.as_str()),
        )
    });
    assert!(editions.len() > 25);
    let letters = house.letters();
    let mut total = 0;
    for one in &readers {
        let expected = expected(one, &editions);
        total += expected.iter().map(BTreeSet::len).sum::<usize>();
        let got = letters.get(&one.address).cloned().unwrap_or_default();
        assert_eq!(got, expected, "{} {:?}", one.address, one.choices);
    }
    assert!(
        total > 5_000,
        "{total} tellings are too few to prove anything"
    );
    let readers = house
        .works
        .store
        .subscribers(
            Some(&DigestId::new("weekly")),
            Some(SubscriberState::Active),
        )
        .await
        .unwrap();
    assert!(readers.len() > 100);
    let kinds: BTreeSet<_> = readers
        .iter()
        .map(|one| format!("{:?}", one.choices))
        .collect();
    assert!(kinds.len() > 50);
}
