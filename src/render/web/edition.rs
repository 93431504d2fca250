//! The web edition: everything the mail has, what did not fit, and anchors that work.

use maud::{Markup, html};
use serde_json::json;

use super::{
    frame::{Extras, Page},
    told::{self, direction},
};
use crate::{
    model::{Edition, EditionStory, Field, Partial, Section},
    render::{Frame, area_name, partial},
};

/// How many stories that did not fit are named.
const LEFT_OUT: usize = 100;

/// The page of an edition.
pub fn edition(frame: &Frame<'_>) -> String {
    let words = frame.words();
    let Edition {
        id,
        digest,
        title,
        date,
        sections,
        ..
    } = frame.edition;
    let names: Vec<&str> = sections
        .iter()
        .map(|section| frame.heading(section))
        .collect();
    let count = words.count("count.stories", frame.edition.len());
    let heading = format!("{title}, {}", words.day(*date));
    let page = Page {
        publication: frame.publication,
        look: frame.look,
        language: frame.edition.language,
        title: &heading,
        description: &format!("{count}: {}", names.join(words.get("edition.separator"))),
        path: &format!("{digest}/{id}/"),
        feed: Some(&format!("{digest}/items.xml")),
    };
    let extras = Extras {
        data: Some(data(frame, &page)),
        script: None,
        ..Extras::default()
    };
    let content = html! {
        p class="lede" { a href="../index.html" { (words.get("mail.archive")) } }
        h1 { (title) }
        p class="lede" { (words.weekday(*date)) " · " (count) }
        ul class="links" {
            li { a href="email.html" { (words.get("web.as_mail")) } }
            li { a href="email.txt" { (words.get("web.as_text")) } }
            li { a href="edition.json" { (words.get("web.as_data")) } }
            li { a href="edition.csv" { "CSV" } }
            li { a href="edition.bib" { "BibTeX" } }
            li { a href="edition.ris" { "RIS" } }
        }
        (partial::to_html(frame, Partial::Intro))
        @for paragraph in frame.edition.intro.lines().filter(|line| !line.trim().is_empty()) { p { (paragraph) } }
        @if sections.len() > 1 {
            nav aria-label=(words.get("edition.contents")) {
                ul class="contents" {
                    @for (section, name) in sections.iter().zip(&names) {
                        li { a href={ "#" (anchor(section)) } { (name) } span class="muted" { (words.number(section.stories.len())) } }
                    }
                }
            }
        }
        @for (section, name) in sections.iter().zip(&names) {
            section aria-labelledby=(anchor(section)) {
                h2 id=(anchor(section)) { (name) }
                @for told in &section.stories { (story(frame, told)) }
            }
        }
        (left_out(frame))
        (missing(frame))
        (partial::to_html(frame, Partial::Footer))
    };
    page.html_with(&content, &extras)
}

/// The edition for machines: an issue of a periodical, with what it tells.
fn data(frame: &Frame<'_>, page: &Page<'_>) -> serde_json::Value {
    let edition = frame.edition;
    let base = frame.publication.base_url.as_str().trim_end_matches('/');
    let parts: Vec<_> = edition
        .stories()
        .take(20)
        .map(|story| json!({ "@type": "Article", "headline": story.title, "url": story.url }))
        .collect();
    json!({
        "@context": "https://schema.org", "@type": "PublicationIssue", "name": page.title,
        "url": format!("{base}/{}", page.path), "datePublished": edition.date,
        "inLanguage": edition.language,
        "isPartOf": { "@type": "Periodical", "name": edition.title, "url": format!("{base}/{}/", edition.digest) },
        "publisher": { "@type": "Organization", "name": frame.publication.publisher },
        "hasPart": parts,
    })
}

fn anchor(section: &Section) -> &str {
    section.head.as_str()
}

fn story(frame: &Frame<'_>, story: &EditionStory) -> Markup {
    let words = frame.words();
    let direction = direction(story.language.as_ref(), &words);
    html! {
        article id=(story.story) {
            h3 lang=[story.language.as_ref()] dir=(direction) { a href=(story.url) { (story.title) } }
            p class="meta" {
                bdi { (story.source_name) } " · " time datetime=(story.date.format("%F")) { (words.day(story.date.date_naive())) }
                @if let Some(language) = words.other_language(story.language.as_ref()) {
                    " · " (words.fill("edition.in_language", &[("language", &language)]))
                }
                @if story.updated { " · " (words.get("edition.updated")) }
                " · " a href={ "../../" (told::folder(&story.story)) "index.html" } { (words.get("web.details")) }
                @for tag in &story.areas {
                    @let name = area_name(frame.areas, &tag.id, words.language);
                    @if !name.is_empty() { " " a class="tag" href={ "../../areas/" (tag.id) "/index.html" } { (name) } }
                }
            }
            @for fact in story.dates.iter().filter(|fact| fact.until.unwrap_or(fact.date) >= frame.edition.date) {
                p class="due" { (words.fact(fact)) }
            }
            @if !story.note.is_empty() { p class="note" { (words.get("edition.note")) ": " (story.note) } }
            @if !story.summary.is_empty() { p lang=[story.language.as_ref()] dir=(direction) { (story.summary) } }
            @if !story.also.is_empty() {
                p class="meta" {
                    (words.get("edition.also")) ": "
                    @for (at, also) in story.also.iter().enumerate() {
                        @if at > 0 { (words.get("edition.separator")) }
                        a href=(also.url) hreflang=[also.language.as_ref()] { bdi { (also.source) } }
                        @if let Some(language) = words.other_language(also.language.as_ref()) { " (" (language) ")" }
                    }
                }
            }
        }
    }
}

/// What waited and did not fit: named and linked, so that nothing is lost from sight; the data beside
/// the page name those beyond a hundred.
fn left_out(frame: &Frame<'_>) -> Markup {
    let words = frame.words();
    let waiting: Vec<_> = frame
        .edition
        .left_out
        .iter()
        .filter(|left| left.waits && !left.url.is_empty())
        .collect();
    html! {
        @if !waiting.is_empty() {
            section aria-labelledby="left-out" {
                h2 id="left-out" { (words.get("edition.left_out")) }
                p class="muted" { (words.count("count.stories", waiting.len())) ", " (words.get("edition.waits")) }
                ul { @for left in waiting.iter().take(LEFT_OUT) { li { a href=(left.url) { bdi { (left.title) } } } } }
                @if waiting.len() > LEFT_OUT { p { a href="edition.json" { (words.get("web.as_data")) } } }
            }
        }
    }
}

fn missing(frame: &Frame<'_>) -> Markup {
    let words = frame.words();
    let missing = &frame.edition.missing;
    html! {
        @if !missing.is_empty() {
            section aria-labelledby="missing" {
                h2 id="missing" { (words.get("edition.missing")) }
                p class="muted" { (words.get("edition.missing_explained")) }
                ul { @for source in missing { li { bdi { (source.source) } ", " bdi { (source.section) } } } }
            }
        }
    }
}

/// The edition as data: the shape of `editions show --json`.
pub fn edition_json(edition: &Edition) -> String {
    let mut public = edition.clone();
    // Who corrected an area is nobody's business outside.
    for story in public
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.stories)
    {
        for tag in &mut story.areas {
            tag.evidence
                .retain(|evidence| evidence.field != Field::Person);
        }
    }
    let mut value = serde_json::to_value(&public).unwrap_or_default();
    if let Some(sections) = value
        .get_mut("sections")
        .and_then(|sections| sections.as_array_mut())
    {
        for (section, original) in sections.iter_mut().zip(&edition.sections) {
            if let Some(object) = section.as_object_mut() {
                object.remove("head");
                object.insert("area".to_owned(), anchor(original).into());
            }
        }
    }
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}
