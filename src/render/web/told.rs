//! How a told story is shown wherever it stands: as a line of a list, and what is said about it.

use maud::{Markup, html};

use super::shelf;
use crate::{
    model::{EditionStory, LanguageCode, Shelf, StoryId, Telling},
    render::Words,
};

/// The folder of a story's pages under `public/`.
pub(super) fn folder(story: &StoryId) -> String {
    format!("stories/{story}/")
}

/// The side that a story's lines start on.
pub(super) fn direction(language: Option<&LanguageCode>, words: &Words<'_>) -> &'static str {
    language
        .map_or(words.language.direction(), LanguageCode::direction)
        .as_str()
}

/// A title that leads somewhere, in the story's own language.
pub(super) fn title(story: &EditionStory, words: &Words<'_>, href: &str) -> Markup {
    let direction = direction(story.language.as_ref(), words);
    html! { a href=(href) lang=[story.language.as_ref()] dir=(direction) { (story.title) } }
}

/// Source and day; the source's name leads to what else it brought.
pub(super) fn about(story: &EditionStory, words: &Words<'_>, up: &str) -> Markup {
    html! {
        a href={ (up) (shelf::folder(Shelf::Source, story.source.as_str())) "index.html" } { bdi { (story.source_name) } }
        " · " time datetime=(story.date.format("%F")) { (words.day(story.date.date_naive())) }
        @if let Some(language) = words.other_language(story.language.as_ref()) {
            " · " (words.fill("edition.in_language", &[("language", &language)]))
        }
    }
}

/// A line of a list of stories.
pub(super) fn line(telling: &Telling, words: &Words<'_>, up: &str) -> Markup {
    let story = &telling.story;
    let href = format!("{up}{}index.html", folder(&story.story));
    html! {
        li {
            (title(story, words, &href))
            " " span class="meta" { (about(story, words, up)) }
        }
    }
}
