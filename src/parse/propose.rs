//! Proposals: rules for a listing page that nobody has written rules for.
//!
//! A listing repeats a block with a link and mostly a date. Every kind of block (its element and one
//! of its classes) that comes at least three times is tried, and judged by what it yields.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};

use super::{Document, date, encoding, page, page_entry};
use crate::model::{Entry, PageRules};

/// How many proposals are made.
const BEST: usize = 3;
/// How far above a link its block may be.
const UP: usize = 7;
/// The most kinds of blocks that are tried.
const KINDS: usize = 40;
/// The shortest title that a link is followed up for, in characters.
const TITLE: usize = 12;

/// The rules that a listing page suggests with what they find, best first.
pub fn propose(document: &Document<'_>) -> Vec<(PageRules, Vec<Entry>)> {
    let (text, _) = encoding::decode(document.bytes, document.content_type);
    let Ok(tree) = page::html(&text) else {
        return Vec::new();
    };
    let mut found: Vec<(f64, PageRules, Vec<Entry>)> = kinds(&tree)
        .into_iter()
        .filter_map(|kind| {
            let rules = rules(&tree, &kind, document)?;
            let entries = page::read(&tree, document, &rules)?.entries;
            let score = score(&entries, &rules)?;
            Some((score, rules, entries))
        })
        .collect();
    found.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| a.1.item.len().cmp(&b.1.item.len()))
    });
    found.dedup_by(|later, earlier| {
        later
            .2
            .iter()
            .map(|e| &e.link)
            .eq(earlier.2.iter().map(|e| &e.link))
    });
    found
        .into_iter()
        .take(BEST)
        .map(|(_, rules, entries)| (rules, entries))
        .collect()
}

/// Selectors of elements that repeat around links.
fn kinds(tree: &Html) -> Vec<String> {
    let Ok(links) = Selector::parse("a[href]") else {
        return Vec::new();
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for link in tree.select(&links) {
        let furniture = link.ancestors().filter_map(ElementRef::wrap).any(|element| {
            matches!(element.value().name(), "nav" | "footer" | "header" if is_outer(element))
        });
        if furniture
            || link
                .text()
                .map(|text| text.trim().chars().count())
                .sum::<usize>()
                < TITLE
        {
            continue;
        }
        let mut seen: Vec<String> = Vec::new();
        for element in link.ancestors().take(UP).filter_map(ElementRef::wrap) {
            seen.extend(selectors(element));
        }
        seen.sort();
        seen.dedup();
        for kind in seen {
            *counts.entry(kind).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts
        .into_iter()
        .filter(|(_, count)| *count >= 3)
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
        .into_iter()
        .take(KINDS)
        .map(|(kind, _)| kind)
        .collect()
}

/// A header inside an article belongs to the article.
fn is_outer(element: ElementRef<'_>) -> bool {
    !element
        .ancestors()
        .filter_map(ElementRef::wrap)
        .any(|outer| matches!(outer.value().name(), "article" | "li" | "main"))
}

/// The element by its name and one class each; by its name alone where that says something.
fn selectors(element: ElementRef<'_>) -> Vec<String> {
    let name = element.value().name();
    if matches!(name, "html" | "body" | "main" | "form") {
        return Vec::new();
    }
    let mut selectors: Vec<String> = element
        .value()
        .classes()
        .filter(|class| is_lasting(class))
        .map(|class| format!("{name}.{class}"))
        .collect();
    if matches!(name, "article" | "li" | "tr") {
        selectors.push(name.to_owned());
    }
    selectors
}

/// A class that a person named, and not a build tool.
fn is_lasting(class: &str) -> bool {
    let word = class
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let digits = class.chars().filter(char::is_ascii_digit).count();
    word && class.len() > 2
        && class.len() < 40
        && digits < 3
        && class.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Rules for a kind of block: what most blocks have.
fn rules(tree: &Html, kind: &str, document: &Document<'_>) -> Option<PageRules> {
    let selector = Selector::parse(kind).ok()?;
    let blocks: Vec<ElementRef<'_>> = tree.select(&selector).take(40).collect();
    if blocks.len() < 3 {
        return None;
    }
    let most = |css: &str| {
        let selector = Selector::parse(css).ok()?;
        let having = blocks
            .iter()
            .filter(|block| block.select(&selector).next().is_some())
            .count();
        (having * 10 >= blocks.len() * 6).then(|| css.to_owned())
    };
    let title = ["h2", "h3", "h4", "h5", "h6"]
        .into_iter()
        .find_map(most)
        .or_else(|| most("a"));
    let link = title
        .as_ref()
        .and_then(|title| most(&format!("{title} a")))
        .or_else(|| most("a"));
    Some(PageRules {
        item: kind.to_owned(),
        title,
        link,
        date: most("time").or_else(|| dated(&blocks, document)),
        summary: most("p"),
        pages: 1,
        ..PageRules::default()
    })
}

/// The class of the elements in which most blocks say their date.
fn dated(blocks: &[ElementRef<'_>], document: &Document<'_>) -> Option<String> {
    let any = Selector::parse("[class]").ok()?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for block in blocks {
        for element in block.select(&any).take(60) {
            let text = page_entry::words(element);
            let short = text.chars().count() <= 40 && text.chars().any(char::is_numeric);
            if short && date(&text, document.now).is_some() {
                for selector in selectors(element) {
                    *counts.entry(selector).or_default() += 1;
                }
            }
        }
    }
    let (selector, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 10 >= blocks.len() * 6).then_some(selector)
}

/// How much a proposal looks like a list of news; `None` for what looks like a menu.
#[expect(clippy::cast_precision_loss, reason = "a few hundred entries")]
fn score(entries: &[Entry], rules: &PageRules) -> Option<f64> {
    let linked = entries.iter().filter(|entry| entry.link.is_some()).count();
    if linked < 3 {
        return None;
    }
    let dated = entries
        .iter()
        .filter(|entry| entry.published.is_some())
        .count() as f64
        / entries.len() as f64;
    let words: usize = entries
        .iter()
        .map(|entry| {
            entry
                .title
                .split_whitespace()
                .count()
                .max(entry.title.chars().count() / 6)
        })
        .sum();
    let words = words as f64 / entries.len() as f64;
    let told = entries
        .iter()
        .filter(|entry| entry.summary.is_some())
        .count() as f64
        / entries.len() as f64;
    let score =
        (linked as f64).min(30.0).sqrt() * (1.0 + 3.0 * dated + told) * (words / 6.0).min(1.5);
    // A class says more of a block than its element does.
    let bare = if rules.item.contains('.') { 1.0 } else { 0.9 };
    (words >= 2.5).then_some(score * bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_suggests_its_rules() {
        let mut html = String::from(
            "<html><nav><ul><li><a href='/a'>About the organization</a></li><li><a href='/b'>Our member states</a></li><li><a href='/c'>Contact and press</a></li></ul></nav><div class='views'>",
        );
        for n in 1..6 {
            html += &format!(
                "<div class='views-row row-{n}'><div class='field-title'><h3><a href='/news/{n}'>Libraries open their doors number {n}</a></h3></div><span class='field-date'>{n} November 2026</span><p>More words of it.</p></div>"
            );
        }
        html += "</div></html>";
        let url = "https://a.example/news".parse().unwrap();
        let now = "2026-11-16T08:00:00Z".parse().unwrap();
        let found = propose(&Document {
            bytes: html.as_bytes(),
            content_type: None,
            url: &url,
            now,
        });
        let (rules, entries) = &found[0];
        assert_eq!(rules.item, "div.views-row");
        assert_eq!(rules.title.as_deref(), Some("h3"));
        assert_eq!(rules.date.as_deref(), Some("span.field-date"));
        assert_eq!(entries.len(), 5);
        assert!(entries.iter().all(|entry| entry.published.is_some()));
    }
}
