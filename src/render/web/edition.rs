//! The web edition: everything the mail has, what did not fit, and anchors that work.

use maud::{Markup, html};

use super::frame::Page;
use crate::{
    model::{Edition, EditionStory, LanguageCode, Partial, Section},
    render::{Frame, Words, area_name, partial},
};

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
    page.html(&html! {
        p class="lede" { a href="../index.html" { (words.get("mail.archive")) } }
        h1 { (title) }
        p class="lede" { (words.weekday(*date)) " · " (count) }
        ul class="links" {
            li { a href="email.html" { (words.get("web.as_mail")) } }
            li { a href="email.txt" { (words.get("web.as_text")) } }
            li { a href="edition.json" { (words.get("web.as_data")) } }
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

fn direction(language: Option<&LanguageCode>, words: &Words<'_>) -> &'static str {
    language
        .map_or(words.language.direction(), LanguageCode::direction)
        .as_str()
}

/// What waited and did not fit: named and linked, so that nothing is lost from sight.
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
                ul { @for left in waiting { li { a href=(left.url) { bdi { (left.title) } } ", " (words.get("edition.waits")) } } }
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
    let mut value = serde_json::to_value(edition).unwrap_or_default();
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
