//! Entries of feeds: what the parser of feeds read, completed by what it does not keep.

use chrono::{DateTime, Utc};
use feed_rs::model as fr;
use url::Url;

use super::{
    date,
    mend::{Note, Notes, Texts},
    quirks,
};
use crate::{
    model::{Alternate, Enclosure, Entry},
    text,
};

/// The most categories, authors or files that are kept of one entry.
const MOST: usize = 20;

/// Makes an entry; `base` is what relative addresses are relative to where nothing else is said.
pub(super) fn entry(
    parsed: &fr::Entry,
    notes: &Notes<'_>,
    texts: &Texts<'_>,
    base: &Url,
    atom: bool,
    now: DateTime<Utc>,
) -> Entry {
    let own = notes.base.as_deref().and_then(|own| base.join(own).ok());
    let base = own.as_ref().unwrap_or(base);
    let guid = note(notes, if atom { "id" } else { "guid" })
        .map(|note| note.text.as_str())
        .filter(|id| !id.is_empty())
        .or(notes.about.as_deref())
        .map(str::to_owned);
    let link = link(parsed, notes, atom).map(|link| absolute(&link, base));
    let content = parsed.content.as_ref().and_then(|content| {
        let body = texts.read(content.body.as_deref()?);
        Some(as_html(body, content.content_type.as_str(), atom))
    });
    let title = parsed
        .title
        .as_ref()
        .map(|title| title_line(texts.read(&title.content), title, atom))
        .unwrap_or_default();
    let summary = parsed
        .summary
        .as_ref()
        .map(|text| as_html(texts.read(&text.content), text.content_type.as_str(), atom));
    let image = image(parsed, content.as_deref(), summary.as_deref());
    Entry {
        link: link.or_else(|| permalink(guid.as_deref(), notes)),
        guid,
        title,
        summary,
        image: image.map(|url| absolute(&url, base)),
        content,
        published: moment(notes, &quirks::PUBLISHED, now),
        updated: moment(notes, &quirks::UPDATED, now),
        authors: parsed
            .authors
            .iter()
            .filter_map(author)
            .take(MOST)
            .collect(),
        categories: categories(parsed, notes),
        language: notes
            .language
            .as_deref()
            .map(str::to_owned)
            .or_else(|| note(notes, "language").map(|note| note.text.clone()))
            .or_else(|| parsed.language.clone()),
        enclosures: enclosures(parsed, base),
        alternates: alternates(notes, base),
    }
}

fn note<'n, 'a>(notes: &'n Notes<'a>, name: &str) -> Option<&'n Note<'a>> {
    notes.children.iter().find(|note| note.name == name)
}

/// The first of the named children whose text is a date.
fn moment(notes: &Notes<'_>, names: &[&'static str], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let named = |name: &'static str| notes.children.iter().filter(move |note| note.name == name);
    names
        .iter()
        .flat_map(|name| named(name))
        .find_map(|note| date(&note.text, now))
}

/// The address of what the entry is about.
fn link(parsed: &fr::Entry, notes: &Notes<'_>, atom: bool) -> Option<String> {
    let written = |link: &&fr::Link| !link.href.trim().is_empty() && link.target.is_none();
    if atom {
        let alternates: Vec<&fr::Link> = parsed
            .links
            .iter()
            .filter(written)
            .filter(|link| {
                link.rel
                    .as_deref()
                    .is_none_or(|rel| matches!(rel, "alternate" | ""))
            })
            .collect();
        let page = |link: &&&fr::Link| {
            link.media_type
                .as_deref()
                .is_none_or(|kind| kind.contains("html"))
        };
        let any = || {
            parsed.links.iter().filter(written).find(|link| {
                !matches!(
                    link.rel.as_deref(),
                    Some("self" | "edit" | "replies" | "enclosure" | "via" | "related")
                )
            })
        };
        return alternates
            .iter()
            .find(page)
            .or(alternates.first())
            .copied()
            .or_else(any)
            .map(|link| link.href.trim().to_owned());
    }
    let own = parsed
        .links
        .iter()
        .find(written)
        .map(|link| link.href.trim().to_owned());
    own.or_else(|| {
        let links = notes.children.iter().filter(|note| note.name == "link");
        let mut alternates = links.filter(|note| {
            note.attribute("rel").is_none_or(|rel| rel == "alternate")
                && note.attribute("hreflang").is_none()
        });
        alternates
            .find_map(|note| note.attribute("href"))
            .map(|href| href.trim().to_owned())
    })
}

/// A guid that is an address, unless it says that it is none.
fn permalink(guid: Option<&str>, notes: &Notes<'_>) -> Option<String> {
    let guid = guid.filter(|guid| guid.starts_with("http://") || guid.starts_with("https://"))?;
    let denied = note(notes, "guid")
        .and_then(|note| note.attribute("isPermaLink"))
        .is_some_and(|value| value.eq_ignore_ascii_case("false"));
    (!denied).then(|| guid.to_owned())
}

fn absolute(link: &str, base: &Url) -> String {
    base.join(link)
        .map_or_else(|_| link.to_owned(), String::from)
}

fn title_line(content: &str, title: &fr::Text, atom: bool) -> String {
    if atom && title.content_type.as_str() == "text/plain" {
        text::line(content)
    } else {
        text::line(&text::plain(content))
    }
}

/// A text as HTML. RSS does not say what its texts are; they are HTML far more often than not.
fn as_html(content: &str, media_type: &str, atom: bool) -> String {
    if atom && media_type == "text/plain" {
        content.replace('&', "&amp;").replace('<', "&lt;")
    } else {
        content.to_owned()
    }
}

fn author(person: &fr::Person) -> Option<String> {
    let name = person.name.as_deref().or(person.email.as_deref())?;
    Some(text::line(&text::plain(name))).filter(|name| !name.is_empty())
}

fn categories(parsed: &fr::Entry, notes: &Notes<'_>) -> Vec<String> {
    let given = parsed
        .categories
        .iter()
        .map(|category| category.label.as_ref().unwrap_or(&category.term).clone());
    let subjects = notes
        .children
        .iter()
        .filter(|note| note.name == "subject")
        .map(|note| note.text.clone());
    let mut categories: Vec<String> = Vec::new();
    for category in given.chain(subjects) {
        let category = text::line(&text::plain(&category));
        if !category.is_empty() && !categories.contains(&category) && categories.len() < MOST {
            categories.push(category);
        }
    }
    categories
}

fn enclosures(parsed: &fr::Entry, base: &Url) -> Vec<Enclosure> {
    let media = parsed
        .media
        .iter()
        .flat_map(|object| &object.content)
        .filter_map(|content| {
            Some(Enclosure {
                url: content.url.as_ref()?.to_string(),
                media_type: content.content_type.as_ref().map(ToString::to_string),
                length: content.size,
            })
        });
    let links = parsed
        .links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("enclosure"))
        .map(|link| Enclosure {
            url: absolute(&link.href, base),
            media_type: link.media_type.clone(),
            length: link.length,
        });
    media.chain(links).take(MOST).collect()
}

fn alternates(notes: &Notes<'_>, base: &Url) -> Vec<Alternate> {
    notes
        .children
        .iter()
        .filter(|note| note.name == "link" && note.attribute("rel") == Some("alternate"))
        .filter_map(|note| {
            Some(Alternate {
                language: note.attribute("hreflang")?.to_owned(),
                url: absolute(note.attribute("href")?, base),
            })
        })
        .take(MOST)
        .collect()
}

/// A picture: the entry's own, else the first one in its text that a reader would see.
fn image(parsed: &fr::Entry, content: Option<&str>, summary: Option<&str>) -> Option<String> {
    let thumbnail = parsed
        .media
        .iter()
        .flat_map(|object| &object.thumbnails)
        .map(|thumbnail| thumbnail.image.uri.clone());
    let files = parsed
        .media
        .iter()
        .flat_map(|object| &object.content)
        .filter_map(|content| {
            let image = content
                .content_type
                .as_ref()
                .is_some_and(|kind| kind.as_str().starts_with("image/"));
            content.url.as_ref().filter(|_| image).map(Url::to_string)
        });
    thumbnail.chain(files).next().or_else(|| {
        [content, summary]
            .into_iter()
            .flatten()
            .find_map(first_picture)
    })
}

/// The address of the first `img` of a text that is no counting pixel.
fn first_picture(html: &str) -> Option<String> {
    let mut entities = super::entities::Entities::default();
    let mut tags = memchr::memmem::find_iter(html.as_bytes(), "<img").take(5);
    tags.find_map(|at| {
        let super::tag::Read::Tag(tag) = super::tag::read(&html[at..], &mut entities) else {
            return None;
        };
        let attribute = |name: &str| {
            tag.attributes
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| v.as_ref())
        };
        let pixel = ["width", "height"]
            .into_iter()
            .any(|name| attribute(name).is_some_and(|size| matches!(size, "0" | "1")));
        attribute("src")
            .filter(|src| !pixel && !src.starts_with("data:"))
            .map(str::to_owned)
    })
}
