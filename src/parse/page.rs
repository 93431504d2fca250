//! Pages: a listing read by the rules of feeds.toml.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{
    Document, ErrorKind, Format, ParseError, Parsed, Rhythm, announced, encoding,
    page_entry::{self, Rules},
    page_facts,
};
use crate::{
    model::{LanguageCode, PageRules},
    text,
};

/// The most bytes of a page.
const LARGEST: usize = 4 * 1024 * 1024;
/// The deepest nesting that the parser is given: its cost grows with the square of it.
const DEEPEST: usize = 256;
/// The most blocks of one page.
const MOST: usize = 500;

/// Reads a listing by its rules.
///
/// # Errors
/// When the page cannot be read at all, or the rule for blocks finds none.
pub fn page(document: &Document<'_>, rules: &PageRules) -> Result<Parsed, ParseError> {
    let (text, mislabelled) = encoding::decode(document.bytes, document.content_type);
    let page = html(&text)?;
    let mut parsed =
        read(&page, document, rules).ok_or_else(|| no_match(&text, document, rules))?;
    parsed.problems.extend(mislabelled);
    Ok(parsed)
}

/// Whether a rule is a selector that can be applied; the error says what is wrong with it.
///
/// # Errors
/// One sentence that quotes the rule.
pub fn selector(rule: &str) -> Result<(), String> {
    page_entry::Rule::parse(rule).map(|_| ())
}

/// A page as a tree, if it is one that can be parsed in reasonable time.
pub(super) fn html(text: &str) -> Result<Html, ParseError> {
    let text = &text[..text.floor_char_boundary(LARGEST)];
    if text.trim().is_empty() {
        return Err(ParseError::new(
            ErrorKind::Empty,
            "it answers with nothing at all",
        ));
    }
    if text::too_deep(text, DEEPEST) {
        let sentence = format!("its elements are nested deeper than {DEEPEST}");
        return Err(ParseError::new(ErrorKind::TooDeep, sentence));
    }
    Ok(Html::parse_document(text))
}

/// The entries that rules find; `None` where there is no block.
pub(super) fn read(page: &Html, document: &Document<'_>, rules: &PageRules) -> Option<Parsed> {
    let compiled = Rules::compile(rules).ok()?;
    let blocks: Vec<ElementRef<'_>> = page.select(&compiled.item).take(MOST).collect();
    if blocks.is_empty() {
        return None;
    }
    let base =
        first(page, "base[href]").and_then(|element| document.url.join(element.attr("href")?).ok());
    let base = base.as_ref().unwrap_or(document.url);
    let mut reader = page_entry::Reader::new(&compiled, base, document.now);
    let mut entries = Vec::with_capacity(blocks.len());
    for block in &blocks {
        let Some(entry) = reader.entry(*block) else {
            continue;
        };
        // Teasers stand in several places of one page.
        if entry.link.is_none()
            || entries
                .iter()
                .all(|known: &crate::model::Entry| known.link != entry.link)
        {
            entries.push(entry);
        }
    }
    page_facts::complete(page, base, document.now, &mut entries);
    let next = compiled.next.as_ref().and_then(|rule| {
        let url = base
            .join(&rule.value(page.root_element(), &["href"])?)
            .ok()?;
        (url != *document.url && matches!(url.scheme(), "http" | "https")).then_some(url)
    });
    Some(Parsed {
        format: Format::Page,
        title: first(page, "title")
            .map(|title| text::line(&title.text().collect::<String>()))
            .unwrap_or_default(),
        site: Some(document.url.clone())
            .filter(|url: &Url| matches!(url.scheme(), "http" | "https")),
        language: page
            .root_element()
            .attr("lang")
            .and_then(LanguageCode::parse),
        problems: reader.problems(blocks.len()),
        entries,
        rhythm: Rhythm::default(),
        next,
        whole: true,
    })
}

fn first<'p>(page: &'p Html, selector: &str) -> Option<ElementRef<'p>> {
    page.select(&Selector::parse(selector).ok()?).next()
}

/// Says that the rule for blocks finds nothing, and what would.
fn no_match(text: &str, document: &Document<'_>, rules: &PageRules) -> ParseError {
    if let Some(wall) = announced::wall(text) {
        return ParseError::new(ErrorKind::BotWall, wall);
    }
    let mut sentence = format!(
        "the rule `item = \"{}\"` finds nothing on the page: it may have been rebuilt",
        rules.item
    );
    if let Some((better, entries)) = super::propose(document).first() {
        sentence.push_str(&format!("; `{}` would find {}", better.item, entries.len()));
    }
    ParseError::new(ErrorKind::NoMatch, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = r#"<!doctype html><html lang="en"><title>Calls | Example</title><nav><a href="/about">About us and others</a></nav>
      <main><div class="card"><h3><a href="/calls/1">Call for input on library exceptions</a></h3>
      <span class="day">06/07/2020 - 15:59</span><p>Answer until the end of the month.</p><img data-src="/1.jpg"></div>
      <div class="card"><h3><a href="/calls/2?utm_source=x">Second call for contributions</a></h3><span class="day">2 days ago</span><p>Words.</p></div>
      <div class="card"><h3><a href="/calls/1">Call for input on library exceptions</a></h3></div>
      <div class="card"></div></main><a class="next" href="?page=2">Next</a>
      <script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","url":"/calls/2?utm_source=x","datePublished":"2026-11-01"}]}</script></html>"#;

    fn document<'a>(url: &'a Url, text: &'a str) -> Document<'a> {
        Document {
            bytes: text.as_bytes(),
            content_type: None,
            url,
            now: "2026-11-16T08:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_listing_is_read_by_its_rules() {
        let url: Url = "https://a.example/en/".parse().unwrap();
        let rules = PageRules {
            item: ".card".into(),
            title: Some("h3".into()),
            link: Some("h3 a@href".into()),
            date: Some(".day".into()),
            summary: Some("p".into()),
            image: Some("img".into()),
            next: Some("a.next".into()),
            ..PageRules::default()
        };
        let parsed = page(&document(&url, LISTING), &rules).unwrap();
        assert_eq!(parsed.entries.len(), 2);
        let first = &parsed.entries[0];
        assert_eq!(first.title, "Call for input on library exceptions");
        assert_eq!(first.link.as_deref(), Some("https://a.example/calls/1"));
        assert_eq!(
            first.published.unwrap().to_rfc3339(),
            "2020-07-06T15:59:00+00:00"
        );
        assert_eq!(first.image.as_deref(), Some("https://a.example/1.jpg"));
        assert_eq!(
            parsed.entries[1].published.unwrap().to_rfc3339(),
            "2026-11-14T08:00:00+00:00"
        );
        assert_eq!(
            parsed.next.unwrap().as_str(),
            "https://a.example/en/?page=2"
        );
        assert_eq!(parsed.language.unwrap().as_str(), "en");
        assert_eq!(parsed.problems, ["1 of 4 blocks has no title"]);
    }

    #[test]
    fn rules_that_find_nothing_say_so_and_what_would() {
        let url: Url = "https://a.example/en/".parse().unwrap();
        let rules = PageRules {
            item: ".teaser".into(),
            ..PageRules::default()
        };
        let error = page(&document(&url, LISTING), &rules).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NoMatch);
        assert!(
            error
                .sentence
                .contains("`item = \".teaser\"` finds nothing"),
            "{error}"
        );
        let rules = PageRules {
            item: ".card".into(),
            date: Some("time".into()),
            ..PageRules::default()
        };
        let parsed = page(&document(&url, LISTING), &rules).unwrap();
        assert!(
            parsed.problems.contains(
                &"the rule `date = \"time\"` finds nothing in any of the 4 blocks".to_owned()
            ),
            "{:?}",
            parsed.problems
        );
        assert_eq!(
            parsed.entries[1].published.unwrap().to_rfc3339(),
            "2026-11-01T00:00:00+00:00",
            "by JSON-LD"
        );
        assert!(selector("h3 >").is_err());
        assert!(selector("a.more@href").is_ok());
    }
}
