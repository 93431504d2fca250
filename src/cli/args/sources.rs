//! `sources …`: what may be typed after it.

use std::path::PathBuf;

use clap::Subcommand;
use url::Url;

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
