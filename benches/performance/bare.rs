//! The references of a round: a loop of reqwest alone, and one that reads with feed-rs and stores in
//! SQLite, a hundred rows a transaction. No idle pool: each source has a host of its own.

use std::{path::Path, sync::Arc, time::Duration};

use circular::fetch::install_crypto;
use futures_util::{StreamExt as _, stream};
use reqwest::{Client, StatusCode, header};
use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::mpsc;

/// What the loop is to do with what it fetches.
pub(crate) struct Errand<'a> {
    pub(crate) sources: usize,
    pub(crate) port: u16,
    pub(crate) concurrency: usize,
    /// The turn of which it knows the validators; `None`: it knows nothing.
    pub(crate) known: Option<usize>,
    /// Where it keeps items; `None`: it reads nothing but bytes.
    pub(crate) database: Option<&'a Path>,
}

impl Errand<'_> {
    /// The words of the command line that [`run`] takes back.
    pub(crate) fn words(&self) -> Vec<String> {
        let known = self.known.map_or("-".to_owned(), |turn| turn.to_string());
        let database = self.database.map_or("-".into(), Path::to_string_lossy);
        vec![
            "bare".to_owned(),
            self.sources.to_string(),
            self.port.to_string(),
            self.concurrency.to_string(),
            known,
            database.into_owned(),
        ]
    }
}

/// Runs the loop that the words of a command line describe.
pub(crate) async fn run(words: &[String]) -> anyhow::Result<()> {
    install_crypto();
    let [sources, port, concurrency, known, database] = words else {
        anyhow::bail!("five words are wanted");
    };
    let (sources, port): (usize, u16) = (sources.parse()?, port.parse()?);
    let concurrency = concurrency.parse()?;
    let known: Option<usize> = known.parse().ok();
    let client = Client::builder()
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(30))
        .build()?;
    let reads = database != "-";
    let (rows, received) = mpsc::channel(256);
    let writer = tokio::spawn(write(database.clone(), received));
    let rows = Arc::new(rows);
    stream::iter(0..sources)
        .map(|source| {
            let (client, rows) = (client.clone(), Arc::clone(&rows));
            tokio::spawn(async move {
                let (a, b) = (1 + source / 250, 1 + source % 250);
                let mut request = client
                    .get(format!("http://127.0.{a}.{b}:{port}/{source}"))
                    .header(header::ACCEPT_ENCODING, "gzip");
                if let Some(turn) = known {
                    request =
                        request.header(header::IF_NONE_MATCH, super::feeds::etag(source, turn));
                }
                let response = request.send().await?;
                if response.status() == StatusCode::NOT_MODIFIED {
                    return anyhow::Ok(());
                }
                let body = response.error_for_status()?.bytes().await?;
                if reads {
                    let text = flate2::read::GzDecoder::new(&body[..]);
                    let feed = feed_rs::parser::parse(std::io::BufReader::new(text))?;
                    rows.send((source, feed)).await?;
                }
                Ok(())
            })
        })
        .buffer_unordered(concurrency)
        .for_each(|done| async { done.unwrap().unwrap() })
        .await;
    drop(rows);
    writer.await?
}

type Feed = (usize, feed_rs::model::Feed);

async fn write(database: String, mut received: mpsc::Receiver<Feed>) -> anyhow::Result<()> {
    if database == "-" {
        return Ok(());
    }
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS item (source INTEGER, guid TEXT, title TEXT, link TEXT, \
         published TEXT, text TEXT, PRIMARY KEY (source, guid)) WITHOUT ROWID",
    )
    .execute(&mut connection)
    .await?;
    let mut transaction = connection.begin().await?;
    let mut count = 0;
    while let Some((source, feed)) = received.recv().await {
        for entry in feed.entries {
            let text = entry.content.and_then(|content| content.body);
            let text = text.or(entry.summary.map(|text| text.content));
            sqlx::query("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?, ?, ?)")
                .bind(i64::try_from(source)?)
                .bind(entry.id)
                .bind(entry.title.map(|title| title.content))
                .bind(entry.links.first().map(|link| link.href.clone()))
                .bind(entry.published.map(|time| time.to_rfc3339()))
                .bind(text)
                .execute(&mut *transaction)
                .await?;
            count += 1;
            if count % 100 == 0 {
                transaction.commit().await?;
                transaction = connection.begin().await?;
            }
        }
    }
    transaction.commit().await?;
    Ok(connection.close().await?)
}
