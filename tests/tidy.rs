//! Keeps the house in order: layers, package doors, module docs, file lengths, the clock.
//!
//! Reads `src/` as text, so a rule is a few lines here and a breach is named by file and line.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rooms of each layer, from the ground up.
const LAYERS: [&[&str]; 4] = [
    &["model", "time"],
    &["text", "parse", "story", "areas", "edition", "render"],
    &["config", "fetch", "store", "deliver"],
    &["pipeline", "issue", "schedule", "serve", "cli", "demo"],
];

/// Packages with one door, and the rooms that are it.
const DOORS: [(&str, &[&str]); 19] = [
    ("reqwest", &["fetch"]),
    ("sqlx", &["store"]),
    ("lettre", &["deliver"]),
    ("mail_parser", &["deliver"]),
    ("ring", &["deliver"]),
    ("rsa", &["deliver"]),
    ("axum", &["serve", "demo"]),
    ("tower_http", &["serve"]),
    ("hyper", &["serve"]),
    ("hyper_util", &["serve"]),
    ("feed_rs", &["parse"]),
    ("quick_xml", &["parse", "render"]),
    ("scraper", &["parse", "text"]),
    ("maud", &["render"]),
    ("toml", &["config"]),
    ("toml_edit", &["config"]),
    ("cron", &["schedule"]),
    ("clap", &["cli"]),
    ("csv", &["parse", "render"]),
];

/// The most lines a file may have, its tests included.
const LONGEST: usize = 450;

struct File {
    path: PathBuf,
    room: String,
    text: String,
}

impl File {
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(i, line)| (i + 1, line.trim()))
    }

    /// Code lines outside comments and outside the tests at the end of a file.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines()
            .take_while(|(_, line)| *line != "#[cfg(test)]")
            .filter(|(_, line)| !line.starts_with("//"))
    }

    fn at(&self, line: usize, breach: &str) -> String {
        format!("{}:{line}: {breach}", self.path.display())
    }
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let first = inside
                    .components()
                    .next()
                    .unwrap()
                    .as_os_str()
                    .to_str()
                    .unwrap();
                let room = first.trim_end_matches(".rs").to_owned();
                files.push(File {
                    text: fs::read_to_string(&path).unwrap(),
                    room,
                    path,
                });
            }
        }
    }
    assert!(
        files.len() > 40,
        "only {} files found under src",
        files.len()
    );
    files
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

/// The rooms that a line of code names by `crate::ROOM`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").map(|(at, found)| {
        let rest = &line[at + found.len()..];
        &rest[..rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len())]
    })
}

fn check(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn every_room_stands_on_the_list() {
    let unknown: Vec<_> = files()
        .iter()
        .filter(|file| !matches!(file.room.as_str(), "lib" | "main") && layer(&file.room).is_none())
        .map(|file| file.at(1, "this room is in no layer; add it to LAYERS"))
        .collect();
    check(&unknown);
}

#[test]
fn imports_run_one_way() {
    let mut breaches = Vec::new();
    for file in files() {
        let Some(own) = layer(&file.room) else {
            continue;
        };
        for (number, line) in file.code() {
            for room in named(line).filter(|room| *room != file.room) {
                let Some(other) = layer(room) else { continue };
                let place = |room: &str| LAYERS[1].iter().position(|r| *r == room);
                let allowed = match own {
                    1 if other == 1 => place(room) < place(&file.room),
                    2 if other == 2 => false,
                    _ => other <= own,
                };
                if !allowed {
                    breaches
                        .push(file.at(number, &format!("`{}` may not import `{room}`", file.room)));
                }
            }
        }
    }
    check(&breaches);
}

#[test]
fn the_thinking_rooms_are_pure() {
    let mut breaches = Vec::new();
    for file in files()
        .iter()
        .filter(|file| matches!(layer(&file.room), Some(0 | 1)))
    {
        for (number, line) in file.code() {
            for edge in [
                "tokio::",
                "std::fs",
                "std::net::Tcp",
                "std::env",
                "std::process",
            ] {
                if line.contains(edge) {
                    breaches.push(file.at(number, &format!("a pure room may not use `{edge}`")));
                }
            }
        }
    }
    check(&breaches);
}

#[test]
fn packages_come_in_by_their_door() {
    let mut breaches = Vec::new();
    for file in files() {
        for (number, line) in file.code() {
            for (package, rooms) in DOORS {
                let used = line.match_indices(&format!("{package}::")).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
                });
                if used && !rooms.contains(&file.room.as_str()) {
                    breaches
                        .push(file.at(number, &format!("`{package}` has its door in {rooms:?}")));
                }
            }
        }
    }
    check(&breaches);
}

#[test]
fn only_the_clock_tells_the_time() {
    let mut breaches = Vec::new();
    for file in files().iter().filter(|file| file.room != "time") {
        for (number, line) in file.code() {
            for clock in ["Utc::now", "Local::now", "SystemTime::now"] {
                if line.contains(clock) {
                    breaches.push(file.at(number, &format!("`{clock}`: ask time::Clock")));
                }
            }
        }
    }
    check(&breaches);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<_> = files()
        .iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.at(1, "a module opens with `//!` and what it is for"))
        .collect();
    check(&silent);
}

#[test]
fn files_stay_short() {
    let long: Vec<_> = files()
        .iter()
        .filter(|file| file.text.lines().count() > LONGEST)
        .map(|file| file.at(LONGEST, "too long; split it by noun"))
        .collect();
    check(&long);
}

#[test]
fn the_project_speaks_of_itself_alone() {
    let mut breaches = Vec::new();
    for file in files() {
        for (number, line) in file.lines() {
            for foreign in ["/work/", "/root/", "helper-"] {
                if line.contains(foreign) {
                    breaches.push(file.at(number, &format!("`{foreign}` is not of this project")));
                }
            }
        }
    }
    check(&breaches);
}
