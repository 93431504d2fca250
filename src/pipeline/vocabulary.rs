//! The vocabulary as it is in use: the rules of areas.toml, and what `areas train` learned beside them.

use std::{io::ErrorKind, path::PathBuf};

use crate::{
    areas::{Learned, Matcher},
    model::Settings,
};

/// A file of learned weights larger than this was not written by circular.
const MOST: u64 = 8 << 20;

/// Where the learned layer lies: beside the database.
pub fn learned_file(settings: &Settings) -> PathBuf {
    settings.paths.data.join("areas.learned.json")
}

/// The vocabulary of the settings with the learned layer, where there is one. A file of weights that
/// cannot be read is one sentence in the log and costs nothing else: the rules stand alone then.
pub fn vocabulary(settings: &Settings) -> Matcher {
    let matcher = Matcher::new(&settings.areas);
    match learned(settings) {
        Ok(learned) => matcher.with(learned),
        Err(problem) => {
            tracing::warn!("{problem}");
            matcher
        }
    }
}

fn learned(settings: &Settings) -> Result<Option<Learned>, String> {
    let file = learned_file(settings);
    let trained = "`circular areas train` writes it anew, and without it the rules stand alone";
    let unread = |why: String| format!("`{}` cannot be used: {why}; {trained}", file.display());
    match std::fs::metadata(&file) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unread(e.to_string())),
        Ok(metadata) if metadata.len() > MOST => return Err(unread("it is too large".to_owned())),
        Ok(_) => {}
    }
    let text = std::fs::read(&file).map_err(|e| unread(e.to_string()))?;
    let learned: Learned = serde_json::from_slice(&text).map_err(|e| unread(e.to_string()))?;
    let numbers = learned
        .areas
        .values()
        .flat_map(|weights| weights.words.values().copied());
    for number in numbers {
        if !(-10.0..=10.0).contains(&number) {
            return Err(unread(format!("`{number}` is no weight")));
        }
    }
    Ok(Some(learned))
}
