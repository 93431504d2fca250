//! The labelled items, read from `CIRCULAR_DATA` or from `../shared/data`.

use std::{env, fs, path::PathBuf};

use circular::areas::Labelled;

/// The folder of the data, or a word on why the test is skipped.
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = env::var_os("CIRCULAR_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no {}", folder.display());
    None
}

/// The labelled items.
pub(crate) fn items() -> Option<Vec<Labelled>> {
    let text = fs::read_to_string(folder()?.join("labels/dev.jsonl")).unwrap();
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}
