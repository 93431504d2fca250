//! The pages that readers fill in: plain forms that need no script, no cookie and nothing from
//! elsewhere, a file a page.

mod choose;
mod data;
mod leave;
mod preferences;
mod subscribe;

use maud::{Markup, html};

use super::frame::{Extras, Page};
use crate::{
    model::{Area, Digest, Language, Look, Publication},
    render::Words,
};

pub use choose::Ticked;
pub use data::{Held, data};
pub use leave::{Leaving, leave};
pub use preferences::{Told, preferences};
pub use subscribe::{Problem, Typed, subscribe};

/// A page for a reader, and the language that it speaks.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Who publishes.
    pub publication: &'a Publication,
    /// Theme, labels and texts.
    pub look: &'a Look,
    /// The language of the page.
    pub language: Language,
    /// Its path, for the way up to the style sheet; it ends with a slash where what is secret in it is
    /// left out, such as `confirm/`, and the page is private then.
    pub path: &'a str,
}

/// What can be subscribed to.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// All digests.
    pub digests: &'a [Digest],
    /// All areas.
    pub areas: &'a [Area],
}

impl<'a> Sheet<'a> {
    /// The words of the page.
    pub fn words(&self) -> Words<'a> {
        Words::new(self.look, self.language)
    }

    fn html(&self, title: &str, content: &Markup) -> String {
        let page = Page {
            publication: self.publication,
            look: self.look,
            language: self.language,
            title,
            description: title,
            path: self.path,
            feed: None,
        };
        let content = html! {
            h1 { (title) }
            (content)
            (self.languages())
        };
        let extras = Extras {
            private: self.path.ends_with('/'),
            ..Extras::default()
        };
        page.html_with(&content, &extras)
    }

    /// The same page in the other languages, each by its own name.
    fn languages(&self) -> Markup {
        html! {
            nav class="languages" aria-label=(self.words().get("form.other_languages")) {
                ul class="links" {
                    @for language in Language::ALL.into_iter().filter(|one| *one != self.language) {
                        li {
                            a href={ "?lang=" (language) } lang=(language) hreflang=(language) dir=(language.direction().as_str()) {
                                (Words::new(self.look, language).get(&format!("languages.{language}")))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A page that asks before it acts: scanners open every link, and only people press buttons. `more` is
/// a link below the button, with its words.
pub fn ask(
    sheet: &Sheet<'_>,
    title: &str,
    question: &str,
    button: &str,
    more: Option<(&str, &str)>,
) -> String {
    sheet.html(
        title,
        &html! {
            p { (question) }
            form method="post" { button type="submit" { (button) } }
            @if let Some((address, words)) = more { p { a href=(address) { (words) } } }
        },
    )
}

/// A page that says one thing, with a link where there is more to do.
pub fn message(
    sheet: &Sheet<'_>,
    title: &str,
    sentence: &str,
    more: Option<(&str, &str)>,
) -> String {
    sheet.html(
        title,
        &html! {
            p role="status" { (sentence) }
            @if let Some((address, words)) = more { p { a href=(address) { (words) } } }
        },
    )
}
