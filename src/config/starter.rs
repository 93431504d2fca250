//! The starter: files to begin with.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

const FEEDS: &str = include_str!("starter.toml");

/// Writes a starter feeds.toml and further files into a folder; what is there already is left alone.
///
/// # Errors
/// When the folder cannot be written to.
pub fn starter(dir: &Path, more: &[(String, String)]) -> io::Result<Vec<PathBuf>> {
    let files = std::iter::once(("feeds.toml", FEEDS))
        .chain(more.iter().map(|(p, t)| (p.as_str(), t.as_str())));
    let mut written = Vec::new();
    for (path, text) in files {
        let path = dir.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| named(folder, &e))?;
        }
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())
                    .map_err(|e| named(&path, &e))?;
                written.push(path);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(named(&path, &e)),
        }
    }
    Ok(written)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("`{}` cannot be written: {error}", path.display()),
    )
}
