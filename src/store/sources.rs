//! Sources: what feeds.toml says of them, and the log of their pulls.
//!
//! A source that leaves feeds.toml keeps its row and its items; when it comes back it goes on where
//! it was. The log of pulls is one bounded text in the row, so that a pull costs one statement.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, Executor as _};
use url::Url;

use super::{
    Result, Store,
    dialect::{Durable, ours, pieces},
    row::{Columns, count, to_ms},
    secret::hex,
};
use crate::model::{Source, SourceId};

/// A source as the database knows it, present in feeds.toml or not.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRow {
    /// Its id.
    pub id: SourceId,
    /// Its name when it was last in feeds.toml.
    pub name: String,
    /// Its section.
    pub section: String,
    /// Its address.
    pub url: String,
    /// Whether it is in feeds.toml.
    pub present: bool,
}

/// One pull in the log of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// When it was.
    pub at: DateTime<Utc>,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// How many new items it brought.
    pub new: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How many bytes came, decoded.
    pub bytes: u64,
    /// What was wrong, in one sentence; empty where nothing was.
    pub note: String,
}

/// The longest log of a source, in characters: some fifty quiet pulls.
pub(super) const LOG_LENGTH: usize = 2_000;

impl Pull {
    /// One line of the log.
    pub(super) fn line(&self) -> String {
        let status = self.status.map_or(0, i64::from);
        let note: String = self
            .note
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(160)
            .collect();
        format!(
            "{} {status} {} {} {} {}\n",
            to_ms(self.at),
            self.new,
            self.took_ms,
            self.bytes,
            note.trim()
        )
    }

    /// Reads a line back; the last one of a log may be cut.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(6, ' ');
        let mut next = || words.next()?.parse::<i64>().ok();
        Some(Self {
            at: super::row::from_ms(next()?),
            status: next()
                .map(|status| u16::try_from(status).unwrap_or_default())
                .filter(|s| *s != 0),
            new: count(next()?),
            took_ms: count(next()?),
            bytes: count(next()?),
            note: words.next()?.to_owned(),
        })
    }
}

/// What feeds.toml and the database say differently of the sources.
struct Sync<'a> {
    differ: Vec<&'a Source>,
    /// In the database as present, and not in feeds.toml.
    absent: Vec<String>,
}

impl<'a> Sync<'a> {
    async fn of(sources: &'a [Source], connection: &mut AnyConnection) -> Result<Self> {
        let rows =
            sqlx::query("SELECT id, name, section, url, priority, paused, present FROM sources")
                .fetch_all(connection)
                .await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in &rows {
            let mut columns = Columns::of(row);
            let id = columns.text()?;
            let texts = (columns.text()?, columns.text()?, columns.text()?);
            let numbers = (columns.number()?, columns.number()?);
            known.insert(id, (texts, numbers, columns.number()? == 1));
        }
        let same = |source: &Source| {
            let texts = (
                source.name.as_str(),
                source.section.as_str(),
                source.url.as_str(),
            );
            let numbers = (source.priority, i64::from(source.paused));
            known.get(source.id.as_str()) == Some(&(texts, numbers, true))
        };
        let named: HashSet<&str> = sources.iter().map(|source| source.id.as_str()).collect();
        let absent = known
            .iter()
            .filter(|(id, (.., present))| *present && !named.contains(*id));
        Ok(Self {
            differ: sources.iter().filter(|source| !same(source)).collect(),
            absent: absent.map(|(id, _)| (*id).to_owned()).collect(),
        })
    }
}

/// The note that says which sources were taken over last.
const TAKEN: &str = "sources";

/// What is taken over of sources, as one hash.
fn fingerprint(sources: &[Source]) -> String {
    let mut hasher = Sha256::new();
    for source in sources {
        let texts = [
            source.id.as_str(),
            &source.name,
            &source.section,
            source.url.as_str(),
        ];
        for text in texts {
            hasher.update(text);
            hasher.update([0]);
        }
        hasher.update(source.priority.to_le_bytes());
        hasher.update([u8::from(source.paused)]);
    }
    hex(&hasher.finalize()[..16])
}

impl Store {
    /// Takes over what feeds.toml says: new sources get a row, known ones their present name,
    /// section, address and priority, and those that are gone are marked as absent.
    ///
    /// A source whose address was changed by hand is asked afresh: what was believed of the old
    /// address (validators, a move, that it is gone) is forgotten.
    ///
    /// Where the same was taken over last, as by nearly every program that starts, one question
    /// tells; else only what is different is written. On a server,
    /// whoever pulls waits until it is done: several rows written at once, in no order that all
    /// keep to, could make two writers wait for one another.
    pub async fn sync_sources(&self, sources: &[Source], now: DateTime<Utc>) -> Result<()> {
        let taken = fingerprint(sources);
        if self.note(TAKEN).await?.as_deref() == Some(&taken) {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.begin(Durable::Usual).await?;
        if let Some(words) = self.dialect().alone("sources") {
            transaction.execute(ours(words)).await?;
        }
        let Sync { differ, absent } = Sync::of(sources, &mut transaction).await?;
        for piece in pieces(&differ) {
            let text = format!(
                "INSERT INTO sources (id, name, section, url, priority, paused, added) VALUES {} \
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, section = excluded.section, \
                 priority = excluded.priority, paused = excluded.paused, present = 1, \
                 etag = CASE WHEN sources.url = excluded.url THEN sources.etag END, \
                 last_modified = CASE WHEN sources.url = excluded.url THEN sources.last_modified END, \
                 body_hash = CASE WHEN sources.url = excluded.url THEN sources.body_hash END, \
                 moved_to = CASE WHEN sources.url = excluded.url THEN sources.moved_to END, \
                 moving_to = CASE WHEN sources.url = excluded.url THEN sources.moving_to END, \
                 state = CASE WHEN sources.url = excluded.url THEN sources.state ELSE 'new' END, \
                 failures = CASE WHEN sources.url = excluded.url THEN sources.failures ELSE 0 END, \
                 problem = CASE WHEN sources.url = excluded.url THEN sources.problem END, \
                 retry_after = CASE WHEN sources.url = excluded.url THEN sources.retry_after END, \
                 troubled = CASE WHEN sources.url = excluded.url THEN sources.troubled END, \
                 profile = CASE WHEN sources.url = excluded.url THEN sources.profile ELSE '' END, \
                 next_fetch = CASE WHEN sources.url = excluded.url THEN sources.next_fetch ELSE 0 END, \
                 url = excluded.url",
                self.dialect().rows(piece.len(), 7)
            );
            let mut query = sqlx::query(ours(text));
            for source in piece {
                query = query
                    .bind(source.id.as_str())
                    .bind(source.name.as_str())
                    .bind(source.section.as_str())
                    .bind(source.url.as_str())
                    .bind(source.priority)
                    .bind(i64::from(source.paused))
                    .bind(to_ms(now));
            }
            query.execute(&mut *transaction).await?;
        }
        for id in absent {
            sqlx::query("UPDATE sources SET present = 0 WHERE id = $1")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        super::meta::set(&mut transaction, TAKEN, &taken).await?;
        Ok(transaction.commit().await?)
    }

    /// The addresses whose hosts asked to be left alone (429, 503), and until when.
    pub async fn resting(&self, now: DateTime<Utc>) -> Result<Vec<(Url, DateTime<Utc>)>> {
        let rows = sqlx::query(
            "SELECT COALESCE(moved_to, url), retry_after FROM sources \
             WHERE retry_after > $1 AND last_status IN (429, 503) AND present = 1",
        )
        .bind(to_ms(now))
        .fetch_all(self.pool())
        .await?;
        let mut resting = Vec::new();
        for row in &rows {
            let mut columns = Columns::of(row);
            if let Some(url) = columns.maybe_url()? {
                resting.push((url, columns.time()?));
            }
        }
        Ok(resting)
    }

    /// All sources that were ever stored, by id.
    pub async fn sources(&self) -> Result<Vec<SourceRow>> {
        sqlx::query("SELECT id, name, section, url, present FROM sources ORDER BY id")
            .fetch_all(self.pool())
            .await?
            .iter()
            .map(|row| {
                let mut columns = Columns::of(row);
                Ok(SourceRow {
                    id: SourceId::new(columns.text()?),
                    name: columns.string()?,
                    section: columns.string()?,
                    url: columns.string()?,
                    present: columns.number()? == 1,
                })
            })
            .collect()
    }

    /// The last pulls of a source, newest first.
    pub async fn pulls(&self, id: &SourceId) -> Result<Vec<Pull>> {
        let log: Option<String> = sqlx::query_scalar("SELECT log FROM sources WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.pool())
            .await?;
        let log = log.unwrap_or_default();
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        Ok(whole.lines().filter_map(Pull::read).collect())
    }
}
