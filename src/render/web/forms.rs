//! The short pages of forms: a question with a button, and an answer.

use maud::html;

use super::frame::Page;
use crate::model::{Language, Look, Publication};

fn page<'a>(
    publication: &'a Publication,
    look: &'a Look,
    language: Language,
    title: &'a str,
) -> Page<'a> {
    Page {
        publication,
        look,
        language,
        title,
        description: title,
        path: "",
        feed: None,
    }
}

/// A page that asks before it acts: scanners open every link, and only people press buttons.
pub fn ask(
    publication: &Publication,
    look: &Look,
    language: Language,
    title: &str,
    question: &str,
    button: &str,
) -> String {
    page(publication, look, language, title).html(&html! {
        h1 { (title) }
        p { (question) }
        form method="post" { button type="submit" { (button) } }
    })
}

/// A page that says one thing.
pub fn message(
    publication: &Publication,
    look: &Look,
    language: Language,
    title: &str,
    sentence: &str,
) -> String {
    page(publication, look, language, title).html(&html! {
        h1 { (title) }
        p { (sentence) }
    })
}
