//! Stories: which items are told as one, and which never are.

use chrono::{DateTime, TimeDelta, Utc};
use circular::{
    model::{Alternate, Item, ItemId, Kind, LanguageCode, Placement, Relation, SourceId, StoryId},
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
    Candidate {
        id: item.id.clone(),
        story: StoryId::new(item.id.as_str()),
        source: item.source.clone(),
        section: "Tests".to_owned(),
        key: item.key.clone(),
        url: item.url.clone(),
        title: item.title.clone(),
        text: item.text.clone(),
        language: item.language.clone(),
        kind: item.kind,
        effective: item.effective,
        alternates: item.alternates.clone(),
        image: item.image.clone(),
        split: false,
    }
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
fn copies_are_one_story_wherever_they_stand() {
    let first = item(
        "blog",
        "https://blog.example/five",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    for (url, title, text) in [
        (
            "http://www.blog.example/five/?utm_source=rss",
            "Treaty talks",
            "short",
        ),
        (
            "https://main.example/news/1",
            "Treaty Talks on Library Exceptions Resume",
            BODY,
        ),
        (
            "https://mirror.example/x",
            "Treaty talks on library exceptions resume | Mirror",
            BODY,
        ),
        (
            "https://other.example/y",
            "Treaty talks on library exceptions resume",
            "",
        ),
    ] {
        let second = item("other", url, title, text, "en");
        assert_eq!(
            placed(&first, &second).relation,
            Relation::Copy,
            "{url} {title}"
        );
    }
}

#[test]
fn a_moved_feed_brings_known_items() {
    let first = item(
        "blog",
        "http://old.example/1",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    let mut second = item(
        "blog",
        "https://new.example/1",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    assert_eq!(placed(&first, &second).relation, Relation::Known);
    second.url = Some("https://old.example/1/".parse().unwrap());
    second.key = "a new guid".to_owned();
    assert_eq!(placed(&first, &second).relation, Relation::Known);
}

#[test]
fn translations_are_found_by_what_they_share() {
    let english = item(
        "un",
        "https://news.example/en/story/2026/11/1101",
        "Treaty talks resume in Geneva",
        BODY,
        "en",
    );
    let french = item(
        "onu",
        "https://news.example/fr/story/2026/11/1101",
        "Les négociations reprennent",
        "Texte",
        "fr",
    );
    assert_eq!(placed(&english, &french).relation, Relation::Translation);
    let mut german = item(
        "de",
        "https://anders.example/gespraeche",
        "Gespräche in Genf",
        "Text",
        "de",
    );
    assert_eq!(placed(&english, &german).relation, Relation::New);
    german.alternates = vec![Alternate {
        language: "en".to_owned(),
        url: "https://news.example/en/story/2026/11/1101".to_owned(),
    }];
    assert_eq!(placed(&english, &german).relation, Relation::Translation);
    let other = item(
        "onu",
        "https://news.example/fr/story/2026/11/1102",
        "Autre chose",
        "Texte",
        "fr",
    );
    assert_eq!(placed(&english, &other).relation, Relation::New);
}

#[test]
fn what_only_looks_alike_stays_apart() {
    let text = |month: &str| {
        format!("The {month} issue of our newsletter is online, with reports from all sections.")
    };
    let june = item(
        "section",
        "https://a.example/june",
        "June 2020 newsletter now available",
        &text("June"),
        "en",
    );
    let july = item(
        "other",
        "https://b.example/july",
        "July 2020 newsletter now available",
        &text("July"),
        "en",
    );
    assert_eq!(placed(&june, &july).relation, Relation::New);

    let brief = item(
        "un",
        "https://a.example/b1",
        "Daily press briefing",
        "One thing happened in the morning, and another one at noon.",
        "en",
    );
    let next = item(
        "press",
        "https://b.example/b2",
        "Daily press briefing",
        "Today nothing of the kind was heard from anybody anywhere at all.",
        "en",
    );
    assert_eq!(placed(&brief, &next).relation, Relation::New);

    let first = item(
        "jobs",
        "https://a.example/1",
        "Librarian wanted in the north of the country",
        BODY,
        "en",
    );
    let second = item(
        "jobs",
        "https://a.example/2",
        "Librarian wanted in the south of the country",
        "Quite another text about quite another place, with its own tasks and its own salary.",
        "en",
    );
    assert_eq!(placed(&first, &second).relation, Relation::New);

    let mut late = item(
        "other",
        "https://c.example/1",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    late.effective = monday() + TimeDelta::days(60);
    let early = item(
        "blog",
        "https://d.example/1",
        "Treaty talks on library exceptions resume",
        BODY,
        "en",
    );
    assert_eq!(
        placed(&early, &late).relation,
        Relation::New,
        "two months apart"
    );
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
