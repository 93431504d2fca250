//! `areas eval` and `areas train`: the areas measured on labelled items, and words learned from them.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::{
    Call, Exit,
    out::{count, table},
};
use crate::{
    areas::{Counts, Labelled, Matcher, Scores, Training, evaluate, train as learn},
    issue::write_if_changed,
    model::{Item, LanguageCode},
    pipeline::{learned_file, vocabulary},
    store::Store,
};

/// How many lines a file of labels may have: what is learned from is read by people.
const MOST: usize = 200_000;

/// `areas eval FILE`
pub(super) fn eval(call: &Call, file: &Path, folds: Option<u8>) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let items = labelled(file)?;
    if let Some(folds) = folds {
        let training = learn(&Matcher::new(&settings.areas), &items, usize::from(folds));
        show(call, &training, None)?;
        return Ok(Exit::Done);
    }
    let matcher = vocabulary(&settings);
    if let Some(learned) = matcher.learned() {
        call.out.say(&format!(
            "with words learned from {}; `--folds 5` measures on items that were not learned from",
            count(learned.items, "item", "items")
        ));
    }
    let scores = evaluate(&matcher, &settings.areas, &items);
    if call.out.json {
        call.out.object(&scores)?;
    } else {
        print(call, &scores)?;
    }
    Ok(Exit::Done)
}

/// `areas train [FILE...]`
pub(super) async fn train(
    call: &Call,
    files: &[PathBuf],
    folds: u8,
    dry_run: bool,
) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let mut items = Vec::new();
    for file in files {
        items.extend(labelled(file)?);
    }
    let store = Store::open_read_only(&settings.paths.database).await?;
    let corrected = store.corrected_items().await?;
    items.extend(corrected.iter().map(as_labelled));
    if items.is_empty() {
        anyhow::bail!(
            "there is nothing to learn from: name a file of labelled items, or correct some by `circular items tag`"
        );
    }
    let training = learn(&Matcher::new(&settings.areas), &items, usize::from(folds));
    let file = learned_file(&settings);
    let said = match (&training.learned, dry_run) {
        (None, _) => {
            "nothing that was learned is better than the rules, so they stand alone".to_owned()
        }
        (Some(_), true) => "this was a dry run; nothing was written".to_owned(),
        (Some(learned), false) => {
            let mut text = serde_json::to_string_pretty(learned)?;
            text.push('\n');
            write_if_changed(&file, text.as_bytes())?;
            format!(
                "`{}` is in use from now on; `circular areas rerun` tags the stored items by it",
                file.display()
            )
        }
    };
    if training.learned.is_none() && !dry_run {
        remove(&file)?;
    }
    show(call, &training, Some(&said))?;
    Ok(Exit::Done)
}

/// `areas train --forget`
pub(super) fn forget(call: &Call) -> anyhow::Result<Exit> {
    let file = learned_file(&call.settings()?);
    call.out.say(if remove(&file)? {
        "what was learned is gone; the rules stand alone, and `circular areas rerun` tags the stored items by them"
    } else {
        "nothing had been learned"
    });
    Ok(Exit::Done)
}

/// Whether there was a file to remove.
fn remove(file: &Path) -> anyhow::Result<bool> {
    match std::fs::remove_file(file) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e).with_context(|| format!("`{}` cannot be removed", file.display())),
    }
}

fn labelled(file: &Path) -> anyhow::Result<Vec<Labelled>> {
    let content = std::fs::read_to_string(file)
        .with_context(|| format!("`{}` cannot be read", file.display()))?;
    (1..)
        .zip(content.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .take(MOST)
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| {
                format!("line {number} of `{}` is no labelled item", file.display())
            })
        })
        .collect()
}

/// A corrected item: whoever corrected one area has seen the others.
fn as_labelled(item: &Item) -> Labelled {
    Labelled {
        id: item.id.to_string(),
        title: item.title.clone(),
        summary: item.summary.clone(),
        lang: item
            .language
            .as_ref()
            .map_or_else(String::new, LanguageCode::to_string),
        policy_areas: item.areas.iter().map(|tag| tag.id.clone()).collect(),
    }
}

fn show(call: &Call, training: &Training, said: Option<&str>) -> anyhow::Result<()> {
    if call.out.json {
        let areas: serde_json::Map<String, serde_json::Value> = training
            .areas
            .iter()
            .map(|trial| {
                let value =
                    json!({ "before": trial.before, "after": trial.after, "better": trial.better });
                (trial.area.to_string(), value)
            })
            .collect();
        return call.out.object(&json!({
            "items": training.items, "folds": training.folds, "areas": areas,
            "before": training.before, "after": training.after,
        }));
    }
    let mut rows = vec![
        [
            "",
            "precision",
            "recall",
            "F1",
            "learned: precision",
            "recall",
            "F1",
            "items",
            "",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let row = |name: &str, before: &Counts, after: &Counts, word: &str| {
        let two = |number: f64| format!("{number:.2}");
        vec![
            name.to_owned(),
            two(before.precision()),
            two(before.recall()),
            two(before.f1()),
            two(after.precision()),
            two(after.recall()),
            two(after.f1()),
            before.support().to_string(),
            word.to_owned(),
        ]
    };
    for trial in &training.areas {
        let word = if trial.better { "better" } else { "" };
        rows.push(row(trial.area.as_str(), &trial.before, &trial.after, word));
    }
    rows.push(row(
        "all, where better",
        &training.before,
        &training.after,
        "",
    ));
    for line in table(&rows) {
        call.out.line(line.trim_end())?;
    }
    call.out.say(&format!(
        "{}, each measured by what the other {} of {} parts teach",
        count(training.items, "item", "items"),
        training.folds - 1,
        training.folds
    ));
    if let Some(said) = said {
        call.out.say(said);
    }
    Ok(())
}

fn print(call: &Call, scores: &Scores) -> anyhow::Result<()> {
    let row = |name: String, precision: f64, recall: f64, f1: f64, support: usize| {
        vec![
            name,
            format!("{precision:.2}"),
            format!("{recall:.2}"),
            format!("{f1:.2}"),
            support.to_string(),
        ]
    };
    let mut rows = vec![
        ["", "precision", "recall", "F1", "items"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let languages: Vec<(String, &Counts)> = scores
        .languages
        .iter()
        .map(|(code, counts)| (code.clone(), counts))
        .collect();
    let areas = scores
        .areas
        .iter()
        .map(|(id, counts)| (id.to_string(), counts));
    for (name, counts) in areas
        .chain(languages)
        .chain([("all".to_owned(), &scores.micro)])
    {
        rows.push(row(
            name,
            counts.precision(),
            counts.recall(),
            counts.f1(),
            counts.support(),
        ));
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    Ok(())
}
