//! Stories: which items are told as one, and which never are.

#[path = "story/adversary.rs"]
mod adversary;
#[path = "story/apart.rs"]
mod apart;
#[path = "story/together.rs"]
mod together;

use chrono::{DateTime, Utc};
use circular::{
    model::{Item, ItemId, Kind, LanguageCode, Placement, Relation, SourceId, StoryId},
    story::{Candidate, keys, place},
};

const BODY: &str = "Delegates of ninety-six countries opened a session on limitations and exceptions \
    to copyright for libraries, archives and museums. The chair asked for a text on preservation and \
    cross-border lending by Friday. Observers may answer the questionnaire until December.";

fn monday() -> DateTime<Utc> {
    "2026-11-16T08:00:00Z".parse().unwrap()
}

fn item(source: &str, url: &str, title: &str, text: &str, language: &str) -> Item {
    Item {
        id: ItemId::new(format!("{source}-{url}")),
        source: SourceId::new(source),
        key: url.to_owned(),
        url: Some(url.parse().unwrap()),
        title: title.to_owned(),
        summary: String::new(),
        text: text.to_owned(),
        language: LanguageCode::parse(language),
        kind: Kind::News,
        published: Some(monday()),
        first_seen: monday(),
        effective: monday(),
        authors: Vec::new(),
        categories: Vec::new(),
        image: None,
        enclosures: Vec::new(),
        alternates: Vec::new(),
        areas: Vec::new(),
        dates: Vec::new(),
    }
}

fn candidate(item: &Item) -> Candidate {
    Candidate::of(item, "Tests", &StoryId::new(item.id.as_str()))
}

/// Where the second item goes when the first is stored; they also have to share a key.
fn placed(first: &Item, second: &Item) -> Placement {
    let placement = place(second, "Tests", &[candidate(first)]);
    if placement.relation != Relation::New {
        let shared = keys(first)
            .into_iter()
            .any(|key| keys(second).contains(&key));
        assert!(
            shared,
            "the database would never have found it: {}",
            placement.reason
        );
        assert_eq!(placement.of.as_ref(), Some(&first.id));
    }
    placement
}

#[test]
fn a_persons_word_lasts() {
    let first = item(
        "blog",
        "https://blog.example/five",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    let second = item(
        "other",
        "https://main.example/news/1",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    let apart = Candidate {
        split: true,
        ..candidate(&first)
    };
    assert_eq!(place(&second, "Tests", &[apart]).relation, Relation::New);
}

#[test]
fn hostile_items_cost_little() {
    for text in [
        "word ".repeat(200_000),
        "字".repeat(300_000),
        "\u{202e}\u{200b}".repeat(100_000),
        "x".repeat(1_000_000),
        "1 May 2 May ".repeat(80_000),
    ] {
        let first = item(
            "a",
            "https://a.example/1",
            &text[..text.floor_char_boundary(500)],
            &text,
            "en",
        );
        let second = item("b", "https://b.example/2", "A", &text, "en");
        assert!(keys(&first).len() < 40);
        place(&second, "Tests", &[candidate(&first)]);
    }
    for title in ["", " ", "A", "2026", "!!!", "图"] {
        let first = item("a", "https://a.example/1", title, "", "en");
        let second = item("b", "https://b.example/2", title, "", "en");
        assert_eq!(placed(&first, &second).relation, Relation::New, "{title}");
    }
}
