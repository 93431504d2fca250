//! Policy areas: which of them a text earns, and why; what kind of thing it is; which days it names.
//!
//! [`Matcher`] is compiled once from the vocabulary of areas.toml and tags texts; [`kind`] and
//! [`dates`] read what else a digest wants to know; [`evaluate`] measures on labelled items. All of
//! it is rules, so that every result can show the words that gave it; [`train()`] adds weights of
//! words where labels that were held back prove them better than the rules alone.

mod dates;
mod evaluate;
mod kind;
mod learned;
mod matcher;
mod normal;
mod prove;
mod terms;
mod train;

pub use dates::dates;
pub use evaluate::{Counts, Labelled, Scores, evaluate};
pub use kind::kind;
pub use learned::{Learned, Weights};
pub use matcher::{Matcher, THRESHOLD, Text};
pub use prove::{Twins, Unproven, twins};
pub use train::{Training, Trial, train};
