//! `editions …`: what may be typed after it.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

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
    /// Open a draft as a file: order, sections, titles, remarks, what is held or dropped
    Edit {
        /// The edition, or a digest: its draft, made now where there is none
        id: String,
        /// Take the draft from a file, without an editor
        #[arg(long, value_name = "FILE", conflicts_with = "print")]
        file: Option<PathBuf>,
        /// Print the draft and change nothing
        #[arg(long)]
        print: bool,
    },
    /// Put a story off to the next edition, or until a day
    Hold {
        /// The digest
        digest: String,
        /// The story, or one of its items
        story: String,
        /// Not before this day, such as 2026-12-01
        #[arg(long, value_name = "DAY")]
        until: Option<NaiveDate>,
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
    /// Move a story of a draft
    Move {
        /// The edition, or its digest
        id: String,
        /// The story, or one of its items
        story: String,
        /// `first`, `up`, `down`, `last`, or a section: an area, `top`, `calls` or `other`
        place: String,
    },
    /// Write an editor's remark on a story of a draft; without words it is taken away
    Note {
        /// The edition, or its digest
        id: String,
        /// The story, or one of its items
        story: String,
        /// The remark
        text: Vec<String>,
    },
    /// Let a draft go out
    Approve {
        /// The edition
        id: String,
    },
    /// Send an edition: a draft goes out, of one that went out only what is still queued
    Send {
        /// The edition
        id: String,
        /// Only a copy, to this address; the ledger stays as it is
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
}
