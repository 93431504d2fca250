//! Feeds of our own, as Atom (RFC 4287) and JSON Feed 1.1: of editions, of a digest's stories, of an
//! area's; and the sitemaps, one a month (sitemaps.org).

use std::io;

use chrono::{DateTime, Utc};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use serde_json::{Value, json};

use super::{Site, told};
use crate::{
    model::{Area, Digest, ShelfCount, Telling},
    render::Words,
};

/// How many entries a feed of editions holds.
const ENTRIES: usize = 100;

/// The feeds of a digest's stories, newest first.
pub fn digest_feeds(
    site: &Site<'_>,
    digest: &Digest,
    stories: &[Telling],
) -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/", digest.id);
    let feed = Feed {
        title: &digest.title,
        language: digest.language.to_string(),
        atom: format!("{folder}items.xml"),
        json: format!("{folder}items.json"),
        web: folder,
        entries: stories
            .iter()
            .map(|telling| Entry::of_story(site, telling))
            .collect(),
    };
    feed.files(site)
}

/// The feeds of an area's stories, newest first.
pub fn area_feeds(site: &Site<'_>, area: &Area, stories: &[Telling]) -> Vec<(String, Vec<u8>)> {
    let folder = format!("areas/{}/", area.id);
    let feed = Feed {
        title: area.name(site.language()),
        language: site.language().to_string(),
        atom: format!("{folder}feed.xml"),
        json: format!("{folder}feed.json"),
        web: folder,
        entries: stories
            .iter()
            .map(|telling| Entry::of_story(site, telling))
            .collect(),
    };
    feed.files(site)
}

/// The feeds of all editions, newest first.
pub(super) fn of_editions(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let host = site.publication.base_url.host_str().unwrap_or("localhost");
    let entries = site.editions.iter().take(ENTRIES).map(|edition| {
        let words = Words::new(site.look, edition.language);
        let titles: Vec<&str> = edition
            .stories()
            .take(10)
            .map(|story| story.title.as_str())
            .collect();
        let address = site.address(&format!("{}/{}/", edition.digest, edition.id));
        Entry {
            id: format!("tag:{host},2026:edition/{}", edition.id),
            title: format!("{}, {}", edition.title, words.day(edition.date)),
            link: address,
            published: edition.to,
            updated: edition.to,
            summary: titles.join(" · "),
            author: site.publication.publisher.clone(),
            language: Some(edition.language.to_string()),
            categories: Vec::new(),
            more: json!({ "edition": edition.id, "stories": edition.len() }),
        }
    });
    let feed = Feed {
        title: &site.publication.title,
        language: site.language().to_string(),
        atom: "feed.xml".to_owned(),
        json: "feed.json".to_owned(),
        web: String::new(),
        entries: entries.collect(),
    };
    feed.files(site)
}

/// A feed, with its paths under `public/`.
struct Feed<'a> {
    title: &'a str,
    language: String,
    atom: String,
    json: String,
    web: String,
    entries: Vec<Entry>,
}

/// An entry of a feed.
struct Entry {
    id: String,
    title: String,
    link: String,
    published: DateTime<Utc>,
    updated: DateTime<Utc>,
    summary: String,
    author: String,
    language: Option<String>,
    categories: Vec<String>,
    /// What a JSON feed says besides, under a name of our own.
    more: Value,
}

impl Entry {
    fn of_story(site: &Site<'_>, telling: &Telling) -> Self {
        let host = site.publication.base_url.host_str().unwrap_or("localhost");
        let story = &telling.story;
        Self {
            // A tag URI (RFC 4151): the story keeps it in every feed.
            id: format!("tag:{host},2026:story/{}", story.story),
            title: story.title.clone(),
            link: story.url.clone(),
            published: story.date.min(telling.to),
            // When it was told here.
            updated: telling.to,
            summary: story.summary.clone(),
            author: story.source_name.clone(),
            language: story.language.as_ref().map(ToString::to_string),
            categories: story.areas.iter().map(|tag| tag.id.to_string()).collect(),
            more: json!({
                "edition": telling.edition, "kind": story.kind, "dates": story.dates, "also": story.also,
                "page": site.address(&told::folder(&story.story)),
            }),
        }
    }
}

impl Feed<'_> {
    fn files(&self, site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
        vec![
            (self.atom.clone(), self.atom(site)),
            (self.json.clone(), self.json(site)),
        ]
    }

    fn atom(&self, site: &Site<'_>) -> Vec<u8> {
        let updated = self.entries.iter().map(|entry| entry.updated).max();
        let updated = updated.unwrap_or(DateTime::UNIX_EPOCH);
        let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
        let written = (|| -> io::Result<()> {
            out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
            let feed = [
                ("xmlns", "http://www.w3.org/2005/Atom"),
                ("xml:lang", self.language.as_str()),
            ];
            out.write_event(Event::Start(BytesStart::new("feed").with_attributes(feed)))?;
            text(&mut out, "title", self.title)?;
            text(&mut out, "id", &site.address(&self.atom))?;
            text(&mut out, "updated", &rfc3339(updated))?;
            let own = site.address(&self.atom);
            link(&mut out, "self", "application/atom+xml", &own)?;
            link(&mut out, "alternate", "text/html", &site.address(&self.web))?;
            person(&mut out, &site.publication.publisher)?;
            for entry in &self.entries {
                entry.atom(&mut out)?;
            }
            out.write_event(Event::End(BytesEnd::new("feed")))
        })();
        // Writing into memory does not fail.
        written.map(|()| out.into_inner()).unwrap_or_default()
    }

    /// JSON Feed 1.1 (jsonfeed.org).
    fn json(&self, site: &Site<'_>) -> Vec<u8> {
        let feed = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": site.address(&self.web),
            "feed_url": site.address(&self.json),
            "language": self.language,
            "authors": [{ "name": site.publication.publisher }],
            "items": self.entries.iter().map(Entry::json).collect::<Vec<_>>(),
        });
        serde_json::to_vec_pretty(&feed).unwrap_or_default()
    }
}

impl Entry {
    fn atom(&self, out: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let mut start = BytesStart::new("entry");
        if let Some(language) = &self.language {
            start.push_attribute(("xml:lang", language.as_str()));
        }
        out.write_event(Event::Start(start))?;
        text(out, "title", &self.title)?;
        text(out, "id", &self.id)?;
        text(out, "published", &rfc3339(self.published))?;
        text(out, "updated", &rfc3339(self.updated))?;
        link(out, "alternate", "text/html", &self.link)?;
        person(out, &self.author)?;
        for category in &self.categories {
            out.create_element("category")
                .with_attribute(("term", category.as_str()))
                .write_empty()?;
        }
        if !self.summary.is_empty() {
            text(out, "summary", &self.summary)?;
        }
        out.write_event(Event::End(BytesEnd::new("entry")))
    }

    fn json(&self) -> Value {
        let mut item = json!({
            "id": self.id,
            "url": self.link,
            "title": self.title,
            "content_text": self.summary,
            "date_published": rfc3339(self.published),
            "date_modified": rfc3339(self.updated),
            "authors": [{ "name": self.author }],
            "tags": self.categories,
            "_circular": self.more,
        });
        // A language that is not known is left out: null is no language.
        if let (Some(language), Some(item)) = (&self.language, item.as_object_mut()) {
            item.insert("language".to_owned(), language.as_str().into());
        }
        item
    }
}

fn text(out: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    // XML 1.0 has no way to write these.
    let text = text.replace(
        |c: char| {
            c.is_control() && !matches!(c, '\t' | '\n') || matches!(c, '\u{fffe}' | '\u{ffff}')
        },
        "",
    );
    out.create_element(name)
        .write_text_content(BytesText::new(&text))
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

/// The addresses of one month: its editions and its stories. The format allows 50,000 in a file.
pub fn sitemap_month(site: &Site<'_>, month: &str, stories: &[Telling]) -> (String, Vec<u8>) {
    let editions = site
        .index
        .iter()
        .filter(|line| line.date.format("%Y-%m").to_string() == month)
        .map(|line| {
            let path = format!("{}/{}/", line.digest, line.id);
            (path, Some(line.date.to_string()))
        });
    let stories = stories.iter().map(|telling| {
        let path = told::folder(&telling.story.story);
        (path, Some(telling.date.to_string()))
    });
    let paths: Vec<_> = editions.chain(stories).take(50_000).collect();
    (format!("sitemaps/{month}.xml"), addresses(site, &paths))
}

/// The list of all sitemaps, and the one of the pages that stand in front.
pub(super) fn sitemaps(site: &Site<'_>, months: &[ShelfCount]) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<(String, Option<String>)> = ["", "archive/", "areas/", "sources/"]
        .map(|path| (path.to_owned(), None))
        .into();
    let digests = site.digests.iter().map(|digest| format!("{}/", digest.id));
    let areas = site.areas.iter().map(|area| format!("areas/{}/", area.id));
    paths.extend(digests.chain(areas).map(|path| (path, None)));
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
    let written = (|| -> io::Result<()> {
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        out.write_event(Event::Start(
            BytesStart::new("sitemapindex").with_attributes(SITEMAPS),
        ))?;
        let months = months.iter().map(|count| count.month.as_str());
        for name in std::iter::once("pages").chain(months) {
            out.write_event(Event::Start(BytesStart::new("sitemap")))?;
            let address = site.address(&format!("sitemaps/{name}.xml"));
            text(&mut out, "loc", &address)?;
            out.write_event(Event::End(BytesEnd::new("sitemap")))?;
        }
        out.write_event(Event::End(BytesEnd::new("sitemapindex")))
    })();
    vec![
        (
            "sitemap.xml".to_owned(),
            written.map(|()| out.into_inner()).unwrap_or_default(),
        ),
        ("sitemaps/pages.xml".to_owned(), addresses(site, &paths)),
    ]
}

const SITEMAPS: [(&str, &str); 1] = [("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")];

fn addresses(site: &Site<'_>, paths: &[(String, Option<String>)]) -> Vec<u8> {
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 1);
    let written = (|| -> io::Result<()> {
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        out.write_event(Event::Start(
            BytesStart::new("urlset").with_attributes(SITEMAPS),
        ))?;
        for (path, changed) in paths {
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
