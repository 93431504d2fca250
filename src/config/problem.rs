//! Problems: what is wrong in a file a person wrote, where, and how to mend it.

use std::{ops::Range, path::PathBuf, sync::Arc};

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Whether anything can go on with it.
    pub level: Level,
    /// The file.
    pub file: PathBuf,
    /// The whole text of the file, for the line and the caret; empty when it could not be read.
    pub text: Arc<str>,
    /// The bytes of the text that are meant; `None` when the file as a whole is.
    pub span: Option<Range<usize>>,
    /// What is wrong, in one sentence: lower case, no full stop, user values in backticks.
    pub sentence: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// Whether anything can go on with a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing runs before this is mended
    Error,
    /// It works, but is hardly meant
    Warning,
}

/// All the mistakes of a configuration.
pub type Problems = Vec<Problem>;
