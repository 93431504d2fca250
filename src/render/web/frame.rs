//! The frame of every page: head, bar, content, foot.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use crate::{
    model::{Language, Look, Publication},
    render::Words,
};

/// What a page is.
pub(super) struct Page<'a> {
    pub(super) publication: &'a Publication,
    pub(super) look: &'a Look,
    /// The language of the page's own words.
    pub(super) language: Language,
    pub(super) title: &'a str,
    /// A sentence for search engines and shared links.
    pub(super) description: &'a str,
    /// Its path under `public/`, with a slash at the end for a folder's index.
    pub(super) path: &'a str,
    /// The path of its feed.
    pub(super) feed: Option<&'a str>,
}

/// What only some pages have.
#[derive(Default)]
pub(super) struct Extras<'a> {
    /// What the page is about, for machines (schema.org as JSON-LD): a block of data, which no
    /// content security policy stops, as nothing runs it.
    pub(super) data: Option<Value>,
    /// A script of our own, by its path under `public/`.
    pub(super) script: Option<&'a str>,
    /// Whether the page is one reader's: it has no address for others, and no search engine lists it.
    pub(super) private: bool,
}

impl Page<'_> {
    /// The way from the page up to the top, for links that work without a server too.
    pub(super) fn up(&self) -> String {
        "../".repeat(self.path.matches('/').count())
    }

    /// The whole page.
    pub(super) fn html(&self, content: &Markup) -> String {
        self.html_with(content, &Extras::default())
    }

    /// The whole page, with what only some have.
    pub(super) fn html_with(&self, content: &Markup, extras: &Extras<'_>) -> String {
        let words = Words::new(self.look, self.language);
        let up = self.up();
        let site = &self.publication.title;
        let address = format!(
            "{}/{}",
            self.publication.base_url.as_str().trim_end_matches('/'),
            self.path
        );
        let description = crate::text::excerpt(self.description, 200);
        html! {
            (DOCTYPE)
            html lang=(self.language) dir=(self.language.direction().as_str()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { @if self.title == site { (site) } @else { (self.title) " · " (site) } }
                    meta name="description" content=(description);
                    meta property="og:title" content=(self.title);
                    meta property="og:description" content=(description);
                    meta property="og:site_name" content=(site);
                    meta property="og:type" content=(if self.path.is_empty() { "website" } else { "article" });
                    meta property="og:locale" content=(self.language);
                    @if extras.private {
                        meta name="robots" content="noindex";
                    } @else {
                        meta property="og:url" content=(address);
                        link rel="canonical" href=(address);
                    }
                    link rel="stylesheet" href={ (up) "style.css" };
                    @if let Some(feed) = self.feed {
                        link rel="alternate" type="application/atom+xml" href={ (up) (feed) } title=(self.title);
                    }
                    @if let Some(data) = &extras.data {
                        script type="application/ld+json" { (PreEscaped(inert(data))) }
                    }
                    @if let Some(script) = extras.script { script src={ (up) (script) } defer {} }
                }
                body {
                    a class="skip" href="#content" { (words.get("web.skip")) }
                    header {
                        nav class="bar" aria-label=(site) {
                            a class="name" href={ (up) "index.html" } { (site) }
                            a href={ (up) "archive/index.html" } { (words.get("web.archive")) }
                            a href={ (up) "areas/index.html" } { (words.get("web.areas")) }
                            a href={ (up) "sources/index.html" } { (words.get("web.sources")) }
                            a href={ (up) "search/index.html" } { (words.get("web.search")) }
                            a href={ (up) "calendar.ics" } { (words.get("web.calendar")) }
                            a href={ (up) "feed.xml" } { (words.get("web.feed")) }
                            a href={ (up) "subscribe" } { (words.get("form.subscribe_title")) }
                        }
                    }
                    main id="content" { (content) }
                    footer {
                        p { (words.fill("web.by", &[("publisher", &self.publication.publisher)])) ", " (self.publication.address) }
                        p { a href={"mailto:" (self.publication.contact)} { (words.fill("mail.questions", &[("contact", &self.publication.contact)])) } }
                    }
                }
            }
        }
        .into_string()
    }
}

/// JSON that cannot end the element it stands in.
fn inert(data: &Value) -> String {
    data.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_element() {
        let data = serde_json::json!({ "headline": "</script><script>alert(1)</script>" });
        assert!(!inert(&data).contains('<'));
        assert_eq!(serde_json::from_str::<Value>(&inert(&data)).unwrap(), data);
    }
}
