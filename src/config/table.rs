//! Tables: the values of a document by key and type, with every mistake in them noted.
//!
//! serde stops at the first wrong type. A [`Table`] hands out values one by one instead, notes what is
//! wrong with each and goes on, and at the end names the keys that nobody asked for, each with the
//! nearest name that is known.

use std::{cell::RefCell, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Level,
    document::{Document, Sink},
    spelling::{listed, nearest},
    value::Misread,
    wanted::Wanted,
};

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// One table of a document.
pub(super) struct Table<'d> {
    pub(super) document: &'d Document,
    values: &'d DeTable<'d>,
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
            values: table,
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
        // What was read on a line that is not TOML is no second mistake.
        if !self.document.is_torn_at(span.start) {
            let problem = self
                .document
                .problem(Level::Error, Some(span), sentence, help);
            self.sink.push(problem);
        }
    }

    /// Notes that something is not there, unless it may have been lost with a line that is not TOML.
    pub(super) fn missing(&self, sentence: impl Into<String>, help: String) {
        if !self.document.lost_keys() {
            self.error(self.span(), sentence, Some(help));
        }
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

    /// The place of a key, if it is there.
    pub(super) fn key(&self, key: &'static str) -> Option<Range<usize>> {
        let (written, _) = self.values.get_key_value(key)?;
        self.known.borrow_mut().push(key);
        Some(written.span())
    }

    fn get(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.known.borrow_mut().push(key);
        self.values.get(key)
    }

    /// Notes a value of another type than a key takes.
    fn wrong_type(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        wanted: Wanted,
        help: Option<String>,
    ) {
        let (sentence, usual) = wanted.not(key, value.get_ref(), self.written(value));
        self.error(value.span(), sentence, help.or(Some(usual)));
    }

    /// A value as it stands in the file.
    fn written(&self, value: &Spanned<DeValue<'_>>) -> &'d str {
        self.document.text.get(value.span()).unwrap_or_default()
    }

    /// A text.
    pub(super) fn text(&self, key: &'static str) -> Option<Found<String>> {
        let value = self.get(key)?;
        let text = text_of(value);
        if text.is_none() {
            self.wrong_type(key, value, Wanted::Text, None);
        }
        text
    }

    /// A text that must be there and say something.
    pub(super) fn required(&self, key: &'static str, example: &str) -> Option<Found<String>> {
        if !self.values.contains_key(key) {
            self.known.borrow_mut().push(key);
            self.missing(
                format!("{} lacks `{key}`", self.name),
                format!("add `{key} = {example}`"),
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

    /// A text with a meaning, which the reader knows.
    pub(super) fn parsed<T, E: Into<Misread>>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Found<T>> {
        let value = self.get(key)?;
        let Some(text) = text_of(value) else {
            // `60` is no text, and no duration either: what it should look like says more.
            let help = read(self.written(value)).err().and_then(|e| e.into().help);
            self.wrong_type(key, value, Wanted::Text, help);
            return None;
        };
        match read(&text.value) {
            Ok(value) => Some(Found {
                value,
                span: text.span,
            }),
            Err(e) => {
                self.misread(text.span, e);
                None
            }
        }
    }

    /// Notes that a text does not mean what it should.
    pub(super) fn misread(&self, span: Range<usize>, misread: impl Into<Misread>) {
        let misread = misread.into();
        if misread.secret {
            self.hidden(&span, &misread.sentence, misread.help);
        } else {
            self.error(span, misread.sentence, misread.help);
        }
    }

    /// Notes a mistake in a line that is not to be shown, as it holds a secret.
    pub(super) fn hidden(&self, span: &Range<usize>, sentence: &str, help: Option<String>) {
        let line = self.document.line(span.start);
        self.error(0..0, format!("line {line}: {sentence}"), help);
    }

    /// True or false.
    pub(super) fn boolean(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        if let DeValue::Boolean(yes) = value.get_ref() {
            return Some(*yes);
        }
        self.wrong_type(key, value, Wanted::Boolean, None);
        None
    }

    /// A whole number between two others.
    pub(super) fn integer(
        &self,
        key: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.get(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_type(key, value, Wanted::Whole, None);
            return None;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = (range.start(), range.end());
            self.out_of_range(key, value, &format!("a whole number from {from} to {to}"));
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
                self.wrong_type(key, value, Wanted::Number, None);
                return None;
            }
        };
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = (range.start(), range.end());
            self.out_of_range(key, value, &format!("a number from {from} to {to}"));
        }
        number
    }

    fn out_of_range(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let sentence = format!("`{key}` cannot be `{}`", self.written(value));
        self.error(value.span(), sentence, Some(format!("it takes {wanted}")));
    }

    /// A list of texts; what is no text is reported and left out.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Found<String>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(values) = value.get_ref() else {
            self.wrong_type(key, value, Wanted::Texts, None);
            return Vec::new();
        };
        values
            .iter()
            .filter_map(|value| {
                let text = text_of(value);
                if text.is_none() {
                    let sentence = format!("`{key}` lists texts, and this is none");
                    let help = "put each in quotes, with commas between".to_owned();
                    self.error(value.span(), sentence, Some(help));
                }
                text
            })
            .collect()
    }

    /// A table within.
    pub(super) fn table(&self, key: &'static str, name: &str) -> Option<Table<'d>> {
        let value = self.get(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key, value, Wanted::Table, None);
            return None;
        };
        Some(self.child(table, name.to_owned(), value.span()))
    }

    /// All tables of a kind: `[[source]]`.
    pub(super) fn tables(&self, key: &'static str, name: &str) -> Vec<Table<'d>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(values) = value.get_ref() else {
            self.error(
                value.span(),
                format!("`{key}` is not written as {name}"),
                Some(format!("write {name}, with two brackets, once for each")),
            );
            return Vec::new();
        };
        values
            .iter()
            .filter_map(|value| {
                let DeValue::Table(table) = value.get_ref() else {
                    self.wrong_type(key, value, Wanted::Table, None);
                    return None;
                };
                Some(self.child(table, name.to_owned(), value.span()))
            })
            .collect()
    }

    /// One table, or a list of them.
    pub(super) fn one_or_more(&self, key: &'static str, name: &str) -> Vec<Table<'d>> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(_)) => self.tables(key, name),
            _ => self.table(key, name).into_iter().collect(),
        }
    }

    /// Every key of a table whose keys are free, with its value.
    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (Found<String>, &'d Spanned<DeValue<'d>>)> + use<'d> {
        self.values.iter().map(|(key, value)| {
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
        Table::new(
            self.document,
            self.values,
            self.name.clone(),
            self.span(),
            self.sink,
        )
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
        self.sink.ask(&self.name, &self.known.borrow());
        if self.document.lost_keys() {
            return;
        }
        let known = self.known.borrow();
        for (key, _) in self.values {
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

fn text_of(value: &Spanned<DeValue<'_>>) -> Option<Found<String>> {
    let DeValue::String(text) = value.get_ref() else {
        return None;
    };
    Some(Found {
        value: text.clone().into_owned(),
        span: value.span(),
    })
}
