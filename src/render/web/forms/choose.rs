//! The fields of choices, which the pages of signing up and of preferences share.

use maud::{Markup, html};

use super::{Offer, Sheet};
use crate::{
    model::{Choices, DigestId, Format, Frequency, Language},
    render::area_name,
};

/// What is ticked.
#[derive(Clone, Copy, Debug)]
pub struct Ticked<'a> {
    /// The digests.
    pub digests: &'a [DigestId],
    /// What of these, and how.
    pub choices: &'a Choices,
    /// The language of letters; `None` is each digest's own.
    pub language: Option<Language>,
}

/// A box to tick, with its words.
fn tick(kind: &str, name: &str, value: &str, ticked: bool, words: &Markup) -> Markup {
    let id = format!("{name}-{value}");
    html! {
        div class="tick" {
            input type=(kind) id=(id) name=(name) value=(value) checked[ticked];
            label for=(id) { (words) }
        }
    }
}

pub(super) fn digests(
    sheet: &Sheet<'_>,
    offer: &Offer<'_>,
    ticked: &Ticked<'_>,
    wrong: bool,
) -> Markup {
    html! {
        fieldset id="digests" aria-describedby=[wrong.then_some("digests-wrong")] {
            legend { (sheet.words().get("form.digests")) }
            @if wrong { p class="wrong" id="digests-wrong" { (sheet.words().get("form.no_digest")) } }
            @for digest in offer.digests {
                (tick("checkbox", "digest", digest.id.as_str(), ticked.digests.contains(&digest.id), &html! {
                    bdi lang=(digest.language) { (digest.title) }
                }))
            }
        }
    }
}

pub(super) fn areas(sheet: &Sheet<'_>, offer: &Offer<'_>, ticked: &Ticked<'_>) -> Markup {
    let words = sheet.words();
    if offer.areas.is_empty() {
        return html! {};
    }
    html! {
        fieldset class="columns" aria-describedby="areas-hint" {
            legend { (words.get("form.areas")) }
            p class="muted" id="areas-hint" { (words.get("form.none_is_all")) }
            div {
                @for area in offer.areas {
                    (tick("checkbox", "area", area.id.as_str(), ticked.choices.areas.contains(&area.id), &html! {
                        (area_name(offer.areas, &area.id, sheet.language))
                    }))
                }
            }
        }
    }
}

pub(super) fn story_languages(sheet: &Sheet<'_>, ticked: &Ticked<'_>) -> Markup {
    let words = sheet.words();
    let wanted = |language: Language| {
        ticked
            .choices
            .languages
            .iter()
            .any(|code| code.language() == Some(language))
    };
    html! {
        fieldset class="columns" aria-describedby="languages-hint" {
            legend { (words.get("form.languages")) }
            p class="muted" id="languages-hint" { (words.get("form.none_is_all")) }
            div {
                @for language in Language::ALL {
                    (tick("checkbox", "stories", language.code(), wanted(language), &html! {
                        (words.get(&format!("languages.{language}")))
                    }))
                }
            }
        }
    }
}

pub(super) fn letter_language(sheet: &Sheet<'_>, ticked: &Ticked<'_>) -> Markup {
    let words = sheet.words();
    html! {
        p class="field" {
            label for="language" { (words.get("form.language")) }
            select id="language" name="language" {
                option value="" selected[ticked.language.is_none()] { (words.get("form.language_own")) }
                @for language in Language::ALL {
                    option value=(language) selected[ticked.language == Some(language)] {
                        (words.get(&format!("languages.{language}")))
                    }
                }
            }
        }
    }
}

pub(super) fn frequency(sheet: &Sheet<'_>, ticked: &Ticked<'_>) -> Markup {
    let words = sheet.words();
    html! {
        fieldset {
            legend { (words.get("form.frequency")) }
            @for frequency in Frequency::ALL {
                (tick("radio", "frequency", frequency.as_str(), ticked.choices.frequency == frequency, &html! {
                    (words.get(&format!("form.frequency_{}", frequency.as_str())))
                }))
            }
        }
    }
}

pub(super) fn format(sheet: &Sheet<'_>, ticked: &Ticked<'_>) -> Markup {
    let words = sheet.words();
    html! {
        fieldset {
            legend { (words.get("form.format")) }
            @for format in Format::ALL {
                (tick("radio", "format", format.as_str(), ticked.choices.format == format, &html! {
                    (words.get(&format!("form.format_{}", format.as_str())))
                }))
            }
        }
    }
}

/// One box that stands by itself.
pub(super) fn alone(name: &str, ticked: bool, words: &str) -> Markup {
    tick("checkbox", name, "yes", ticked, &html! { (words) })
}
