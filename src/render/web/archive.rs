//! The archive's own pages: the front, one a digest, the areas, and the ways to find a story.

use std::collections::HashMap;

use maud::{Markup, html};
use serde_json::json;

use super::{
    EditionLine, Front, Site,
    frame::{Extras, Page},
    shelf, told,
};
use crate::{
    model::{Digest, Shelf, ShelfCount},
    render::Words,
};

/// How many earlier editions the front page shows.
const EARLIER: usize = 12;

/// All of them, by their paths.
pub(super) fn pages(site: &Site<'_>, front: &Front<'_>) -> Vec<(String, Vec<u8>)> {
    let mut pages = vec![
        ("index.html".to_owned(), index(site).into_bytes()),
        (
            "archive/index.html".to_owned(),
            archive(site, front).into_bytes(),
        ),
        (
            "areas/index.html".to_owned(),
            areas(site, front.areas).into_bytes(),
        ),
    ];
    pages.extend(site.digests.iter().map(|digest| {
        (
            format!("{}/index.html", digest.id),
            of_digest(site, digest).into_bytes(),
        )
    }));
    pages
}

fn page<'a>(
    site: &'a Site<'_>,
    title: &'a str,
    description: &'a str,
    path: &'a str,
    feed: &'a str,
) -> Page<'a> {
    Page {
        publication: site.publication,
        look: site.look,
        language: site.language(),
        title,
        description,
        path,
        feed: Some(feed),
    }
}

fn line(words: &Words<'_>, line: &EditionLine, up: &str) -> Markup {
    html! {
        li {
            a href={ (up) (line.digest) "/" (line.id) "/index.html" } { bdi { (line.title) } ", " (words.day(line.date)) }
            " " span class="muted" { bdi { (line.subject) } }
        }
    }
}

fn index(site: &Site<'_>) -> String {
    let words = Words::new(site.look, site.language());
    let title = &site.publication.title;
    let data = json!({
        "@context": "https://schema.org", "@type": "WebSite", "name": title, "url": site.address(""),
        "inLanguage": site.language(),
        "publisher": { "@type": "Organization", "name": site.publication.publisher },
    });
    let extras = Extras {
        data: Some(data),
        script: None,
        ..Extras::default()
    };
    let content = html! {
        h1 { (title) }
        p class="lede" { (words.fill("web.by", &[("publisher", &site.publication.publisher)])) }
        @if site.index.is_empty() { p { (words.get("web.nothing_yet")) } }
        @for digest in site.digests {
            @let newest = site.editions.iter().find(|edition| edition.digest == digest.id);
            @if let Some(edition) = newest {
                section {
                    h2 lang=(digest.language) dir=(digest.language.direction().as_str()) { a href={ (digest.id) "/index.html" } { (digest.title) } }
                    p { a href={ (digest.id) "/" (edition.id) "/index.html" } {
                        (words.get("web.latest")) ": " (words.day(edition.date)) } " · " (words.count("count.stories", edition.len())) }
                    ul { @for story in edition.stories().take(5) { li { (told::title(story, &words, &format!("{}index.html", told::folder(&story.story)))) } } }
                }
            }
        }
        @if !site.index.is_empty() {
            section {
                h2 { (words.get("web.issues")) }
                ul { @for edition in site.index.iter().take(EARLIER) { (line(&words, edition, "")) } }
                p { a href="archive/index.html" { (words.get("web.archive")) } }
            }
        }
    };
    page(site, title, title, "", "feed.xml").html_with(&content, &extras)
}

/// The ways to find a story or an issue.
fn archive(site: &Site<'_>, front: &Front<'_>) -> String {
    let words = site.words();
    let title = words.get("web.archive");
    page(site, title, title, "archive/", "feed.xml").html(&html! {
        h1 { (title) }
        ul class="links" {
            @for digest in site.digests {
                li lang=(digest.language) dir=(digest.language.direction().as_str()) { a href={ "../" (digest.id) "/index.html" } { (digest.title) } }
            }
            li { a href="../areas/index.html" { (words.get("web.areas")) } }
            li { a href="../sources/index.html" { (words.get("web.sources")) } }
            li { a href="../search/index.html" { (words.get("web.search")) } }
        }
        @if front.months.is_empty() { p { (words.get("web.nothing_yet")) } }
        @for (heading, shelf, counts) in [
            ("web.by_month", Shelf::Month, front.months),
            ("web.by_section", Shelf::Section, front.sections),
            ("web.by_language", Shelf::Language, front.languages),
        ] {
            @if !counts.is_empty() {
                h2 { (words.get(heading)) }
                ul class="contents" {
                    @for (value, stories) in summed(counts) {
                        li {
                            a href={ "../" (shelf::folder(shelf, value)) "index.html" } { bdi { (shelf::name(site, shelf, value)) } }
                            span class="muted" { (words.number(stories)) }
                        }
                    }
                }
            }
        }
    })
}

/// How many stories each value has over all months, in the order in which they are first named.
fn summed(counts: &[ShelfCount]) -> Vec<(&str, u64)> {
    let mut sums: Vec<(&str, u64)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for count in counts {
        let at = *places.entry(&count.value).or_insert_with(|| {
            sums.push((&count.value, 0));
            sums.len() - 1
        });
        sums[at].1 += count.stories;
    }
    sums
}

fn of_digest(site: &Site<'_>, digest: &Digest) -> String {
    let words = Words::new(site.look, digest.language);
    let lines: Vec<&EditionLine> = site
        .index
        .iter()
        .filter(|line| line.digest == digest.id)
        .collect();
    let path = format!("{}/", digest.id);
    let feed = format!("{}/items.xml", digest.id);
    let mut page = page(site, &digest.title, &digest.title, &path, &feed);
    page.language = digest.language;
    page.html(&html! {
        h1 { (digest.title) }
        p class="lede" { (words.count("count.issues", lines.len())) " · " a href="items.xml" { (words.get("web.all_stories")) } " (Atom) · " a href="items.json" { "JSON Feed" } }
        @if lines.is_empty() { p { (words.get("web.nothing_yet")) } }
        ul { @for edition in &lines { (line(&words, edition, "../")) } }
    })
}

fn areas(site: &Site<'_>, counts: &[ShelfCount]) -> String {
    let words = Words::new(site.look, site.language());
    let title = words.get("web.areas");
    let sums: HashMap<&str, u64> = summed(counts).into_iter().collect();
    page(site, title, title, "areas/", "feed.xml").html(&html! {
        h1 { (title) }
        @for area in site.areas {
            article {
                h2 class="h3" {
                    a href={ (area.id) "/index.html" } { (area.name(site.language())) }
                    " " span class="muted" { (words.number(sums.get(area.id.as_str()).copied().unwrap_or_default())) }
                }
                @if let Some(description) = area.descriptions.get(&site.language()) { p { (description) } }
            }
        }
    })
}
