//! A folder with a configuration in it, and what is told about it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use circular::{
    config::{self, Checks, Loaded},
    model::Settings,
    schedule::Schedule,
};
use tempfile::TempDir;

/// Areas by id, in place of those that circular comes with.
pub(crate) const AREAS: &str = include_str!("areas.toml");

/// A publication without a mistake; what is tested follows it.
pub(crate) const PUBLICATION: &str = r#"[publication]
title = "Circular"
address = "Street 1, Town"
contact = "circular@example.org"
base_url = "https://circular.example.org"
"#;

/// A folder that goes when it is dropped.
pub(crate) struct Project(TempDir);

impl Project {
    /// A folder with a feeds.toml and areas.
    pub(crate) fn new(feeds: impl AsRef<[u8]>) -> Self {
        Self::empty()
            .with("areas.toml", AREAS)
            .with("feeds.toml", feeds)
    }

    pub(crate) fn empty() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn load(&self) -> Loaded {
        load(&self.path("feeds.toml"))
    }

    /// Every problem as a person reads it, with paths as seen from the folder.
    pub(crate) fn report(&self) -> String {
        let loaded = self.load();
        let report = config::report(&loaded.problems, false);
        let folder = format!("{}/", self.folder().display());
        report.replace(&folder, "").trim_end().to_owned()
    }

    /// The settings of a configuration without any problem.
    pub(crate) fn settings(&self) -> Settings {
        assert_eq!(self.report(), "");
        self.load().settings.unwrap()
    }
}

/// What follows a good publication, told about.
pub(crate) fn told(feeds: &str) -> String {
    Project::new(format!("{PUBLICATION}\n{feeds}")).report()
}

/// Reads a configuration with the checks that the program makes.
pub(crate) fn load(file: &Path) -> Loaded {
    config::load(
        file,
        &Checks {
            schedule: &|line| Schedule::parse(line).map(|_| ()),
            selector: &selector,
            key: &circular::deliver::check_key,
        },
    )
}

/// A CSS selector, with `@attribute` at its end or without.
fn selector(text: &str) -> Result<(), String> {
    let css = text.rsplit_once('@').map_or(text, |(css, _)| css);
    scraper::Selector::parse(css)
        .map(|_| ())
        .map_err(|_| format!("`{text}` is no selector"))
}
