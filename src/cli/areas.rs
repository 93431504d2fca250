//! `areas …`: the vocabulary listed, tried, measured, and run again over what is stored.

use std::{io::Read, path::Path};

use anyhow::Context;
use serde_json::json;

use super::{
    Call, Exit,
    args::AreasCommand,
    out::{count, table},
};
use crate::{
    areas::{Labelled, Matcher, Text, evaluate},
    model::{AreaTag, ItemId, LanguageCode},
    pipeline::give_fixed,
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
        AreasCommand::Eval { file } => eval(call, &file),
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
    let found = Matcher::new(&settings.areas).tag(&Text {
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

fn eval(call: &Call, file: &Path) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let content = std::fs::read_to_string(file)
        .with_context(|| format!("`{}` cannot be read", file.display()))?;
    let items = (1..)
        .zip(content.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| {
                format!("line {number} of `{}` is no labelled item", file.display())
            })
        })
        .collect::<anyhow::Result<Vec<Labelled>>>()?;
    let scores = evaluate(&Matcher::new(&settings.areas), &settings.areas, &items);
    if call.out.json {
        call.out.object(&scores)?;
        return Ok(Exit::Done);
    }
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
    let languages: Vec<(String, &crate::areas::Counts)> = scores
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
    Ok(Exit::Done)
}

/// How many items are tagged between two writes.
const BATCH: usize = 500;

async fn rerun(call: &Call) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let store = Store::open(&settings.paths.database).await?;
    let matcher = Matcher::new(&settings.areas);
    let (mut seen, mut changed, mut last) = (0, 0, 0);
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
            if let Some(source) = settings
                .sources
                .iter()
                .find(|source| source.id == item.source)
            {
                give_fixed(source, &mut found);
            }
            let ids = |tags: &[AreaTag]| {
                tags.iter()
                    .map(|tag| tag.id.clone())
                    .collect::<std::collections::BTreeSet<_>>()
            };
            if ids(&found) != ids(&item.areas) {
                changed += 1;
                tags.push((item.id.clone(), found));
            }
        }
        store.retag(&tags).await?;
    }
    if call.out.json {
        call.out
            .object(&json!({ "items": seen, "changed": changed }))?;
    } else {
        call.out.line(&format!(
            "{} read, {changed} with other areas than before",
            count(seen, "item", "items")
        ))?;
    }
    Ok(Exit::Done)
}
