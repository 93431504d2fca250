//! The words of circular: plain data that every other room speaks in.
//!
//! Nothing here does anything: no input, no output, no clock, no package but `serde`, `chrono` and
//! `url`. A word that two rooms share lives here; a word that one room uses stays in that room.
//!
//! Start with [`Source`], [`Item`], [`Edition`] and [`Settings`].

mod area;
mod choices;
mod delivery;
mod digest;
mod edition;
mod entry;
mod id;
mod item;
mod language;
mod look;
mod reading;
mod settings;
mod shelf;
mod source;
mod story;
mod subscriber;

pub use area::{Area, AreaTag, Company, Evidence, Example, Field, Term};
pub use choices::{Choices, Format, Frequency};
pub use delivery::{Delivery, DeliveryState, TOKEN_PLACEHOLDER};
pub use digest::{Digest, LedgerState, Overflow};
pub use edition::{
    Also, Edition, EditionState, EditionStory, LeftOut, Missing, Section, SectionHead,
};
pub use entry::{Alternate, Enclosure, Entry};
pub use id::{AreaId, DeliveryId, DigestId, EditionId, ItemId, SourceId, StoryId, SubscriberId};
pub use item::{DatedFact, FactKind, Item, Kind};
pub use language::{Direction, Language, LanguageCode};
pub use look::{Labels, Look, Partial, Theme};
pub use reading::{Reading, ReadingPart};
pub use settings::{
    Dkim, FetchSettings, InDoubt, MailSettings, Paths, Publication, ServeSettings, Server, Settings,
};
pub use shelf::{Place, Shelf, ShelfCount, Telling};
pub use source::{PageRules, Profile, Rhythm, Source, SourceHealth, SourceState, Validators};
pub use story::{Placement, Relation, StoryKey, short_hash};
pub use subscriber::{Consent, Subscriber, SubscriberState};
