//! The archive: a static site of pages, feeds and a calendar that any web server can serve.
//!
//! [`edition`] makes the page of one edition, [`pages`] everything around it; [`message`] the short
//! pages of forms. Pages hold no script and load nothing but one style sheet, and work without it.

mod archive;
mod calendar;
mod edition;
mod feeds;
mod forms;
mod frame;
mod sources;
mod status;

use chrono::{DateTime, NaiveDate, Utc};

use crate::model::{
    Area, Digest, DigestId, Edition, EditionId, Language, Look, Publication, Source, SourceHealth,
};

pub use edition::{edition, edition_json};
pub use forms::{
    Held, Offer, Problem, Sheet, Ticked, Told, Typed, ask, data, message, preferences, subscribe,
};
pub use sources::{Keys, opml};
pub use status::{DigestLine, Status, status};

/// A line of the archive's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionLine {
    /// The edition.
    pub id: EditionId,
    /// Its digest.
    pub digest: DigestId,
    /// Its digest's title at the time.
    pub title: String,
    /// Its subject.
    pub subject: String,
    /// Its day.
    pub date: NaiveDate,
    /// How many stories it holds.
    pub stories: u64,
}

/// A line of the page of sources.
#[derive(Clone, Debug)]
pub struct SourceLine {
    /// The source.
    pub source: Source,
    /// How it fares; `None` where it was never asked.
    pub health: Option<SourceHealth>,
}

/// What the archive is made of.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Who publishes.
    pub publication: &'a Publication,
    /// Theme, labels and texts.
    pub look: &'a Look,
    /// All areas.
    pub areas: &'a [Area],
    /// All digests.
    pub digests: &'a [Digest],
    /// The newest editions of all digests, newest first.
    pub editions: &'a [Edition],
    /// All editions, newest first.
    pub index: &'a [EditionLine],
    /// All sources.
    pub sources: &'a [SourceLine],
    /// The present.
    pub now: DateTime<Utc>,
}

impl Site<'_> {
    fn language(&self) -> Language {
        self.publication.language
    }

    /// An address of the site.
    fn address(&self, path: &str) -> String {
        format!(
            "{}/{path}",
            self.publication.base_url.as_str().trim_end_matches('/')
        )
    }
}

/// The pages and feeds around the editions, by their paths under `public/`.
pub fn pages(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let mut pages = archive::pages(site);
    pages.extend(feeds::all(site));
    pages.extend(sources::pages(site));
    pages.push((
        "calendar.ics".to_owned(),
        calendar::calendar(site).into_bytes(),
    ));
    pages.push(("sitemap.xml".to_owned(), feeds::sitemap(site)));
    let robots = format!(
        "User-agent: *\nAllow: /\nSitemap: {}\n",
        site.address("sitemap.xml")
    );
    pages.push(("robots.txt".to_owned(), robots.into_bytes()));
    pages.extend(assets(site.look));
    pages
}

/// The files that pages load.
pub fn assets(look: &Look) -> Vec<(String, Vec<u8>)> {
    vec![("style.css".to_owned(), look.style_css.clone().into_bytes())]
}
