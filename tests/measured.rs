//! Measures reading and curating on real documents and labelled items, where the folder with them
//! stands beside the checkout; says so and passes where it does not.

#[path = "measured/corpus.rs"]
mod corpus;
#[path = "measured/data.rs"]
mod data;
#[path = "measured/labels.rs"]
mod labels;
#[path = "measured/stories.rs"]
mod stories;
