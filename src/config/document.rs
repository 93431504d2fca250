//! Documents: a TOML file walked by hand, so that every mistake in it is found at once.
//!
//! serde stops at the first wrong type. [`Table`] hands out values by key and type instead, notes
//! what is wrong with each and goes on, and at the end names the keys that nobody asked for, each
//! with the nearest name that is known.

use std::{
    cell::RefCell,
    fmt::Display,
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Level, Problem, Problems};

/// The largest file that a person can have meant.
const LARGEST: u64 = 4 << 20;

/// A file that a person wrote.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    pub(super) text: Arc<str>,
}

impl Document {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.into(),
        }
    }

    /// Reads a file; a sentence says why it cannot be.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let wrong = |sentence: String, help: Option<&str>| {
            Self::new(path, "").problem(Level::Error, None, sentence, help.map(str::to_owned))
        };
        let size = std::fs::metadata(path).map(|file| file.len());
        let bytes = match size {
            Ok(size) if size > LARGEST => {
                return Err(wrong(
                    format!("this file is too large: {size} bytes of at most {LARGEST}"),
                    None,
                ));
            }
            Ok(_) => std::fs::read(path),
            Err(e) => Err(e),
        };
        match bytes {
            Ok(bytes) => String::from_utf8(bytes)
                .map(|text| Self::new(path, text.trim_start_matches('\u{feff}')))
                .map_err(|e| {
                    let line = 1 + e.as_bytes()[..e.utf8_error().valid_up_to()]
                        .iter()
                        .filter(|b| **b == b'\n')
                        .count();
                    wrong(
                        format!("line {line} is not UTF-8"),
                        Some("save the file as UTF-8"),
                    )
                }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(wrong(
                "this file does not exist".to_owned(),
                Some("`circular init` writes one to begin with"),
            )),
            Err(e) => Err(wrong(format!("this file cannot be read: {e}"), None)),
        }
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

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// One table of a document.
pub(super) struct Table<'d> {
    pub(super) document: &'d Document,
    table: &'d DeTable<'d>,
    /// As a person would call it: `[fetch]`.
    name: String,
    span: Range<usize>,
    sink: &'d Sink,
    known: RefCell<Vec<&'static str>>,
}

impl<'d> Table<'d> {
    pub(super) fn root(
        document: &'d Document,
        table: &'d Spanned<DeTable<'d>>,
        sink: &'d Sink,
    ) -> Self {
        Self::new(document, table.get_ref(), "the file".to_owned(), 0..0, sink)
    }

    fn new(
        document: &'d Document,
        table: &'d DeTable<'d>,
        name: String,
        span: Range<usize>,
        sink: &'d Sink,
    ) -> Self {
        Self {
            document,
            table,
            name,
            span,
            sink,
            known: RefCell::default(),
        }
    }

    /// The place of the table's head.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub(super) fn error(
        &self,
        span: Range<usize>,
        sentence: impl Into<String>,
        help: Option<String>,
    ) {
        self.sink.push(
            self.document
                .problem(Level::Error, Some(span), sentence, help),
        );
    }

    pub(super) fn warn(
        &self,
        span: Range<usize>,
        sentence: impl Into<String>,
        help: Option<String>,
    ) {
        self.sink.push(
            self.document
                .problem(Level::Warning, Some(span), sentence, help),
        );
    }

    fn get(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.known.borrow_mut().push(key);
        self.table.get(key)
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(
            value.span(),
            format!("`{key}` takes {wanted}, not {found}"),
            None,
        );
    }

    /// A text.
    pub(super) fn text(&self, key: &'static str) -> Option<Found<String>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Found {
                value: text.clone().into_owned(),
                span: value.span(),
            }),
            _ => {
                self.wrong_type(key, value, "a text in quotes");
                None
            }
        }
    }

    /// A text that must be there and say something.
    pub(super) fn required(&self, key: &'static str, example: &str) -> Option<Found<String>> {
        if !self.table.contains_key(key) {
            self.known.borrow_mut().push(key);
            self.error(
                self.span(),
                format!("{} lacks `{key}`", self.name),
                Some(format!("add `{key} = {example}`")),
            );
            return None;
        }
        let text = self.text(key)?;
        if text.value.trim().is_empty() {
            self.error(
                text.span,
                format!("`{key}` is empty"),
                Some(format!("write `{key} = {example}`")),
            );
            return None;
        }
        Some(text)
    }

    /// A text with a meaning; the reader's error is a sentence that follows the value.
    pub(super) fn parsed<T, E: Display>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Found<T>> {
        let text = self.text(key)?;
        match read(&text.value) {
            Ok(value) => Some(Found {
                value,
                span: text.span,
            }),
            Err(e) => {
                self.error(text.span, e.to_string(), None);
                None
            }
        }
    }

    /// True or false.
    pub(super) fn boolean(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        if let DeValue::Boolean(yes) = value.get_ref() {
            return Some(*yes);
        }
        self.wrong_type(key, value, "true or false");
        None
    }

    /// A whole number between two others.
    pub(super) fn integer(
        &self,
        key: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => {
                self.wrong_type(key, value, "a whole number");
                return None;
            }
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = (range.start(), range.end());
            self.error(
                value.span(),
                format!("`{key}` takes a whole number from {from} to {to}"),
                None,
            );
        }
        number
    }

    /// A number.
    pub(super) fn number(
        &self,
        key: &'static str,
        range: std::ops::RangeInclusive<f64>,
    ) -> Option<f64> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => {
                self.wrong_type(key, value, "a number");
                return None;
            }
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = (range.start(), range.end());
            self.error(
                value.span(),
                format!("`{key}` takes a number from {from} to {to}"),
                None,
            );
        }
        number
    }

    /// A list of texts; what is no text is reported and left out.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Found<String>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(values) = value.get_ref() else {
            self.wrong_type(key, value, "a list of texts in brackets");
            return Vec::new();
        };
        values
            .iter()
            .filter_map(|value| match value.get_ref() {
                DeValue::String(text) => Some(Found {
                    value: text.clone().into_owned(),
                    span: value.span(),
                }),
                _ => {
                    self.wrong_type(key, value, "texts in quotes");
                    None
                }
            })
            .collect()
    }

    /// A table within.
    pub(super) fn table(&self, key: &'static str, name: &str) -> Option<Table<'d>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(self.child(table, name.to_owned(), value.span())),
            _ => {
                self.wrong_type(key, value, "a table");
                None
            }
        }
    }

    /// All tables of a kind: `[[source]]`.
    pub(super) fn tables(&self, key: &'static str, name: &str) -> Vec<Table<'d>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(values) = value.get_ref() else {
            self.error(
                value.span(),
                format!("`{key}` is written as {name}, with two brackets, once for each"),
                None,
            );
            return Vec::new();
        };
        values
            .iter()
            .filter_map(|value| match value.get_ref() {
                DeValue::Table(table) => Some(self.child(table, name.to_owned(), value.span())),
                _ => {
                    self.wrong_type(key, value, "tables");
                    None
                }
            })
            .collect()
    }

    /// Every key of a table whose keys are free, with its value.
    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (Found<String>, &'d Spanned<DeValue<'d>>)> + use<'d> {
        self.table.iter().map(|(key, value)| {
            (
                Found {
                    value: key.get_ref().clone().into_owned(),
                    span: key.span(),
                },
                value,
            )
        })
    }

    /// The same table once more, to report into; it finishes nothing.
    pub(super) fn again(&self) -> Table<'d> {
        Table::new(self.document, self.table, self.name.clone(), self.span(), self.sink)
    }

    /// A table that stands as a value of [`Self::entries`].
    pub(super) fn child(
        &self,
        table: &'d DeTable<'d>,
        name: String,
        span: Range<usize>,
    ) -> Table<'d> {
        Table::new(self.document, table, name, span, self.sink)
    }

    /// Names the keys that nobody asked for.
    pub(super) fn finish(self) {
        let known = self.known.borrow();
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let help = nearest(name, known.iter().copied())
                    .map(|near| format!("did you mean `{near}`?"))
                    .or_else(|| Some(format!("it takes {}", listed(known.iter().copied()))));
                self.error(
                    key.span(),
                    format!("{} has no key `{name}`", self.name),
                    help,
                );
            }
        }
    }
}

/// The known word that a mistyped one is nearest to, if any is near.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words as a list: `a`, `b` and `c`.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    words.sort_unstable();
    words.dedup();
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} and {last}", words.join(", ")),
        None => "nothing".to_owned(),
    }
}
