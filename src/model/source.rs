//! Sources: one feed, or one web page read by rules.

use std::time::Duration;

use chrono::{DateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{AreaId, LanguageCode, SourceId};

/// A source as feeds.toml means it.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its id; made from the name where the file gives none.
    pub id: SourceId,
    /// Its name as people read it.
    pub name: String,
    /// The body it belongs to.
    pub section: String,
    /// Where it is pulled from; http or https.
    pub url: Url,
    /// The language its items are in, unless their text says otherwise.
    pub language: Option<LanguageCode>,
    /// Areas that all its items have.
    pub areas: Vec<AreaId>,
    /// Who leads a story: higher goes first; 0 is usual.
    pub priority: i64,
    /// How often it is pulled; `None` takes the default of `[fetch]`.
    pub every: Option<Duration>,
    /// Rules for a web page; `None` for a feed.
    pub page: Option<PageRules>,
    /// Whom to tell when it breaks.
    pub coordinator: Option<String>,
    /// Kept in the file but not pulled.
    pub paused: bool,
}

impl Source {
    /// Its address without a name and password, as anybody may see it.
    pub fn public_url(&self) -> Url {
        let mut url = self.url.clone();
        // Neither can fail for an address of the web.
        let _ = (url.set_username(""), url.set_password(None));
        url
    }
}

/// How to read a web page as a list of items: CSS selectors, `@attribute` at the end of one takes an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PageRules {
    /// The block that holds one item.
    pub item: String,
    /// Its title, within the block.
    pub title: Option<String>,
    /// Its link, within the block.
    pub link: Option<String>,
    /// Its date, within the block.
    pub date: Option<String>,
    /// How the date is written, in `strftime` letters; `None` tries the known forms.
    pub date_format: Option<String>,
    /// Its summary, within the block.
    pub summary: Option<String>,
    /// Its picture, within the block.
    pub image: Option<String>,
    /// The link to the next page of the list, within the page.
    pub next: Option<String>,
    /// How many pages of the list to read at the most; 1 is usual.
    pub pages: u32,
}

/// What a server gave to ask again with, byte for byte (RFC 9110, section 8.8).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Validators {
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    pub last_modified: Option<String>,
    /// The address that gave them; they are of no use to any other.
    pub url: Option<Url>,
}

/// How often a feed asks to be pulled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// RSS `ttl`.
    pub ttl: Option<Duration>,
    /// `sy:updatePeriod` by `sy:updateFrequency`.
    pub update_every: Option<Duration>,
    /// Hours of the day, UTC, to stay away (RSS `skipHours`).
    pub skip_hours: Vec<u32>,
    /// Days to stay away (RSS `skipDays`).
    pub skip_days: Vec<Weekday>,
}

/// What a source said of itself when it was last read whole; answers without a body leave it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Its own title.
    pub title: String,
    /// The host that most of its items are on.
    pub host: String,
    /// How often it asks to be pulled.
    pub rhythm: Rhythm,
    /// How long its answer stays fresh by its headers.
    pub fresh_for: Option<Duration>,
    /// Since when it has listed nothing new.
    pub same_since: Option<DateTime<Utc>>,
}

/// How a source fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Pulled and read
    Ok,
    /// Never pulled
    New,
    /// The last pulls failed
    Failing,
    /// Readable, but quieter than its own rhythm makes likely
    Silent,
    /// Its address has changed for good
    Moved,
    /// The server said 410, or it stayed away for long
    Gone,
    /// A bot wall or a refusal stands before it
    Blocked,
    /// Switched off in feeds.toml
    Paused,
}

impl SourceState {
    /// The word as scripts read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::New => "new",
            Self::Failing => "failing",
            Self::Silent => "silent",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Blocked => "blocked",
            Self::Paused => "paused",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Ok,
            Self::New,
            Self::Failing,
            Self::Silent,
            Self::Moved,
            Self::Gone,
            Self::Blocked,
            Self::Paused,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

/// What the database knows of a source besides feeds.toml.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceHealth {
    /// The source.
    pub id: SourceId,
    /// How it fares.
    pub state: SourceState,
    /// Where it is pulled from now, if a lasting redirect was believed.
    pub moved_to: Option<Url>,
    /// A lasting redirect's target and how many pulls in a row agreed on it.
    pub moving: Option<(Url, u32)>,
    /// What to ask with.
    pub validators: Validators,
    /// A hash of the last body that was read, to see a 200 that brings nothing new.
    pub body_hash: Option<String>,
    /// The last HTTP status, if there was an answer.
    pub last_status: Option<u16>,
    /// When it was last asked.
    pub last_fetch: Option<DateTime<Utc>>,
    /// When it last answered with something readable, 304 included.
    pub last_success: Option<DateTime<Utc>>,
    /// When it last brought a new item.
    pub last_new: Option<DateTime<Utc>>,
    /// When it is due; `None` is at once.
    pub next_fetch: Option<DateTime<Utc>>,
    /// Until when the server asked to be left alone (Retry-After); `--force` does not override it.
    pub retry_after: Option<DateTime<Utc>>,
    /// How many items are stored of it.
    pub items: u64,
    /// How many pulls in a row have failed.
    pub failures: u32,
    /// What is wrong, in one sentence.
    pub problem: Option<String>,
    /// Seconds between its items, by its recent history.
    pub rhythm: Option<f64>,
    /// When a person was last told of the present problem.
    pub notified: Option<DateTime<Utc>>,
    /// Since when it has been in trouble; `None` while it is not.
    pub troubled: Option<DateTime<Utc>>,
    /// What it last said of itself.
    pub profile: Profile,
}

impl SourceHealth {
    /// A source that was never pulled.
    pub fn new(id: SourceId) -> Self {
        Self {
            id,
            state: SourceState::New,
            moved_to: None,
            moving: None,
            validators: Validators::default(),
            body_hash: None,
            last_status: None,
            last_fetch: None,
            last_success: None,
            last_new: None,
            next_fetch: None,
            retry_after: None,
            items: 0,
            failures: 0,
            problem: None,
            rhythm: None,
            notified: None,
            troubled: None,
            profile: Profile::default(),
        }
    }
}
