//! Editing feeds.toml: comments and order stay, and a file is replaced whole or not at all.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};
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
    /// It is not TOML
    #[error("`{}` is not TOML: `circular check` shows where", path.display())]
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
    let id = slug(&new.name, Some(&new.section));
    let mut target = None;
    for path in files {
        let document = read(path)?;
        for (place, table) in tables(&document)
            .iter()
            .flat_map(|tables| tables.iter().enumerate())
        {
            let text = |key: &str| table.get(key).and_then(Item::as_str);
            let known = text("id").map_or_else(
                || slug(text("name").unwrap_or_default(), text("section")),
                str::to_owned,
            );
            if known == id || text("url") == Some(new.url.as_str()) {
                return Err(EditError::Known(known));
            }
            if text("section").is_some_and(|section| section.eq_ignore_ascii_case(&new.section)) {
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
        .entry("source")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(sources) = sources.as_array_of_tables_mut() else {
        return Err(EditError::Syntax { path });
    };
    insert(sources, place, table(new));
    write(&path, &document)?;
    Ok((path, SourceId::new(id)))
}

/// Takes a source out.
///
/// # Errors
/// When a file cannot be read or written, or no file has the source; then nothing has changed.
pub fn remove_source(files: &[PathBuf], id: &SourceId) -> Result<PathBuf, EditError> {
    for path in files {
        let mut document = read(path)?;
        let place = tables(&document).and_then(|tables| {
            tables.iter().position(|table| {
                let text = |key: &str| table.get(key).and_then(Item::as_str);
                let own = text("id").map_or_else(
                    || slug(text("name").unwrap_or_default(), text("section")),
                    str::to_owned,
                );
                own == id.as_str()
            })
        });
        if let Some(place) = place
            && let Some(sources) = document
                .get_mut("source")
                .and_then(Item::as_array_of_tables_mut)
        {
            sources.remove(place);
            write(path, &document)?;
            return Ok(path.clone());
        }
    }
    Err(EditError::Unknown(id.to_string()))
}

fn tables(document: &DocumentMut) -> Option<&ArrayOfTables> {
    document.get("source")?.as_array_of_tables()
}

/// Puts a table at a place: toml_edit prints tables by their positions, so those behind move on.
fn insert(sources: &mut ArrayOfTables, place: usize, new: Table) {
    let mut all: Vec<Table> = std::mem::take(sources).into_iter().collect();
    let place = place.min(all.len());
    let before = place.checked_sub(1).and_then(|last| all[last].position());
    all.insert(place, new);
    if let Some(before) = before {
        all[place].set_position(Some(before));
    }
    *sources = all.into_iter().collect();
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
        ];
        for (key, selector) in parts {
            if let Some(selector) = selector {
                page.insert(key, selector.as_str().into());
            }
        }
        table.insert("page", value(page));
    }
    table
}

fn read(path: &Path) -> Result<DocumentMut, EditError> {
    let text = std::fs::read_to_string(path).map_err(|error| EditError::File {
        path: path.to_owned(),
        error,
    })?;
    text.parse().map_err(|_| EditError::Syntax {
        path: path.to_owned(),
    })
}

fn write(path: &Path, document: &DocumentMut) -> Result<(), EditError> {
    let replace = || -> io::Result<()> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(document.to_string().as_bytes())?;
        file.as_file()
            .set_permissions(std::fs::metadata(path)?.permissions())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    replace().map_err(|error| EditError::File {
        path: path.to_owned(),
        error,
    })
}
