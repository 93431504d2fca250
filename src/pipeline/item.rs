//! Normalising: an entry as a document said it, made into an item as circular keeps it.
//!
//! Entry type: [`Normaliser`]. Pure: the clock and the vocabulary arrive as arguments. What comes
//! out is plain text on clean lines with an address of http or https; what can never be printed (no
//! words at all) is rejected with a reason.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{
    areas::{self, Matcher},
    model::{AreaTag, Entry, Evidence, Field, Item, ItemId, Kind, LanguageCode, Source, SourceId},
    text,
};

/// The longest title, in characters; a longer one is cut at a word.
const TITLE_LIMIT: usize = 500;
/// The longest summary, in characters.
const SUMMARY_LIMIT: usize = 400;
/// The most bytes kept of an item's text.
const TEXT_LIMIT: usize = 16 * 1024;
/// How far ahead of us a source's clock may be before its date counts as being in the future.
const CLOCK_SLACK: TimeDelta = TimeDelta::hours(1);
/// A date before the first feed was written is a mistake of the source's software (the epoch, year 1).
const EARLIEST: i64 = 631_152_000; // 1990-01-01

/// Makes the entries of one document into items.
pub struct Normaliser<'a> {
    /// The source that the document is of.
    pub source: &'a Source,
    /// The language that the document gives for itself.
    pub language: Option<&'a LanguageCode>,
    /// The vocabulary.
    pub matcher: &'a Matcher,
    /// What time it is.
    pub now: DateTime<Utc>,
}

impl Normaliser<'_> {
    /// The items of a document's entries, in order, each key once, and how many entries had no words.
    /// They are as the document gives them, their language too, until [`Self::judge`] has looked at them.
    pub fn items(&self, entries: Vec<Entry>) -> (Vec<Item>, usize) {
        let mut uses: HashMap<String, usize> = HashMap::new();
        for guid in entries.iter().filter_map(|entry| entry.guid.as_deref()) {
            *uses.entry(guid.trim().to_owned()).or_default() += 1;
        }
        let mut rejected = 0;
        let mut seen = HashSet::new();
        let mut items: Vec<Item> = Vec::with_capacity(entries.len());
        for entry in entries {
            let shared_guid = entry
                .guid
                .as_deref()
                .is_some_and(|guid| uses.get(guid.trim()).is_some_and(|n| *n > 1));
            match self.item(entry, shared_guid) {
                Some(item) if seen.insert(item.key.clone()) => items.push(item),
                Some(_) => {}
                None => rejected += 1,
            }
        }
        (items, rejected)
    }

    fn item(&self, entry: Entry, shared_guid: bool) -> Option<Item> {
        let link = entry.link.as_deref().and_then(web_address);
        let guid = entry
            .guid
            .as_deref()
            .map(str::trim)
            .filter(|guid| !guid.is_empty());
        let url = link
            .or_else(|| guid.and_then(web_address))
            .map(|url| text::canonical(&url));

        let summary_text = entry
            .summary
            .as_deref()
            .map(text::plain)
            .unwrap_or_default();
        let body = entry
            .content
            .as_deref()
            .map(text::plain)
            .unwrap_or_default();
        let body = if body.len() >= summary_text.len() {
            &body
        } else {
            &summary_text
        };
        let mut title = cut(&text::line(&entry.title), TITLE_LIMIT);
        if title.is_empty() {
            title = text::excerpt(body, 90);
        }
        if title.is_empty() {
            title = from_address(url.as_ref(), guid);
        }
        if title.is_empty() {
            return None;
        }
        let lead = if summary_text.trim().is_empty() {
            body
        } else {
            &summary_text
        };
        let summary = summary(&title, lead, body);
        let text = cut_bytes(body, TEXT_LIMIT);

        let key = identity(guid, url.as_ref(), shared_guid, &title, &text);

        let language = entry.language.as_deref().and_then(LanguageCode::parse);
        let language = language
            .or_else(|| self.source.language.clone())
            .or_else(|| self.language.cloned());
        let published = entry
            .published
            .or(entry.updated)
            .filter(|t| t.timestamp() >= EARLIEST);
        let effective = match published {
            Some(time) if time <= self.now + CLOCK_SLACK => time.min(self.now),
            _ => self.now,
        };
        let categories = lines(&entry.categories, 30);

        Some(Item {
            id: item_id(&self.source.id, &key),
            source: self.source.id.clone(),
            key,
            url,
            title,
            summary,
            text,
            language,
            kind: Kind::News,
            published,
            first_seen: self.now,
            effective,
            authors: lines(&entry.authors, 10),
            categories,
            image: entry.image.as_deref().and_then(web_address),
            enclosures: entry
                .enclosures
                .into_iter()
                .filter(|e| web_address(&e.url).is_some())
                .take(10)
                .collect(),
            alternates: entry
                .alternates
                .into_iter()
                .filter(|a| web_address(&a.url).is_some())
                .take(20)
                .collect(),
            areas: Vec::new(),
            dates: Vec::new(),
        })
    }

    /// Finds an item's language, kind, dates and areas in its words.
    pub fn judge(&self, item: &mut Item) {
        let said = item.language.take();
        item.language = text::detect(&item.title, &item.text, said.as_ref());
        let (title, text, language) = (&item.title, &item.text, item.language.as_ref());
        let categories = &item.categories;
        item.kind = areas::kind(title, text, item.url.as_ref(), categories, language);
        item.dates = areas::dates(title, text, language, item.effective);
        item.areas = self.matcher.tag(&areas::Text {
            title,
            summary: &item.summary,
            body: text,
            categories,
            language: language.and_then(LanguageCode::language),
        });
        give_fixed(self.source, &mut item.areas);
    }
}

/// Names as short clean lines, at the most so many.
fn lines(texts: &[String], most: usize) -> Vec<String> {
    let lines = texts.iter().map(|text| cut(&text::line(text), 100));
    lines.filter(|line| !line.is_empty()).take(most).collect()
}

/// A title for an entry without words: the last part of its address as words, else its guid.
fn from_address(url: Option<&Url>, guid: Option<&str>) -> String {
    let last = url.and_then(|url| url.path_segments()?.rfind(|part| !part.is_empty()));
    let words = last.map(|part| text::line(&part.replace(['-', '_'], " ")));
    words
        .filter(|words| words.chars().any(char::is_alphabetic))
        .or_else(|| url.map(ToString::to_string))
        .or_else(|| guid.map(text::line))
        .map(|title| cut(&title, TITLE_LIMIT))
        .unwrap_or_default()
}

/// What an item is known by within its source: its guid, else its address, else its words.
fn identity(
    guid: Option<&str>,
    url: Option<&Url>,
    shared_guid: bool,
    title: &str,
    text: &str,
) -> String {
    let key = match (guid, url) {
        // A guid that several entries share is no identity; with the address it may be.
        (Some(guid), Some(url)) if shared_guid => format!("{guid} {url}"),
        (Some(guid), None) if shared_guid => format!("{guid} {}", hash(&[title, text])),
        (Some(guid), _) => guid.to_owned(),
        (None, Some(url)) => url.to_string(),
        (None, None) => hash(&[title, text]),
    };
    if key.len() > 500 { hash(&[&key]) } else { key }
}

/// Gives the areas that all items of a source have, ahead of those that the text earned.
pub fn give_fixed(source: &Source, tags: &mut Vec<AreaTag>) {
    for area in source.areas.iter().rev() {
        let evidence = Evidence {
            term: source.name.clone(),
            field: Field::Source,
        };
        if let Some(tag) = tags.iter_mut().find(|tag| tag.id == *area) {
            tag.evidence.push(evidence);
            tag.score = 1.0;
        } else {
            tags.insert(
                0,
                AreaTag {
                    id: area.clone(),
                    score: 1.0,
                    evidence: vec![evidence],
                },
            );
        }
    }
    tags.sort_by(|a, b| b.score.total_cmp(&a.score));
}

/// The id of an item: the same at every pull.
pub fn item_id(source: &SourceId, key: &str) -> ItemId {
    ItemId::new(&hash(&[source.as_str(), key])[..20])
}

/// A few sentences of the lead; of the whole text where the lead says hardly anything.
fn summary(title: &str, lead: &str, body: &str) -> String {
    let without_title = |text: &str| {
        let text = text.trim_start();
        text.strip_prefix(title).map_or_else(
            || text.to_owned(),
            |rest| {
                rest.trim_start_matches(['.', ':', ' ', '\n', '-', '–', '—'])
                    .to_owned()
            },
        )
    };
    let summary = text::excerpt(&without_title(lead), SUMMARY_LIMIT);
    if summary.chars().count() >= 40 || lead.len() >= body.len() {
        summary
    } else {
        text::excerpt(&without_title(body), SUMMARY_LIMIT)
    }
}

/// An absolute address of http or https with a host; anything else (`javascript:`, `data:`, a path) is none.
pub fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (web && url.as_str().len() <= 2000 && url.username().is_empty() && url.password().is_none())
        .then_some(url)
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => {
            let end = text[..end]
                .rfind(' ')
                .filter(|space| *space > end / 2)
                .unwrap_or(end);
            format!("{}…", text[..end].trim_end())
        }
    }
}

fn cut_bytes(text: &str, limit: usize) -> String {
    text[..text.floor_char_boundary(limit)].to_owned()
}

/// The first 160 bits of a SHA-256 over length-prefixed parts, as hexadecimal digits.
pub fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .iter()
        .take(20)
        .fold(String::with_capacity(40), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
            text
        })
}
