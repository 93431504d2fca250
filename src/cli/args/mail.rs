//! Arguments of the commands about mail.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::deliver::KeyKind;

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
    /// Try refused or unsure ones again, under the same Message-ID
    Retry {
        /// Their ids
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Settle an unsure one: it did arrive
    Resolve {
        /// Its id
        id: String,
    },
    /// Send what is queued and due, and do nothing else
    Send,
    /// Send nothing until `resume`; editions are made all the same
    Pause {
        /// Why, for whoever finds it so
        reason: Option<String>,
    },
    /// Send again after `pause`
    Resume,
    /// Let an edition go out that waits for your word
    Release {
        /// The edition
        edition: String,
    },
    /// Never send what is still queued of an edition
    Withdraw {
        /// The edition
        edition: String,
    },
}

/// `bounce`
#[derive(Debug, Args)]
pub struct BounceArgs {
    /// The address that the letter came to; else RECIPIENT of the environment, as Postfix sets it, and the letter's own headers
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
    /// Read all new letters of a Maildir instead, and mark them as seen
    #[arg(long, value_name = "DIR")]
    pub maildir: Option<PathBuf>,
}

/// `dkim`
#[derive(Debug, Args)]
pub struct DkimArgs {
    /// The domain that signs; else as feeds.toml says, or the domain of `from`
    #[arg(long)]
    pub domain: Option<String>,
    /// The name of the key in the DNS; else as feeds.toml says, or `circular`
    #[arg(long)]
    pub selector: Option<String>,
    /// The file of the key; else as feeds.toml says, or `secrets/dkim-KIND.pem`
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What kind of key to make; else RSA, or what the selector or the file is called after
    #[arg(long)]
    pub kind: Option<KindArg>,
}

/// A kind of key.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KindArg {
    /// RSA of 2048 bits, which every receiver checks
    Rsa,
    /// Ed25519, beside an RSA key
    Ed25519,
}

impl From<KindArg> for KeyKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Rsa => Self::Rsa,
            KindArg::Ed25519 => Self::Ed25519,
        }
    }
}
