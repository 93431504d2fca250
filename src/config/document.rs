//! Documents: a TOML file that a person wrote, read as a whole, and where its problems are gathered.
//!
//! A [`Document`] gives its values as a [`Table`], which is walked by hand so that every mistake is
//! found at once.

use std::{
    cell::RefCell,
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::{Spanned, de::DeTable};

use super::{Level, Problem, Problems};

pub(super) use super::{
    spelling::{listed, nearest},
    table::{Found, Table},
};

/// The largest file that a person can have meant.
const LARGEST: u64 = 4 << 20;

/// A file that a person wrote.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) text: Arc<str>,
}

impl Document {
    /// A text that stands in a file, or will; a byte order mark is no part of it.
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.trim_start_matches('\u{feff}').into(),
        }
    }

    /// Reads a file; the problem says why it cannot be.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let wrong = |sentence: String, help: Option<&str>| {
            Self::new(path, "").problem(Level::Error, None, sentence, help.map(str::to_owned))
        };
        let size = std::fs::metadata(path).map(|file| file.len());
        let bytes = match size {
            Ok(size) if size > LARGEST => {
                return Err(wrong(
                    format!("this file is too large: {size} bytes of at most {LARGEST}"),
                    Some("is it the file that you meant?"),
                ));
            }
            Ok(_) => std::fs::read(path),
            Err(e) => Err(e),
        };
        match bytes {
            Ok(bytes) => {
                String::from_utf8(bytes)
                    .map(|text| Self::new(path, &text))
                    .map_err(|e| {
                        // What stands before the first wrong byte keeps its place in the readable text.
                        let start = e.utf8_error().valid_up_to();
                        let document = Self {
                            path: path.to_owned(),
                            text: String::from_utf8_lossy(e.as_bytes()).into(),
                        };
                        document.problem(
                            Level::Error,
                            Some(start..start + '\u{fffd}'.len_utf8()),
                            "this is not UTF-8",
                            Some("save the file as UTF-8".to_owned()),
                        )
                    })
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(wrong(
                "this file does not exist".to_owned(),
                Some("`circular init` writes one to begin with"),
            )),
            Err(e) => Err(wrong(format!("this file cannot be read: {e}"), None)),
        }
    }

    /// The line that a byte of the text stands on, counted from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or(&self.text);
        1 + before.matches('\n').count()
    }

    pub(super) fn problem(
        &self,
        level: Level,
        span: Option<Range<usize>>,
        sentence: impl Into<String>,
        help: Option<String>,
    ) -> Problem {
        Problem {
            level,
            file: self.path.clone(),
            text: Arc::clone(&self.text),
            span,
            sentence: sentence.into(),
            help,
        }
    }

    /// The values of the file; what is not TOML is reported and left out.
    pub(super) fn parse<'d>(&'d self, problems: &Sink) -> Spanned<DeTable<'d>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in errors {
            problems.push(self.problem(
                Level::Error,
                error.span(),
                error.message().replace('\n', " "),
                None,
            ));
        }
        table
    }
}

/// Where problems are gathered.
#[derive(Debug, Default)]
pub(super) struct Sink(RefCell<Problems>);

impl Sink {
    pub(super) fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    pub(super) fn extend(&self, problems: Problems) {
        self.0.borrow_mut().extend(problems);
    }

    pub(super) fn into_problems(self) -> Problems {
        self.0.into_inner()
    }
}
