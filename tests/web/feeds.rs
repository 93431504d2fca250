//! Feeds, by the rules that the W3C's checker holds them to (RFC 4287, jsonfeed.org 1.1), and iCalendar.

use std::collections::HashSet;

use chrono::DateTime;
use circular::model::EditionStory;
use quick_xml::{Reader, events::Event};
use serde_json::Value;

use crate::desk::{Desk, dated, edition, files, story};

/// An element with its attributes and text.
#[derive(Debug)]
struct Element {
    path: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<usize> = Vec::new();
    let mut found: Vec<Element> = Vec::new();
    loop {
        let event = reader.read_event().expect("well-formed XML");
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                let parent = open
                    .last()
                    .map_or("", |at: &usize| found[*at].path.as_str());
                let name = start.name().as_ref().to_owned();
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    (key, attribute.value.to_string())
                });
                let element = Element {
                    path: format!("{parent}/{name}"),
                    attributes: attributes.collect(),
                    text: String::new(),
                };
                if matches!(event, Event::Start(_)) {
                    open.push(found.len());
                }
                found.push(element);
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => {
                if let Some(at) = open.last() {
                    found[*at].text += &text;
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn atom(path: &str, xml: &str) {
    let elements = elements(xml);
    let of = |path: &'static str| elements.iter().filter(move |element| element.path == path);
    for once in ["/feed/title", "/feed/id", "/feed/updated", "/feed/author"] {
        assert_eq!(of(once).count(), 1, "{path}: {once}");
    }
    let own = of("/feed/link")
        .find(|link| link.attribute("rel") == "self")
        .unwrap();
    let place = format!("https://circular.example.org/{path}");
    assert_eq!(own.attribute("href"), place, "a feed says where it is");
    let entries = of("/feed/entry").count();
    for once in [
        "/feed/entry/title",
        "/feed/entry/id",
        "/feed/entry/updated",
        "/feed/entry/published",
        "/feed/entry/author",
        "/feed/entry/link",
    ] {
        assert_eq!(of(once).count(), entries, "{path}: {once}");
    }
    let ids: HashSet<&str> = of("/feed/entry/id").map(|id| id.text.as_str()).collect();
    assert_eq!(ids.len(), entries, "{path}: an id stands once");
    assert!(
        ids.iter()
            .all(|id| id.starts_with("tag:circular.example.org,2026:"))
    );
    for time in of("/feed/updated")
        .chain(of("/feed/entry/updated"))
        .chain(of("/feed/entry/published"))
    {
        DateTime::parse_from_rfc3339(&time.text).unwrap_or_else(|e| panic!("{path}: {e}"));
    }
    assert!(
        of("/feed/entry/title").all(|title| !title.text.trim().is_empty()),
        "{path}"
    );
    assert!(of("/feed/entry/link").all(|link| link.attribute("href").starts_with("https://")));
}

fn json_feed(path: &str, text: &str) {
    let feed: Value = serde_json::from_str(text).unwrap();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(
        feed["feed_url"],
        format!("https://circular.example.org/{path}")
    );
    let items = feed["items"].as_array().unwrap();
    let ids: HashSet<&str> = items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), items.len(), "{path}");
    for item in items {
        assert!(
            item["content_text"].is_string() && item["url"].is_string(),
            "{item}"
        );
        assert!(item.get("language").is_none_or(Value::is_string), "{item}");
        for time in ["date_published", "date_modified"] {
            DateTime::parse_from_rfc3339(item[time].as_str().unwrap()).unwrap();
        }
    }
}

#[tokio::test]
async fn feeds_and_calendars_are_valid_whatever_the_stories_say() {
    let desk = Desk::new().await;
    let odd = EditionStory {
        title: "A < B & \"C\" ]]> \u{1}; one, two\nthree".to_owned(),
        summary: String::new(),
        language: None,
        ..dated(3)
    };
    desk.freeze(&edition(0, vec![story(1), dated(2), odd]))
        .await;
    desk.freeze(&edition(1, vec![story(4)])).await;
    desk.publish().await;
    let (mut feeds, mut calendars) = (0, 0);
    for file in files(&desk.public()) {
        let path = file
            .strip_prefix(desk.public())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let name = path.rsplit('/').next().unwrap();
        match name {
            "feed.xml" | "items.xml" => atom(&path, &desk.read(&path)),
            "feed.json" | "items.json" => json_feed(&path, &desk.read(&path)),
            _ if has(&file, "xml") => {
                elements(&desk.read(&path));
            }
            _ if has(&file, "ics") => {
                calendar(&desk.read(&path));
                calendars += 1;
            }
            _ => continue,
        }
        feeds += 1;
    }
    assert!(feeds > 8, "{feeds}");
    assert_eq!(calendars, 3, "the whole, and two stories with a day");
}

fn has(file: &std::path::Path, extension: &str) -> bool {
    file.extension().is_some_and(|end| end == extension)
}

fn calendar(text: &str) {
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(
        text.split("\r\n")
            .all(|line| line.len() <= 75 && !line.contains('\n')),
        "{text}"
    );
    let unfolded = text.replace("\r\n ", "");
    let uids: Vec<&str> = unfolded
        .lines()
        .filter(|line| line.starts_with("UID:"))
        .collect();
    assert_eq!(uids.iter().collect::<HashSet<_>>().len(), uids.len());
    assert_eq!(uids.len(), unfolded.matches("BEGIN:VEVENT").count());
    for line in unfolded.lines() {
        let name = line.split([':', ';']).next().unwrap();
        assert!(
            name.bytes().all(|b| b.is_ascii_uppercase() || b == b'-'),
            "{line}"
        );
    }
}
