//! Announcements: the feeds that a page names in its head, and the walls that stand where a page should be.

use scraper::{Html, Selector};
use url::Url;

use super::{Document, FeedLink, encoding};
use crate::text;

/// The most bytes of a page that are looked at: its head is at the beginning.
const BEGINNING: usize = 512 * 1024;
/// The deepest nesting that the parser is given.
const DEEPEST: usize = 256;

/// The feeds that an HTML page announces or links to, best first.
///
/// Announced ones (RFC 8288 `alternate`) come before mere links; those of comments come last.
pub fn links(document: &Document<'_>) -> Vec<FeedLink> {
    let (text, _) = encoding::decode(document.bytes, document.content_type);
    in_text(&text, document.url)
}

pub(super) fn in_text(text: &str, url: &Url) -> Vec<FeedLink> {
    let text = &text[..text.floor_char_boundary(BEGINNING)];
    if text::too_deep(text, DEEPEST) {
        return Vec::new();
    }
    let page = Html::parse_document(text);
    let base = select(&page, "base[href]").find_map(|element| url.join(element.attr("href")?).ok());
    let base = base.as_ref().unwrap_or(url);
    let mut found: Vec<(u32, FeedLink)> = Vec::new();
    for element in select(&page, "link[rel][href]") {
        let rel = element.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let media_type = element
            .attr("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        if !rel
            .split_ascii_whitespace()
            .any(|word| matches!(word, "alternate" | "feed"))
            || !is_feed(&media_type)
        {
            continue;
        }
        let title = text::line(element.attr("title").unwrap_or_default());
        add(&mut found, 0, base, element.attr("href"), title, media_type);
    }
    for element in select(&page, "a[href]") {
        let href = element.attr("href").unwrap_or_default();
        if looks_like_feed(href) {
            let title = text::line(&element.text().collect::<String>());
            add(&mut found, 2, base, Some(href), title, String::new());
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, link)| link).collect()
}

fn select<'p>(page: &'p Html, selector: &str) -> impl Iterator<Item = scraper::ElementRef<'p>> {
    let found: Vec<_> = Selector::parse(selector)
        .map(|selector| page.select(&selector).collect())
        .unwrap_or_default();
    found.into_iter()
}

fn add(
    found: &mut Vec<(u32, FeedLink)>,
    rank: u32,
    base: &Url,
    href: Option<&str>,
    title: String,
    media_type: String,
) {
    let Some(url) = href.and_then(|href| base.join(href.trim()).ok()) else {
        return;
    };
    if !matches!(url.scheme(), "http" | "https")
        || found.len() >= 50
        || found.iter().any(|(_, link)| link.url == url)
    {
        return;
    }
    let comments = format!("{url} {title}").to_lowercase().contains("comment");
    found.push((
        rank + u32::from(comments),
        FeedLink {
            url,
            title,
            media_type,
        },
    ));
}

fn is_feed(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/rss+xml"
            | "application/atom+xml"
            | "application/feed+json"
            | "application/rdf+xml"
            | "text/rss+xml"
            | "application/json"
            | "application/x-rss+xml"
    )
}

/// Whether an address is one that feeds have.
fn looks_like_feed(href: &str) -> bool {
    let path = href
        .split(['#', '?'])
        .next()
        .unwrap_or(href)
        .to_ascii_lowercase();
    let path = path.trim_end_matches('/');
    let ends = [
        "/feed",
        "/rss",
        "/atom",
        ".rss",
        ".atom",
        "/rss.xml",
        "/feed.xml",
        "/atom.xml",
        "/index.xml",
        "/feed.json",
    ];
    ends.iter().any(|end| path.ends_with(end))
        || href.contains("format=feed")
        || href.contains("feed=rss2")
        || href.contains("feeds/videos.xml")
}

/// What stands before a page instead of the page, in a sentence.
pub(super) fn wall(text: &str) -> Option<&'static str> {
    let lower = text[..text.floor_char_boundary(64 * 1024)].to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&[
        "challenge-platform",
        "cf-browser-verification",
        "just a moment...",
        "_incapsula_",
        "captcha-delivery",
        "ddos-guard",
        "px-captcha",
    ]) {
        return Some(
            "a page that tests for robots stands before it: ask the publisher to let us read the feed",
        );
    }
    if lower.len() < 20_000
        && has(&[
            "captcha",
            "are you a robot",
            "are you human",
            "verify you are human",
            "access denied",
            "enable javascript and cookies",
        ])
    {
        return Some(
            "a page that keeps robots out stands before it: ask the publisher to let us read the feed",
        );
    }
    if has(&["type=\"password\"", "type='password'"]) && lower.len() < 60_000 {
        return Some("a page that asks to log in stands where a feed should be");
    }
    None
}
