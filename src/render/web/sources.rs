//! The page of sources, and the list of them that other readers can take in.

use std::collections::BTreeMap;

use maud::html;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::{Site, SourceLine, frame::Page};
use crate::{
    model::{Source, SourceState},
    render::Words,
};

pub(super) fn pages(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let sources: Vec<&Source> = site.sources.iter().map(|line| &line.source).collect();
    vec![
        ("sources/index.html".to_owned(), page(site).into_bytes()),
        (
            "sources.opml".to_owned(),
            opml(&site.publication.title, &sources),
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
                table {
                    thead { tr { th scope="col" { (words.get("web.source_name")) } th scope="col" { (words.get("web.source_state")) } th scope="col" { (words.get("web.source_last")) } } }
                    tbody {
                        @for line in lines {
                            @let state = line.health.as_ref().map_or(SourceState::New, |health| health.state);
                            @let last = line.health.as_ref().and_then(|health| health.last_new);
                            tr {
                                td { a href=(line.source.url) { bdi { (line.source.name) } } }
                                td { (words.get(&format!("state.{}", state.as_str()))) }
                                td { @match last { Some(time) => (words.day(time.date_naive())), None => (words.get("web.never")) } }
                            }
                        }
                    }
                }
            }
        }
    })
}

/// Sources as OPML 2.0 (opml.org), one outline a section.
pub fn opml(title: &str, sources: &[&Source]) -> Vec<u8> {
    let mut sections: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in sources {
        sections.entry(&source.section).or_default().push(source);
    }
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = (|| -> std::io::Result<()> {
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        out.write_event(Event::Start(
            BytesStart::new("opml").with_attributes([("version", "2.0")]),
        ))?;
        out.write_event(Event::Start(BytesStart::new("head")))?;
        out.create_element("title")
            .write_text_content(BytesText::new(title))?;
        out.write_event(Event::End(BytesEnd::new("head")))?;
        out.write_event(Event::Start(BytesStart::new("body")))?;
        for (section, sources) in sections {
            out.write_event(Event::Start(
                BytesStart::new("outline").with_attributes([("text", section)]),
            ))?;
            for source in sources.iter().filter(|source| source.page.is_none()) {
                let mut outline = BytesStart::new("outline");
                outline.push_attribute(("type", "rss"));
                outline.push_attribute(("text", source.name.as_str()));
                outline.push_attribute(("xmlUrl", source.url.as_str()));
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
