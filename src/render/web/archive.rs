//! The archive's own pages: the front, one a digest, one an area.

use maud::{Markup, html};

use super::{EditionLine, Site, frame::Page};
use crate::{
    model::{Area, Digest, Edition, EditionStory, LanguageCode},
    render::Words,
};

/// How many stories an area's page shows.
const STORIES: usize = 60;
/// How many earlier editions the front page shows.
const EARLIER: usize = 12;

/// All of them, by their paths.
pub(super) fn pages(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let mut pages = vec![
        ("index.html".to_owned(), front(site).into_bytes()),
        ("areas/index.html".to_owned(), areas(site).into_bytes()),
    ];
    pages.extend(site.digests.iter().map(|digest| {
        (
            format!("{}/index.html", digest.id),
            of_digest(site, digest).into_bytes(),
        )
    }));
    pages.extend(site.areas.iter().map(|area| {
        (
            format!("areas/{}/index.html", area.id),
            of_area(site, area).into_bytes(),
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

fn front(site: &Site<'_>) -> String {
    let words = Words::new(site.look, site.language());
    let title = &site.publication.title;
    page(site, title, title, "", "feed.xml").html(&html! {
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
                    ul { @for story in edition.stories().take(5) { li lang=[story.language.as_ref()] dir=(direction(story, &words)) { a href=(story.url) { (story.title) } } } }
                }
            }
        }
        @if !site.index.is_empty() {
            section {
                h2 { (words.get("web.issues")) }
                ul { @for edition in site.index.iter().take(EARLIER) { (line(&words, edition, "")) } }
            }
        }
    })
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
        p class="lede" { (words.count("count.issues", lines.len())) " · " a href="items.xml" { (words.get("web.all_stories")) } }
        @if lines.is_empty() { p { (words.get("web.nothing_yet")) } }
        ul { @for edition in &lines { (line(&words, edition, "../")) } }
    })
}

fn areas(site: &Site<'_>) -> String {
    let words = Words::new(site.look, site.language());
    let title = words.get("web.areas");
    page(site, title, title, "areas/", "feed.xml").html(&html! {
        h1 { (title) }
        @for area in site.areas {
            article {
                h3 { a href={ (area.id) "/index.html" } { (area.name(site.language())) } }
                @if let Some(description) = area.descriptions.get(&site.language()) { p { (description) } }
            }
        }
    })
}

/// The stories of an area in the newest editions, each once.
pub(super) fn stories<'e>(site: &Site<'e>, area: &Area) -> Vec<(&'e Edition, &'e EditionStory)> {
    let mut found: Vec<(&Edition, &EditionStory)> = Vec::new();
    for edition in site.editions {
        for story in edition.stories() {
            let tagged = story.areas.iter().any(|tag| tag.id == area.id);
            if tagged
                && found.len() < STORIES
                && found.iter().all(|(_, known)| known.story != story.story)
            {
                found.push((edition, story));
            }
        }
    }
    found
}

fn of_area(site: &Site<'_>, area: &Area) -> String {
    let words = Words::new(site.look, site.language());
    let name = area.name(site.language());
    let description = area
        .descriptions
        .get(&site.language())
        .map_or(name, String::as_str);
    let stories = stories(site, area);
    let path = format!("areas/{}/", area.id);
    let feed = format!("areas/{}/feed.xml", area.id);
    page(site, name, description, &path, &feed).html(&html! {
        h1 { (name) }
        p class="lede" { (description) " " a href="feed.xml" { (words.get("web.feed")) } }
        h2 { (words.get("web.area_stories")) }
        @if stories.is_empty() { p { (words.get("web.nothing_yet")) } }
        @for (edition, story) in stories {
            article {
                h3 lang=[story.language.as_ref()] dir=(direction(story, &words)) { a href=(story.url) { (story.title) } }
                p class="meta" {
                    bdi { (story.source_name) } " · " time datetime=(story.date.format("%F")) { (words.day(story.date.date_naive())) } " · "
                    a href={ "../../" (edition.digest) "/" (edition.id) "/index.html#" (story.story) } { bdi { (edition.title) } ", " (words.day(edition.date)) }
                }
                @if !story.summary.is_empty() { p lang=[story.language.as_ref()] dir=(direction(story, &words)) { (story.summary) } }
            }
        }
    })
}

fn direction(story: &EditionStory, words: &Words<'_>) -> &'static str {
    story
        .language
        .as_ref()
        .map_or(words.language.direction(), LanguageCode::direction)
        .as_str()
}
