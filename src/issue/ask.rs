//! What is not sent before a person says so: everything while sending is paused, editions whose time
//! is over, and what stands in a database that was put back from a copy.

use std::path::PathBuf;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};

use super::{DeliveryReport, digest_of, edition_of};
use crate::{
    model::{Edition, EditionId, Settings},
    pipeline::Works,
    schedule::Schedule,
};

/// An edition is never too old for less than this, however often its digest comes.
const AT_LEAST: TimeDelta = TimeDelta::hours(24);
/// How long an edition is tried whose digest has left feeds.toml.
const WITHOUT_DIGEST: TimeDelta = TimeDelta::days(5);

/// Until when an edition is news: the next one is due then.
pub(super) fn until(settings: &Settings, edition: &Edition) -> DateTime<Utc> {
    let next = digest_of(settings, &edition.digest)
        .and_then(|digest| Schedule::parse(&digest.schedule).ok())
        .and_then(|schedule| {
            let mut upcoming = schedule.upcoming(edition.to, settings.publication.timezone);
            upcoming.next()
        })
        .unwrap_or(edition.to + WITHOUT_DIGEST);
    next.max(edition.to + AT_LEAST)
}

/// Whether sending is paused; the report says so.
pub(super) async fn is_paused(works: &Works, report: &mut DeliveryReport) -> anyhow::Result<bool> {
    let Some(note) = works.store.paused().await? else {
        return Ok(false);
    };
    report.notes.push(format!(
        "sending is paused {note}; `circular deliveries resume` goes on"
    ));
    Ok(true)
}

/// Sets aside what a person is to be asked about, and says what waits for their word.
pub(super) async fn hold_back(
    works: &Works,
    mark: &Mark,
    report: &mut DeliveryReport,
) -> anyhow::Result<()> {
    let now = works.clock.now();
    let queues = works.store.queues().await?;
    if mark.went_back() {
        let all: Vec<EditionId> = queues.iter().map(|queue| queue.edition.clone()).collect();
        let why = "this database was put back from a copy that is older than the last sending: the mails may have gone out already";
        works.store.hold_editions(&all, why, true, now).await?;
    }
    for queue in queues {
        if queue.asked.is_some() || queue.untried == 0 {
            continue;
        }
        let Some(content) = edition_of(works, &queue.edition).await? else {
            continue;
        };
        if until(&works.settings, &content.edition) <= now {
            let why = "its time is over: the next edition is due already";
            let held = [queue.edition];
            works.store.hold_editions(&held, why, false, now).await?;
        }
    }
    for hold in works.store.held_editions().await? {
        let (mails, wait) = if hold.waiting == 1 {
            ("mail", "waits")
        } else {
            ("mails", "wait")
        };
        report.problems.push(format!(
            "{} {mails} of `{edition}` {wait} for your word, as {}: `circular deliveries release {edition}` sends, `circular deliveries withdraw {edition}` does not",
            hold.waiting,
            hold.why,
            edition = hold.edition,
        ));
    }
    Ok(())
}

/// A number in the database and in a file beside it that goes up whenever sending begins and ends. A
/// database that is put back from a copy is behind its file; where there is no file, it still says
/// whether it is a copy.
pub(super) struct Mark {
    file: PathBuf,
    /// What the file said.
    beside: Option<i64>,
    /// What the database said.
    within: i64,
    /// Whether the database was written by `circular backup`.
    copied: bool,
    raised: bool,
}

impl Mark {
    pub(super) async fn read(works: &Works) -> anyhow::Result<Self> {
        let file = works.settings.paths.data.join("post.mark");
        let beside = std::fs::read_to_string(&file).ok();
        Ok(Self {
            beside: beside.and_then(|text| text.trim().parse().ok()),
            within: works.store.post_mark().await?,
            copied: works.store.is_copy().await?,
            file,
            raised: false,
        })
    }

    /// Whether the database is older than what was sent from it.
    pub(super) fn went_back(&self) -> bool {
        match self.beside {
            Some(beside) => beside > self.within,
            None => self.copied,
        }
    }

    /// Sending begins.
    pub(super) async fn raise(&mut self, works: &Works) -> anyhow::Result<()> {
        if !self.raised {
            self.raised = true;
            self.step(works).await?;
        }
        Ok(())
    }

    /// Sending ends; a copy that was made in between is older than this.
    pub(super) async fn end(&mut self, works: &Works) -> anyhow::Result<()> {
        if self.raised || self.went_back() {
            self.raised = false;
            self.step(works).await?;
        }
        Ok(())
    }

    async fn step(&mut self, works: &Works) -> anyhow::Result<()> {
        if std::mem::take(&mut self.copied) {
            works.store.set_copy(false).await?;
        }
        let known = self.beside.unwrap_or_default();
        let mark = works.store.raise_post_mark(known).await?;
        self.within = mark;
        self.beside = Some(mark);
        super::write_if_changed(&self.file, mark.to_string().as_bytes())
            .with_context(|| format!("`{}` cannot be written", self.file.display()))?;
        Ok(())
    }
}
