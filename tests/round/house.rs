//! A publication in a folder of its own, with the program to run on it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use assert_cmd::Command;
use circular::demo::Press;
use tempfile::TempDir;

/// A folder with a feeds.toml, and a web server for its sources.
pub(crate) struct House {
    pub(crate) press: Press,
    folder: TempDir,
}

/// What a call printed, and how it ended.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl House {
    /// A publication of some of the demo's sources; `more` is added to its feeds.toml.
    pub(crate) async fn new(sources: &[&str], more: &str) -> Self {
        let house = Self {
            press: Press::open().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        let mut text = format!(
            "[publication]\ntitle = \"Test Circular\"\npublisher = \"The House\"\naddress = \"1 Street\"\n\
             contact = \"circular@example.org\"\nbase_url = \"https://circular.example.org\"\n\
             language = \"en\"\ntimezone = \"Europe/Amsterdam\"\n\
             [fetch]\nallow_private = [\"127.0.0.1/32\"]\n\
             [[digest]]\nid = \"weekly\"\ntitle = \"This week\"\nschedule = \"0 7 * * MON\"\n\
             recipients = [\"one@example.org\", \"two@example.org\"]\n{more}\n"
        );
        for source in sources {
            text += &format!(
                "[[source]]\nname = \"{source}\"\nsection = \"Tests\"\nurl = \"http://{}/{source}\"\n",
                house.press.address()
            );
        }
        fs::write(house.path("feeds.toml"), text).unwrap();
        house
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program in the folder, the clock at a time of Monday 16 November 2026 or later.
    pub(crate) async fn run(&self, now: &str, arguments: &[&str]) -> Said {
        let folder = self.folder.path().to_owned();
        let arguments: Vec<String> = ["--now", now]
            .iter()
            .chain(arguments)
            .map(ToString::to_string)
            .collect();
        let output = tokio::task::spawn_blocking(move || call(&folder, &arguments))
            .await
            .unwrap();
        Said {
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap(),
        }
    }

    /// The names of all files under a folder, in order.
    pub(crate) fn files(&self, under: &str) -> Vec<String> {
        let mut files = Vec::new();
        collect(&self.path(under), &mut files);
        files.sort();
        files
    }
}

fn call(folder: &Path, arguments: &[String]) -> Output {
    Command::cargo_bin("circular")
        .unwrap()
        .current_dir(folder)
        .env_remove("CIRCULAR_CONFIG")
        .env_remove("CIRCULAR_DATABASE")
        .args(arguments)
        .output()
        .unwrap()
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), files);
        } else {
            files.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
}
