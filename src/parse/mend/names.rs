//! Names: what an element is by what it is called.

use crate::parse::{quirks, tag::Tag};

/// A name without its prefix.
pub(super) fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

pub(super) fn known_namespace(uri: &str) -> &str {
    let found = quirks::NAMESPACES
        .iter()
        .find(|(written, _)| *written == uri);
    found.map_or(uri, |(_, known)| known)
}

/// Elements whose content is one text.
pub(super) fn is_text_name(canonical: &str) -> bool {
    matches!(
        canonical,
        "title"
            | "description"
            | "encoded"
            | "summary"
            | "content"
            | "subtitle"
            | "rights"
            | "info"
    )
}

pub(super) fn is_text(canonical: &str, tag: &Tag<'_>, atom: bool) -> bool {
    let markup = atom
        && tag.attributes.iter().any(|(name, value)| {
            (*name == "type" && matches!(value.trim(), "xhtml" | "application/xhtml+xml"))
                || (*name == "mode" && value == "xml")
        });
    // `media:content` and its like describe a file.
    let file = tag
        .attributes
        .iter()
        .any(|(name, _)| matches!(*name, "url" | "src" | "medium"));
    is_text_name(canonical) && !markup && !file
}

/// The type of an Atom text in the words that the parser takes.
pub(super) fn text_type<'v>(value: &'v str, tag: &Tag<'_>) -> &'v str {
    if tag.attributes.iter().any(|(name, _)| *name == "src") {
        return if value.contains('/') {
            value
        } else {
            "text/html"
        };
    }
    let escaped = tag
        .attributes
        .iter()
        .any(|(name, value)| *name == "mode" && value == "escaped");
    match value.trim() {
        "text" | "text/plain" | "" => "text",
        "xhtml" | "application/xhtml+xml" => "xhtml",
        "text/html"
            if !escaped
                && tag
                    .attributes
                    .iter()
                    .any(|(name, value)| *name == "mode" && value == "xml") =>
        {
            "xhtml"
        }
        _ => "html",
    }
}

/// Whether an element's tag shows that a text before it was never closed.
pub(super) fn ends_text(text: &str, tag: &str) -> bool {
    let always = matches!(
        tag,
        "item" | "entry" | "channel" | "rss" | "RDF" | "feed" | "pubDate" | "guid"
    );
    let short =
        matches!(text, "title") && matches!(tag, "link" | "description" | "category" | "author");
    always || short
}
