//! Rounds of many sources beside the bare loops: cold, unchanged, a tenth changed, and from afar.

use std::{fs, path::Path, time::Duration};

use super::{
    bare::Errand,
    child::{Cost, cost},
    feeds::Feeds,
};

/// The most requests at once, ours and the loops'.
pub(crate) const CONCURRENCY: usize = 32;

fn configure(
    folder: &Path,
    feeds: &Feeds,
    sources: usize,
    concurrency: usize,
) -> anyhow::Result<()> {
    let mut text = format!(
        "[publication]\ntitle = \"T\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
         base_url = \"https://example.org\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n\
         [fetch]\nconcurrency = {concurrency}\nallow_private = [\"127.0.0.0/8\"]\n\
         [[digest]]\nid = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 7 * * MON\"\n"
    );
    for source in 0..sources {
        text += &format!(
            "[[source]]\nname = \"Source {source}\"\nsection = \"S{}\"\nurl = \"{}\"\n",
            source % 20,
            feeds.url(source)
        );
    }
    Ok(fs::write(folder.join("feeds.toml"), text)?)
}

/// The program, pulling everything.
fn ours(folder: &Path, minute: usize) -> anyhow::Result<Cost> {
    let now = format!("2026-11-17T08:{minute:02}:00Z");
    let words = ["--json", "fetch", "--force", "--now", &now].map(str::to_owned);
    cost(folder, env!("CARGO_BIN_EXE_circular"), &words)
}

fn theirs(folder: &Path, errand: &Errand<'_>) -> anyhow::Result<Cost> {
    let program = std::env::current_exe()?;
    cost(folder, &program.to_string_lossy(), &errand.words())
}

/// What one pass of rounds took, ours beside the reference's.
pub(crate) struct Pass {
    /// Beside reqwest, feed-rs and SQLite.
    pub(crate) cold: (Cost, Cost),
    /// Beside reqwest.
    pub(crate) unchanged: (Cost, Cost),
    /// Beside reqwest, feed-rs and SQLite.
    pub(crate) tenth: (Cost, Cost),
    items: u64,
    /// From the start of the program to the first request, with all sources known; in milliseconds.
    pub(crate) first: f64,
}

/// Plays a cold round, one without news, and one with news in a tenth of the feeds.
pub(crate) async fn pass(sources: usize) -> anyhow::Result<Pass> {
    let feeds = Feeds::open(sources, Duration::ZERO)?;
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    configure(folder, &feeds, sources, CONCURRENCY)?;
    let database = folder.join("bare.db");
    let errand = |known, stores: bool| Errand {
        sources,
        port: feeds.port,
        concurrency: CONCURRENCY,
        known,
        database: stores.then_some(database.as_path()),
    };
    let cold = (ours(folder, 0)?, theirs(folder, &errand(None, true))?);
    let report: serde_json::Value = serde_json::from_str(&cold.0.output)?;
    let items = report["items"]["new"].as_u64().unwrap_or_default();
    let expected: usize = (0..sources).map(super::feeds::items).sum();
    anyhow::ensure!(
        items == expected as u64,
        "{items} items of {expected}: {report}"
    );
    feeds.ask("first").await?;
    let again = ours(folder, 1)?;
    let asked: u64 = feeds.ask("first").await?.parse()?;
    let report: serde_json::Value = serde_json::from_str(&again.output)?;
    anyhow::ensure!(report["sources"]["unchanged"] == sources, "{report}");
    #[expect(clippy::cast_precision_loss, reason = "a few milliseconds")]
    let first = asked.saturating_sub(again.begun) as f64 / 1000.0;
    let unchanged = (again, theirs(folder, &errand(Some(0), false))?);
    feeds.ask("turn").await?;
    let tenth = (ours(folder, 2)?, theirs(folder, &errand(Some(0), true))?);
    let report: serde_json::Value = serde_json::from_str(&tenth.0.output)?;
    anyhow::ensure!(
        report["items"]["new"] == sources.div_ceil(super::feeds::SHARE),
        "{report}"
    );
    Ok(Pass {
        cold,
        unchanged,
        tenth,
        items,
        first,
    })
}

/// A cold round over a wire that takes its time, beside reqwest alone.
pub(crate) fn afar(sources: usize, latency: Duration) -> anyhow::Result<(Cost, Cost)> {
    let feeds = Feeds::open(sources, latency)?;
    let folder = tempfile::tempdir()?;
    configure(folder.path(), &feeds, sources, CONCURRENCY)?;
    let errand = Errand {
        sources,
        port: feeds.port,
        concurrency: CONCURRENCY,
        known: None,
        database: None,
    };
    Ok((ours(folder.path(), 0)?, theirs(folder.path(), &errand)?))
}

impl Pass {
    /// How many new items the cold round brought.
    pub(crate) fn items(&self) -> f64 {
        f64::from(u32::try_from(self.items).unwrap_or(u32::MAX))
    }
}
