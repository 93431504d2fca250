//! The page that says how everything fares: what appears when, and how many sources are read.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use maud::html;

use super::frame::Page;
use crate::{
    model::{Digest, Look, Publication},
    render::Words,
};

/// A digest's line.
#[derive(Clone, Copy, Debug)]
pub struct DigestLine<'a> {
    /// The digest.
    pub digest: &'a Digest,
    /// The day on which it appeared last.
    pub last: Option<NaiveDate>,
    /// The day on which it appears next.
    pub next: Option<NaiveDate>,
}

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    /// Who publishes.
    pub publication: &'a Publication,
    /// Theme, labels and texts.
    pub look: &'a Look,
    /// The digests.
    pub digests: &'a [DigestLine<'a>],
    /// How many sources are in each state.
    pub sources: &'a BTreeMap<&'static str, usize>,
}

/// The page, in the publication's language.
pub fn status(status: &Status<'_>) -> String {
    let language = status.publication.language;
    let words = Words::new(status.look, language);
    let title = words.get("status.title");
    let page = Page {
        publication: status.publication,
        look: status.look,
        language,
        title,
        description: title,
        path: "status",
        feed: None,
    };
    let day = |day: Option<NaiveDate>| {
        day.map_or_else(|| words.get("web.never").to_owned(), |day| words.day(day))
    };
    let all: usize = status.sources.values().sum();
    page.html(&html! {
        h1 { (title) }
        table {
            thead { tr { th scope="col" { (words.get("web.issues")) } th scope="col" { (words.get("status.last")) } th scope="col" { (words.get("status.next")) } } }
            tbody {
                @for line in status.digests {
                    tr {
                        td lang=(line.digest.language) dir=(line.digest.language.direction().as_str()) { a href={ (line.digest.id) "/" } { (line.digest.title) } }
                        td { (day(line.last)) }
                        td { (day(line.next)) }
                    }
                }
            }
        }
        h2 { (words.get("web.sources")) }
        p { a href="sources/" { (words.count("count.sources", all)) } }
        table {
            thead { tr { th scope="col" { (words.get("web.source_state")) } th scope="col" { (words.get("status.number")) } } }
            tbody { @for (state, number) in status.sources { tr { td { (words.get(&format!("state.{state}"))) } td { (words.number(*number)) } } } }
        }
    })
}
