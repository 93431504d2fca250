//! `init` and `templates export`: files to begin with.

use std::path::Path;

use super::{Call, Exit, out::count};
use crate::config;

pub(crate) fn init(call: &Call, dir: &Path) -> anyhow::Result<Exit> {
    let mut files = vec![("areas.toml".to_owned(), config::areas::DEFAULT.to_owned())];
    files.extend(
        config::look::files()
            .into_iter()
            .map(|(path, text)| (format!("templates/{path}"), text.to_owned())),
    );
    let written = config::starter(dir, &files)?;
    for path in &written {
        call.out.line(&path.display().to_string())?;
    }
    call.out.say(&format!(
        "{} written; next: edit {}, then `circular check` and `circular run`",
        count(written.len(), "file", "files"),
        dir.join("feeds.toml").display()
    ));
    Ok(Exit::Done)
}

pub(crate) fn export_templates(call: &Call, dir: &Path) -> anyhow::Result<Exit> {
    for path in config::look::export(dir)? {
        call.out.line(&path.display().to_string())?;
    }
    Ok(Exit::Done)
}
