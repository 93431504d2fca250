//! Shelves: where in the archive a told story is found again.

use chrono::{DateTime, NaiveDate, Utc};

use super::{DigestId, Edition, EditionId, EditionStory, Language};

/// A way to look for a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// By the month of its edition, as `2026-11`
    Month,
    /// By a policy area's id
    Area,
    /// By the section of its source, by name
    Section,
    /// By its source's id
    Source,
    /// By its language's code
    Language,
    /// By the digest that told it
    Digest,
    /// Those with a deadline or a day; the value is empty
    Dated,
}

impl Shelf {
    /// The word that the database keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Area => "area",
            Self::Section => "section",
            Self::Source => "source",
            Self::Language => "language",
            Self::Digest => "digest",
            Self::Dated => "dated",
        }
    }

    /// The folder of its pages under `public/`; `None` for those that have none.
    pub fn folder(self) -> Option<&'static str> {
        match self {
            Self::Month => Some("months"),
            Self::Area => Some("areas"),
            Self::Section => Some("sections"),
            Self::Source => Some("sources"),
            Self::Language => Some("languages"),
            Self::Digest | Self::Dated => None,
        }
    }
}

/// A place on a shelf: what one page or one row of pages shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The way to look.
    pub shelf: Shelf,
    /// What is looked for, as [`Shelf`] says.
    pub value: String,
    /// The month of the edition, as `2026-11`.
    pub month: String,
}

impl Place {
    /// Where a story of an edition stands.
    pub fn all_of(edition: &Edition, story: &EditionStory) -> Vec<Self> {
        let month = edition.date.format("%Y-%m").to_string();
        let mut found = vec![
            (Shelf::Month, month.clone()),
            (Shelf::Section, story.section.clone()),
            (Shelf::Source, story.source.to_string()),
            (Shelf::Digest, edition.digest.to_string()),
        ];
        let areas = story.areas.iter().map(|tag| tag.id.to_string());
        found.extend(areas.map(|area| (Shelf::Area, area)));
        found.extend(
            story
                .language
                .as_ref()
                .map(|language| (Shelf::Language, language.to_string())),
        );
        if !story.dates.is_empty() {
            found.push((Shelf::Dated, String::new()));
        }
        found
            .into_iter()
            .map(|(shelf, value)| Self {
                shelf,
                value,
                month: month.clone(),
            })
            .collect()
    }
}

/// One time that a story was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// The edition.
    pub edition: EditionId,
    /// Its digest.
    pub digest: DigestId,
    /// Its digest's title at the time.
    pub title: String,
    /// The language of the edition's own words.
    pub language: Language,
    /// The edition's day.
    pub date: NaiveDate,
    /// When it was compiled.
    pub to: DateTime<Utc>,
    /// The story as the edition has it.
    pub story: EditionStory,
}

impl Telling {
    /// How an edition tells a story.
    pub fn new(edition: &Edition, story: &EditionStory) -> Self {
        Self {
            edition: edition.id.clone(),
            digest: edition.digest.clone(),
            title: edition.title.clone(),
            language: edition.language,
            date: edition.date,
            to: edition.to,
            story: story.clone(),
        }
    }
}

/// How many stories a shelf holds of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfCount {
    /// What is looked for.
    pub value: String,
    /// The month, as `2026-11`.
    pub month: String,
    /// How many stories.
    pub stories: u64,
}
