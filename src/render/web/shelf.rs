//! Shelves: the archive by month, area, section, source and language.
//!
//! A value has a page of its newest stories and one row of pages a month, a hundred stories a page,
//! so that what is past is never written again.

use maud::{Markup, html};

use super::{
    Site,
    frame::{Extras, Page},
    told,
};
use crate::{
    model::{Shelf, ShelfCount, Telling},
    render::{Words, area_name},
};

/// How many stories a page of a month shows.
const ON_A_PAGE: usize = 100;

/// The folder of a value's pages, with a slash at its end.
pub(super) fn folder(shelf: Shelf, value: &str) -> String {
    let name = match shelf {
        Shelf::Section => slug(value),
        _ => value.to_owned(),
    };
    match shelf.folder() {
        Some(folder) => format!("{folder}/{name}/"),
        None => format!("{name}/"),
    }
}

/// A name as a part of an address: Latin letters and digits stay; a number of its own tells names
/// apart that lost something.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let kept = out.trim_end_matches('-');
    let lossless = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == ' ');
    if lossless && !kept.is_empty() {
        return kept.to_owned();
    }
    // FNV-1a: an address must never change, so it hangs on nothing that a library may change.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let number = hash & 0xff_ffff;
    let separator = if kept.is_empty() { "" } else { "-" };
    format!("{}{separator}{number:06x}", kept.get(..40).unwrap_or(kept))
}

/// What a value is called.
pub(super) fn name(site: &Site<'_>, shelf: Shelf, value: &str) -> String {
    let words = site.words();
    let found = match shelf {
        Shelf::Month => month(&words, value),
        Shelf::Area => site
            .areas
            .iter()
            .find(|area| area.id.as_str() == value)
            .map(|area| area_name(site.areas, &area.id, site.language()).to_owned()),
        Shelf::Source => site
            .sources
            .iter()
            .find(|line| line.source.id.as_str() == value)
            .map(|line| line.source.name.clone()),
        Shelf::Language => {
            Some(words.get(&format!("languages.{value}")).to_owned()).filter(|n| !n.is_empty())
        }
        Shelf::Section | Shelf::Digest | Shelf::Dated => None,
    };
    found.unwrap_or_else(|| value.to_owned())
}

/// `2026-11` as a language writes a month.
fn month(words: &Words<'_>, value: &str) -> Option<String> {
    let (year, month) = value.split_once('-')?;
    let name = words.get(&format!("date.months_alone.{}", month.parse::<u32>().ok()?));
    let year = words.number(year);
    Some(words.fill("date.month", &[("month", name), ("year", &year)]))
}

/// The page of a value: its newest stories, and the months before.
pub fn shelf_page(
    site: &Site<'_>,
    shelf: Shelf,
    value: &str,
    newest: &[Telling],
    months: &[ShelfCount],
) -> (String, Vec<u8>) {
    let words = site.words();
    let title = name(site, shelf, value);
    let path = folder(shelf, value);
    let area = site
        .areas
        .iter()
        .find(|area| shelf == Shelf::Area && area.id.as_str() == value);
    let lede = area
        .and_then(|area| area.descriptions.get(&site.language()))
        .map_or("", String::as_str);
    let feed = format!("{path}feed.xml");
    let page = Page {
        publication: site.publication,
        look: site.look,
        language: site.language(),
        title: &title,
        description: if lede.is_empty() { &title } else { lede },
        path: &path,
        feed: area.map(|_| feed.as_str()),
    };
    let up = page.up();
    let html = page.html(&html! {
        p class="lede" { a href={ (up) "archive/index.html" } { (words.get("web.archive")) } }
        h1 { bdi { (title) } }
        @if !lede.is_empty() { p class="lede" { (lede) } }
        @if let Some(line) = site.sources.iter().find(|line| shelf == Shelf::Source && line.source.id.as_str() == value) {
            p class="lede" { (line.source.section) " · " a href=(line.source.public_url()) dir="ltr" { (line.source.public_url()) } }
        }
        @if area.is_some() {
            ul class="links" {
                li { a href="feed.xml" { (words.get("web.feed")) " (Atom)" } }
                li { a href="feed.json" { (words.get("web.feed")) " (JSON)" } }
            }
        }
        @if newest.is_empty() { p { (words.get("web.nothing_yet")) } }
        @else {
            h2 { (words.get("web.newest")) }
            ul class="stories" { @for telling in newest { (told::line(telling, &words, &up)) } }
        }
        @if !months.is_empty() {
            h2 { (words.get("web.by_month")) }
            ul class="contents" {
                @for count in months {
                    li {
                        a href={ (count.month) "/index.html" } { (month(&words, &count.month).unwrap_or_default()) }
                        span class="muted" { (words.number(count.stories)) }
                    }
                }
            }
        }
    });
    (format!("{path}index.html"), html.into_bytes())
}

/// The pages of a value's month: the first in the month's folder, the others numbered below it.
pub fn month_pages(
    site: &Site<'_>,
    shelf: Shelf,
    value: &str,
    month_value: &str,
    stories: &[Telling],
) -> Vec<(String, Vec<u8>)> {
    let words = site.words();
    let of = month(&words, month_value).unwrap_or_default();
    let own = name(site, shelf, value);
    let title = if shelf == Shelf::Month {
        of
    } else {
        format!("{own} · {of}")
    };
    let base = match shelf {
        Shelf::Month => folder(shelf, value),
        _ => format!("{}{month_value}/", folder(shelf, value)),
    };
    let chunks: Vec<&[Telling]> = stories.chunks(ON_A_PAGE).collect();
    let pages = chunks.iter().enumerate().map(|(at, chunk)| {
        let path = if at == 0 {
            base.clone()
        } else {
            format!("{base}{}/", at + 1)
        };
        let page = Page {
            publication: site.publication,
            look: site.look,
            language: site.language(),
            title: &title,
            description: &title,
            path: &path,
            feed: None,
        };
        let up = page.up();
        let html = page.html_with(
            &html! {
                p class="lede" {
                    a href={ (up) "archive/index.html" } { (words.get("web.archive")) }
                    @if shelf != Shelf::Month { " · " a href={ (up) (folder(shelf, value)) "index.html" } { bdi { (own) } } }
                }
                h1 { bdi { (title) } }
                p class="lede" { (words.count("count.stories", stories.len())) }
                ul class="stories" { @for telling in *chunk { (told::line(telling, &words, &up)) } }
                (numbered(&words, &up, &base, at, chunks.len()))
            },
            &Extras::default(),
        );
        (format!("{path}index.html"), html.into_bytes())
    });
    pages.collect()
}

/// The way to the other pages of a month.
fn numbered(words: &Words<'_>, up: &str, base: &str, here: usize, pages: usize) -> Markup {
    html! {
        @if pages > 1 {
            nav aria-label=(words.get("web.pages")) {
                ul class="links" {
                    @for at in 0..pages {
                        li {
                            @if at == here { span aria-current="page" { (words.number(at + 1)) } }
                            @else if at == 0 { a href={ (up) (base) "index.html" } { (words.number(1)) } }
                            @else { a href={ (up) (base) (at + 1) "/index.html" } { (words.number(at + 1)) } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_has_an_address_of_its_own() {
        assert_eq!(slug("united nations"), "united-nations");
        assert!(slug("IFLA: Freedom (FAIFE)").starts_with("ifla-freedom-faife-"));
        assert_ne!(slug("图书馆"), slug("档案馆"));
        assert_ne!(slug("A/B"), slug("A B"));
        assert!(!slug("../../etc").contains(['/', '.']));
    }
}
