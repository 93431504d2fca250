//! areas.toml: the policy areas, read with every mistake at once.

use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
    path::{Path, PathBuf},
    thread::{Builder, JoinHandle},
};

use toml::de::DeValue;

use super::{
    Problems,
    document::{Document, Found, Sink, Table, listed},
};
use crate::model::{Area, AreaId, Company, Example, Language, Term};

/// The areas that circular comes with.
pub const DEFAULT: &str = include_str!("../../areas.toml");

/// Reads the areas of a file; those that circular comes with where there is none.
pub fn load(path: &Path) -> (Vec<Area>, Problems) {
    if !path.exists() {
        return parse(path, DEFAULT);
    }
    match Document::read(path) {
        Ok(document) => read(&document),
        Err(problem) => (Vec::new(), vec![problem]),
    }
}

/// The areas of a file, which is read on a thread of its own while feeds.toml is: who first asks for
/// them waits.
pub(super) struct Reading {
    file: PathBuf,
    thread: RefCell<Option<JoinHandle<Read>>>,
    read: OnceCell<Read>,
}

type Read = (Vec<Area>, Problems);

impl Reading {
    pub(super) fn begin(file: &Path) -> Self {
        let path = file.to_owned();
        Self {
            file: file.to_owned(),
            // Where no thread is to be had, whoever asks reads.
            thread: RefCell::new(Builder::new().spawn(move || load(&path)).ok()),
            read: OnceCell::new(),
        }
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(|| match self.thread.take() {
            Some(thread) => thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            None => load(&self.file),
        })
    }

    pub(super) fn areas(&self) -> &[Area] {
        &self.read().0
    }

    pub(super) fn into_parts(self) -> Read {
        self.read();
        self.read.into_inner().unwrap_or_default()
    }
}

/// Reads areas from a text; `file` is what its problems name.
pub fn parse(file: &Path, text: &str) -> (Vec<Area>, Problems) {
    read(&Document::new(file, text))
}

fn read(document: &Document) -> (Vec<Area>, Problems) {
    let sink = Sink::default();
    let table = document.parse(&sink);
    let top = Table::root(document, &table, &sink);
    let mut areas: Vec<Area> = Vec::new();
    for table in top.tables("area", "[[area]]") {
        let area = area(table, &areas);
        areas.push(area);
    }
    if areas.is_empty() {
        top.error(
            0..0,
            "there is no area",
            Some("add one as `[[area]]` with `id`, `names` and `terms`".to_owned()),
        );
    }
    top.finish();
    drop(table);
    (areas, sink.into_problems())
}

fn area(table: Table<'_>, known: &[Area]) -> Area {
    let id = table.required("id", "\"open-access\"");
    if let Some(id) = &id {
        if !super::is_id(&id.value) {
            let help = Some("small letters, digits and dashes".to_owned());
            table.error(
                id.span.clone(),
                format!("`{}` cannot be an id", id.value),
                help,
            );
        }
        if known.iter().any(|area| area.id.as_str() == id.value) {
            table.error(
                id.span.clone(),
                format!("there are two areas `{}`", id.value),
                None,
            );
        }
    }
    let names = words(&table, "names");
    if names.is_empty() {
        let help = Some(
            "add `[area.names]` with a line for each language, such as `en = \"Open access\"`"
                .to_owned(),
        );
        table.error(table.span(), "an area has no name", help);
    }
    let area = Area {
        id: AreaId::new(id.map(|id| id.value).unwrap_or_default()),
        names,
        descriptions: words(&table, "descriptions"),
        weight: table.number("weight", 0.1..=10.0).unwrap_or(1.0),
        terms: terms(&table),
        examples: examples(&table, "examples"),
        counterexamples: examples(&table, "counterexamples"),
    };
    table.finish();
    area
}

/// One text a language.
fn words(table: &Table<'_>, key: &'static str) -> BTreeMap<Language, String> {
    let mut found = BTreeMap::new();
    for (language, key, value, table) in by_language(table, key) {
        let Some(language) = language else { continue };
        match value {
            DeValue::String(text) if !text.trim().is_empty() => {
                found.insert(language, text.trim().to_owned());
            }
            _ => table.error(
                key.span,
                format!("`{}` takes a text in quotes", key.value),
                None,
            ),
        }
    }
    found
}

fn terms(table: &Table<'_>) -> Vec<Term> {
    let mut terms = Vec::new();
    for (language, key, value, table) in by_language(table, "terms") {
        let DeValue::Array(values) = value else {
            table.error(
                key.span,
                format!("`{}` takes a list of terms in brackets", key.value),
                None,
            );
            continue;
        };
        for value in values {
            match value.get_ref() {
                DeValue::String(text) if !text.trim().is_empty() => terms.push(Term {
                    text: text.clone().into_owned(),
                    language,
                    weight: 1.0,
                    near: Vec::new(),
                    except: Vec::new(),
                    alone: false,
                }),
                DeValue::Table(inner) => {
                    let table = table.child(inner, "a term".to_owned(), value.span());
                    let text = table.required("term", "\"treaty\"");
                    let near = table.texts("near").into_iter().map(|near| Company { text: near.value }).collect();
                    let except = table.texts("except").into_iter().map(|text| text.value).collect();
                    let weight = table.number("weight", 0.05..=5.0).unwrap_or(1.0);
                    let alone = table.boolean("alone").unwrap_or(false);
                    table.finish();
                    if let Some(text) = text {
                        terms.push(Term { text: text.value, language, weight, near, except, alone });
                    }
                }
                _ => table.error(
                    value.span(),
                    "a term is a text in quotes, or `{ term = …, weight = …, near = […], except = […], alone = … }`",
                    None,
                ),
            }
        }
    }
    terms
}

fn examples(table: &Table<'_>, key: &'static str) -> Vec<Example> {
    let mut examples = Vec::new();
    for (language, key, value, table) in by_language(table, key) {
        let (DeValue::Array(values), Some(language)) = (value, language) else {
            table.error(
                key.span,
                format!("`{}` takes a list of texts in brackets", key.value),
                None,
            );
            continue;
        };
        for value in values {
            match value.get_ref() {
                DeValue::String(text) => examples.push(Example {
                    text: text.clone().into_owned(),
                    language,
                }),
                _ => table.error(value.span(), "an example is a text in quotes", None),
            }
        }
    }
    examples
}

/// The entries of a table whose keys are languages; `all` holds in every one.
fn by_language<'d>(
    table: &Table<'d>,
    key: &'static str,
) -> Vec<(Option<Language>, Found<String>, &'d DeValue<'d>, Table<'d>)> {
    let Some(inner) = table.table(key, &format!("`{key}`")) else {
        return Vec::new();
    };
    let entries: Vec<_> = inner.entries().collect();
    entries
        .into_iter()
        .filter_map(|(key, value)| {
            let language = Language::ALL
                .into_iter()
                .find(|language| language.code() == key.value);
            if language.is_none() && key.value != "all" {
                let codes = listed(Language::ALL.iter().map(|l| l.code()).chain(["all"]));
                inner.error(
                    key.span,
                    format!(
                        "`{}` is no language of an area; there are {codes}",
                        key.value
                    ),
                    None,
                );
                return None;
            }
            Some((language, key, value.get_ref(), inner.again()))
        })
        .collect()
}
