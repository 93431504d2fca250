//! `run` and `fetch`: a whole round, or its first half.

use serde::Serialize;

use super::{
    Call, Exit,
    args::{FetchArgs, RunArgs},
    deliveries::tell_mail,
    out::count,
};
use crate::{
    issue::{self, DeliveryReport},
    model::{Edition, SourceId},
    pipeline::{self, ItemCounts, PullReport, SourceCounts, SourceProblem, Which, Works},
    store::Store,
};

/// `run --json`, as the interface page gives it.
#[derive(Serialize)]
struct RunReport<'a> {
    sources: SourceCounts,
    items: ItemCounts,
    stories: Stories,
    editions: Vec<EditionRow<'a>>,
    deliveries: DeliveryReport,
    problems: &'a [SourceProblem],
}

#[derive(Serialize)]
struct Stories {
    new: usize,
}

#[derive(Serialize)]
struct EditionRow<'a> {
    id: &'a str,
    stories: usize,
    path: String,
}

pub(crate) async fn run(call: &Call, args: &RunArgs) -> anyhow::Result<Exit> {
    let works = if args.dry_run {
        dry_works(call).await?
    } else {
        Works::open(call.settings()?, call.clock).await?
    };
    let public = works.settings.paths.public.clone();
    let pulled = pipeline::pull(&works, &if args.force { Which::All } else { Which::Due }).await?;
    let editions = issue::compile_due(&works).await?;
    let delivered = if args.dry_run {
        let queued = works.store.count_deliveries(None).await?.queued;
        DeliveryReport {
            queued,
            ..DeliveryReport::default()
        }
    } else {
        issue::publish(&works).await?;
        let mut delivered = issue::deliver(&works).await?;
        delivered.problems.extend(issue::review(&works).await?);
        delivered.problems.extend(issue::notify(&works).await?);
        pipeline::forget(&works).await?;
        delivered
    };
    let path = |edition: &Edition| {
        let folder = public
            .strip_prefix(&works.settings.paths.root)
            .unwrap_or(&public);
        folder
            .join(edition.digest.as_str())
            .join(edition.id.as_str())
            .display()
            .to_string()
    };
    let failed = pulled.sources.failed > 0;
    if call.out.json {
        call.out.object(&RunReport {
            sources: pulled.sources,
            items: pulled.items,
            stories: Stories {
                new: pulled.new_stories,
            },
            editions: editions
                .iter()
                .map(|edition| EditionRow {
                    id: edition.id.as_str(),
                    stories: edition.len(),
                    path: path(edition),
                })
                .collect(),
            deliveries: delivered.clone(),
            problems: &pulled.problems,
        })?;
    } else {
        tell_pull(call, &pulled)?;
        tell_editions(call, &editions, &delivered, args.dry_run, path)?;
    }
    let mail_failed = tell_mail(call, &delivered) == Exit::Failed;
    Ok(match (mail_failed, failed && args.strict) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Sources,
        (false, false) => Exit::Done,
    })
}

pub(crate) async fn fetch(call: &Call, args: &FetchArgs) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let ids: Vec<SourceId> = args.sources.iter().map(SourceId::new).collect();
    for id in &ids {
        if !works.settings.sources.iter().any(|source| source.id == *id) {
            anyhow::bail!("there is no source `{id}`; `circular sources list` names them");
        }
    }
    let which = match (ids.is_empty(), args.force) {
        (true, false) => Which::Due,
        (true, true) => Which::All,
        (false, false) => Which::These(ids),
        (false, true) => Which::AllOfThese(ids),
    };
    let pulled = pipeline::pull(&works, &which).await?;
    if call.out.json {
        call.out.object(&serde_json::json!({
            "sources": pulled.sources, "items": pulled.items,
            "stories": { "new": pulled.new_stories }, "problems": pulled.problems,
        }))?;
    } else {
        tell_pull(call, &pulled)?;
    }
    Ok(if args.strict && pulled.sources.failed > 0 {
        Exit::Sources
    } else {
        Exit::Done
    })
}

/// The same works on copies: what a dry run changes goes when it ends.
async fn dry_works(call: &Call) -> anyhow::Result<Works> {
    let settings = call.settings()?;
    let store = Store::open_scratch(&settings.paths.database).await?;
    Works::with_store(settings, store, call.clock)
}

fn tell_pull(call: &Call, pulled: &PullReport) -> anyhow::Result<()> {
    let SourceCounts {
        due,
        ok,
        unchanged,
        failed,
    } = pulled.sources;
    let ItemCounts { new, known, .. } = pulled.items;
    if due == 0 {
        call.out.line("no source is due")?;
    } else {
        call.out.line(&format!(
            "{} pulled: {ok} read, {unchanged} unchanged, {failed} failed",
            count(due, "source", "sources")
        ))?;
        call.out.line(&format!(
            "{} new, {known} known; {} opened",
            count(new, "item", "items"),
            count(pulled.new_stories, "story", "stories")
        ))?;
    }
    for SourceProblem { source, problem } in &pulled.problems {
        call.out.warn(&format!("{source}: {problem}"));
    }
    Ok(())
}

fn tell_editions(
    call: &Call,
    editions: &[Edition],
    delivered: &DeliveryReport,
    dry: bool,
    path: impl Fn(&Edition) -> String,
) -> anyhow::Result<()> {
    if editions.is_empty() {
        call.out
            .line("no edition is due, or nothing waits for one")?;
    }
    for edition in editions {
        let stories = count(edition.len(), "story", "stories");
        let would = if dry { "would be made" } else { "made" };
        call.out.line(&format!(
            "edition {} {would}: {stories}, {}",
            edition.id,
            path(edition)
        ))?;
    }
    let DeliveryReport {
        queued,
        accepted,
        refused,
        unsure,
        ..
    } = delivered;
    if dry {
        call.out.line(&format!(
            "{} would be sent; nothing was changed",
            count(usize::try_from(*queued)?, "mail", "mails")
        ))
    } else if queued + accepted + refused + unsure == 0 {
        call.out.line("nothing to send")
    } else {
        call.out.line(&format!(
            "{} accepted, {refused} refused, {unsure} in doubt, {queued} still queued",
            count(usize::try_from(*accepted)?, "mail", "mails")
        ))
    }
}
