//! Quirks: what single kinds of software and single sites write instead of what the formats say.
//!
//! Tables only; [`super::mend`] follows them.

/// Namespaces under names that were never theirs, or are no longer.
pub(super) const NAMESPACES: [(&str, &str); 12] = [
    ("http://purl.org/atom/ns#", ATOM),
    ("http://search.yahoo.com/mrss", MEDIA),
    ("http://video.search.yahoo.com/mrss", MEDIA),
    ("http://www.itunes.com/DTDs/Podcast-1.0.dtd", ITUNES),
    ("http://purl.org/dc/elements/1.0/", DUBLIN_CORE),
    ("http://purl.org/dc/elements/1.1", DUBLIN_CORE),
    ("http://purl.org/rss/1.0/modules/content", CONTENT),
    ("http://my.netscape.com/rdf/simple/0.9/", RSS),
    ("http://channel.netscape.com/rdf/simple/0.9/", RSS),
    ("http://backend.userland.com/rss", RSS),
    ("http://backend.userland.com/rss2", RSS),
    ("http://blogs.law.harvard.edu/tech/rss", RSS),
];

const ATOM: &str = "http://www.w3.org/2005/Atom";
const RSS: &str = "http://purl.org/rss/1.0/";
const MEDIA: &str = "http://search.yahoo.com/mrss/";
const ITUNES: &str = "http://www.itunes.com/dtds/podcast-1.0.dtd";
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
const CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";

/// What a prefix means that a document uses and does not declare.
pub(super) fn namespace(prefix: &str) -> &'static str {
    match prefix {
        "atom" | "a10" | "atom10" => ATOM,
        "content" => CONTENT,
        "dc" => DUBLIN_CORE,
        "dcterms" => "http://purl.org/dc/terms/",
        "itunes" => ITUNES,
        "media" => MEDIA,
        "rdf" => "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rss" => RSS,
        "sy" => "http://purl.org/rss/1.0/modules/syndication/",
        "wfw" => "http://wellformedweb.org/CommentAPI/",
        _ => "urn:undeclared",
    }
}

/// An element's name as the parser of feeds knows it, where a dialect or careless software has another.
pub(super) fn element(local: &str, atom: bool) -> &str {
    if atom {
        return match local {
            // Atom 0.3
            "issued" => "published",
            "modified" => "updated",
            "tagline" => "subtitle",
            "copyright" => "rights",
            other => other,
        };
    }
    let known = RSS_NAMES
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(local));
    known.unwrap_or(local)
}

/// The elements of RSS, which careless software writes with other capitals.
const RSS_NAMES: [&str; 17] = [
    "rss",
    "channel",
    "item",
    "title",
    "link",
    "description",
    "guid",
    "pubDate",
    "category",
    "author",
    "enclosure",
    "language",
    "ttl",
    "lastBuildDate",
    "comments",
    "image",
    "url",
];

/// Children of an entry that say when it was published, best first. UNEP writes `created`.
pub(super) const PUBLISHED: [&str; 7] = [
    "pubDate",
    "published",
    "issued",
    "date",
    "created",
    "available",
    "pubdate",
];

/// Children of an entry that say when it was changed, best first.
pub(super) const UPDATED: [&str; 4] = ["updated", "modified", "lastBuildDate", "lastmod"];

/// Whether the parser of feeds would read an element for nothing: dates and rhythms are read here,
/// by more forms than it knows, and the rest is asked for by nobody.
pub(super) fn is_read_here(name: &str) -> bool {
    is_date(name)
        || is_rhythm(name)
        || matches!(
            name,
            "guid"
                | "id"
                | "comments"
                | "commentRss"
                | "generator"
                | "docs"
                | "post-id"
                | "managingEditor"
                | "webMaster"
                | "cloud"
        )
}

/// Whether what an element says is noted besides what the parser of feeds makes of it.
pub(super) fn is_noted(name: &str) -> bool {
    matches!(name, "guid" | "id" | "language" | "subject") || is_date(name) || is_rhythm(name)
}

fn is_date(name: &str) -> bool {
    PUBLISHED.contains(&name) || UPDATED.contains(&name)
}

/// What a feed says of how often to ask.
fn is_rhythm(name: &str) -> bool {
    matches!(
        name,
        "ttl" | "hour" | "day" | "updatePeriod" | "updateFrequency"
    )
}
