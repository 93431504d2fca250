//! `items …`: what may be typed after it.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

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
