//! Editing feeds.toml: comments and order stay, and a file is replaced whole or not at all.
//!
//! A comment belongs to the source that it stands on, with no empty line between; every other one
//! stays when a source goes.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};
use url::Url;

use super::sources::slug;
use crate::model::{PageRules, SourceId};

/// A source to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSource {
    /// Its name
    pub name: String,
    /// Its section
    pub section: String,
    /// Its address
    pub url: Url,
    /// Its language, as a code
    pub language: Option<String>,
    /// Rules, for a page
    pub page: Option<PageRules>,
    /// Further keys with their values as TOML, as [`further_keys`] gives them
    pub more: Vec<(String, String)>,
}

/// Why a file was left as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It cannot be read or written
    #[error("`{}` cannot be changed: {error}", path.display())]
    File {
        /// The file
        path: PathBuf,
        /// What the system says
        error: io::Error,
    },
    /// It is not TOML, or writes its sources otherwise than as `[[source]]`
    #[error("`{}` cannot be changed as it has a mistake: `circular check` shows where", path.display())]
    Syntax {
        /// The file
        path: PathBuf,
    },
    /// The source is there already
    #[error("there is a source `{0}` already")]
    Known(String),
    /// The source is not there
    #[error("there is no source `{0}` in feeds.toml or the files that it includes")]
    Unknown(String),
}

/// Writes a source after the last one of its section; `files` are feeds.toml and what it includes.
///
/// # Errors
/// When a file cannot be read or written, or the source is there already; then nothing has changed.
pub fn add_source(files: &[PathBuf], new: &NewSource) -> Result<(PathBuf, SourceId), EditError> {
    let table = table(new);
    let id = id_of(&table);
    let mut target = None;
    for path in files {
        let document = read(path)?;
        for (place, table) in document.sources().into_iter().flatten().enumerate() {
            let known = id_of(table);
            let same_url = text(table, "url")
                .and_then(|url| Url::parse(url.trim()).ok())
                .is_some_and(|url| url == new.url);
            if known == id || same_url {
                return Err(EditError::Known(known));
            }
            let section = text(table, "section").unwrap_or_default();
            if section.trim().to_lowercase() == new.section.trim().to_lowercase() {
                target = Some((path.clone(), place + 1));
            }
        }
    }
    let first = files
        .first()
        .cloned()
        .unwrap_or_else(|| PathBuf::from("feeds.toml"));
    let (path, place) = target.unwrap_or((first, usize::MAX));
    let mut document = read(&path)?;
    let sources = document
        .toml
        .entry("source")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(sources) = sources.as_array_of_tables_mut() else {
        return Err(EditError::Syntax { path });
    };
    insert(sources, place, table);
    document.write(&path)?;
    Ok((path, SourceId::new(id)))
}

/// Takes a source out.
///
/// # Errors
/// When a file cannot be read or written, or no file has the source; then nothing has changed.
pub fn remove_source(files: &[PathBuf], id: &SourceId) -> Result<PathBuf, EditError> {
    for path in files {
        let mut document = read(path)?;
        let place = document
            .sources()
            .and_then(|tables| tables.iter().position(|table| id_of(table) == id.as_str()));
        if let Some(place) = place {
            document.remove(place);
            document.write(path)?;
            return Ok(path.clone());
        }
    }
    Err(EditError::Unknown(id.to_string()))
}

/// What files say of each source besides name, section, address and language: key and value as TOML,
/// by the source's id.
///
/// # Errors
/// When a file cannot be read.
pub fn further_keys(
    files: &[PathBuf],
) -> Result<BTreeMap<String, Vec<(String, String)>>, EditError> {
    let mut all = BTreeMap::new();
    for path in files {
        let document = read(path)?;
        for table in document.sources().into_iter().flatten() {
            let more = table
                .iter()
                .filter(|(key, _)| !matches!(*key, "name" | "section" | "url" | "language"))
                .filter_map(|(key, item)| {
                    let mut value = item.clone().into_value().ok()?;
                    value.decor_mut().clear();
                    Some((key.to_owned(), value.to_string()))
                })
                .collect();
            all.insert(id_of(table), more);
        }
    }
    Ok(all)
}

/// The texts of files as they are, to be put back where an edit turns out wrong.
///
/// # Errors
/// When a file cannot be read.
pub fn keep(files: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, EditError> {
    files
        .iter()
        .map(|path| Ok((path.clone(), text_of(path)?)))
        .collect()
}

/// Puts files back as they were.
///
/// # Errors
/// When a file cannot be written.
pub fn put_back(kept: &[(PathBuf, String)]) -> Result<(), EditError> {
    kept.iter().try_for_each(|(path, text)| replace(path, text))
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Item::as_str)
}

/// The id of a written source, as the reader of the configuration makes it.
fn id_of(table: &Table) -> String {
    text(table, "id").map_or_else(
        || {
            slug(
                text(table, "name").unwrap_or_default(),
                text(table, "section"),
            )
        },
        str::to_owned,
    )
}

/// Puts a table at a place. Tables are printed by their positions, and those with the same one in
/// their order here, so the new one takes the last position that its predecessor has within.
fn insert(sources: &mut ArrayOfTables, place: usize, new: Table) {
    let mut all: Vec<Table> = std::mem::take(sources).into_iter().collect();
    let place = place.min(all.len());
    let before = place.checked_sub(1).and_then(|last| {
        let mut positions = Vec::new();
        each_position(&all[last], &mut |position| positions.push(position));
        positions.into_iter().max()
    });
    all.insert(place, new);
    if let Some(before) = before {
        all[place].set_position(Some(before));
    }
    *sources = all.into_iter().collect();
}

/// Every position that a table and those within it are printed at.
fn each_position(table: &Table, see: &mut impl FnMut(isize)) {
    if let Some(position) = table.position() {
        see(position);
    }
    for (_, item) in table {
        match item {
            Item::Table(inner) => each_position(inner, see),
            Item::ArrayOfTables(inner) => inner.iter().for_each(|t| each_position(t, see)),
            Item::None | Item::Value(_) => {}
        }
    }
}

/// The table that is printed at a position.
fn at_position(table: &mut Table, position: isize) -> Option<&mut Table> {
    if table.position() == Some(position) {
        return Some(table);
    }
    table.iter_mut().find_map(|(_, item)| match item {
        Item::Table(inner) => at_position(inner, position),
        Item::ArrayOfTables(inner) => inner.iter_mut().find_map(|t| at_position(t, position)),
        Item::None | Item::Value(_) => None,
    })
}

fn table(new: &NewSource) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("name", value(&new.name));
    table.insert("section", value(&new.section));
    table.insert("url", value(new.url.as_str()));
    if let Some(language) = &new.language {
        table.insert("language", value(language));
    }
    if let Some(rules) = &new.page {
        let mut page = InlineTable::new();
        page.insert("item", rules.item.as_str().into());
        let parts = [
            ("title", &rules.title),
            ("link", &rules.link),
            ("date", &rules.date),
            ("summary", &rules.summary),
            ("image", &rules.image),
            ("next", &rules.next),
            ("date_format", &rules.date_format),
        ];
        for (key, selector) in parts {
            if let Some(selector) = selector {
                page.insert(key, selector.as_str().into());
            }
        }
        if rules.pages > 1 {
            page.insert("pages", i64::from(rules.pages).into());
        }
        table.insert("page", value(page));
    }
    for (key, written) in &new.more {
        if let Ok(written) = written.parse::<Value>()
            && !table.contains_key(key)
        {
            table.insert(key, Item::Value(written));
        }
    }
    table
}

/// A file to be edited, and how its lines begin and end.
struct Edited {
    toml: DocumentMut,
    mark: bool,
    crlf: bool,
}

fn text_of(path: &Path) -> Result<String, EditError> {
    std::fs::read_to_string(path).map_err(|error| EditError::File {
        path: path.to_owned(),
        error,
    })
}

fn read(path: &Path) -> Result<Edited, EditError> {
    let text = text_of(path)?;
    let plain = text.trim_start_matches(MARK);
    let toml = plain.parse().map_err(|_| EditError::Syntax {
        path: path.to_owned(),
    })?;
    Ok(Edited {
        toml,
        mark: text.starts_with(MARK),
        crlf: text.contains("\r\n"),
    })
}

/// The byte order mark that some editors write.
const MARK: char = '\u{feff}';

impl Edited {
    fn sources(&self) -> Option<&ArrayOfTables> {
        self.toml.get("source")?.as_array_of_tables()
    }

    /// Takes the source at a place out; what stands above it and an empty line goes to the next table.
    fn remove(&mut self, place: usize) {
        let sources = self
            .toml
            .get_mut("source")
            .and_then(Item::as_array_of_tables_mut);
        let Some((sources, table)) =
            sources.and_then(|sources| sources.get(place).cloned().map(|table| (sources, table)))
        else {
            return;
        };
        sources.remove(place);
        let above = table.decor().prefix().and_then(|prefix| prefix.as_str());
        let kept = not_its_own(above.unwrap_or_default()).to_owned();
        if kept.trim().is_empty() {
            return;
        }
        let mut next: Option<isize> = None;
        each_position(self.toml.as_table(), &mut |position| {
            if Some(position) > table.position() && next.is_none_or(|next| position < next) {
                next = Some(position);
            }
        });
        if let Some(next) = next.and_then(|next| at_position(self.toml.as_table_mut(), next)) {
            let prefix = next.decor().prefix().and_then(|prefix| prefix.as_str());
            let prefix = format!("{kept}{}", prefix.unwrap_or_default());
            next.decor_mut().set_prefix(prefix);
        } else {
            let trailing = format!(
                "{kept}{}",
                self.toml.trailing().as_str().unwrap_or_default()
            );
            self.toml.set_trailing(trailing);
        }
    }

    fn text(&self) -> String {
        let mut text = self.toml.to_string();
        if self.crlf {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        if self.mark {
            text.insert(0, MARK);
        }
        text
    }

    fn write(&self, path: &Path) -> Result<(), EditError> {
        replace(path, &self.text())
    }
}

/// Replaces a file whole or not at all.
fn replace(path: &Path, text: &str) -> Result<(), EditError> {
    let replace = || -> io::Result<()> {
        // A link stays a link; what it leads to is replaced.
        let path = path.canonicalize()?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file()
            .set_permissions(std::fs::metadata(&path)?.permissions())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    };
    replace().map_err(|error| EditError::File {
        path: path.to_owned(),
        error,
    })
}

/// The part of what stands above a table that ends with the last empty line: headings and comments
/// that are not the table's own.
fn not_its_own(above: &str) -> &str {
    let mut end = 0;
    let mut at = 0;
    for line in above.split_inclusive('\n') {
        if line.trim().is_empty() {
            // The empty line itself goes with the table that it parts from what is above.
            end = at;
        }
        at += line.len();
    }
    &above[..end]
}
