//! OPML (opml.org): a list of feeds from another reader, its folders as sections.

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};
use url::Url;

use super::encoding;
use crate::text;

/// The most feeds of one list.
const MOST: usize = 5000;
/// The deepest nesting of folders.
const DEEPEST: usize = 50;

/// A feed of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its title; its host where there is none.
    pub title: String,
    /// The folder that it is in; its host where it is in none.
    pub section: String,
    /// Its address; http or https.
    pub url: Url,
    /// Its language, as a code.
    pub language: Option<String>,
    /// What circular wrote of it besides: key and value as TOML.
    pub more: Vec<(String, String)>,
}

/// Begins the names of attributes that only circular writes and reads.
pub const OURS: &str = "circular:";

/// Reads the feeds of a list.
///
/// # Errors
/// One sentence when it is no OPML.
pub fn opml(bytes: &[u8]) -> Result<Vec<Outline>, String> {
    let (source, _) = encoding::decode(bytes, None);
    let mut reader = Reader::from_str(&source);
    let (mut found, mut folders, mut is_opml) = (Vec::new(), Vec::new(), false);
    loop {
        let event = reader.read_event().map_err(|e| {
            format!(
                "it is no well-formed XML at byte {}: {e}",
                reader.buffer_position()
            )
        })?;
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "opml" => is_opml = true,
            Event::Start(tag) if tag.local_name().as_ref() == "outline" => {
                found.extend(feed(&tag, &folders));
                if folders.len() >= DEEPEST {
                    return Err(format!("its folders are nested deeper than {DEEPEST}"));
                }
                folders.push(attribute(&tag, &["title", "text"]).unwrap_or_default());
            }
            Event::Empty(tag) if tag.local_name().as_ref() == "outline" => {
                found.extend(feed(&tag, &folders));
            }
            Event::End(tag) if tag.local_name().as_ref() == "outline" => {
                folders.pop();
            }
            Event::Eof => break,
            _ => {}
        }
        if found.len() > MOST {
            return Err(format!("it lists more than {MOST} feeds"));
        }
    }
    if is_opml {
        Ok(found)
    } else {
        Err("it is no OPML".to_owned())
    }
}

fn feed(tag: &BytesStart<'_>, folders: &[String]) -> Option<Outline> {
    let more: Vec<(String, String)> = tag
        .attributes()
        .flatten()
        .filter_map(|attribute| {
            let key = attribute.key.as_ref().strip_prefix(OURS)?;
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).ok()?;
            Some((key.to_owned(), value.into_owned()))
        })
        .collect();
    // A page that is read by rules is no feed for other readers, which pass over its `url`.
    let page = more.iter().any(|(key, _)| key == "page");
    let names: &[&str] = if page {
        &["url"]
    } else {
        &["xmlUrl", "xmlurl"]
    };
    let url: Url = attribute(tag, names)?.parse().ok()?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let folder = folders
        .iter()
        .rev()
        .find(|folder| !folder.is_empty())
        .cloned();
    matches!(url.scheme(), "http" | "https").then(|| Outline {
        title: attribute(tag, &["title", "text"]).unwrap_or_else(|| host.clone()),
        section: folder.unwrap_or(host),
        language: attribute(tag, &["language"]),
        more,
        url,
    })
}

fn attribute(tag: &BytesStart<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let attribute = tag.try_get_attribute(name).ok()??;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).ok()?;
        Some(text::line(&value)).filter(|value| !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_sections() {
        let list = r#"<opml version="2.0"><body><outline text="UN"><outline text="News &amp; more" xmlUrl="https://a.example/f"/></outline>
            <outline xmlUrl="https://www.b.example/f"/><outline xmlUrl="javascript:x"/></body></opml>"#;
        let found = opml(list.as_bytes()).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].section.as_str(), found[0].title.as_str()),
            ("UN", "News & more")
        );
        assert_eq!(
            (found[1].section.as_str(), found[1].title.as_str()),
            ("b.example", "b.example")
        );
        assert_eq!(opml(b"<rss/>"), Err("it is no OPML".to_owned()));
    }
}
