//! The page of what is held about a reader.

use chrono::NaiveDate;
use maud::html;

use super::{Offer, Sheet};
use crate::{
    model::{AreaId, DigestId, Language, Subscriber},
    render::area_name,
};

/// What is held about a reader besides what they chose.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// When they came.
    pub since: NaiveDate,
    /// When they agreed, and to which words.
    pub consent: Option<(NaiveDate, Option<&'a str>)>,
    /// How many letters they were sent.
    pub letters: usize,
}

/// All that is held about a reader, with the ways to take it along and to have it erased.
pub fn data(
    sheet: &Sheet<'_>,
    offer: &Offer<'_>,
    reader: &Subscriber,
    held: &Held<'_>,
    token: &str,
) -> String {
    let words = sheet.words();
    let separator = words.get("edition.separator");
    let all = words.get("form.choices_all");
    let choices = &reader.choices;
    let title = |id: &DigestId| -> String {
        let digest = offer.digests.iter().find(|digest| digest.id == *id);
        digest
            .map_or(id.as_str(), |digest| &digest.title)
            .to_owned()
    };
    let digests: Vec<String> = reader.digests.iter().map(title).collect();
    let area = |id: &AreaId| area_name(offer.areas, id, sheet.language).to_owned();
    let areas: Vec<String> = choices.areas.iter().map(area).collect();
    let named = |language: Language| words.get(&format!("languages.{language}"));
    let languages: Vec<&str> = choices
        .languages
        .iter()
        .map(|code| code.language().map_or(code.as_str(), named))
        .collect();
    let or_all = |list: String| {
        if list.is_empty() {
            all.to_owned()
        } else {
            list
        }
    };
    let rows = [
        ("form.address", reader.address.clone()),
        (
            "form.name_held",
            reader.name.clone().unwrap_or_else(|| "–".to_owned()),
        ),
        ("form.digests", digests.join(separator)),
        ("form.areas", or_all(areas.join(separator))),
        ("form.languages", or_all(languages.join(separator))),
        (
            "form.frequency",
            words
                .get(&format!("form.frequency_{}", choices.frequency.as_str()))
                .to_owned(),
        ),
        (
            "form.format",
            words
                .get(&format!("form.format_{}", choices.format.as_str()))
                .to_owned(),
        ),
        (
            "form.language",
            reader
                .language
                .map_or(words.get("form.language_own"), named)
                .to_owned(),
        ),
        (
            "form.state",
            words
                .get(&format!("form.state_{}", reader.state.as_str()))
                .to_owned(),
        ),
        ("form.since", words.day(held.since)),
        ("form.letters", words.number(held.letters)),
    ];
    sheet.html(words.get("form.data_title"), &html! {
        p { (words.get("form.data_intro")) }
        dl {
            @for (label, value) in &rows {
                dt { (words.get(label)) }
                dd { bdi { (value) } }
            }
            @if let Some((day, wording)) = held.consent {
                dt { (words.get("form.consented")) }
                dd { (words.day(day)) @if let Some(wording) = wording { br; q dir="auto" { (wording) } } }
            }
        }
        p { a href={ "../data/" (token) "/export" } download { (words.get("form.data_download")) } }
        h2 { (words.get("form.erase_title")) }
        p { (words.get("form.erase_explained")) }
        form method="post" action={ "../data/" (token) "/erase?lang=" (sheet.language) } {
            button type="submit" class="grave" { (words.get("form.erase_button")) }
        }
        p { a href={ "../preferences/" (token) "?lang=" (sheet.language) } { (words.get("form.preferences_title")) } }
    })
}
