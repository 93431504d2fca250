//! Rendering: an edition made into what readers see. Markup is made with maud, and only here.
//!
//! [`mail::html`] and [`text::plain`] make the two parts of a letter, [`web`] the pages, feeds and
//! the calendar of the archive, [`Words`] puts numbers and days into a reader's language. All of it
//! is pure: the same edition gives the same bytes.

mod confirm;
pub mod mail;
mod partial;
mod roster;
mod short;
pub mod text;
pub mod web;
mod words;

use crate::model::{Area, AreaId, Edition, Language, Look, Publication, Section, SectionHead};

pub use confirm::{ConfirmMail, confirm};
pub use roster::{COLUMNS, roster};
pub use words::Words;

/// An edition with what it is shown in.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Who publishes.
    pub publication: &'a Publication,
    /// Theme, labels and texts.
    pub look: &'a Look,
    /// All areas, for their names.
    pub areas: &'a [Area],
    /// The edition.
    pub edition: &'a Edition,
}

impl<'a> Frame<'a> {
    /// The words of the edition's language.
    fn words(&self) -> Words<'a> {
        Words::new(self.look, self.edition.language)
    }

    /// What a section is called.
    fn heading(&self, section: &Section) -> &'a str {
        match &section.head {
            SectionHead::Top => self.words().get("edition.top"),
            SectionHead::Calls => self.words().get("edition.calls"),
            SectionHead::Area(id) => area_name(self.areas, id, self.edition.language),
            SectionHead::Other => self.words().get("edition.other"),
        }
    }
}

/// The name of an area that is listed; nothing for one that has left areas.toml.
fn area_name<'a>(areas: &'a [Area], id: &AreaId, language: Language) -> &'a str {
    areas
        .iter()
        .find(|area| area.id == *id)
        .map_or("", |area| area.name(language))
}

/// The addresses of a mail; a reader's own ones may hold [`crate::model::TOKEN_PLACEHOLDER`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLinks {
    /// The edition on the web.
    pub web: String,
    /// All editions of the digest.
    pub archive: String,
    /// The way out.
    pub unsubscribe: String,
    /// The reader's choices.
    pub preferences: String,
    /// Why one gets it.
    pub why: Why,
}

/// Why a reader gets a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// An operator put the address on a list
    Fixed,
    /// They asked for it
    Subscribed,
    /// Somebody tries out how it looks
    Test,
    /// An editor looks at a draft
    Review,
}

impl Why {
    fn label(self) -> &'static str {
        match self {
            Self::Fixed => "mail.why_fixed",
            Self::Subscribed => "mail.why_subscribed",
            Self::Test => "mail.why_test",
            Self::Review => "mail.why_review",
        }
    }
}
