//! The page of a reader's choices.

use maud::html;

use super::{Offer, Sheet, Ticked, choose};

/// What stands above the choices after they were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// They are saved.
    Saved,
    /// No digest was ticked, so nothing was saved.
    NoDigest,
}

/// The page of a reader's choices, with the ways to leave and to their data below.
pub fn preferences(
    sheet: &Sheet<'_>,
    offer: &Offer<'_>,
    ticked: &Ticked<'_>,
    paused: bool,
    token: &str,
    told: Option<Told>,
) -> String {
    let words = sheet.words();
    sheet.html(words.get("form.preferences_title"), &html! {
        @if told == Some(Told::Saved) { p class="saved" role="status" { (words.get("form.saved")) } }
        @if told == Some(Told::NoDigest) {
            div class="problems" role="alert" {
                h2 { (words.get("form.problems")) }
                ul { li { a href="#digests" { (words.get("form.no_digest")) } } }
            }
        }
        form method="post" action={ "?lang=" (sheet.language) } {
            (choose::digests(sheet, offer, ticked, told == Some(Told::NoDigest)))
            (choose::areas(sheet, offer, ticked))
            (choose::story_languages(sheet, ticked))
            (choose::frequency(sheet, ticked))
            (choose::format(sheet, ticked))
            (choose::letter_language(sheet, ticked))
            (choose::alone("pause", paused, words.get("form.pause")))
            p { button type="submit" { (words.get("form.preferences_button")) } }
        }
        ul class="links" {
            li { a href={ "../unsubscribe/" (token) "?lang=" (sheet.language) } { (words.get("form.unsubscribe_title")) } }
            li { a href={ "../data/" (token) "?lang=" (sheet.language) } { (words.get("form.data_title")) } }
        }
    })
}
