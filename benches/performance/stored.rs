//! What a database of a million items costs: finding a new item's place, and making an edition.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use circular::{
    issue,
    model::{
        AreaId, AreaTag, DigestId, EditionId, Item, LedgerState, Placement, Relation, SourceHealth,
        SourceId, StoryId,
    },
    pipeline::Works,
    render::Why,
    store::{NewItem, Round, Sought, Store},
    story,
};
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{kernels::item, post, table::median};

/// What waits for an edition: a week's share of a million items in two years.
pub(crate) const WEEK: u64 = 9_600;

/// What one size of the database gave.
pub(crate) struct Stored {
    pub(crate) items: u64,
    /// Microseconds to sign, look up and place one item.
    pub(crate) place: f64,
    /// Microseconds to look up twenty keys of one item in SQLite alone.
    pub(crate) look_up: f64,
    /// Milliseconds from the database to the finished HTML and text.
    pub(crate) edition: f64,
    /// Milliseconds to read the rows of what waits, alone.
    pub(crate) rows: f64,
}

/// Fills a database of each size, and measures there.
pub(crate) async fn at_sizes(sizes: &[u64]) -> anyhow::Result<Vec<Stored>> {
    let mut all = Vec::new();
    for size in sizes {
        all.push(at_size(*size).await?);
    }
    Ok(all)
}

async fn at_size(size: u64) -> anyhow::Result<Stored> {
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("feeds.toml"),
        "[publication]\ntitle = \"T\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
         base_url = \"https://example.org\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n\
         [[digest]]\nid = \"weekly\"\ntitle = \"D\"\nschedule = \"0 7 * * MON\"\nmax_per_source = 100\n",
    )?;
    let works = post::works(folder.path()).await?;
    let digest = DigestId::new("weekly");
    fill(&works.store, size, &digest, works.clock.now()).await?;
    // A digest that had an edition takes what waits for it and nothing else.
    let before = works.clock.now() - TimeDelta::days(7);
    let mut first = post::edition(digest.clone(), before);
    first.id = EditionId::new("weekly-first");
    works.store.freeze(&first, &[], None).await?;
    let measured = measure(&works, folder.path(), size, &digest).await;
    works.store.close().await;
    measured
}

async fn fill(
    store: &Store,
    size: u64,
    digest: &DigestId,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let waits_from = size.saturating_sub(WEEK);
    let mut first = 0;
    while first < size {
        let last = (first + 500).min(size);
        let new = tokio::task::spawn_blocking({
            let digest = digest.clone();
            move || {
                (first..last)
                    .map(|number| {
                        let waits = (number >= waits_from).then_some(&digest);
                        new_item(dated(number, size - number, now), waits)
                    })
                    .collect()
            }
        })
        .await?;
        let health = SourceHealth::new(SourceId::new(format!("source-{}", first % 1000)));
        let round = Round {
            new,
            ..Round::quiet(health)
        };
        store.record(&[round]).await?;
        first = last;
    }
    Ok(())
}

/// An item after which so many more came.
fn dated(number: u64, later: u64, now: DateTime<Utc>) -> Item {
    let mut item = item(number, 60);
    let area =
        ["copyright", "open-access", "sdg", "privacy-data"][usize::try_from(number % 4).unwrap()];
    item.areas = vec![AreaTag {
        id: AreaId::new(area),
        score: 0.8,
        evidence: Vec::new(),
    }];
    let age = TimeDelta::days(7) / i32::try_from(WEEK).unwrap() * i32::try_from(later).unwrap();
    (item.first_seen, item.effective, item.published) = (now - age, now - age, Some(now - age));
    item
}

fn new_item(item: Item, waits: Option<&DigestId>) -> NewItem {
    NewItem {
        keys: story::keys(&item),
        placement: Placement {
            story: StoryId::new(item.id.as_str()),
            relation: Relation::New,
            of: None,
            likeness: 0.0,
            reason: "nothing like it was there".to_owned(),
        },
        ledger: waits
            .map(|digest| (digest.clone(), LedgerState::Waiting))
            .into_iter()
            .collect(),
        item,
    }
}

/// Has the system read a file, so that what is measured is work and not a disk.
fn in_cache(file: &Path) -> std::io::Result<()> {
    let mut file = std::fs::File::open(file)?;
    std::io::copy(&mut file, &mut std::io::sink())?;
    Ok(())
}

async fn measure(
    works: &Works,
    folder: &Path,
    items: u64,
    digest: &DigestId,
) -> anyhow::Result<Stored> {
    let since = |begun: Instant| begun.elapsed().as_secs_f64();
    let now = works.clock.now();
    let file = folder.join("data/circular.db");
    in_cache(&file)?;
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut alone = SqliteConnection::connect_with(&options).await?;
    let (mut places, mut look_ups) = (Vec::new(), Vec::new());
    for round in 0..40_u64 {
        // Twenty items that are new, as a feed brings them.
        let new: Vec<Item> = (0..20)
            .map(|n| dated((1 << 40) + round * 20 + n, 0, now))
            .collect();
        let begun = Instant::now();
        let signed: Vec<_> = new.iter().map(story::sign).collect();
        let sought: Vec<_> = new
            .iter()
            .zip(&signed)
            .map(|(item, signature)| Sought::of(item, &signature.keys))
            .collect();
        let found = works.store.candidates(&sought).await?;
        for (item, signature) in new.iter().zip(&signed) {
            let candidates = found.sharing(&signature.keys);
            std::hint::black_box(signature.place(item, "S", &candidates));
        }
        places.push(since(begun) * 1e6 / 20.0);
        let begun = Instant::now();
        for n in 0..20 {
            // Keys that last lie all over the table; the others, those of their season apart.
            let key = super::feeds::scatter(round * 20 + n).cast_signed() | i64::MIN;
            let query = sqlx::query("SELECT item FROM item_keys WHERE hash = ?").bind(key);
            query.fetch_all(&mut alone).await?;
        }
        look_ups.push(since(begun) * 1e6);
    }
    let settings = &works.settings;
    let wanted = issue::digest_of(settings, digest).ok_or_else(|| anyhow::anyhow!("no digest"))?;
    let (mut editions, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let begun = Instant::now();
        let edition = issue::draft(works, wanted).await?;
        let letter = issue::owned_letter(
            settings,
            &edition,
            std::slice::from_ref(&edition.digest),
            Why::Subscribed,
        );
        std::hint::black_box(letter.html.len() + letter.text.len());
        editions.push(since(begun) * 1e3);
        let begun = Instant::now();
        let query = "SELECT i.* FROM ledger l JOIN items i ON i.story = l.story WHERE l.digest = ? AND l.state = 'waiting'";
        let found = sqlx::query(query)
            .bind(digest.as_str())
            .fetch_all(&mut alone)
            .await?;
        let bytes: usize = found
            .iter()
            .map(|row| row.get::<String, _>("body").len())
            .sum();
        anyhow::ensure!(
            bytes > 0 && found.len() as u64 >= WEEK.min(items),
            "{} rows",
            found.len()
        );
        rows.push(since(begun) * 1e3);
    }
    alone.close().await?;
    tokio::time::sleep(Duration::from_millis(10)).await;
    Ok(Stored {
        items,
        place: median(places),
        look_up: median(look_ups),
        edition: median(editions),
        rows: median(rows),
    })
}
