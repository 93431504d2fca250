//! Settings: what feeds.toml means, after every doubt is settled.

use std::{path::PathBuf, time::Duration};

use chrono_tz::Tz;
use url::Url;

use super::{Area, Digest, Language, Look, Source};

/// Everything a round needs to know. Made by `config`, never by hand outside tests.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who publishes.
    pub publication: Publication,
    /// Where files go; absolute.
    pub paths: Paths,
    /// How sources are pulled.
    pub fetch: FetchSettings,
    /// How mail goes out.
    pub mail: MailSettings,
    /// How the pages are served.
    pub serve: ServeSettings,
    /// How long items are kept that no edition cites; `None` is for ever.
    pub keep_items: Option<Duration>,
    /// The newsletters.
    pub digests: Vec<Digest>,
    /// The sources, in the order of the files.
    pub sources: Vec<Source>,
    /// The policy areas, in the order of areas.toml.
    pub areas: Vec<Area>,
    /// Theme, labels and texts.
    pub look: Look,
}

/// Who publishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// The name of the whole.
    pub title: String,
    /// The body behind it.
    pub publisher: String,
    /// Its postal address.
    pub address: String,
    /// A mail address; also named in the User-Agent.
    pub contact: String,
    /// Where `public/` and the forms are reached; ends in a slash.
    pub base_url: Url,
    /// The language of its own words.
    pub language: Language,
    /// The zone that schedules and dates are in.
    pub timezone: Tz,
}

/// Where files go; all absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The folder of feeds.toml.
    pub root: PathBuf,
    /// The folder of the database.
    pub data: PathBuf,
    /// The web archive.
    pub public: PathBuf,
    /// Mails as files, while no server is set.
    pub outbox: PathBuf,
    /// Theme, labels and texts.
    pub templates: PathBuf,
    /// The policy areas.
    pub areas: PathBuf,
    /// The database: `sqlite:…` or `postgres://…`.
    pub database: String,
}

/// How sources are pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchSettings {
    /// The usual interval.
    pub every: Duration,
    /// The most requests at once.
    pub concurrency: usize,
    /// The most requests at once to one host.
    pub per_host: usize,
    /// For a whole request, redirects and body included.
    pub timeout: Duration,
    /// The most bytes of a decoded body.
    pub max_size: u64,
    /// Private networks that may be asked all the same, as `address/prefix`.
    pub allow_private: Vec<(std::net::IpAddr, u8)>,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self {
            every: Duration::from_hours(1),
            concurrency: 32,
            per_host: 2,
            timeout: Duration::from_secs(30),
            max_size: 10_000_000,
            allow_private: Vec::new(),
        }
    }
}

/// How the pages are served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServeSettings {
    /// The networks of the proxies whose `X-Forwarded-For` is believed, as `address/prefix`.
    pub proxies: Vec<(std::net::IpAddr, u8)>,
}

/// How mail goes out.
#[derive(Clone, Debug, PartialEq)]
pub struct MailSettings {
    /// The sender's name; may be empty.
    pub from_name: String,
    /// The sender's address.
    pub from_address: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The server; `None` writes files to the outbox.
    pub server: Option<Server>,
    /// Certificates of authorities that are trusted for it besides the usual ones, as PEM.
    pub ca: Option<String>,
    /// The most connections at once.
    pub connections: usize,
    /// The most messages a second; `None` is as fast as the server takes them.
    pub rate: Option<f64>,
    /// The most messages a second to one receiving domain.
    pub domain_rate: Option<f64>,
    /// How long one step of a conversation may take; the last one ten times as long.
    pub timeout: Duration,
    /// Whether a mail in doubt is sent once more by itself.
    pub in_doubt: InDoubt,
    /// The envelope sender's base; `+TOKEN` is added to its local part.
    pub bounces: Option<String>,
    /// How messages are signed: once by each key.
    pub dkim: Vec<Dkim>,
}

impl MailSettings {
    /// What holds where nothing else is said.
    pub fn new(from_name: String, from_address: String) -> Self {
        Self {
            from_name,
            from_address,
            reply_to: None,
            server: None,
            ca: None,
            connections: 4,
            rate: None,
            domain_rate: None,
            timeout: Duration::from_mins(1),
            in_doubt: InDoubt::Repeat,
            bounces: None,
            dkim: Vec::new(),
        }
    }
}

/// What becomes of a mail that was handed over whole and never answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InDoubt {
    /// It is sent once more under the same Message-ID, by which receivers know it again
    Repeat,
    /// It waits for a person
    Ask,
}

/// An SMTP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// TLS from the first byte
    Smtps {
        /// Its name
        host: String,
        /// Its port; 465 is usual
        port: u16,
        /// Who we are there, and the password
        login: Option<(String, String)>,
    },
    /// STARTTLS, which must succeed
    Starttls {
        /// Its name
        host: String,
        /// Its port; 587 is usual
        port: u16,
        /// Who we are there, and the password
        login: Option<(String, String)>,
    },
    /// No TLS; loopback only
    Plaintext {
        /// Its name
        host: String,
        /// Its port; 25 is usual
        port: u16,
        /// Who we are there, and the password
        login: Option<(String, String)>,
    },
}

/// A key to sign with (RFC 6376).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dkim {
    /// The domain that signs.
    pub domain: String,
    /// The name of the key.
    pub selector: String,
    /// The private key, PEM or base64.
    pub key: String,
}
