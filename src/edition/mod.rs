//! edition (being built)
use crate::model::{Item, Relation, StoryId};

/// A story that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The story.
    pub story: StoryId,
    /// Its items, lead first.
    pub items: Vec<Told>,
    /// Whether a person put it off.
    pub held: bool,
    /// Whether a later version came.
    pub updated: bool,
}

/// An item of a story that waits.
#[derive(Clone, Debug)]
pub struct Told {
    /// The item.
    pub item: Item,
    /// Its source's name.
    pub source_name: String,
    /// Its section.
    pub section: String,
    /// Its source's priority.
    pub priority: i64,
    /// How it relates to the story.
    pub relation: Relation,
}
