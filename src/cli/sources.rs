//! `sources …`: list, try, add, remove, and exchange them as OPML.

use std::{collections::HashMap, path::PathBuf};

use anyhow::Context;
use url::Url;

use super::{
    Call, Exit,
    args::SourcesCommand,
    out::{count, table},
};
use crate::{
    config::{self, edit::NewSource},
    model::{Settings, Source, SourceHealth, SourceId, SourceState},
    parse,
    pipeline::{self, Found, Works},
    render::web,
    store::Store,
};

pub(crate) async fn sources(call: &Call, command: SourcesCommand) -> anyhow::Result<Exit> {
    match command {
        SourcesCommand::List { state, section } => {
            list(call, state.as_deref(), section.as_deref()).await
        }
        SourcesCommand::Test { target } => test(call, &target).await,
        SourcesCommand::Add {
            url,
            name,
            section,
            pick,
        } => add(call, &url, name, section, pick).await,
        SourcesCommand::Remove { id } => {
            let path =
                config::edit::remove_source(&config::files(&call.config), &SourceId::new(&id))?;
            call.out.line(&format!(
                "`{id}` is out of {}; what came of it stays in the database",
                path.display()
            ))?;
            Ok(Exit::Done)
        }
        SourcesCommand::Export => {
            let settings = call.settings()?;
            let sources: Vec<&Source> = settings.sources.iter().collect();
            let keys = config::edit::further_keys(&config::files(&call.config))?;
            let opml = web::opml(&settings.publication.title, &sources, &keys);
            call.out.line(String::from_utf8_lossy(&opml).trim_end())?;
            Ok(Exit::Done)
        }
        SourcesCommand::Import { file } => import(call, &file),
    }
}

async fn list(call: &Call, state: Option<&str>, section: Option<&str>) -> anyhow::Result<Exit> {
    if let Some(word) = state {
        anyhow::ensure!(
            SourceState::parse(word).is_some(),
            "there is no state `{word}`; there are ok, new, failing, silent, moved, gone, blocked and paused"
        );
    }
    let (settings, store) = call.reading().await?;
    let mut healths: HashMap<SourceId, SourceHealth> = store
        .healths()
        .await?
        .into_iter()
        .map(|health| (health.id.clone(), health))
        .collect();
    let mut rows = Vec::new();
    for source in &settings.sources {
        let mut health = healths
            .remove(&source.id)
            .unwrap_or_else(|| SourceHealth::new(source.id.clone()));
        if source.paused {
            health.state = SourceState::Paused;
        }
        if state.is_some_and(|state| state != health.state.as_str())
            || section.is_some_and(|section| section != source.section)
        {
            continue;
        }
        if call.out.json {
            call.out.object(&serde_json::json!({
                "id": source.id, "name": source.name, "section": source.section, "url": source.url,
                "state": health.state, "last_status": health.last_status, "last_fetch": health.last_fetch,
                "next_fetch": health.next_fetch, "items": health.items, "failures": health.failures,
                "problem": health.problem, "last_new": health.last_new, "language": source.language,
                "areas": source.areas, "priority": source.priority, "page": source.page.is_some(),
            }))?;
        } else {
            let problem = health.problem.unwrap_or_default();
            rows.push(vec![
                source.id.to_string(),
                source.section.clone(),
                health.state.as_str().to_owned(),
                count(
                    usize::try_from(health.items).unwrap_or(usize::MAX),
                    "item",
                    "items",
                ),
                problem,
            ]);
        }
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    if rows.is_empty() && !call.out.json {
        call.out.say("there are no such sources");
    }
    Ok(Exit::Done)
}

/// Works without a database: nothing that is tried is stored.
async fn trial(call: &Call) -> anyhow::Result<Works> {
    Works::with_store(call.settings()?, Store::in_memory().await?, call.clock)
}

async fn test(call: &Call, target: &str) -> anyhow::Result<Exit> {
    let works = trial(call).await?;
    let known = works
        .settings
        .sources
        .iter()
        .find(|source| source.id.as_str() == target)
        .cloned();
    let source = match known {
        Some(source) => source,
        None => pipeline::stranger(&target.parse::<Url>().with_context(|| {
            format!("`{target}` is neither a source of feeds.toml nor an address")
        })?),
    };
    let found = pipeline::look(&works, &source).await?;
    match &found {
        Found::Items(document) => {
            for problem in document.problems.iter().chain(&document.mended) {
                call.out.say(&format!("note: {problem}"));
            }
            for item in document.items.iter().take(20) {
                if call.out.json {
                    call.out.object(&super::items::json(item))?;
                } else {
                    let areas: Vec<&str> = item.areas.iter().map(|tag| tag.id.as_str()).collect();
                    let language = item
                        .language
                        .as_ref()
                        .map_or("?", |language| language.as_str());
                    let day = item.published.map_or_else(
                        || "no date".to_owned(),
                        |time| time.format("%F").to_string(),
                    );
                    call.out
                        .line(&format!("{day}  {language}  {}", item.title))?;
                    call.out.line(&format!(
                        "            {}",
                        item.url.as_ref().map_or("no address", Url::as_str)
                    ))?;
                    if !areas.is_empty() {
                        call.out
                            .line(&format!("            {}", areas.join(", ")))?;
                    }
                }
            }
            call.out.say(&format!(
                "{} in all; nothing was stored",
                count(document.items.len(), "item", "items")
            ));
            Ok(Exit::Done)
        }
        Found::Feeds(feeds) => {
            call.out.say("it is a page; it announces these feeds");
            for feed in feeds {
                call.out.line(&format!("{}  {}", feed.url, feed.title))?;
            }
            Ok(Exit::Done)
        }
        Found::Rules(proposals) => {
            call.out
                .say("it is a page without a feed; these rules would read it, best first");
            for (rules, entries) in proposals {
                call.out.line(&format!("page = {}", rules_line(rules)))?;
                for entry in entries.iter().take(3) {
                    let day = entry.published.map_or_else(
                        || "no date".to_owned(),
                        |time| time.format("%F").to_string(),
                    );
                    call.out.line(&format!("    {day}  {}", entry.title))?;
                }
                call.out.line(&format!(
                    "    {} in all",
                    count(entries.len(), "item", "items")
                ))?;
            }
            Ok(Exit::Done)
        }
        Found::Nothing(sentence) => {
            call.out.warn(&format!("{target}: {sentence}"));
            Ok(Exit::Failed)
        }
    }
}

fn rules_line(rules: &crate::model::PageRules) -> String {
    let parts = [
        ("title", &rules.title),
        ("link", &rules.link),
        ("date", &rules.date),
        ("summary", &rules.summary),
    ];
    let mut line = format!("{{ item = {:?}", rules.item);
    for (name, rule) in parts {
        if let Some(rule) = rule {
            line.push_str(&format!(", {name} = {rule:?}"));
        }
    }
    line + " }"
}

async fn add(
    call: &Call,
    url: &Url,
    name: Option<String>,
    section: Option<String>,
    pick: Option<usize>,
) -> anyhow::Result<Exit> {
    let works = trial(call).await?;
    let feeds = pipeline::discover(&works, url).await?;
    if feeds.is_empty() {
        let found = pipeline::look(&works, &pipeline::stranger(url)).await?;
        if let Found::Rules(proposals) = &found {
            call.out.warn(&format!(
                "no feed was found at {url}; these rules would read the page, best first"
            ));
            for (rules, entries) in proposals {
                call.out.line(&format!(
                    "page = {}   # {}",
                    rules_line(rules),
                    count(entries.len(), "item", "items")
                ))?;
            }
        }
        let why = if let Found::Nothing(sentence) = found {
            format!(": {sentence}")
        } else {
            String::new()
        };
        anyhow::bail!("no feed was found at `{url}`{why}");
    }
    let pick = pick.unwrap_or(1);
    for (number, feed) in (1..).zip(&feeds) {
        let mark = if number == pick { "*" } else { " " };
        call.out.say(&format!(
            "{mark} {number}  {}  {}, {}",
            feed.url,
            feed.title,
            count(feed.items, "item", "items")
        ));
    }
    let chosen = pick
        .checked_sub(1)
        .and_then(|at| feeds.get(at))
        .with_context(|| format!("there is no feed number {pick}"))?;
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_start_matches("www.")
        .to_owned();
    let new = NewSource {
        name: name.unwrap_or_else(|| {
            if chosen.title.is_empty() {
                host.clone()
            } else {
                chosen.title.clone()
            }
        }),
        section: section.unwrap_or(host),
        url: chosen.url.clone(),
        language: chosen.language.as_ref().map(ToString::to_string),
        page: None,
        more: Vec::new(),
    };
    let (path, id) = config::edit::add_source(&config::files(&call.config), &new)?;
    call.out
        .line(&format!("`{id}` is in {}: {}", path.display(), new.url))?;
    Ok(Exit::Done)
}

fn import(call: &Call, file: &PathBuf) -> anyhow::Result<Exit> {
    let bytes =
        std::fs::read(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let outlines = parse::opml(&bytes)
        .map_err(|sentence| anyhow::anyhow!("`{}`: {sentence}", file.display()))?;
    let settings: Settings = call.settings()?;
    let files = config::files(&call.config);
    let kept = config::edit::keep(&files)?;
    let (mut added, mut known) = (0, 0);
    for outline in outlines {
        if settings
            .sources
            .iter()
            .any(|source| source.url == outline.url)
        {
            known += 1;
            continue;
        }
        let new = NewSource {
            name: outline.title,
            section: outline.section,
            url: outline.url,
            language: outline.language,
            page: None,
            more: outline.more,
        };
        match config::edit::add_source(&files, &new) {
            Ok((_, id)) => {
                added += 1;
                call.out.line(&format!("`{id}`  {}", new.url))?;
            }
            Err(config::edit::EditError::Known(_)) => known += 1,
            Err(e) => return Err(e.into()),
        }
    }
    // What another file says is believed only as far as it makes a configuration that holds.
    if let Err(wrong) = call.settings() {
        config::edit::put_back(&kept)?;
        return Err(wrong.context(format!(
            "nothing was taken from `{}`: mend what is named above there, and try again",
            file.display()
        )));
    }
    call.out.say(&format!(
        "{} added, {known} known before",
        count(added, "source", "sources")
    ));
    Ok(Exit::Done)
}
