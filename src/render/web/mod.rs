//! The archive: a static site of pages, feeds and a calendar that any web server can serve.
//!
//! [`edition`] makes the page of one edition, [`library`] its lists for reference managers, [`story()`]
//! the pages of a story, [`shelf_page`] and [`month_pages`] the ways to find one, [`pages`] what stands
//! in front of it all; [`message`] the short pages of forms. Pages load one style sheet and work
//! without it; only the page of the search runs a script, its own.

mod archive;
mod calendar;
mod edition;
mod feeds;
mod forms;
mod frame;
mod library;
mod search;
mod shelf;
mod sources;
mod status;
mod story;
mod told;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    model::{
        Area, Digest, DigestId, Edition, EditionId, Language, Look, Publication, ShelfCount,
        Source, SourceHealth, Telling,
    },
    render::Words,
};

pub use edition::{edition, edition_json};
pub use feeds::{area_feeds, digest_feeds, sitemap_month};
pub use forms::{
    Held, Leaving, Offer, Problem, Sheet, Ticked, Told, Typed, ask, data, leave, message,
    preferences, subscribe,
};
pub use library::library;
pub use search::search_month;
pub use shelf::{month_pages, shelf_page};
pub use sources::{Keys, opml, pages as source_pages};
pub use status::{DigestLine, Status, status};
pub use story::{Version, story};

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
    /// The words of the publication's language.
    fn words(&self) -> Words<'_> {
        Words::new(self.look, self.language())
    }

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

/// What the archive's front is made of, besides the [`Site`].
#[derive(Clone, Copy, Debug)]
pub struct Front<'a> {
    /// The months in which something was told, newest first.
    pub months: &'a [ShelfCount],
    /// What the shelf of sections holds.
    pub sections: &'a [ShelfCount],
    /// What the shelf of languages holds.
    pub languages: &'a [ShelfCount],
    /// What the shelf of areas holds.
    pub areas: &'a [ShelfCount],
    /// The newest stories with a deadline or a day.
    pub dated: &'a [Telling],
}

/// What stands in front of editions, stories and shelves, by its paths under `public/`.
pub fn pages(site: &Site<'_>, front: &Front<'_>) -> Vec<(String, Vec<u8>)> {
    let mut pages = archive::pages(site, front);
    pages.extend(search::pages(site, front.months));
    pages.extend(feeds::of_editions(site));
    pages.push((
        "calendar.ics".to_owned(),
        calendar::calendar(site, front.dated).into_bytes(),
    ));
    pages.extend(feeds::sitemaps(site, front.months));
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
