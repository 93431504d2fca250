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

/// What one source says of Oslo or of Bergen in the same sentences.
fn opening(town: &str) -> String {
    format!(
        "The council of {town} opened a new branch of the library yesterday. Readers of {town} had waited \
         for it for years, and the mayor thanked all who had helped. The branch is open from ten to six."
    )
}

#[test]
fn variants_that_publishers_make_are_one_story() {
    let title = "Treaty talks on library exceptions resume";
    let first = item("blog", "https://blog.example/five", title, BODY, "en");
    let cut: String = BODY.chars().take(BODY.len() * 2 / 3).collect();
    for (title, text) in [
        (
            "Treaty talks on library exceptions resume | The Daily Shelf",
            BODY,
        ),
        (
            "The Weekly Shelf: Treaty talks on library exceptions resume",
            BODY,
        ),
        ("What it means for all of us", BODY),
        (
            "TREATY TALKS ON LIBRARY EXCEPTIONS RESUME",
            &format!("{cut}…"),
        ),
        (
            title,
            &format!("{BODY} Subscribe to our newsletter and follow us. All rights reserved."),
        ),
        (
            title,
            &BODY
                .replace("ninety-six", "some ninety")
                .replace("Friday", "the end of the week"),
        ),
        (
            "Treaty\u{200b} talks on \u{202e}library\u{202c} exceptions resume",
            BODY,
        ),
    ] {
        let title = circular::text::line(title);
        let second = item("other", "https://other.example/y", &title, text, "en");
        assert_ne!(
            placed(&first, &second).relation,
            Relation::New,
            "{title} {text}"
        );
    }
}

#[test]
fn issues_of_a_series_stay_apart_in_seven_languages() {
    for (language, one, other, text) in [
        (
            "en",
            "Reading the treaty, part 1",
            "Reading the treaty, part 2",
            BODY,
        ),
        (
            "en",
            "Reading the treaty",
            "Reading the treaty, part II",
            BODY,
        ),
        (
            "en",
            "Second call for papers",
            "Final call for papers",
            BODY,
        ),
        ("en", "Monday briefing", "Tuesday briefing", BODY),
        (
            "fr",
            "Lettre d’information de février",
            "Lettre d’information de mars",
            BODY,
        ),
        (
            "de",
            "Erster Aufruf zur Einreichung",
            "Zweiter Aufruf zur Einreichung",
            BODY,
        ),
        (
            "es",
            "Convocatoria n.º 4 de ayudas",
            "Convocatoria n.º 5 de ayudas",
            BODY,
        ),
        (
            "ru",
            "Читаем договор: часть первая",
            "Читаем договор: часть вторая",
            BODY,
        ),
        ("zh", "条约解读（第一部分）", "条约解读（第二部分）", BODY),
        (
            "ar",
            "قراءة في المعاهدة: الجزء الأول",
            "قراءة في المعاهدة: الجزء الثاني",
            BODY,
        ),
    ] {
        for source in ["a", "b"] {
            let first = item("a", "https://a.example/1", one, text, language);
            let second = item(source, "https://b.example/2", other, text, language);
            let placement = place(&second, "Tests", &[candidate(&first)]);
            assert_eq!(
                placement.relation,
                Relation::New,
                "{one}: {}",
                placement.reason
            );
        }
    }
}

#[test]
fn one_pattern_of_two_subjects_is_two_stories() {
    let of = |source, url, town: &str| {
        item(
            source,
            url,
            &format!("Library opens new branch in {town}"),
            &opening(town),
            "en",
        )
    };
    let oslo = of("a", "https://a.example/1", "Oslo");
    assert_eq!(
        placed(&oslo, &of("b", "https://b.example/2", "Bergen")).relation,
        Relation::New
    );
    assert_eq!(
        placed(&oslo, &of("b", "https://b.example/3", "Oslo")).relation,
        Relation::Copy
    );
}

#[test]
fn a_title_that_comes_again_and_again_says_nothing() {
    let text = |n: usize| {
        format!(
            "The reading room number {n} will be closed on {} May for all readers, and loans are prolonged.",
            n % 28 + 1
        )
    };
    let title = "Notice to all readers of the library";
    let mut candidates: Vec<Candidate> = Vec::new();
    for n in 0..60 {
        let next = item(
            "a",
            &format!("https://a.example/{n}"),
            title,
            &text(n),
            "en",
        );
        let placement = place(&next, "Tests", &candidates);
        assert_eq!(
            placement.relation,
            Relation::New,
            "{n}: {}",
            placement.reason
        );
        candidates.push(candidate(&next));
    }
    // A title alone, without a text, is as little.
    let first = item("a", "https://a.example/x", title, "", "en");
    let second = item("a", "https://a.example/y", title, "", "en");
    assert_eq!(placed(&first, &second).relation, Relation::New);
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
