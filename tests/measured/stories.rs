//! Measures stories: variants of real short items found again, translations found, and what only
//! looks alike kept apart.

#[path = "stories/distinct.rs"]
mod distinct;
#[path = "stories/patterns.rs"]
mod patterns;
#[path = "stories/recombined.rs"]
mod recombined;
#[path = "stories/series.rs"]
mod series;
#[path = "stories/shelf.rs"]
mod shelf;
#[path = "stories/variants.rs"]
mod variants;

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use circular::{
    model::{Alternate, Item, Placement, Relation},
    parse, text,
};

use self::{
    shelf::{Shelf, Told, names},
    variants::{VARIANTS, scatter},
};
use crate::data;

fn monday() -> DateTime<Utc> {
    "2026-11-16T08:00:00Z".parse().unwrap()
}

fn told(source: &str, number: usize, title: &str, text: &str, language: &str) -> Told {
    Told {
        source: source.to_owned(),
        url: format!("https://{source}.example/articles/{number}"),
        title: title.to_owned(),
        text: text.to_owned(),
        language: language.to_owned(),
        at: monday(),
        alternates: Vec::new(),
        image: None,
    }
}

/// How many items of one feed are taken, so that no publisher's style decides.
const PER_FEED: usize = 5;

/// Real short items: those that are labelled, and those of the feeds with a title and a paragraph.
fn real() -> Option<Vec<Told>> {
    let mut real: Vec<Told> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut add = |title: &str, text: &str, language: &str| {
        let short = (60..1_500).contains(&text.chars().count());
        if short && title.chars().count() >= 12 && seen.insert(title.to_lowercase()) {
            real.push(told("first", real.len(), title, text, language));
        }
    };
    for item in data::items()? {
        add(&item.title, &item.summary, &item.lang);
    }
    let mut files: Vec<_> = fs::read_dir(data::folder()?.join("feeds"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let bytes = fs::read(file).unwrap();
        let document = parse::Document {
            bytes: &bytes,
            content_type: None,
            url: &"https://feed.example/".parse().unwrap(),
            now: monday(),
        };
        let entries = parse::feed(&document).map_or(Vec::new(), |parsed| parsed.entries);
        for entry in entries.into_iter().take(PER_FEED) {
            let body = entry.content.or(entry.summary).unwrap_or_default();
            let body = text::plain(&body);
            if let Some(language) = text::detect(&entry.title, &body, None) {
                add(&entry.title, &body, language.as_str());
            }
        }
    }
    Some(real)
}

/// Puts all items on one shelf, the second of each pair after all the first.
fn pairs(firsts: &[Item], seconds: &[Item]) -> (Shelf, Vec<Placement>) {
    let mut shelf = Shelf::default();
    for item in firsts {
        shelf.add(item);
    }
    let placements = seconds.iter().map(|item| shelf.add(item)).collect();
    (shelf, placements)
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand items")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// How many of the seconds were put with their firsts; prints those that were not.
fn found(name: &str, told: &[Told], firsts: &[Item], seconds: &[Item]) -> f64 {
    let mut shelf = Shelf::default();
    let stories: Vec<_> = firsts.iter().map(|item| shelf.add(item).story).collect();
    let mut right = 0;
    for (at, second) in seconds.iter().enumerate() {
        let placement = shelf.add(second);
        if placement.story == stories[at] {
            right += 1;
        } else if std::env::var_os("VERBOSE").is_some() {
            println!(
                "  {name}: {} `{}` / `{}` -> {} `{}`",
                told[at].language,
                told[at].title,
                second.title,
                placement.reason,
                names(&shelf, &placement)
            );
        }
    }
    let recall = share(right, seconds.len());
    println!("{name:34} {recall:.3} of {}", seconds.len());
    recall
}

#[test]
fn variants_are_found_again() {
    let Some(real) = real() else { return };
    let firsts: Vec<Item> = real.iter().map(Told::item).collect();
    let mut shelf = Shelf::default();
    let mut merged = 0;
    for item in &firsts {
        let placement = shelf.add(item);
        if placement.relation != Relation::New {
            merged += 1;
            println!(
                "merged: `{}` / `{}`: {}",
                item.title,
                names(&shelf, &placement),
                placement.reason
            );
        }
    }
    println!("{merged} of {} real items with another", firsts.len());
    let mut recalls = Vec::new();
    for (name, variant) in VARIANTS {
        let seconds: Vec<Item> = real
            .iter()
            .enumerate()
            .map(|(at, first)| {
                let seed = scatter(at);
                let (title, text) = variant(&first.title, &first.text, &first.language, seed);
                let mut second = told("second", at, &title, &text, &first.language);
                second.at += TimeDelta::hours(i64::try_from(seed % 60).unwrap());
                second.item()
            })
            .collect();
        recalls.push(found(name, &real, &firsts, &seconds));
    }
    #[expect(clippy::cast_precision_loss, reason = "nine variants")]
    let mean = recalls.iter().sum::<f64>() / recalls.len() as f64;
    println!("variants: {mean:.3}");
    assert!(mean >= 0.95 && recalls.iter().all(|recall| *recall >= 0.9));
}

#[test]
fn the_same_text_is_one_story() {
    let Some(real) = real() else { return };
    let firsts: Vec<Item> = real.iter().map(Told::item).collect();
    for (name, source, days) in [
        ("another feed, the same day", "second", 0),
        ("another feed, two days later", "second", 2),
        ("another address in the same feed", "first", 0),
    ] {
        let seconds: Vec<Item> = (10_000..)
            .zip(&real)
            .map(|(number, first)| {
                let mut second = told(source, number, &first.title, &first.text, &first.language);
                second.at += TimeDelta::days(days);
                second.item()
            })
            .collect();
        // A series without marks is the same issue within hours only.
        let wanted = if days == 0 { 0.999 } else { 0.995 };
        assert!(found(name, &real, &firsts, &seconds) >= wanted, "{name}");
    }
}

#[test]
fn translations_are_found() {
    let Some(real) = real() else { return };
    let mut others = distinct::all(real.len() * 2);
    let mut firsts = Vec::new();
    let mut seconds = Vec::new();
    for (at, first) in real.iter().enumerate() {
        // A text of another language that says nothing of the first: only what links them can tell.
        let place = others
            .iter()
            .position(|other| other.language != first.language)
            .expect("a text of another language");
        let other = others.swap_remove(place);
        let language = other.language.as_str();
        let mut a = first.clone();
        let mut b = told("second", at, &other.title, &other.text, language);
        match at % 4 {
            // The same address but for the language, with a number or with the words of one language.
            0 => {
                a.url = format!(
                    "https://news.example/{}/story/2026/11/{}",
                    a.language,
                    1_170_000 + at
                );
                b.url = format!(
                    "https://news.example/{language}/story/2026/11/{}",
                    1_170_000 + at
                );
            }
            1 => {
                a.url = format!(
                    "https://news.example/{}/articles/treaty-talks-resume-{}",
                    a.language,
                    scatter(at) % 1000
                );
                b.url = format!(
                    "https://news.example/{language}/articles/treaty-talks-resume-{}",
                    scatter(at) % 1000
                );
            }
            2 => b.alternates.push(Alternate {
                language: a.language.clone(),
                url: a.url.clone(),
            }),
            _ => {
                a.title = format!("A/HRC/{}/L.{}: {}", 40 + at % 30, at, a.title);
                b.title = format!("{} (A/HRC/{}/L.{})", b.title, 40 + at % 30, at);
            }
        }
        firsts.push(a.item());
        seconds.push(b.item());
    }
    assert!(found("translations", &real, &firsts, &seconds) >= 0.9);
}

#[test]
fn series_stay_apart() {
    let told = series::all();
    println!("{} items of series", told.len());
    for (name, spread) in [("one feed", false), ("many feeds", true)] {
        let mut told = told.clone();
        for (at, told) in told.iter_mut().enumerate() {
            if spread {
                told.source = format!("feed{}", at % 7);
            }
            told.url = format!("https://{}.example/articles/{at}", told.source);
        }
        let items: Vec<Item> = told.iter().map(Told::item).collect();
        let (shelf, placements) = pairs(&[], &items);
        let mut wrong = 0;
        for (item, placement) in items.iter().zip(&placements) {
            if placement.relation != Relation::New {
                wrong += 1;
                println!(
                    "  {name}: `{}` with `{}`: {}",
                    item.title,
                    names(&shelf, placement),
                    placement.reason
                );
            }
        }
        println!("{name}: {wrong} wrong merges");
        assert_eq!(wrong, 0, "{name}");
    }
}

/// How many distinct items are held against each other; fewer where the program is not optimised.
const COUNT: usize = if cfg!(debug_assertions) {
    2_500
} else {
    10_000
};

#[test]
fn distinct_items_stay_apart() {
    let items: Vec<Item> = distinct::all(COUNT).iter().map(Told::item).collect();
    stay_apart(&items);
}

#[test]
fn distinct_items_of_real_sentences_stay_apart() {
    let Some(real) = real() else { return };
    let items: Vec<Item> = recombined::all(&real, COUNT)
        .iter()
        .map(Told::item)
        .collect();
    assert!(items.len() >= COUNT * 9 / 10, "{}", items.len());
    stay_apart(&items);
}

/// Minutes where the program is not optimised: `cargo test --test measured ten_thousand -- --ignored`.
#[test]
#[ignore = "takes minutes; the same is measured on fewer items at each run"]
fn ten_thousand_distinct_items_stay_apart() {
    let Some(real) = real() else { return };
    let of = |told: Vec<Told>| told.iter().map(Told::item).collect::<Vec<Item>>();
    stay_apart(&of(distinct::all(10_000)));
    let recombined = recombined::all(&real, 10_000);
    stay_apart(&of(recombined.clone()));
    let one_title = recombined.into_iter().map(|told| Told {
        title: "Notice to all readers of the library".to_owned(),
        ..told
    });
    stay_apart(&of(one_title.collect()));
}

/// Holds all items against each other: at most one may be put with another.
fn stay_apart(items: &[Item]) {
    let (shelf, placements) = pairs(&[], items);
    let mut wrong = 0;
    for (item, placement) in items.iter().zip(&placements) {
        if placement.relation != Relation::New {
            wrong += 1;
            if wrong < 20 {
                println!(
                    "  `{}` with `{}`: {}",
                    item.title,
                    names(&shelf, placement),
                    placement.reason
                );
            }
        }
    }
    println!("{wrong} wrong merges among {} distinct items", items.len());
    assert!(wrong <= 1);
}
