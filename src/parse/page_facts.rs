//! Facts that a page holds for machines: JSON-LD in the words of schema.org, used to complete what the rules found.

use chrono::{DateTime, Utc};
use scraper::{Html, Selector};
use serde_json::{Map, Value};
use url::Url;

use super::date;
use crate::{model::Entry, text};

/// The most objects of one page that are looked at.
const MOST: usize = 2000;

/// Gives entries the date, summary and picture that the page's JSON-LD has for their address.
pub(super) fn complete(page: &Html, base: &Url, now: DateTime<Utc>, entries: &mut [Entry]) {
    let Ok(selector) = Selector::parse("script[type='application/ld+json']") else {
        return;
    };
    let mut left = MOST;
    for script in page.select(&selector) {
        let source: String = script.text().collect();
        let Ok(value) = serde_json::from_str::<Value>(&source) else {
            continue;
        };
        visit(&value, &mut left, &mut |object| {
            fill(object, base, now, entries);
        });
    }
}

/// Calls for every object; what nests deeper than the JSON parser allows never gets here.
fn visit(value: &Value, left: &mut usize, found: &mut impl FnMut(&Map<String, Value>)) {
    if *left == 0 {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| visit(value, left, found)),
        Value::Object(object) => {
            *left -= 1;
            found(object);
            object.values().for_each(|value| visit(value, left, found));
        }
        _ => {}
    }
}

fn fill(object: &Map<String, Value>, base: &Url, now: DateTime<Utc>, entries: &mut [Entry]) {
    let text = |key: &str| {
        object
            .get(key)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let page = object
        .get("mainEntityOfPage")
        .and_then(|page| page.as_str().or_else(|| page.get("@id")?.as_str()));
    let Some(url) = text("url").or(page).and_then(|url| base.join(url).ok()) else {
        return;
    };
    let url = text::identity(&url);
    let same = |entry: &&mut Entry| {
        entry
            .link
            .as_deref()
            .and_then(|link| link.parse().ok())
            .is_some_and(|link: Url| text::identity(&link) == url)
    };
    let Some(entry) = entries.iter_mut().find(same) else {
        return;
    };
    let moment = |key: &str| text(key).and_then(|text| date(text, now));
    entry.published = entry
        .published
        .or_else(|| moment("datePublished"))
        .or_else(|| moment("startDate"));
    entry.updated = entry.updated.or_else(|| moment("dateModified"));
    entry.summary = entry
        .summary
        .take()
        .or_else(|| text("description").map(str::to_owned));
    let image = object.get("image").and_then(|image| match image {
        Value::String(url) => Some(url.as_str()),
        Value::Array(images) => images.first()?.as_str(),
        other => other.get("url")?.as_str(),
    });
    entry.image = entry
        .image
        .take()
        .or_else(|| image.and_then(|url| base.join(url).ok()).map(String::from));
}
