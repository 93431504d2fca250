//! The frame of every page: head, bar, content, foot.

use maud::{DOCTYPE, Markup, html};

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

impl Page<'_> {
    /// The way from the page up to the top, for links that work without a server too.
    pub(super) fn up(&self) -> String {
        "../".repeat(self.path.matches('/').count())
    }

    /// The whole page.
    pub(super) fn html(&self, content: &Markup) -> String {
        let words = Words::new(self.look, self.language);
        let up = self.up();
        let site = &self.publication.title;
        let address = format!(
            "{}/{}",
            self.publication.base_url.as_str().trim_end_matches('/'),
            self.path
        );
        html! {
            (DOCTYPE)
            html lang=(self.language) dir=(self.language.direction().as_str()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { @if self.title == site { (site) } @else { (self.title) " · " (site) } }
                    meta name="description" content=(self.description);
                    meta property="og:title" content=(self.title);
                    meta property="og:description" content=(self.description);
                    meta property="og:site_name" content=(site);
                    meta property="og:type" content="article";
                    link rel="canonical" href=(address);
                    link rel="stylesheet" href={ (up) "style.css" };
                    @if let Some(feed) = self.feed {
                        link rel="alternate" type="application/atom+xml" href={ (up) (feed) } title=(self.title);
                    }
                }
                body {
                    a class="skip" href="#content" { (words.get("web.skip")) }
                    nav class="bar" aria-label=(site) {
                        a class="name" href={ (up) "index.html" } { (site) }
                        a href={ (up) "areas/index.html" } { (words.get("web.areas")) }
                        a href={ (up) "sources/index.html" } { (words.get("web.sources")) }
                        a href={ (up) "calendar.ics" } { (words.get("web.calendar")) }
                        a href={ (up) "feed.xml" } { (words.get("web.feed")) }
                        a href={ (up) "subscribe" } { (words.get("form.subscribe_title")) }
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
