//! Editions: one issue of a digest, frozen.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    AreaId, AreaTag, DatedFact, DigestId, EditionId, ItemId, Kind, Language, LanguageCode,
    SourceId, StoryId,
};

/// One issue of a digest. Serialised as it is into the ledger, so that an archive page or a late
/// delivery shows what was sent, whatever became of the items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// `DIGEST-YYYY-MM-DD`, with `-2`, `-3` for further ones of that day.
    pub id: EditionId,
    /// Its digest.
    pub digest: DigestId,
    /// The digest's title.
    pub title: String,
    /// The subject line of its mail, at most 70 characters.
    pub subject: String,
    /// The language of its own words.
    pub language: Language,
    /// How far it is.
    pub state: EditionState,
    /// The day it belongs to, in the publication's time zone.
    pub date: NaiveDate,
    /// Where the window that it covers begins: the end of the one before.
    pub from: DateTime<Utc>,
    /// Where it ends: when it was compiled.
    pub to: DateTime<Utc>,
    /// Words of the editor's at the top, as plain text.
    #[serde(default)]
    pub intro: String,
    /// Whether an editor wrote the subject; else it follows the first story.
    #[serde(default)]
    pub subject_by_hand: bool,
    /// Its stories, by section.
    pub sections: Vec<Section>,
    /// What waited and did not get in, and why.
    pub left_out: Vec<LeftOut>,
    /// Sources that could not be read in the window.
    pub missing: Vec<Missing>,
}

impl Edition {
    /// All its stories, in order.
    pub fn stories(&self) -> impl Iterator<Item = &EditionStory> {
        self.sections.iter().flat_map(|section| &section.stories)
    }

    /// Keeps the stories that are wanted, and no section without any.
    pub fn keep(&mut self, wanted: impl Fn(&EditionStory) -> bool) {
        for section in &mut self.sections {
            section.stories.retain(&wanted);
        }
        self.sections.retain(|section| !section.stories.is_empty());
    }

    /// How many stories it holds.
    pub fn len(&self) -> usize {
        self.sections
            .iter()
            .map(|section| section.stories.len())
            .sum()
    }

    /// Whether there is nothing in it; such an edition is not sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How far an edition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditionState {
    /// Waits for a person
    Draft,
    /// May go out
    Approved,
    /// Its deliveries are written
    Sent,
}

impl EditionState {
    /// The word as scripts read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Sent => "sent",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Draft, Self::Approved, Self::Sent]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// What a section is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SectionHead {
    /// What an editor put before all else
    Top,
    /// What needs an answer by a day
    Calls,
    /// A policy area
    Area(AreaId),
    /// Stories of no area
    Other,
}

impl SectionHead {
    /// The word as scripts and editors read it: `top`, `calls`, `other`, or the area's id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Top => "top",
            Self::Calls => "calls",
            Self::Area(id) => id.as_str(),
            Self::Other => "other",
        }
    }

    /// Reads the word back; whatever is no word of its own is an area's id.
    pub fn parse(word: &str) -> Self {
        match word {
            "top" => Self::Top,
            "calls" => Self::Calls,
            "other" => Self::Other,
            area => Self::Area(AreaId::new(area)),
        }
    }
}

/// A part of an edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// What it is about.
    pub head: SectionHead,
    /// Its stories, in order; never empty.
    pub stories: Vec<EditionStory>,
}

/// A story as an edition tells it: its leading item's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditionStory {
    /// The story.
    pub story: StoryId,
    /// The item that leads it.
    pub item: ItemId,
    /// The item's title.
    pub title: String,
    /// The item's address; http or https.
    pub url: String,
    /// A few whole sentences; may be empty.
    pub summary: String,
    /// A remark of the editor's; may be empty.
    #[serde(default)]
    pub note: String,
    /// The item's source.
    pub source: SourceId,
    /// The source's name.
    pub source_name: String,
    /// The source's section.
    pub section: String,
    /// The item's language.
    pub language: Option<LanguageCode>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// The item's effective date.
    pub date: DateTime<Utc>,
    /// Deadlines and event days.
    pub dates: Vec<DatedFact>,
    /// Its areas, strongest first.
    pub areas: Vec<AreaTag>,
    /// Where else it is told.
    pub also: Vec<Also>,
    /// Whether a later version of it came before this edition.
    #[serde(default)]
    pub updated: bool,
    /// What ordered it.
    pub score: f64,
    /// The score in words.
    #[serde(default)]
    pub why: String,
}

/// Another item of the same story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Also {
    /// The name of its source.
    pub source: String,
    /// Its address.
    pub url: String,
    /// Its language.
    pub language: Option<LanguageCode>,
}

/// A story that waited and is not in the edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The story.
    pub story: StoryId,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its address.
    #[serde(default)]
    pub url: String,
    /// Why, in one sentence.
    pub why: String,
    /// Whether it goes on waiting.
    #[serde(default)]
    pub waits: bool,
}

/// A source that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The source's name.
    pub source: String,
    /// Its section.
    pub section: String,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}
