//! The page of leaving one digest, for who gets others besides.

use maud::html;

use super::Sheet;

/// What the page of leaving one digest says and offers.
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// Whether it is done; otherwise a button asks.
    pub done: bool,
    /// The question, or that it is done; empty where there is nothing to say of the digest.
    pub sentence: &'a str,
    /// Which others the reader gets.
    pub others: &'a str,
    /// Where the button that stops them all posts to.
    pub all: &'a str,
    /// The page of the reader's choices.
    pub choices: &'a str,
}

/// The page of leaving one digest, with the ways to leave all and to the choices below.
pub fn leave(sheet: &Sheet<'_>, leaving: &Leaving<'_>) -> String {
    let words = sheet.words();
    let Leaving {
        done,
        sentence,
        others,
        all,
        choices,
    } = *leaving;
    sheet.html(words.get("form.unsubscribe_title"), &html! {
        @if done {
            @if !sentence.is_empty() { p role="status" { (sentence) } }
        } @else {
            p { (sentence) }
            form method="post" { button type="submit" { (words.get("form.unsubscribe_button")) } }
        }
        p { (others) }
        form method="post" action=(all) { button type="submit" { (words.get("form.unsubscribe_all")) } }
        p { a href=(choices) { (words.get("form.unsubscribe_other")) } }
    })
}
