//! circular: feeds and pages in, an edition a week out.
//!
//! The rooms, from the ground up; each imports only from the layers above it in this list
//! (`ARCHITECTURE.md` tells more, `tests/tidy.rs` keeps it so).

// words
pub mod model;
pub mod time;

// thinking
pub mod areas;
pub mod edition;
pub mod parse;
pub mod render;
pub mod story;
pub mod text;

// edges
pub mod config;
pub mod deliver;
pub mod fetch;
pub mod store;

// wiring
pub mod cli;
pub mod demo;
pub mod issue;
pub mod pipeline;
pub mod schedule;
pub mod serve;
