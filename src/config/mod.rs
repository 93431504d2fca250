//! Configuration: feeds.toml, areas.toml and templates/ read, proved and made into [`Settings`].
//!
//! [`load`] reads everything and reports every mistake at once, each with file, line, caret, sentence
//! and help ([`report`]). [`edit`] writes sources into feeds.toml and keeps comments and order.
//!
//! Deliberate limit: what a schedule or a selector may say is known elsewhere; the caller hands in
//! the checks ([`Checks`]), as edges do not import one another.

pub mod areas;
mod digests;
mod document;
pub mod draft;
pub mod edit;
pub mod look;
mod look_css;
mod look_theme;
mod mail;
mod problem;
mod publication;
pub mod reference;
mod serve;
mod signing;
mod sources;
mod spelling;
mod starter;
mod table;
mod value;
mod wanted;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use document::{Document, Sink, Table, listed, nearest};

use crate::model::{AreaId, FetchSettings, Settings, Source};

pub use problem::{Level, Problem, Problems, report};
pub use signing::{KeyPlace, key_places};
pub use starter::starter;
pub use value::{Misread, duration, mail_address, rate, size};

/// What only other rooms can check.
pub struct Checks<'a> {
    /// A line of crontab(5); the error is a sentence.
    pub schedule: &'a dyn Fn(&str) -> Result<(), String>,
    /// A CSS selector with an optional `@attribute`; the error is a sentence.
    pub selector: &'a dyn Fn(&str) -> Result<(), String>,
    /// The text of a key to sign with; the error is the end of a sentence, and holds nothing of it.
    pub key: &'a dyn Fn(&str) -> Result<(), String>,
}

/// A configuration, read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it means; `None` when a mistake forbids to go on.
    pub settings: Option<Settings>,
    /// Every mistake.
    pub problems: Problems,
    /// Every key that was looked for: what the [`mod@reference`] is held against.
    pub keys: Keys,
}

/// Keys with the tables that they stand in.
pub type Keys = BTreeSet<(String, &'static str)>;

/// Reads feeds.toml, the files it includes, areas.toml and templates/.
pub fn load(file: &Path, checks: &Checks<'_>) -> Loaded {
    let sink = Sink::default();
    let settings = read(file, checks, &sink);
    let (problems, keys) = sink.into_parts();
    let problems = in_order(problems);
    let broken = problems.iter().any(|problem| problem.level == Level::Error);
    Loaded {
        settings: settings.filter(|_| !broken),
        problems,
        keys,
    }
}

/// The problems file by file as they were read, and in each from its head to its end.
fn in_order(mut problems: Problems) -> Problems {
    let mut files: Vec<PathBuf> = Vec::new();
    for problem in &problems {
        if !files.contains(&problem.file) {
            files.push(problem.file.clone());
        }
    }
    problems.sort_by_cached_key(|problem| {
        let file = files.iter().position(|file| *file == problem.file);
        (file, problem.span.as_ref().map(|span| span.start))
    });
    problems
}

fn read(file: &Path, checks: &Checks<'_>, sink: &Sink) -> Option<Settings> {
    let document = match Document::read(file) {
        Ok(document) => document,
        Err(problem) => {
            sink.push(problem);
            return None;
        }
    };
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // An absolute root, so that what is written does not depend on where the call was made.
    let root = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let table = document.parse(sink);
    let top = Table::root(&document, &table, sink);
    let includes = top.texts("include");
    let paths = publication::paths(&top, &root);
    let areas = areas::Reading::begin(&paths.areas);
    let (look, look_problems) = look::load(&paths.templates);
    let before = sink.len();
    let publication = publication::publication(&top);
    let fetch = fetch(&top);
    let serve = serve::serve(&top);
    let keep_items = serve::keep_items(&top);
    let language = publication
        .as_ref()
        .map_or(crate::model::Language::En, |publication| {
            publication.language
        });
    let digests = digests::digests(&top, language, &areas, checks);
    let mail = mail::mail(&top, &root, publication.as_ref(), checks);
    let mut reader = sources::SourceReader::new(&areas, checks);
    reader.read(&top);
    included(&document.path, &includes, &top, &mut reader, sink);
    top.finish();
    let sources: Vec<Source> = reader.into_sources();
    // They are told where their files were read, before what comes later in feeds.toml.
    let (areas, area_problems) = areas.into_parts();
    sink.insert(before, look_problems);
    sink.insert(before, area_problems);
    Some(Settings {
        publication: publication?,
        paths,
        fetch,
        mail: mail?,
        serve,
        keep_items,
        digests,
        sources,
        areas,
        look,
    })
}

/// Reads the sources of the files that `include` names.
fn included(
    file: &Path,
    includes: &[document::Found<String>],
    top: &Table<'_>,
    reader: &mut sources::SourceReader<'_>,
    sink: &Sink,
) {
    let mut seen = BTreeSet::from([canonical(file)]);
    for pattern in includes {
        let folder = file.parent().unwrap_or(Path::new("."));
        let files = matching(folder, &pattern.value);
        if files.is_empty() {
            let sentence = format!("`{}` matches no file", pattern.value);
            if pattern.value.contains('*') {
                let help = "a section's file goes there, such as `sections/africa.toml`".to_owned();
                top.warn(pattern.span.clone(), sentence, Some(help));
            } else {
                let help = "paths are relative to the folder of feeds.toml".to_owned();
                top.error(pattern.span.clone(), sentence, Some(help));
            }
        }
        for path in files {
            let own = canonical(&path) == canonical(file);
            if own || !seen.insert(canonical(&path)) {
                let name = path.strip_prefix(folder).unwrap_or(&path).display();
                let (sentence, help) = if own {
                    (
                        format!("`{name}` includes itself"),
                        "keep the sections' files in a folder of their own, such as `sections/*.toml`",
                    )
                } else {
                    (format!("`{name}` is included twice"), "name each file once")
                };
                top.error(pattern.span.clone(), sentence, Some(help.to_owned()));
                continue;
            }
            match Document::read(&path) {
                Ok(document) => section(&document, reader, sink),
                Err(problem) => sink.push(problem),
            }
        }
    }
}

/// feeds.toml and the files that it includes, as far as they can be read.
pub fn files(file: &Path) -> Vec<PathBuf> {
    let mut files = vec![file.to_owned()];
    if let Ok(document) = Document::read(file) {
        let sink = Sink::default();
        let table = document.parse(&sink);
        let folder = file.parent().unwrap_or(Path::new("."));
        let patterns = Table::root(&document, &table, &sink).texts("include");
        files.extend(
            patterns
                .iter()
                .flat_map(|pattern| matching(folder, &pattern.value)),
        );
    }
    files
}

/// Reads the file of a section, which holds sources and nothing else.
fn section(document: &Document, reader: &mut sources::SourceReader<'_>, sink: &Sink) {
    let table = document.parse(sink);
    let top = Table::root(document, &table, sink);
    for key in [
        "include",
        "publication",
        "paths",
        "fetch",
        "mail",
        "serve",
        "storage",
        "digest",
    ] {
        if let Some(span) = top.key(key) {
            let help = Some(format!("move `{key}` to feeds.toml"));
            top.error(span, "an included file holds `[[source]]` only", help);
        }
    }
    reader.read(&top);
    top.finish();
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The files that a pattern names, in order; a star stands for any part of a file's name.
fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let path = folder.join(pattern);
    let (Some(parent), Some(name)) = (
        path.parent(),
        path.file_name().and_then(|name| name.to_str()),
    ) else {
        return Vec::new();
    };
    let Some((before, after)) = name.split_once('*') else {
        return if path.is_file() {
            vec![path]
        } else {
            Vec::new()
        };
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            path.is_file()
                && !name.starts_with('.')
                && name.len() >= before.len() + after.len()
                && name.starts_with(before)
                && name.ends_with(after)
        })
        .collect();
    files.sort();
    files
}

fn fetch(top: &Table<'_>) -> FetchSettings {
    let mut settings = FetchSettings::default();
    let Some(table) = top.table("fetch", "[fetch]") else {
        return settings;
    };
    if let Some(every) = table.parsed("every", duration) {
        settings.every = every.value;
    }
    if let Some(number) = table.integer("concurrency", 1..=1000) {
        settings.concurrency = usize::try_from(number).unwrap_or(settings.concurrency);
    }
    if let Some(number) = table.integer("per_host", 1..=100) {
        settings.per_host = usize::try_from(number).unwrap_or(settings.per_host);
    }
    if let Some(timeout) = table.parsed("timeout", duration) {
        settings.timeout = timeout.value;
    }
    if let Some(size) = table.parsed("max_size", size) {
        settings.max_size = size.value;
    }
    for text in table.texts("allow_private") {
        match value::network(&text.value) {
            Ok(network) => settings.allow_private.push(network),
            Err(misread) => table.misread(text.span, misread),
        }
    }
    table.finish();
    settings
}

/// The areas that a list names; one that areas.toml lacks is reported with the nearest.
fn known_areas(table: &Table<'_>, areas: &areas::Reading) -> Vec<AreaId> {
    let mut found = Vec::new();
    for text in table.texts("areas") {
        let areas = areas.areas();
        let known = || areas.iter().map(|area| area.id.as_str());
        // Where there is none at all, that is the mistake, and it is reported once.
        if areas.is_empty() || known().any(|id| id == text.value) {
            found.push(AreaId::new(text.value));
        } else {
            let help = nearest(&text.value, known()).map_or_else(
                || format!("areas.toml has {}", listed(known())),
                |near| format!("did you mean `{near}`?"),
            );
            table.error(
                text.span,
                format!("areas.toml has no area `{}`", text.value),
                Some(help),
            );
        }
    }
    found
}

/// What an id is made of, for those who wrote another.
const ID_HELP: &str = "small letters, digits and dashes, 60 at the most, and no dash at its start";

/// Whether a text can name a folder, a part of an address and a mail's Message-ID.
fn is_id(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}
