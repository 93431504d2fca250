//! `areas …`: the vocabulary listed, tried, and run again over what is stored.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::Read,
};

use anyhow::Context;
use serde_json::json;

use super::{
    Call, Exit,
    args::AreasCommand,
    out::{count, table},
};
use crate::{
    areas::Text,
    model::{AreaId, AreaTag, ItemId, LanguageCode},
    pipeline::{give_fixed, vocabulary},
    store::Store,
    text,
};

pub(crate) async fn areas(call: &Call, command: AreasCommand) -> anyhow::Result<Exit> {
    match command {
        AreasCommand::List => list(call),
        AreasCommand::Test {
            text,
            title,
            language,
        } => test(call, text, &title.unwrap_or_default(), language.as_deref()),
        AreasCommand::Eval { file, folds } => super::areas_train::eval(call, &file, folds),
        AreasCommand::Train {
            files,
            folds,
            dry_run,
            forget,
        } => {
            if forget {
                super::areas_train::forget(call)
            } else {
                super::areas_train::train(call, &files, folds, dry_run).await
            }
        }
        AreasCommand::Rerun => rerun(call).await,
    }
}

fn list(call: &Call) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let mut rows = Vec::new();
    for area in &settings.areas {
        if call.out.json {
            call.out.object(&json!({ "id": area.id, "names": area.names, "terms": area.terms.len(), "weight": area.weight }))?;
        } else {
            let name = area.name(settings.publication.language).to_owned();
            rows.push(vec![
                area.id.to_string(),
                count(area.terms.len(), "term", "terms"),
                name,
            ]);
        }
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    Ok(Exit::Done)
}

fn test(
    call: &Call,
    text: Option<String>,
    title: &str,
    language: Option<&str>,
) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let body = match text {
        Some(text) => text,
        None => {
            let mut text = String::new();
            std::io::stdin()
                .take(1 << 20)
                .read_to_string(&mut text)
                .context("standard input cannot be read")?;
            text
        }
    };
    let language = match language {
        Some(tag) => {
            Some(LanguageCode::parse(tag).with_context(|| format!("`{tag}` is no language code"))?)
        }
        None => text::detect(title, &body, None),
    };
    // Without a title the text stands for itself.
    let (title, body) = if title.is_empty() {
        (body.as_str(), "")
    } else {
        (title, body.as_str())
    };
    let found = vocabulary(&settings).tag(&Text {
        title,
        summary: body,
        body: "",
        categories: &[],
        language: language.as_ref().and_then(LanguageCode::language),
    });
    if call.out.json {
        call.out
            .object(&json!({ "language": language, "areas": found }))?;
        return Ok(Exit::Done);
    }
    for tag in &found {
        let terms: Vec<String> = tag
            .evidence
            .iter()
            .map(|seen| format!("`{}`", seen.term))
            .collect();
        call.out.line(&format!(
            "{} {:.2}: {}",
            tag.id,
            tag.score,
            terms.join(", ")
        ))?;
    }
    if found.is_empty() {
        call.out.say("it earns no area");
    }
    Ok(Exit::Done)
}

/// How many items are tagged between two writes.
const BATCH: usize = 500;

async fn rerun(call: &Call) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let store = Store::open(&settings.paths.database).await?;
    let matcher = vocabulary(&settings);
    let (mut seen, mut changed, mut last) = (0, 0, 0);
    // Before and after, per area.
    let mut counts: BTreeMap<AreaId, (usize, usize)> = settings
        .areas
        .iter()
        .map(|area| (area.id.clone(), (0, 0)))
        .collect();
    loop {
        let page = store.page_of_items(last, BATCH).await?;
        let Some((number, _)) = page.last() else {
            break;
        };
        last = *number;
        seen += page.len();
        let mut tags: Vec<(ItemId, Vec<AreaTag>)> = Vec::new();
        for (_, item) in &page {
            let mut found = matcher.tag(&Text {
                title: &item.title,
                summary: &item.summary,
                body: &item.text,
                categories: &item.categories,
                language: item.language.as_ref().and_then(LanguageCode::language),
            });
            let source = settings
                .sources
                .iter()
                .find(|source| source.id == item.source);
            if let Some(source) = source {
                give_fixed(source, &mut found);
            }
            if found != item.areas {
                tags.push((item.id.clone(), found));
            }
        }
        let given: HashMap<ItemId, Vec<AreaTag>> = store.retag(&tags).await?.into_iter().collect();
        for (_, item) in &page {
            let after = given.get(&item.id).unwrap_or(&item.areas);
            let ids = |tags: &[AreaTag]| -> BTreeSet<AreaId> {
                tags.iter().map(|tag| tag.id.clone()).collect()
            };
            let (old, new) = (ids(&item.areas), ids(after));
            changed += usize::from(old != new);
            for id in old {
                counts.entry(id).or_default().0 += 1;
            }
            for id in new {
                counts.entry(id).or_default().1 += 1;
            }
        }
    }
    if call.out.json {
        let areas: serde_json::Map<String, serde_json::Value> = counts
            .iter()
            .map(|(id, (before, after))| {
                let counts = json!({ "before": before, "after": after });
                (id.to_string(), counts)
            })
            .collect();
        call.out
            .object(&json!({ "items": seen, "changed": changed, "areas": areas }))?;
        return Ok(Exit::Done);
    }
    let mut rows = vec![["", "before", "after"].map(str::to_owned).to_vec()];
    rows.extend(
        counts.iter().map(|(id, (before, after))| {
            vec![id.to_string(), before.to_string(), after.to_string()]
        }),
    );
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    call.out.line(&format!(
        "{} read, {changed} with other areas than before",
        count(seen, "item", "items")
    ))?;
    Ok(Exit::Done)
}
