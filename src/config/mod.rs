//! Configuration: feeds.toml, areas.toml and templates/ read, proved and made into [`Settings`].
//!
//! [`load`] reads everything and reports every mistake at once, each with file, line, caret, sentence
//! and help ([`report`]). [`edit`] writes sources into feeds.toml and keeps comments and order.
//!
//! Deliberate limit: what a schedule or a selector may say is known elsewhere; the caller hands in
//! the two checks ([`Checks`]), as edges do not import one another.

pub mod areas;
mod document;
pub mod edit;
pub mod look;
mod look_theme;
mod problem;
mod publication;
mod sources;
mod starter;
mod value;

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use document::{Document, Sink, Table, listed, nearest};

use crate::model::{AreaId, Digest, FetchSettings, Settings, Source};

pub use problem::{Level, Problem, Problems, report};
pub use starter::starter;
pub use value::{duration, mail_address, rate, size};

/// What only other rooms can check.
pub struct Checks<'a> {
    /// A line of crontab(5); the error is a sentence.
    pub schedule: &'a dyn Fn(&str) -> Result<(), String>,
    /// A CSS selector with an optional `@attribute`; the error is a sentence.
    pub selector: &'a dyn Fn(&str) -> Result<(), String>,
}

/// A configuration, read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it means; `None` when a mistake forbids to go on.
    pub settings: Option<Settings>,
    /// Every mistake.
    pub problems: Problems,
}

/// Reads feeds.toml, the files it includes, areas.toml and templates/.
pub fn load(file: &Path, checks: &Checks<'_>) -> Loaded {
    let sink = Sink::default();
    let settings = read(file, checks, &sink);
    let problems = sink.into_problems();
    let broken = problems.iter().any(|problem| problem.level == Level::Error);
    Loaded {
        settings: settings.filter(|_| !broken),
        problems,
    }
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
    let (areas, area_problems) = areas::load(&paths.areas);
    sink.extend(area_problems);
    let (look, look_problems) = look::load(&paths.templates);
    sink.extend(look_problems);
    let area_ids: Vec<AreaId> = areas.iter().map(|area| area.id.clone()).collect();

    let publication = publication::publication(&top);
    let fetch = fetch(&top);
    let language = publication
        .as_ref()
        .map_or(crate::model::Language::En, |publication| {
            publication.language
        });
    let digests = digests(&top, language, &area_ids, checks);
    let mail = publication::mail(&top, &root, publication.as_ref());
    let mut reader = sources::SourceReader::new(&area_ids, checks);
    reader.read(&top);
    included(&document.path, &includes, &top, &mut reader, sink);
    top.finish();
    let sources: Vec<Source> = reader.into_sources();
    Some(Settings {
        publication: publication?,
        paths,
        fetch,
        mail: mail?,
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
                top.warn(
                    pattern.span.clone(),
                    sentence,
                    Some("a section's file goes there, such as `sections/africa.toml`".to_owned()),
                );
            } else {
                top.error(
                    pattern.span.clone(),
                    sentence,
                    Some("paths are relative to the file that names them".to_owned()),
                );
            }
        }
        for path in files {
            if !seen.insert(canonical(&path)) {
                let sentence =
                    format!("`{}` is included twice, or includes itself", path.display());
                top.error(
                    pattern.span.clone(),
                    sentence,
                    Some("name each file once".to_owned()),
                );
                continue;
            }
            match Document::read(&path) {
                Ok(document) => {
                    let table = document.parse(sink);
                    let top = Table::root(&document, &table, sink);
                    if let Some(nested) = top.texts("include").first() {
                        top.error(
                            nested.span.clone(),
                            "an included file includes nothing itself",
                            Some("name every file in feeds.toml".to_owned()),
                        );
                    }
                    reader.read(&top);
                    top.finish();
                }
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
        files.extend(patterns.iter().flat_map(|pattern| matching(folder, &pattern.value)));
    }
    files
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
            Err(sentence) => table.error(text.span, sentence, None),
        }
    }
    table.finish();
    settings
}

fn digests(
    top: &Table<'_>,
    language: crate::model::Language,
    areas: &[AreaId],
    checks: &Checks<'_>,
) -> Vec<Digest> {
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut digests = Vec::new();
    for table in top.tables("digest", "[[digest]]") {
        let id = table.required("id", "\"weekly\"");
        let title = table.required("title", "\"Library policy this week\"");
        let schedule = table.required("schedule", "\"0 7 * * MON\"");
        if let Some(schedule) = &schedule
            && let Err(sentence) = (checks.schedule)(&schedule.value)
        {
            let help =
                "minute, hour, day of the month, month, weekday: `0 7 * * MON` is Monday at seven"
                    .to_owned();
            table.error(schedule.span.clone(), sentence, Some(help));
        }
        if let Some(id) = &id {
            if !is_id(&id.value) {
                let help = "small letters, digits and dashes, as it becomes a folder and part of addresses".to_owned();
                table.error(
                    id.span.clone(),
                    format!("`{}` cannot be an id", id.value),
                    Some(help),
                );
            }
            if matches!(
                id.value.as_str(),
                "areas"
                    | "sources"
                    | "stories"
                    | "calendar"
                    | "search"
                    | "subscribe"
                    | "unsubscribe"
                    | "preferences"
            ) {
                table.error(
                    id.span.clone(),
                    format!("`{}` is a folder of the archive", id.value),
                    Some("take another id".to_owned()),
                );
            }
            if ids.insert(id.value.clone(), id.span.start).is_some() {
                table.error(
                    id.span.clone(),
                    format!("there are two digests `{}`", id.value),
                    Some("give each an id of its own".to_owned()),
                );
            }
        }
        let own_language = table.parsed("language", publication::language);
        let digest = Digest {
            id: crate::model::DigestId::new(id.map(|id| id.value).unwrap_or_default()),
            title: title.map(|title| title.value).unwrap_or_default(),
            schedule: schedule.map(|schedule| schedule.value).unwrap_or_default(),
            areas: known_areas(&table, areas),
            languages: sources::languages(&table),
            language: own_language.map_or(language, |language| language.value),
            review: table.parsed("review", duration).map(|review| review.value),
            max_items: table
                .integer("max_items", 1..=500)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(40),
            max_per_source: table
                .integer("max_per_source", 1..=500)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(6),
            recipients: publication::addresses(&table, "recipients"),
        };
        table.finish();
        digests.push(digest);
    }
    digests
}

/// The areas that a list names; one that areas.toml lacks is reported with the nearest.
fn known_areas(table: &Table<'_>, areas: &[AreaId]) -> Vec<AreaId> {
    let mut found = Vec::new();
    for text in table.texts("areas") {
        let id = AreaId::new(text.value.as_str());
        if areas.contains(&id) {
            found.push(id);
        } else {
            let known = || areas.iter().map(AreaId::as_str);
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

/// Whether a text can name a folder, a part of an address and a mail's Message-ID.
fn is_id(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}
