//! Reload: feeds.toml, what it includes, areas.toml and templates/ taken over while everything runs,
//! on SIGHUP or when one of the files has changed. Broken ones leave what is in force in place.
//!
//! Deliberate limits: files are looked at every few seconds rather than watched, and one that is
//! being written is left alone until it rests; the database stays the one that was opened.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{sync::Notify, time::sleep};

use super::{current::Current, rounds::tally};
use crate::{
    config::{self, Level, Loaded},
    pipeline::BROKEN,
};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(3);

/// Where the configuration comes from.
#[derive(Clone)]
pub struct Origin {
    /// feeds.toml.
    pub file: PathBuf,
    /// Reads and proves it and all that it names.
    pub load: fn(&Path) -> Loaded,
}

/// Reloads until the end; `hup` is rung by SIGHUP.
pub(super) async fn watch(current: Current, origin: Origin, hup: Arc<Notify>) {
    let stop = current.works().stop.clone();
    let mut files = Watched::list(&current, &origin);
    let mut known = files.print();
    let mut seen = known.clone();
    loop {
        let told = tokio::select! {
            () = stop.cancelled() => return,
            () = hup.notified() => true,
            () = sleep(LOOK) => false,
        };
        if told || files.have_changed() {
            files = Watched::list(&current, &origin);
        }
        let now = files.print();
        // A change is taken over once the files have rested for one look.
        let rests = now == seen;
        seen.clone_from(&now);
        if told || (rests && now != known) {
            known = now;
            take_over(&current, &origin).await;
        }
    }
}

async fn take_over(current: &Current, origin: &Origin) {
    let works = current.works();
    let loading = origin.clone();
    let loaded = tokio::task::spawn_blocking(move || (loading.load)(&loading.file)).await;
    let taken = match loaded {
        Ok(loaded) => settings_of(loaded).and_then(|settings| {
            if settings.paths.database != works.settings.paths.database {
                return Err("`database` names another one; that takes a restart".to_owned());
            }
            works.under(settings).map_err(|e| format!("{e:#}"))
        }),
        Err(e) => Err(e.to_string()),
    };
    match taken {
        Ok(works) => {
            tracing::info!(
                "the configuration was taken over: {} sources, {} digests",
                works.settings.sources.len(),
                works.settings.digests.len()
            );
            tally(&works, |tally| tally.reloads.0 += 1);
            note(&works, "").await;
            current.replace(works);
        }
        Err(why) => {
            tracing::error!(
                "the configuration on the disk is broken, the one in force stays: {why}"
            );
            tally(&works, |tally| tally.reloads.1 += 1);
            note(&works, &why).await;
            current.set_broken(Some(why));
        }
    }
}

/// Leaves word for `circular health`, which is another process.
async fn note(works: &crate::pipeline::Works, why: &str) {
    let known = works.store.note(BROKEN).await.ok().flatten();
    if known.unwrap_or_default() != why
        && let Err(e) = works.store.set_note(BROKEN, why).await
    {
        tracing::error!("the state of the configuration could not be noted: {e}");
    }
}

/// The settings, or the first mistake in one line and how many there are.
fn settings_of(loaded: Loaded) -> Result<crate::model::Settings, String> {
    loaded.settings.ok_or_else(|| {
        let mut errors = loaded
            .problems
            .iter()
            .filter(|problem| problem.level == Level::Error);
        let first = errors
            .next()
            .map_or_else(|| "it cannot be read".to_owned(), config::Problem::line);
        match errors.count() {
            0 => first,
            more => format!("{first} (and {more} more; `circular check` shows all)"),
        }
    })
}

/// What a path looks like from outside.
type Print = Vec<(PathBuf, u64, Option<SystemTime>)>;

/// The files that the configuration in force was read from, and the folders that they lie in.
struct Watched {
    files: Vec<PathBuf>,
    folders: BTreeSet<PathBuf>,
    /// How files and folders looked when they were listed: a new file changes its folder.
    all: Print,
}

impl Watched {
    fn list(current: &Current, origin: &Origin) -> Self {
        let works = current.works();
        let mut files = config::files(&origin.file);
        files.push(works.settings.paths.areas.clone());
        collect(&works.settings.paths.templates, &mut files);
        files.sort();
        let folders: BTreeSet<PathBuf> = files
            .iter()
            .filter_map(|file| file.parent())
            .map(|folder| {
                if folder.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    folder
                }
                .to_owned()
            })
            .collect();
        let mut listed = Self {
            files,
            folders,
            all: Print::new(),
        };
        listed.all = print(listed.files.iter().chain(&listed.folders));
        listed
    }

    fn have_changed(&self) -> bool {
        print(self.files.iter().chain(&self.folders)) != self.all
    }

    fn print(&self) -> Print {
        print(self.files.iter())
    }
}

fn print<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Print {
    paths
        .filter_map(|path| {
            let data = std::fs::metadata(path).ok()?;
            Some((path.clone(), data.len(), data.modified().ok()))
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&entry.path(), files);
        } else {
            files.push(entry.path());
        }
    }
}
