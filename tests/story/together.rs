//! What is one story: copies, moved feeds, variants, translations.

use circular::model::{Alternate, Relation};

use super::{BODY, item, placed};

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
