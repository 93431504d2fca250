//! What may be typed: the one place that knows `clap`'s attributes.

mod editions;
mod items;
mod mail;
mod sources;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{ArgAction, Args, Parser, Subcommand};

pub(crate) use editions::EditionsCommand;
pub(crate) use items::{ItemsCommand, ItemsFilter};
pub(crate) use sources::SourcesCommand;

pub(super) use mail::{BounceArgs, DeliveriesCommand, DkimArgs};

pub(super) use super::args_subscribers::{AddSubscriber, ImportSubscribers};

/// circular reads feeds and pages, finds what is the same story, and mails a digest of it.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// The configuration
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "feeds.toml",
        env = "CIRCULAR_CONFIG"
    )]
    pub config: PathBuf,
    /// Put the clock there for this call, such as 2026-11-16T07:00:00Z
    #[arg(long, global = true, value_name = "TIME", value_parser = time)]
    pub now: Option<DateTime<Utc>>,
    /// Print data as JSON; lists as one object a line
    #[arg(long, global = true)]
    pub json: bool,
    /// Say only what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more; twice for everything
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play one whole round: pull, curate, compile what is due, write the archive, deliver
    Run(RunArgs),
    /// Pull sources, and nothing else
    Fetch(FetchArgs),
    /// Write the edition as it would be now into a folder, and change nothing
    Preview(PreviewArgs),
    /// Compile and deliver a digest now, whatever its schedule
    Send(SendArgs),
    /// Run as a daemon: the schedules, the web pages, health and metrics
    Serve(ServeArgs),
    /// Prove feeds.toml, areas.toml and templates/, and print each digest's next three times
    Check(CheckArgs),
    /// Write a starter feeds.toml, areas.toml and templates/
    Init {
        /// The folder
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Show the whole thing with no network and no mail server
    Demo {
        /// Write there rather than into a temporary folder
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// List, add, test and remove sources
    #[command(subcommand)]
    Sources(SourcesCommand),
    /// List, show, explain, correct and search items
    #[command(subcommand)]
    Items(ItemsCommand),
    /// The editor's desk
    #[command(subcommand)]
    Editions(EditionsCommand),
    /// The policy areas: list, try and measure them
    #[command(subcommand)]
    Areas(AreasCommand),
    /// Who gets which digest
    #[command(subcommand)]
    Subscribers(SubscribersCommand),
    /// The outbox
    #[command(subcommand)]
    Deliveries(DeliveriesCommand),
    /// Read what came back, a bounce, a complaint or a word to unsubscribe, from standard input, for a mail alias
    Bounce(BounceArgs),
    /// Make keys to sign mails with, never over old ones, and print the DNS records
    Dkim(DkimArgs),
    /// Tell how the sources, the schedule, the queue and the disk fare; exit 1 when something needs a person
    Health,
    /// Copy the database into a file while everything runs
    Backup {
        /// The file; must not exist
        file: PathBuf,
    },
    /// Move everything from one database to another, SQLite or PostgreSQL; verified table by table
    MigrateStore(MigrateArgs),
    /// Write the default templates into a folder, to be edited there
    #[command(subcommand)]
    Templates(TemplatesCommand),
    /// Print a completion script
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// `migrate-store`
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// What is moved: a file, or `postgres://USER@HOST/NAME`; left as it is
    #[arg(value_name = "FROM")]
    pub from: String,
    /// Where it goes: a file that does not exist, or an empty database
    #[arg(value_name = "TO")]
    pub to: String,
}

/// `run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Show the same and change nothing anywhere
    #[arg(long)]
    pub dry_run: bool,
    /// Exit 4 when a source failed
    #[arg(long)]
    pub strict: bool,
    /// Pull every source now, due or not (never against a server's Retry-After)
    #[arg(long)]
    pub force: bool,
}

/// `fetch`
#[derive(Debug, Args)]
pub struct FetchArgs {
    /// Only these sources
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Ignore intervals (never a server's Retry-After)
    #[arg(long)]
    pub force: bool,
    /// Exit 4 when a source failed
    #[arg(long)]
    pub strict: bool,
}

/// `preview`
#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// Only this digest
    pub digest: Option<String>,
    /// The folder
    #[arg(long, value_name = "DIR", default_value = "preview")]
    pub out: PathBuf,
    /// Open the edition in a browser
    #[arg(long)]
    pub open: bool,
}

/// `send`
#[derive(Debug, Args)]
pub struct SendArgs {
    /// The digest
    pub digest: String,
    /// Send a test copy to this address only, and leave the ledger alone
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
}

/// `serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where the web pages are served
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// How the log is written
    #[arg(long, value_enum, default_value = "text", env = "CIRCULAR_LOG")]
    pub log: LogFormat,
    /// Run the clock so many times as fast, for a rehearsal
    #[arg(long, value_name = "TIMES", hide = true, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub speed: Option<u32>,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// A line for people
    Text,
    /// An object a line
    Json,
}

/// `check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Pull each source once as well; nothing is stored
    #[arg(long)]
    pub online: bool,
    /// Print every key that feeds.toml may have, as Markdown, and check nothing
    #[arg(long, conflicts_with = "online")]
    pub keys: bool,
}

/// `areas …`
#[derive(Debug, Subcommand)]
pub enum AreasCommand {
    /// List them with how many terms and items they have
    List,
    /// Say which areas a text earns, and why
    Test {
        /// The text; standard input if absent
        text: Option<String>,
        /// Its title
        #[arg(long)]
        title: Option<String>,
        /// Its language; found out if absent
        #[arg(long)]
        language: Option<String>,
    },
    /// Measure precision, recall and F1 on labelled items
    Eval {
        /// JSON lines of id, title, summary, lang and `policy_areas`
        file: PathBuf,
        /// Measure what training would give, on each of so many parts by what the others teach
        #[arg(long, value_parser = clap::value_parser!(u8).range(2..=20))]
        folds: Option<u8>,
    },
    /// Learn words from labelled items and from corrections; used only where they prove better than the rules
    Train {
        /// JSON lines as for `eval`; the corrections by `items tag` are always learned from
        files: Vec<PathBuf>,
        /// Parts of which each is held back once, to measure on
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(2..=20))]
        folds: u8,
        /// Show what it would come to and write nothing
        #[arg(long, conflicts_with = "forget")]
        dry_run: bool,
        /// Take away what was learned, so that the rules stand alone
        #[arg(long, conflicts_with = "files")]
        forget: bool,
    },
    /// Tag all stored items anew, and say what changed
    Rerun,
}

/// `subscribers …`
#[derive(Debug, Subcommand)]
pub enum SubscribersCommand {
    /// List them
    List {
        /// Only of this digest
        digest: Option<String>,
        /// Only in this state
        #[arg(long)]
        state: Option<String>,
    },
    /// Add one who has asked for it elsewhere
    Add(AddSubscriber),
    /// Stop writing to one, and forget all but a keyed hash of the address
    Remove {
        /// The address
        address: String,
    },
    /// Add the readers of a CSV file
    Import(ImportSubscribers),
    /// Print all of them as CSV, or all that is held about one as JSON
    Export {
        /// The address of one
        address: Option<String>,
    },
    /// Erase all that is held about one person
    Erase {
        /// The address
        address: String,
        /// Say what would go, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// `templates …`
#[derive(Debug, Subcommand)]
pub enum TemplatesCommand {
    /// Write the defaults into a folder
    Export {
        /// The folder
        dir: PathBuf,
    },
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| "write it as 2026-11-16T07:00:00Z".to_owned())
}
