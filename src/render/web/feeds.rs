//! Feeds of our own: Atom (RFC 4287) of editions, stories and areas, JSON Feed 1.1 of stories, and the sitemap.

use std::io;

use chrono::{DateTime, Utc};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use serde_json::{Value, json};

use super::{Site, archive};
use crate::{
    model::{Digest, Edition, EditionStory},
    render::Words,
};

/// How many entries a feed holds.
const ENTRIES: usize = 100;

/// All feeds, by their paths.
pub(super) fn all(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let mut feeds = vec![("feed.xml".to_owned(), of_editions(site))];
    for digest in site.digests {
        let stories = stories(site, digest);
        let (atom, web) = (
            format!("{}/items.xml", digest.id),
            format!("{}/", digest.id),
        );
        feeds.push((
            atom.clone(),
            of_stories(site, &digest.title, &atom, &web, &stories),
        ));
        feeds.push((
            format!("{}/items.json", digest.id),
            json_feed(site, digest, &stories),
        ));
    }
    for area in site.areas {
        let stories = archive::stories(site, area);
        let (atom, web) = (
            format!("areas/{}/feed.xml", area.id),
            format!("areas/{}/", area.id),
        );
        let name = area.name(site.language());
        feeds.push((atom.clone(), of_stories(site, name, &atom, &web, &stories)));
    }
    feeds
}

/// A feed of stories; each is as new as the edition that tells it.
fn of_stories(
    site: &Site<'_>,
    title: &str,
    own: &str,
    web: &str,
    stories: &[(&Edition, &EditionStory)],
) -> Vec<u8> {
    let entries: Vec<Entry> = stories
        .iter()
        .map(|(edition, story)| Entry::of_story(site, edition, story))
        .collect();
    atom_feed(site, title, own, web, &entries)
}

/// An entry of an Atom feed.
struct Entry {
    id: String,
    title: String,
    link: String,
    updated: DateTime<Utc>,
    summary: String,
    author: String,
    language: Option<String>,
    categories: Vec<String>,
}

impl Entry {
    fn of_story(site: &Site<'_>, edition: &Edition, story: &EditionStory) -> Self {
        let host = site.publication.base_url.host_str().unwrap_or("localhost");
        Self {
            // A tag URI (RFC 4151): the story keeps it in every feed.
            id: format!("tag:{host},2026:story/{}", story.story),
            title: story.title.clone(),
            link: story.url.clone(),
            // When it was told here; the source's own date is in its page.
            updated: edition.to,
            summary: story.summary.clone(),
            author: story.source_name.clone(),
            language: story.language.as_ref().map(ToString::to_string),
            categories: story.areas.iter().map(|tag| tag.id.to_string()).collect(),
        }
    }
}

/// The stories of a digest's newest editions, newest first.
fn stories<'e>(site: &Site<'e>, digest: &Digest) -> Vec<(&'e Edition, &'e EditionStory)> {
    let editions = site
        .editions
        .iter()
        .filter(|edition| edition.digest == digest.id);
    editions
        .flat_map(|edition| edition.stories().map(move |story| (edition, story)))
        .take(ENTRIES)
        .collect()
}

fn of_editions(site: &Site<'_>) -> Vec<u8> {
    let host = site.publication.base_url.host_str().unwrap_or("localhost");
    let entries: Vec<Entry> = site
        .editions
        .iter()
        .take(ENTRIES)
        .map(|edition| {
            let words = Words::new(site.look, edition.language);
            let titles: Vec<&str> = edition
                .stories()
                .take(10)
                .map(|story| story.title.as_str())
                .collect();
            Entry {
                id: format!("tag:{host},2026:edition/{}", edition.id),
                title: format!("{}, {}", edition.title, words.day(edition.date)),
                link: site.address(&format!("{}/{}/", edition.digest, edition.id)),
                updated: edition.to,
                summary: titles.join(" · "),
                author: site.publication.publisher.clone(),
                language: Some(edition.language.to_string()),
                categories: Vec::new(),
            }
        })
        .collect();
    atom_feed(site, &site.publication.title, "feed.xml", "", &entries)
}

fn atom_feed(site: &Site<'_>, title: &str, own: &str, web: &str, entries: &[Entry]) -> Vec<u8> {
    let updated = entries.iter().map(|entry| entry.updated).max();
    let updated = updated.unwrap_or(DateTime::UNIX_EPOCH);
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
    let written = (|| -> io::Result<()> {
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let language = site.language().to_string();
        let feed = [
            ("xmlns", "http://www.w3.org/2005/Atom"),
            ("xml:lang", language.as_str()),
        ];
        out.write_event(Event::Start(BytesStart::new("feed").with_attributes(feed)))?;
        text(&mut out, "title", title)?;
        text(&mut out, "id", &site.address(own))?;
        text(&mut out, "updated", &rfc3339(updated))?;
        link(&mut out, "self", "application/atom+xml", &site.address(own))?;
        link(&mut out, "alternate", "text/html", &site.address(web))?;
        person(&mut out, &site.publication.publisher)?;
        for entry in entries {
            let mut start = BytesStart::new("entry");
            if let Some(language) = &entry.language {
                start.push_attribute(("xml:lang", language.as_str()));
            }
            out.write_event(Event::Start(start))?;
            text(&mut out, "title", &entry.title)?;
            text(&mut out, "id", &entry.id)?;
            text(&mut out, "updated", &rfc3339(entry.updated))?;
            link(&mut out, "alternate", "text/html", &entry.link)?;
            person(&mut out, &entry.author)?;
            for category in &entry.categories {
                out.create_element("category")
                    .with_attribute(("term", category.as_str()))
                    .write_empty()?;
            }
            text(&mut out, "summary", &entry.summary)?;
            out.write_event(Event::End(BytesEnd::new("entry")))?;
        }
        out.write_event(Event::End(BytesEnd::new("feed")))
    })();
    // Writing into memory does not fail.
    written.map(|()| out.into_inner()).unwrap_or_default()
}

fn text(out: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    out.create_element(name)
        .write_text_content(BytesText::new(text))
        .map(|_| ())
}

fn link(out: &mut Writer<Vec<u8>>, rel: &str, media_type: &str, href: &str) -> io::Result<()> {
    let attributes = [("rel", rel), ("type", media_type), ("href", href)];
    out.create_element("link")
        .with_attributes(attributes)
        .write_empty()
        .map(|_| ())
}

fn person(out: &mut Writer<Vec<u8>>, name: &str) -> io::Result<()> {
    out.write_event(Event::Start(BytesStart::new("author")))?;
    text(out, "name", name)?;
    out.write_event(Event::End(BytesEnd::new("author")))
}

fn rfc3339(time: DateTime<Utc>) -> String {
    time.format("%FT%TZ").to_string()
}

/// JSON Feed 1.1 (jsonfeed.org).
fn json_feed(site: &Site<'_>, digest: &Digest, stories: &[(&Edition, &EditionStory)]) -> Vec<u8> {
    let host = site.publication.base_url.host_str().unwrap_or("localhost");
    let items: Vec<Value> = stories
        .iter()
        .map(|(edition, story)| {
            json!({
                "id": format!("tag:{host},2026:story/{}", story.story),
                "url": story.url,
                "title": story.title,
                "content_text": story.summary,
                "date_published": rfc3339(story.date),
                "date_modified": rfc3339(edition.to),
                "authors": [{ "name": story.source_name }],
                "tags": story.areas.iter().map(|tag| tag.id.as_str()).collect::<Vec<_>>(),
                "language": story.language,
                "_circular": { "edition": edition.id, "kind": story.kind, "dates": story.dates, "also": story.also },
            })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": digest.title,
        "home_page_url": site.address(&format!("{}/", digest.id)),
        "feed_url": site.address(&format!("{}/items.json", digest.id)),
        "language": digest.language,
        "authors": [{ "name": site.publication.publisher }],
        "items": items,
    });
    serde_json::to_vec_pretty(&feed).unwrap_or_default()
}

/// All pages for search engines (sitemaps.org).
pub(super) fn sitemap(site: &Site<'_>) -> Vec<u8> {
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
    let mut paths: Vec<(String, Option<String>)> = vec![
        (String::new(), None),
        ("areas/".to_owned(), None),
        ("sources/".to_owned(), None),
    ];
    paths.extend(
        site.digests
            .iter()
            .map(|digest| (format!("{}/", digest.id), None)),
    );
    paths.extend(
        site.areas
            .iter()
            .map(|area| (format!("areas/{}/", area.id), None)),
    );
    // The format allows 50,000 addresses in a file.
    let editions = site.index.iter().take(49_000);
    paths.extend(editions.map(|line| {
        (
            format!("{}/{}/", line.digest, line.id),
            Some(line.date.to_string()),
        )
    }));
    let written = (|| -> io::Result<()> {
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let namespace = [("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")];
        out.write_event(Event::Start(
            BytesStart::new("urlset").with_attributes(namespace),
        ))?;
        for (path, changed) in &paths {
            out.write_event(Event::Start(BytesStart::new("url")))?;
            text(&mut out, "loc", &site.address(path))?;
            if let Some(changed) = changed {
                text(&mut out, "lastmod", changed)?;
            }
            out.write_event(Event::End(BytesEnd::new("url")))?;
        }
        out.write_event(Event::End(BytesEnd::new("urlset")))
    })();
    written.map(|()| out.into_inner()).unwrap_or_default()
}
