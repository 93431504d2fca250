//! The page of sources, and the list of them that other readers can take in.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use maud::html;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::{Site, SourceLine, frame::Page, shelf};
use crate::{
    model::{Shelf, Source, SourceState},
    parse::OURS,
    render::Words,
};

/// The page of all sources with their health, and the list of them for other readers.
pub fn pages(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let sources: Vec<&Source> = site.sources.iter().map(|line| &line.source).collect();
    vec![
        ("sources/index.html".to_owned(), page(site).into_bytes()),
        (
            "sources.opml".to_owned(),
            opml(&site.publication.title, &sources, &BTreeMap::new()),
        ),
    ]
}

fn page(site: &Site<'_>) -> String {
    let words = Words::new(site.look, site.language());
    let title = words.get("web.sources");
    let mut sections: BTreeMap<&str, Vec<&SourceLine>> = BTreeMap::new();
    for line in site.sources {
        sections.entry(&line.source.section).or_default().push(line);
    }
    let page = Page {
        publication: site.publication,
        look: site.look,
        language: site.language(),
        title,
        description: words.get("web.sources_explained"),
        path: "sources/",
        feed: None,
    };
    page.html(&html! {
        h1 { (title) }
        p class="lede" { (words.count("count.sources", site.sources.len())) " · " a href="../sources.opml" { "OPML" } }
        p { (words.get("web.sources_explained")) }
        @for (section, lines) in &sections {
            section {
                h2 { bdi { (section) } }
                table class="health" {
                    thead { tr {
                        th scope="col" { (words.get("web.source_name")) }
                        th scope="col" { (words.get("web.source_state")) }
                        th scope="col" { (words.get("web.source_read")) }
                        th scope="col" { (words.get("web.source_last")) }
                    } }
                    tbody {
                        @for line in lines {
                            @let health = line.health.as_ref();
                            @let state = health.map_or(SourceState::New, |health| health.state);
                            tr {
                                th scope="row" { a href={ "../" (shelf::folder(Shelf::Source, line.source.id.as_str())) "index.html" } { bdi { (line.source.name) } } }
                                td class=[troubled(state).then_some("due")] {
                                    (words.get(&format!("state.{}", state.as_str())))
                                    @if troubled(state) {
                                        p class="muted" { (words.get(&format!("state_means.{}", state.as_str()))) }
                                        @if let Some(problem) = health.and_then(|health| health.problem.as_deref()) {
                                            p class="muted" lang="en" dir="ltr" { (public(problem)) }
                                        }
                                    }
                                }
                                td data-label=(words.get("web.source_read")) { (day(&words, health.and_then(|health| health.last_success))) }
                                td data-label=(words.get("web.source_last")) { (day(&words, health.and_then(|health| health.last_new))) }
                            }
                        }
                    }
                }
            }
        }
    })
}

fn day(words: &Words<'_>, time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(
        || words.get("web.never").to_owned(),
        |time| words.day(time.date_naive()),
    )
}

/// Whether a reader should know that something is missing.
fn troubled(state: SourceState) -> bool {
    matches!(
        state,
        SourceState::Failing | SourceState::Silent | SourceState::Gone | SourceState::Blocked
    )
}

/// A problem as anybody may read it: an address that holds a name and a password loses them.
fn public(problem: &str) -> String {
    let words = problem.split(' ').map(|word| {
        let Some((scheme, rest)) = word.split_once("://") else {
            return word.to_owned();
        };
        let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        match rest[..host].rfind('@') {
            Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
            None => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Further keys of sources, by id: key and value as TOML.
pub type Keys = BTreeMap<String, Vec<(String, String)>>;

/// Sources as OPML 2.0 (opml.org), one outline a section. With their further keys nothing is lost on
/// the way to another circular, pages included; without them only feeds are named.
pub fn opml(title: &str, sources: &[&Source], keys: &Keys) -> Vec<u8> {
    let mut sections: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in sources {
        sections.entry(&source.section).or_default().push(source);
    }
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = (|| -> std::io::Result<()> {
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let mut root = BytesStart::new("opml").with_attributes([("version", "2.0")]);
        if !keys.is_empty() {
            root.push_attribute(("xmlns:circular", "urn:circular:source"));
        }
        out.write_event(Event::Start(root))?;
        out.write_event(Event::Start(BytesStart::new("head")))?;
        out.create_element("title")
            .write_text_content(BytesText::new(title))?;
        out.write_event(Event::End(BytesEnd::new("head")))?;
        out.write_event(Event::Start(BytesStart::new("body")))?;
        for (section, sources) in sections {
            out.write_event(Event::Start(
                BytesStart::new("outline").with_attributes([("text", section)]),
            ))?;
            for source in sources {
                let more = keys.get(source.id.as_str());
                if source.page.is_some() && more.is_none() {
                    continue;
                }
                let (kind, place) = match source.page {
                    None => ("rss", "xmlUrl"),
                    Some(_) => ("link", "url"),
                };
                let url = source.public_url();
                let mut outline = BytesStart::new("outline");
                outline.push_attribute(("type", kind));
                outline.push_attribute(("text", source.name.as_str()));
                let url = if keys.is_empty() { &url } else { &source.url };
                outline.push_attribute((place, url.as_str()));
                for (key, value) in more.into_iter().flatten() {
                    outline.push_attribute((format!("{OURS}{key}").as_str(), value.as_str()));
                }
                if let Some(language) = &source.language {
                    outline.push_attribute(("language", language.as_str()));
                }
                out.write_event(Event::Empty(outline))?;
            }
            out.write_event(Event::End(BytesEnd::new("outline")))?;
        }
        out.write_event(Event::End(BytesEnd::new("body")))?;
        out.write_event(Event::End(BytesEnd::new("opml")))
    })();
    // Writing into memory does not fail.
    written.map(|()| out.into_inner()).unwrap_or_default()
}
