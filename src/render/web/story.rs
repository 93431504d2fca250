//! The page of a story: what it says, its copies and translations, its areas with the words that
//! earned them, and the editions that told it.

use maud::{Markup, html};
use serde_json::json;

use super::{
    Site, calendar,
    frame::{Extras, Page},
    shelf, told,
};
use crate::{
    model::{DatedFact, EditionStory, FactKind, Field, LanguageCode, Relation, Shelf, Telling},
    render::{Words, area_name},
};

/// Another item of a story, as it is known today.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The name of its source.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its language.
    pub language: Option<LanguageCode>,
    /// Its day.
    pub date: chrono::NaiveDate,
    /// How it relates to the story.
    pub relation: Relation,
    /// How alike the two are, from 0 to 1.
    pub likeness: f64,
}

/// The pages of a story that was told, newest telling first; nothing for one that never was.
pub fn story(
    site: &Site<'_>,
    tellings: &[Telling],
    versions: &[Version],
) -> Vec<(String, Vec<u8>)> {
    let Some(newest) = tellings.first() else {
        return Vec::new();
    };
    let folder = told::folder(&newest.story.story);
    let mut files = vec![(
        format!("{folder}index.html"),
        page(site, newest, tellings, versions).into_bytes(),
    )];
    if !newest.story.dates.is_empty() {
        files.push((
            format!("{folder}event.ics"),
            calendar::calendar(site, std::slice::from_ref(newest)).into_bytes(),
        ));
    }
    files
}

fn page(site: &Site<'_>, newest: &Telling, tellings: &[Telling], versions: &[Version]) -> String {
    let words = site.words();
    let story = &newest.story;
    let path = told::folder(&story.story);
    let page = Page {
        publication: site.publication,
        look: site.look,
        language: site.language(),
        title: &story.title,
        description: if story.summary.is_empty() {
            &story.title
        } else {
            &story.summary
        },
        path: &path,
        feed: None,
    };
    let up = page.up();
    let direction = told::direction(story.language.as_ref(), &words);
    let extras = Extras {
        data: Some(data(site, story)),
        script: None,
        ..Extras::default()
    };
    page.html_with(
        &html! {
            h1 lang=[story.language.as_ref()] dir=(direction) { (story.title) }
            p class="meta" { (told::about(story, &words, &up)) " · " (words.get(&format!("kind.{}", story.kind.as_str()))) }
            @for fact in &story.dates { p class="due" { (words.fact(fact)) } }
            @if !story.summary.is_empty() { p lang=[story.language.as_ref()] dir=(direction) { (story.summary) } }
            @if !story.note.is_empty() { p class="note" { (words.get("edition.note")) ": " (story.note) } }
            ul class="links" {
                li { a class="go" href=(story.url) hreflang=[story.language.as_ref()] { (words.get("web.original")) } }
                @if !story.dates.is_empty() { li { a href="event.ics" { (words.get("web.to_calendar")) } } }
            }
            (areas(site, story, &words, &up))
            (others(versions, &words))
            section aria-labelledby="told" {
                h2 id="told" { (words.get("web.told_in")) }
                ul { @for telling in tellings {
                    li { a href={ (up) (telling.digest) "/" (telling.edition) "/index.html#" (story.story) } { bdi { (telling.title) } ", " (words.day(telling.date)) } }
                } }
            }
        },
        &extras,
    )
}

/// The areas, each with the words that earned it and where they stood.
fn areas(site: &Site<'_>, story: &EditionStory, words: &Words<'_>, up: &str) -> Markup {
    let named: Vec<_> = story
        .areas
        .iter()
        .map(|tag| (tag, area_name(site.areas, &tag.id, words.language)))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    html! {
        @if !named.is_empty() {
            section aria-labelledby="areas" {
                h2 id="areas" { (words.get("web.why_areas")) }
                dl class="evidence" {
                    @for (tag, name) in named {
                        dt { a href={ (up) (shelf::folder(Shelf::Area, tag.id.as_str())) "index.html" } { (name) } }
                        @for evidence in &tag.evidence {
                            dd {
                                // The name of the person who gave an area is nobody else's business.
                                @if evidence.field != Field::Person { q { bdi { (evidence.term) } } " " }
                                span class="muted" { (words.get(&format!("field.{}", field(evidence.field)))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn field(field: Field) -> &'static str {
    match field {
        Field::Title => "title",
        Field::Summary => "summary",
        Field::Body => "body",
        Field::Category => "category",
        Field::Source => "source",
        Field::Person => "person",
        Field::Learned => "learned",
    }
}

fn others(versions: &[Version], words: &Words<'_>) -> Markup {
    html! {
        @if !versions.is_empty() {
            section aria-labelledby="versions" {
                h2 id="versions" { (words.get("web.versions")) }
                ul class="stories" {
                    @for version in versions {
                        @let direction = told::direction(version.language.as_ref(), words);
                        li {
                            a href=(version.url) lang=[version.language.as_ref()] dir=(direction) { (version.title) }
                            " " span class="meta" {
                                bdi { (version.source) } " · " time datetime=(version.date.format("%F")) { (words.day(version.date)) }
                                @if let Some(language) = words.other_language(version.language.as_ref()) {
                                    " · " (words.fill("edition.in_language", &[("language", &language)]))
                                }
                                " · " (words.get(&format!("relation.{}", version.relation.as_str())))
                                @if let Some(percent) = percent(version.likeness) { ", " (words.fill("web.alike", &[("percent", &words.number(percent))])) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A likeness in whole per cent, where it tells something.
fn percent(likeness: f64) -> Option<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 99"
    )]
    (0.01..0.995)
        .contains(&likeness)
        .then_some((likeness * 100.0).round() as u32)
}

/// The story for machines: an event on its days, anything else an article of its source.
fn data(site: &Site<'_>, story: &EditionStory) -> serde_json::Value {
    let event = |fact: &&DatedFact| fact.what == FactKind::Event;
    let about: Vec<&str> = story
        .areas
        .iter()
        .map(|tag| area_name(site.areas, &tag.id, site.language()))
        .filter(|name| !name.is_empty())
        .collect();
    let source = json!({ "@type": "Organization", "name": story.source_name });
    if let Some(fact) = story.dates.iter().find(event) {
        return json!({
            "@context": "https://schema.org", "@type": "Event", "name": story.title, "url": story.url,
            "description": story.summary, "startDate": fact.date, "endDate": fact.until.unwrap_or(fact.date),
            "inLanguage": story.language, "organizer": source, "about": about,
        });
    }
    json!({
        "@context": "https://schema.org", "@type": "Article", "headline": story.title, "url": story.url,
        "description": story.summary, "datePublished": story.date.format("%F").to_string(),
        "inLanguage": story.language, "author": source, "about": about,
        "isPartOf": { "@type": "WebSite", "name": site.publication.title, "url": site.address("") },
    })
}
