//! The demo: the whole thing with no network, no mail server and no configuration.
//!
//! [`play`] serves the example feeds on loopback ([`Press`]), plays two rounds a week apart and
//! mails the editions to a receiver of its own ([`PostOffice`]), all with the same code as `run`.

mod feeds;
mod post;
mod press;

use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};

pub use feeds::{EXAMPLES, Example, Later};
pub use post::{PostOffice, Received};
pub use press::Press;

use crate::{
    cli::load,
    config,
    issue::{self, DeliveryReport},
    model::{Edition, Settings},
    pipeline::{self, ItemCounts, PullReport, SourceCounts, Which, Works},
    time::Clock,
};

const CONFIG: &str = include_str!("feeds.toml");

/// Plays the demo in a folder, a new temporary one if none is given, and tells what happened, line by line.
///
/// # Errors
/// When the folder cannot be written to or no port of loopback can be had.
pub async fn play(out: Option<PathBuf>, all_problems: bool) -> anyhow::Result<Vec<String>> {
    let folder = match out {
        Some(folder) => folder,
        // The person wants to open what is in it, so it outlives the program.
        None => tempfile::Builder::new()
            .prefix("circular-demo-")
            .tempdir()?
            .keep(),
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("`{}` cannot be made", folder.display()))?;
    let folder = folder.canonicalize()?;
    let press = Press::open().await?;
    let post = PostOffice::open().await?;
    let settings = settings(&folder, &press, &post)?;
    let public = settings.paths.public.clone();
    let first = Utc
        .with_ymd_and_hms(2026, 11, 16, 8, 0, 0)
        .single()
        .context("the demo's first day")?;

    let mut lines = vec![format!(
        "{} example sources on {}, {} digests, no network, no mail server",
        settings.sources.len(),
        press.address(),
        settings.digests.len()
    )];
    let round = round(settings.clone(), first, &post).await?;
    lines.extend(round.tell("first round, Monday 16 November 2026", all_problems));
    press.turn();
    let second = round_after_a_week(settings, first, &post).await?;
    lines.extend(second.tell("second round, a week later", all_problems));
    lines.push(String::new());
    lines.push(format!("open      {}", public.join("index.html").display()));
    if let Some(edition) = second.editions.first().or(round.editions.first()) {
        let folder = public
            .join(edition.digest.as_str())
            .join(edition.id.as_str());
        lines.push(format!("the mail  {}", folder.join("email.html").display()));
    }
    lines.push(format!(
        "look on   circular --config {} items list",
        folder.join("feeds.toml").display()
    ));
    Ok(lines)
}

/// What one round came to.
struct Round {
    pulled: PullReport,
    editions: Vec<Edition>,
    delivered: DeliveryReport,
    received: usize,
}

async fn round_after_a_week(
    settings: Settings,
    first: DateTime<Utc>,
    post: &PostOffice,
) -> anyhow::Result<Round> {
    round(settings, first + TimeDelta::days(7), post).await
}

async fn round(settings: Settings, now: DateTime<Utc>, post: &PostOffice) -> anyhow::Result<Round> {
    let before = post.received().len();
    let works = Works::open(settings, Clock::at(now)).await?;
    let pulled = pipeline::pull(&works, &Which::Due).await?;
    let editions = issue::compile_due(&works).await?;
    issue::publish(&works).await?;
    let delivered = issue::deliver(&works).await?;
    works.store.close().await;
    Ok(Round {
        pulled,
        editions,
        delivered,
        received: post.received().len() - before,
    })
}

impl Round {
    fn tell(&self, title: &str, all_problems: bool) -> Vec<String> {
        let SourceCounts {
            due,
            ok,
            unchanged,
            failed,
        } = self.pulled.sources;
        let ItemCounts { new, known, .. } = self.pulled.items;
        let mut lines = vec![
            String::new(),
            title.to_owned(),
            format!(
                "  {due} sources asked: {ok} read, {unchanged} unchanged (304), {failed} failed"
            ),
            format!(
                "  {new} new items, {known} known; {} new stories",
                self.pulled.new_stories
            ),
        ];
        let shown = if all_problems { usize::MAX } else { 4 };
        for problem in self.pulled.problems.iter().take(shown) {
            lines.push(format!("  {}: {}", problem.source, problem.problem));
        }
        if let Some(more) = self
            .pulled
            .problems
            .len()
            .checked_sub(shown)
            .filter(|more| *more > 0)
        {
            let problems = if more == 1 { "problem" } else { "problems" };
            lines.push(format!("  and {more} more {problems} (-v shows them)"));
        }
        for edition in &self.editions {
            lines.push(format!(
                "  edition {}: {} stories, \u{201c}{}\u{201d}",
                edition.id,
                edition.len(),
                edition.subject
            ));
        }
        lines.push(format!(
            "  {} mails accepted by the demo's receiver, which holds {} of this round",
            self.delivered.accepted, self.received
        ));
        lines
    }
}

/// Writes the configuration into the folder and reads it as `run` would.
fn settings(folder: &Path, press: &Press, post: &PostOffice) -> anyhow::Result<Settings> {
    let file = folder.join("feeds.toml");
    let text = CONFIG
        .replace("{press}", &format!("http://{}", press.address()))
        .replace("{post}", &post.address().to_string());
    issue::write_if_changed(&file, text.as_bytes())?;
    let loaded = load(&file);
    loaded
        .settings
        .with_context(|| config::report(&loaded.problems, false))
}
