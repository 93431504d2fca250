//! Configuration: feeds.toml, areas.toml and templates/ read, proved and made into [`crate::model::Settings`].

mod problem;

pub use problem::{Level, Problem, Problems};
