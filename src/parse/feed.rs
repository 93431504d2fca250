//! Feeds: any dialect, mended first where it must be.

use std::time::Duration;

use chrono::Weekday;
use feed_rs::parser::Builder;
use url::Url;

use super::{
    Document, ErrorKind, Format, ParseError, Parsed, announced, encoding, entry, json,
    mend::{self, Dialect, Mended, Note, Notes},
};
use crate::{
    model::{LanguageCode, Rhythm},
    text,
};

/// Reads a feed.
///
/// A feed without entries is no error: whoever asks decides what that means.
///
/// # Errors
/// When the document is no feed; a page's own feeds are named in the error.
pub fn feed(document: &Document<'_>) -> Result<Parsed, ParseError> {
    let bytes = encoding::unpacked(document.bytes);
    let (text, mislabelled) = encoding::decode(&bytes, document.content_type);
    let text = text.trim_start_matches(['\u{feff}', '\0']);
    if text.trim().is_empty() {
        return Err(ParseError::new(
            ErrorKind::Empty,
            "it answers with nothing at all",
        ));
    }
    let mut parsed = if text.trim_start().starts_with(['{', '[']) {
        json::feed(text, document)?
    } else {
        let mended = mend::mend(text).map_err(|error| explained(error, text, document))?;
        xml(mended, document)?
    };
    parsed.problems.extend(mislabelled);
    Ok(parsed)
}

/// A page where a feed should be: names the feeds it announces, or the wall before them.
fn explained(mut error: ParseError, text: &str, document: &Document<'_>) -> ParseError {
    if error.kind != ErrorKind::Html {
        return error;
    }
    error.announced = announced::in_text(text, document.url);
    if let Some(first) = error.announced.first() {
        error.sentence = format!(
            "a web page stands where a feed should be; it announces `{}`",
            first.url
        );
    } else if let Some(wall) = announced::wall(text) {
        error.kind = ErrorKind::BotWall;
        wall.clone_into(&mut error.sentence);
    }
    error
}

fn xml(mended: Mended<'_>, document: &Document<'_>) -> Result<Parsed, ParseError> {
    let atom = mended.dialect == Dialect::Atom;
    let feed = Builder::new()
        .base_uri(None::<&str>)
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .timestamp_parser(|_| None)
        .build()
        .parse(mended.xml.as_bytes())
        .map_err(|e| {
            ParseError::new(
                ErrorKind::NotAFeed,
                format!("it cannot be read as a feed: {e}"),
            )
        })?;
    let site = site(&feed.links, atom)
        .and_then(|link| document.url.join(link.trim()).ok())
        .filter(is_web);
    // A feed may be served from another host than the pages that its relative links mean.
    let written = mended.base.as_deref();
    let written = written.and_then(|base| document.url.join(base).ok().filter(is_web));
    let base = written.as_ref().or(site.as_ref()).unwrap_or(document.url);
    let none = Notes::default();
    let entries = feed
        .entries
        .iter()
        .enumerate()
        .map(|(at, parsed)| {
            entry::entry(
                parsed,
                mended.entries.get(at).unwrap_or(&none),
                &mended.texts,
                base,
                atom,
                document.now,
            )
        })
        .collect();
    Ok(Parsed {
        format: match mended.dialect {
            Dialect::Rss => Format::Rss,
            Dialect::Rdf => Format::Rdf,
            Dialect::Atom => Format::Atom,
        },
        title: feed
            .title
            .map(|title| text::line(&text::plain(mended.texts.read(&title.content))))
            .unwrap_or_default(),
        language: head(&mended.head, "language")
            .map(|note| note.text.as_str())
            .or(feed.language.as_deref())
            .and_then(LanguageCode::parse),
        entries,
        rhythm: rhythm(&mended.head),
        problems: mended.problems,
        next: None,
        whole: mended.whole,
        site,
    })
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

fn site(links: &[feed_rs::model::Link], atom: bool) -> Option<&str> {
    let alternate =
        |link: &&feed_rs::model::Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    let plain = |link: &&feed_rs::model::Link| atom || link.rel.is_none();
    let found = links
        .iter()
        .filter(plain)
        .find(alternate)
        .or_else(|| links.iter().find(alternate));
    found
        .map(|link| link.href.as_str())
        .filter(|href| !href.trim().is_empty())
}

fn head<'n, 'a>(notes: &'n [Note<'a>], name: &str) -> Option<&'n Note<'a>> {
    notes
        .iter()
        .find(|note| note.name == name && !note.text.is_empty())
}

/// What RSS and its syndication module say of how often to ask.
fn rhythm(notes: &[Note<'_>]) -> Rhythm {
    let number = |name: &str| {
        head(notes, name)
            .and_then(|note| note.text.parse::<u64>().ok())
            .filter(|n| *n > 0)
    };
    let period = head(notes, "updatePeriod").and_then(|note| {
        match note.text.to_ascii_lowercase().as_str() {
            "hourly" => Some(3600),
            "daily" => Some(86_400),
            "weekly" => Some(7 * 86_400),
            "monthly" => Some(30 * 86_400),
            "yearly" => Some(365 * 86_400),
            _ => None,
        }
    });
    let all = |name: &'static str| notes.iter().filter(move |note| note.name == name);
    Rhythm {
        // More than a month is a mistake in the unit.
        ttl: number("ttl")
            .filter(|minutes| *minutes <= 31 * 24 * 60)
            .map(|minutes| Duration::from_secs(minutes * 60)),
        update_every: period.map(|seconds: u64| {
            Duration::from_secs(seconds / number("updateFrequency").unwrap_or(1))
        }),
        skip_hours: all("hour")
            .filter_map(|note| note.text.parse::<u32>().ok())
            .map(|hour| hour % 24)
            .collect(),
        skip_days: all("day")
            .filter_map(|note| note.text.parse::<Weekday>().ok())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Parsed {
        let url = "https://a.example/feed.xml".parse().unwrap();
        let now = "2026-11-16T08:00:00Z".parse().unwrap();
        feed(&Document {
            bytes: text.as_bytes(),
            content_type: None,
            url: &url,
            now,
        })
        .unwrap()
    }

    #[test]
    fn what_the_parser_of_feeds_drops_is_kept() {
        let parsed = read(
            "<rss version='0.94'><channel><title>T</title><link>https://b.example/</link><ttl>90</ttl>\
             <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>\
             <skipHours><hour>24</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>\
             <item><title>A &amp;amp; B</title><guid isPermaLink='true'>https://b.example/1</guid>\
             <created>Mon, 16 Nov 2026 07:00:00 GMT</created>\
             <atom:link rel='alternate' hreflang='fr' href='/fr/1'/><description>&lt;img src='/p.png'&gt;x</description></item>\
             <item><title/><link>/2</link></item></channel></rss>",
        );
        let first = &parsed.entries[0];
        assert_eq!(first.title, "A & B");
        assert_eq!(first.link.as_deref(), Some("https://b.example/1"));
        assert_eq!(
            first.published.unwrap().to_rfc3339(),
            "2026-11-16T07:00:00+00:00"
        );
        assert_eq!(first.alternates[0].url, "https://b.example/fr/1");
        assert_eq!(first.image.as_deref(), Some("https://b.example/p.png"));
        assert_eq!(
            parsed.entries[1].link.as_deref(),
            Some("https://b.example/2")
        );
        assert_eq!(parsed.rhythm.ttl, Some(Duration::from_mins(90)));
        assert_eq!(parsed.rhythm.update_every, Some(Duration::from_hours(6)));
        assert_eq!(parsed.rhythm.skip_hours, [0, 3]);
        assert_eq!(parsed.rhythm.skip_days, [Weekday::Sun]);
    }

    #[test]
    fn atom_takes_the_page_among_its_links() {
        let parsed = read(
            "<feed xml:lang='de'><entry><id>urn:1</id><title type='html'>&lt;b&gt;Frei&lt;/b&gt;</title>\
             <link rel='self' href='/1.atom'/><link type='application/pdf' href='/1.pdf'/><link href='/1'/>\
             <content type='text/x-strange'>a</content><updated>2026-11-16T07:00:00Z</updated></entry></feed>",
        );
        assert_eq!(parsed.language.unwrap().as_str(), "de");
        assert_eq!(
            parsed.entries[0].link.as_deref(),
            Some("https://a.example/1")
        );
        assert_eq!(parsed.entries[0].title, "Frei");
        assert_eq!(parsed.entries[0].content.as_deref(), Some("a"));
    }

    #[test]
    fn relative_addresses_follow_xml_base() {
        let parsed = read(
            "<feed xml:base='https://c.example/news/'><entry><id>1</id><title>A</title><link href='a'/></entry>\
             <entry xml:base='deep/'><id>2</id><title>B</title><link href='b'/>\
             <summary type='html'>&lt;img src='p.png'&gt;</summary></entry></feed>",
        );
        let links: Vec<_> = parsed.entries.iter().map(|e| e.link.as_deref()).collect();
        assert_eq!(
            links,
            [
                Some("https://c.example/news/a"),
                Some("https://c.example/news/deep/b")
            ]
        );
        let image = parsed.entries[1].image.as_deref();
        assert_eq!(image, Some("https://c.example/news/deep/p.png"));
    }

    #[test]
    fn a_page_names_its_feeds_and_a_wall_is_called_one() {
        let url: Url = "https://a.example/".parse().unwrap();
        let now = "2026-11-16T08:00:00Z".parse().unwrap();
        let error = |text: &str| {
            feed(&Document {
                bytes: text.as_bytes(),
                content_type: None,
                url: &url,
                now,
            })
            .unwrap_err()
        };
        let page =
            error("<!doctype html><link rel=alternate type='application/rss+xml' href='/feed'>");
        assert_eq!(page.announced[0].url.as_str(), "https://a.example/feed");
        let wall = error(
            "<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script>",
        );
        assert_eq!(wall.kind, ErrorKind::BotWall);
        assert_eq!(error("  \n").kind, ErrorKind::Empty);
    }
}
