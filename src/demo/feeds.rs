//! The demo's example feeds: bodies that do not exist, in the shapes that real ones send.
//!
//! Among them: undeclared entities, bare ampersands, an encoding that is not the declared one, a
//! document cut in the middle, items without links, a mirror, a web page in a feed's place, a bot
//! wall, and a blog that closes between the rounds.

/// One document, as the demo's server gives it out.
#[derive(Debug)]
pub struct Example {
    /// Where it stands on the server.
    pub path: &'static str,
    /// What the server says it is.
    pub content_type: &'static str,
    /// What it says in the first round.
    pub text: &'static [u8],
    /// What becomes of it in the second.
    pub later: Later,
}

/// What becomes of a document in the second round.
#[derive(Debug)]
pub enum Later {
    /// The same: the server answers 304
    Same,
    /// Another text
    New(&'static [u8]),
    /// 410
    Gone,
}

const RSS: &str = "application/rss+xml";
const ATOM: &str = "application/atom+xml";
const HTML: &str = "text/html; charset=utf-8";

macro_rules! example {
    ($path:literal, $kind:expr) => {
        Example {
            path: concat!("/", $path),
            content_type: $kind,
            text: include_bytes!(concat!("feeds/", $path)),
            later: Later::Same,
        }
    };
    ($path:literal, $kind:expr, gone) => {
        Example {
            later: Later::Gone,
            ..example!($path, $kind)
        }
    };
    ($path:literal, $kind:expr, $later:literal) => {
        Example {
            later: Later::New(include_bytes!(concat!("feeds/", $later))),
            ..example!($path, $kind)
        }
    };
}

/// All of them.
pub static EXAMPLES: &[Example] = &[
    example!("nations-en.xml", RSS, "nations-en.later.xml"),
    example!("nations-fr.xml", RSS, "nations-fr.later.xml"),
    example!("nations-es.xml", RSS),
    example!("nations-ru.xml", "text/xml", "nations-ru.later.xml"),
    example!("nations-zh.xml", "text/xml", "nations-zh.later.xml"),
    example!("nations-ar.xml", RSS, "nations-ar.later.xml"),
    example!("federation-news.atom", ATOM, "federation-news.later.atom"),
    example!("federation-mirror.xml", RSS, "federation-mirror.later.xml"),
    example!("free-access-blog.xml", RSS, "free-access-blog.later.xml"),
    example!("rights-office.xml", RSS, "rights-office.later.xml"),
    example!(
        "heritage-newsroom.html",
        HTML,
        "heritage-newsroom.later.html"
    ),
    example!(
        "digital-rights.json",
        "application/feed+json",
        "digital-rights.later.json"
    ),
    example!(
        "open-licence.rdf",
        "application/rdf+xml",
        "open-licence.later.rdf"
    ),
    example!("environment.xml", "text/plain"),
    example!("verband.xml", "text/xml"),
    example!("regional-es.xml", RSS),
    example!("association-fr.atom", ATOM),
    example!("society-zh.atom", ATOM),
    example!("portal-ar.xml", RSS),
    example!("old-association.xml", RSS, gone),
    example!("lost-feed.html", HTML),
    example!("archivists.xml", RSS),
    example!("bot-wall.html", HTML),
];
