//! What may be typed: the one place that knows `clap`'s attributes.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{ArgAction, Args, Parser, Subcommand};
use url::Url;

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
    /// Tell how the sources, the schedule, the queue and the disk fare; exit 1 when something needs a person
    Health,
    /// Copy the database into a file while everything runs
    Backup {
        /// The file; must not exist
        file: PathBuf,
    },
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
}

/// `check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Pull each source once as well; nothing is stored
    #[arg(long)]
    pub online: bool,
}

/// `sources …`
#[derive(Debug, Subcommand)]
pub enum SourcesCommand {
    /// List them with their state
    List {
        /// Only those in this state
        #[arg(long)]
        state: Option<String>,
        /// Only those of this section
        #[arg(long)]
        section: Option<String>,
    },
    /// Find the feed behind an address and write it into feeds.toml
    Add {
        /// A feed, a site, a channel, a blog
        url: Url,
        /// Its name; the feed's own title otherwise
        #[arg(long)]
        name: Option<String>,
        /// Its section
        #[arg(long)]
        section: Option<String>,
        /// Which feed to take where several are found; 1 is the best
        #[arg(long, value_name = "N")]
        pick: Option<usize>,
    },
    /// Show what an address, or a source, would yield; nothing is stored
    Test {
        /// The address, or the id of a source
        target: String,
    },
    /// Take a source out of feeds.toml
    Remove {
        /// Its id
        id: String,
    },
    /// Print all sources as OPML
    Export,
    /// Add the feeds of an OPML file
    Import {
        /// The file
        file: PathBuf,
    },
}

/// `items …`
#[derive(Debug, Subcommand)]
pub enum ItemsCommand {
    /// List them, newest first
    List(ItemsFilter),
    /// Show one, whole
    Show {
        /// Its id, or the beginning of it
        id: String,
    },
    /// Say why it is in or out of each digest, what tagged it, and what it was merged with
    Explain {
        /// Its id, or the beginning of it
        id: String,
    },
    /// Correct its areas: +copyright -sdg
    Tag {
        /// Its id, or the beginning of it
        id: String,
        /// +AREA to give, -AREA to take away
        #[arg(required = true, allow_hyphen_values = true, value_name = "±AREA")]
        changes: Vec<String>,
    },
    /// Take it out of its story; the decision lasts
    Split {
        /// Its id, or the beginning of it
        id: String,
    },
    /// Put it into another item's story; the decision lasts
    Join {
        /// Its id, or the beginning of it
        id: String,
        /// The other item
        other: String,
    },
    /// Find items by their words
    Search {
        /// The words
        #[arg(required = true)]
        words: Vec<String>,
        /// How many at the most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// `items list`
#[derive(Debug, Args)]
pub struct ItemsFilter {
    /// Only of this source
    #[arg(long)]
    pub source: Option<String>,
    /// Only of this area
    #[arg(long)]
    pub area: Option<String>,
    /// Only from this day on, such as 2026-11-01
    #[arg(long, value_name = "DAY")]
    pub since: Option<NaiveDate>,
    /// How many at the most
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
}

/// `editions …`
#[derive(Debug, Subcommand)]
pub enum EditionsCommand {
    /// List them, newest first
    List {
        /// Only of this digest
        digest: Option<String>,
        /// How many at the most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show one; a digest's name shows what its next one would be
    Show {
        /// An edition, or a digest
        id: String,
    },
    /// Put a story off to the next edition
    Hold {
        /// The digest
        digest: String,
        /// The story, or one of its items
        story: String,
    },
    /// Set a story aside for good
    Drop {
        /// The digest
        digest: String,
        /// The story, or one of its items
        story: String,
    },
    /// Let a held or dropped story wait again
    Restore {
        /// The digest
        digest: String,
        /// The story, or one of its items
        story: String,
    },
    /// Let a draft go out
    Approve {
        /// The edition
        id: String,
    },
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

/// `deliveries …`
#[derive(Debug, Subcommand)]
pub enum DeliveriesCommand {
    /// List them, newest first
    List {
        /// Only of this edition
        #[arg(long)]
        edition: Option<String>,
        /// Only in this state
        #[arg(long)]
        state: Option<String>,
        /// How many at the most
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Try a refused or unsure one again, under the same Message-ID
    Retry {
        /// Its id
        id: String,
    },
    /// Settle an unsure one: it did arrive
    Resolve {
        /// Its id
        id: String,
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
