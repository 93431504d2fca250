//! `check`: proves feeds.toml, areas.toml and templates/, and prints when each digest goes out.

use std::path::Path;

use super::{
    Call, Exit,
    args::CheckArgs,
    out::{count, table},
};
use crate::{
    areas::Matcher,
    config::{self, Level, Loaded},
    deliver,
    model::SourceHealth,
    parse,
    pipeline::{Works, read},
    schedule::Schedule,
    store::Store,
};

/// Reads and proves the configuration, schedules and selectors included.
pub fn load(file: &Path) -> Loaded {
    config::load(
        file,
        &config::Checks {
            schedule: &|line| Schedule::parse(line).map(|_| ()),
            selector: &parse::selector,
            key: &deliver::check_key,
        },
    )
}

pub(crate) async fn check(call: &Call, args: &CheckArgs) -> anyhow::Result<Exit> {
    if args.keys {
        call.out.line(config::reference::markdown().trim_end())?;
        return Ok(Exit::Done);
    }
    let loaded = load(&call.config);
    let errors = loaded
        .problems
        .iter()
        .filter(|problem| problem.level == Level::Error)
        .count();
    if !loaded.problems.is_empty() {
        call.out
            .warn(config::report(&loaded.problems, call.out.color()).trim_end());
    }
    let Some(settings) = loaded.settings else {
        call.out.warn(&format!(
            "{} in the configuration",
            count(errors, "error", "errors")
        ));
        return Ok(Exit::Config);
    };
    let unproven = Matcher::new(&settings.areas).prove(&settings.areas);
    for failure in &unproven {
        call.out
            .warn(&format!("{}: {failure}", settings.paths.areas.display()));
    }
    for twins in crate::areas::twins(&settings.areas) {
        call.out
            .warn(&format!("{}: {twins}", settings.paths.areas.display()));
    }
    let now = call.clock.now();
    let zone = settings.publication.timezone;
    let mut rows = Vec::new();
    for digest in &settings.digests {
        let schedule = Schedule::parse(&digest.schedule).map_err(anyhow::Error::msg)?;
        let times: Vec<_> = schedule
            .upcoming(now, zone)
            .take(3)
            .map(|time| time.with_timezone(&zone))
            .collect();
        if call.out.json {
            let times: Vec<String> = times.iter().map(chrono::DateTime::to_rfc3339).collect();
            call.out.object(&serde_json::json!({ "digest": digest.id, "schedule": digest.schedule, "next": times }))?;
        } else {
            let mut row = vec![digest.id.to_string(), digest.schedule.clone()];
            row.extend(
                times
                    .iter()
                    .map(|time| time.format("%a %F %H:%M %Z").to_string()),
            );
            rows.push(row);
        }
    }
    for line in table(&rows) {
        call.out.line(&line)?;
    }
    call.out.say(&format!(
        "{}, {}, {}: all well",
        count(settings.sources.len(), "source", "sources"),
        count(settings.digests.len(), "digest", "digests"),
        count(settings.areas.len(), "area", "areas"),
    ));
    if !unproven.is_empty() {
        return Ok(Exit::Config);
    }
    if args.online {
        online(call, settings).await
    } else {
        Ok(Exit::Done)
    }
}

/// Pulls each source once and says what it yields; nothing is stored.
async fn online(call: &Call, settings: crate::model::Settings) -> anyhow::Result<Exit> {
    let works = Works::with_store(settings, Store::in_memory().await?, call.clock)?;
    let mut tasks = tokio::task::JoinSet::new();
    for source in &works.settings.sources {
        let (works, source) = (works.clone(), std::sync::Arc::new(source.clone()));
        let health = SourceHealth::new(source.id.clone());
        tasks.spawn(async move { read(&works, source, health).await });
    }
    let mut failed = 0;
    while let Some(pulled) = tasks.join_next().await {
        let pulled = pulled?;
        let (items, problem) = match &pulled.reading {
            Ok(crate::pipeline::Reading::Document(document)) if document.items.is_empty() => {
                (0, Some(crate::pipeline::no_items(document)))
            }
            Ok(crate::pipeline::Reading::Document(document)) => {
                (document.items.len(), document.problems.first().cloned())
            }
            Ok(crate::pipeline::Reading::Unchanged { .. }) => (0, None),
            Err(failure) => (0, Some(failure.sentence.clone())),
        };
        failed += usize::from(items == 0);
        if call.out.json {
            call.out.object(&serde_json::json!({ "source": pulled.source.id, "items": items, "problem": problem }))?;
        } else {
            let problem = problem
                .map(|problem| format!(": {problem}"))
                .unwrap_or_default();
            call.out.line(&format!(
                "{}  {}{problem}",
                pulled.source.id,
                count(items, "item", "items")
            ))?;
        }
    }
    Ok(if failed > 0 { Exit::Failed } else { Exit::Done })
}
