//! Documents: a TOML file that a person wrote, read as a whole, and where its problems are gathered.
//!
//! A [`Document`] gives its values as a [`Table`], which is walked by hand so that every mistake is
//! found at once.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet},
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::{Spanned, de::DeTable};

use super::{Keys, Level, Problem, Problems};

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
    /// The lines that are not TOML, and whether keys may have been lost with them.
    torn: RefCell<Torn>,
    /// The text without those lines.
    mended: OnceCell<String>,
    /// Where its lines end.
    ends: OnceCell<Vec<usize>>,
}

#[derive(Clone, Debug, Default)]
struct Torn {
    lines: BTreeSet<usize>,
    keys: bool,
}

impl Document {
    /// A text that stands in a file, or will; a byte order mark is no part of it.
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.trim_start_matches('\u{feff}').into(),
            torn: RefCell::default(),
            mended: OnceCell::new(),
            ends: OnceCell::new(),
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
                            torn: RefCell::default(),
                            mended: OnceCell::new(),
                            ends: OnceCell::new(),
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
        // Every source asks, so that counting from the top each time would cost the square of a long file.
        let ends = self.ends.get_or_init(|| {
            let ends = self.text.match_indices('\n');
            ends.map(|(end, _)| end).collect()
        });
        1 + ends.partition_point(|end| *end < at)
    }

    pub(super) fn problem(
        &self,
        level: Level,
        span: Option<Range<usize>>,
        sentence: impl Into<String>,
        help: Option<String>,
    ) -> Problem {
        let help = help.map(|help| printable(&help));
        Problem {
            level,
            file: self.path.clone(),
            text: Arc::clone(&self.text),
            span,
            sentence: printable(&sentence.into()),
            help,
        }
    }

    /// The values of the file; what is not TOML is reported and left out.
    pub(super) fn parse<'d>(&'d self, problems: &Sink) -> Spanned<DeTable<'d>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        if errors.is_empty() {
            return table;
        }
        for error in &errors {
            let span = error.span().unwrap_or_default();
            let line = self.line(span.start);
            let mut torn = self.torn.borrow_mut();
            torn.keys |= error.message() != "duplicate key";
            if torn.lines.insert(line) {
                let word = self.text.get(span.clone()).unwrap_or_default();
                let (sentence, help) = told(error.message(), word);
                problems.push(self.problem(Level::Error, Some(span), sentence, Some(help)));
            }
        }
        // The parser leaves out the rest of a table behind some mistakes, so it reads the file again
        // without those lines. What is wrong only then comes from leaving them out.
        let mended = self.mended.get_or_init(|| self.without(&errors));
        DeTable::parse_recoverable(mended).0
    }

    /// The text with spaces for the lines that are not TOML, so that all else keeps its place.
    fn without(&self, errors: &[toml::de::Error]) -> String {
        let mut text = self.text.to_string();
        let mut starts: Vec<usize> = starts(errors);
        for _ in 0..MENDINGS {
            for start in starts {
                let start = text.floor_char_boundary(start);
                let (before, behind) = text.split_at(start);
                let from = before.rfind('\n').map_or(0, |at| at + 1);
                let to = behind.find('\n').map_or(text.len(), |at| start + at);
                let blank = " ".repeat(to - from);
                text.replace_range(from..to, &blank);
            }
            starts = self::starts(&DeTable::parse_recoverable(&text).1);
            if starts.is_empty() {
                break;
            }
        }
        text
    }

    /// Whether a place is on a line that is not TOML, so that what was read there says nothing.
    pub(super) fn is_torn_at(&self, at: usize) -> bool {
        let torn = self.torn.borrow();
        !torn.lines.is_empty() && torn.lines.contains(&self.line(at))
    }

    /// Whether keys may have been lost, or be in another table than they were meant for.
    pub(super) fn lost_keys(&self) -> bool {
        self.torn.borrow().keys
    }
}

/// How often a file is read anew without the lines that are not TOML.
const MENDINGS: usize = 8;

fn starts(errors: &[toml::de::Error]) -> Vec<usize> {
    errors
        .iter()
        .filter_map(|error| Some(error.span()?.start))
        .take(100)
        .collect()
}

/// A mistake of TOML in our words, and how to mend it.
fn told(message: &str, word: &str) -> (String, String) {
    let of_a_value = !message.contains("key") && !message.contains("table");
    if of_a_value && !word.trim().is_empty() && !word.contains(['"', '\'', '\n']) {
        let plain = word.trim_matches(['“', '”', '„', '«', '»', '‘', '’']);
        let quotes = if plain == word {
            "quotes"
        } else {
            "straight quotes"
        };
        return (
            format!("`{word}` is no value"),
            format!("a text stands in {quotes}: `\"{plain}\"`"),
        );
    }
    let help = if message.contains("duplicate key") {
        "a key stands once in its table; take one of the two out"
    } else if message.contains("multi-line") {
        "a text of several lines ends with the three quotes that it begins with"
    } else if message.contains("string") {
        "a text ends with the quote that it begins with, on the same line"
    } else if message.contains("table") {
        "the head of a table is a name in brackets, such as `[fetch]` or `[[source]]`"
    } else if message.contains("array") {
        "a list stands in brackets, with commas between: `[\"sdg\", \"climate\"]`"
    } else {
        "a line reads `key = \"value\"`; a comment begins with `#`"
    };
    (message.replace('\n', " "), help.to_owned())
}

/// A text with nothing in it that a terminal obeys.
fn printable(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            plain.extend(c.escape_default());
        } else {
            plain.push(c);
        }
    }
    plain
}

/// Where problems are gathered.
#[derive(Debug, Default)]
pub(super) struct Sink {
    problems: RefCell<Problems>,
    /// Every key that was looked for, by its table.
    asked: RefCell<BTreeMap<String, Vec<&'static str>>>,
}

impl Sink {
    pub(super) fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Notes which keys a table was asked for; of thousands of a kind, the first says nearly all.
    pub(super) fn ask(&self, table: &str, keys: &[&'static str]) {
        let mut asked = self.asked.borrow_mut();
        if let Some(known) = asked.get_mut(table) {
            for key in keys {
                if !known.contains(key) {
                    known.push(key);
                }
            }
        } else {
            asked.insert(table.to_owned(), keys.to_vec());
        }
    }

    /// How many problems there are so far.
    pub(super) fn len(&self) -> usize {
        self.problems.borrow().len()
    }

    /// Puts problems in front of those that came after the first so many.
    pub(super) fn insert(&self, at: usize, problems: Problems) {
        self.problems.borrow_mut().splice(at..at, problems);
    }

    pub(super) fn into_problems(self) -> Problems {
        self.problems.into_inner()
    }

    pub(super) fn into_parts(self) -> (Problems, Keys) {
        let asked = self.asked.into_inner().into_iter();
        let keys = asked.flat_map(|(table, keys)| {
            let keys = keys.into_iter();
            keys.map(move |key| (table.clone(), key))
        });
        (self.problems.into_inner(), keys.collect())
    }
}
