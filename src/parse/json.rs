//! JSON Feed 1.0 and 1.1 (jsonfeed.org), taken leniently: numbers for ids, a missing version, one bad item among good ones.

use serde_json::{Map, Value};
use url::Url;

use super::{Document, ErrorKind, Format, ParseError, Parsed, Rhythm, date};
use crate::{
    model::{Enclosure, Entry, LanguageCode},
    text,
};

type Object = Map<String, Value>;

/// Reads a JSON Feed.
pub(super) fn feed(text: &str, document: &Document<'_>) -> Result<Parsed, ParseError> {
    let refuse = |sentence: &str| Err(ParseError::new(ErrorKind::NotAFeed, sentence));
    let mut problems = Vec::new();
    let mut whole = true;
    let top: Value = match serde_json::from_str(text) {
        Ok(top) => top,
        Err(e) => match serde_json::from_str(&up_to_last_item(text)) {
            Ok(top) => {
                whole = false;
                problems
                    .push("it ends in the middle; the whole items before it were kept".to_owned());
                top
            }
            Err(_) => return refuse(&format!("it is no well-formed JSON: {e}")),
        },
    };
    let Some(top) = top.as_object() else {
        return refuse("it is JSON, but no JSON Feed: there is a list where a feed should be");
    };
    let named = string(top, "version").is_some_and(|version| version.contains("jsonfeed.org"));
    let items = top.get("items").and_then(Value::as_array);
    if !named && items.is_none() {
        return refuse("it is JSON, but no JSON Feed: it has neither `version` nor `items`");
    }
    let base = string(top, "home_page_url").and_then(|url| document.url.join(&url).ok());
    let site = base.filter(|url| matches!(url.scheme(), "http" | "https"));
    let base = site.as_ref().unwrap_or(document.url);
    let items = items.map(Vec::as_slice).unwrap_or_default();
    let entries: Vec<Entry> = items
        .iter()
        .filter_map(Value::as_object)
        .map(|item| entry(item, top, base, document))
        .collect();
    if let lost @ 1.. = items.len() - entries.len() {
        problems.push(format!("{lost} of its items are no objects"));
    }
    Ok(Parsed {
        format: Format::JsonFeed,
        title: string(top, "title")
            .map(|title| text::line(&title))
            .unwrap_or_default(),
        language: string(top, "language").and_then(|tag| LanguageCode::parse(&tag)),
        entries,
        problems,
        rhythm: Rhythm::default(),
        next: None,
        whole,
        site,
    })
}

fn entry(item: &Object, feed: &Object, base: &Url, document: &Document<'_>) -> Entry {
    let absolute = |url: String| base.join(url.trim()).map_or(url.clone(), String::from);
    let moment = |key: &str| string(item, key).and_then(|text| date(&text, document.now));
    let plain =
        string(item, "content_text").map(|text| text.replace('&', "&amp;").replace('<', "&lt;"));
    let link = string(item, "url").or_else(|| string(item, "external_url"));
    Entry {
        guid: string(item, "id"),
        link: link.map(absolute),
        title: string(item, "title")
            .map(|title| text::line(&text::plain(&title)))
            .unwrap_or_default(),
        summary: string(item, "summary"),
        content: string(item, "content_html").or(plain),
        published: moment("date_published"),
        updated: moment("date_modified"),
        authors: authors(item).or_else(|| authors(feed)).unwrap_or_default(),
        categories: list(item, "tags")
            .iter()
            .filter_map(Value::as_str)
            .map(text::line)
            .take(20)
            .collect(),
        language: string(item, "language"),
        image: string(item, "image")
            .or_else(|| string(item, "banner_image"))
            .map(absolute),
        enclosures: list(item, "attachments")
            .iter()
            .filter_map(Value::as_object)
            .filter_map(enclosure)
            .take(20)
            .collect(),
        alternates: Vec::new(),
    }
}

/// A text, or a number as text: ids are often numbers.
fn string(object: &Object, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn list<'v>(object: &'v Object, key: &str) -> &'v [Value] {
    object
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// `authors` of version 1.1, `author` of version 1.0.
fn authors(object: &Object) -> Option<Vec<String>> {
    let all = list(object, "authors").iter().chain(object.get("author"));
    let names: Vec<String> = all
        .filter_map(Value::as_object)
        .filter_map(|author| string(author, "name"))
        .map(|name| text::line(&name))
        .collect();
    (!names.is_empty()).then_some(names)
}

fn enclosure(attachment: &Object) -> Option<Enclosure> {
    Some(Enclosure {
        url: string(attachment, "url")?,
        media_type: string(attachment, "mime_type"),
        length: attachment.get("size_in_bytes").and_then(Value::as_u64),
    })
}

/// A document that ends in the middle, closed after the last whole element of its list of items.
fn up_to_last_item(text: &str) -> String {
    let (mut stack, mut in_string, mut escaped) = (Vec::new(), false, false);
    let mut last = None;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => stack.push(byte),
            b'}' | b']' => {
                stack.pop();
                if stack == [b'{', b'['] {
                    last = Some(at + 1);
                }
            }
            _ => {}
        }
    }
    last.map(|end| format!("{}]}}", &text[..end]))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Parsed, ParseError> {
        let url = "https://a.example/feed.json".parse().unwrap();
        let now = "2026-11-16T08:00:00Z".parse().unwrap();
        feed(
            text,
            &Document {
                bytes: text.as_bytes(),
                content_type: None,
                url: &url,
                now,
            },
        )
    }

    #[test]
    fn careless_json_feeds_are_taken() {
        let parsed = read(
            r#"{"title":"T","items":[{"id":7,"url":"/7","content_text":"a < b","author":{"name":"N"}},4,
            {"id":"x","date_published":"2026-11-16T09:00:00+01:00"}]}"#,
        )
        .unwrap();
        assert_eq!(parsed.entries[0].guid.as_deref(), Some("7"));
        assert_eq!(
            parsed.entries[0].link.as_deref(),
            Some("https://a.example/7")
        );
        assert_eq!(parsed.entries[0].content.as_deref(), Some("a &lt; b"));
        assert_eq!(
            parsed.entries[1].published.unwrap().to_rfc3339(),
            "2026-11-16T08:00:00+00:00"
        );
        assert_eq!(parsed.problems.len(), 1);
    }

    #[test]
    fn a_cut_feed_keeps_its_whole_items() {
        let parsed = read(r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a","tags":["]"]},{"id":"b"#).unwrap();
        assert_eq!((parsed.entries.len(), parsed.whole), (1, false));
        assert_eq!(read(r#"{"a":1}"#).unwrap_err().kind, ErrorKind::NotAFeed);
        assert_eq!(read("{nonsense").unwrap_err().kind, ErrorKind::NotAFeed);
    }
}
