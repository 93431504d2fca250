//! What may be typed after `subscribers add` and `subscribers import`.

use std::path::PathBuf;

use clap::Args;

/// `subscribers add`
#[derive(Debug, Args)]
pub struct AddSubscriber {
    /// The address
    pub address: String,
    /// The digests
    #[arg(long = "digest", required = true, value_name = "DIGEST")]
    pub digests: Vec<String>,
    /// The name
    #[arg(long)]
    pub name: Option<String>,
    /// The language of what is written to them; each digest's own if absent
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    /// Only stories of this area; may be given more than once
    #[arg(long = "area", value_name = "AREA")]
    pub areas: Vec<String>,
    /// Only stories told in this language; may be given more than once
    #[arg(long = "stories-in", value_name = "CODE")]
    pub stories_in: Vec<String>,
    /// How often: each, weekly or monthly
    #[arg(long, value_name = "HOW OFTEN")]
    pub frequency: Option<String>,
    /// In which form: html or text
    #[arg(long)]
    pub format: Option<String>,
    /// How they agreed, in words that are kept with them
    #[arg(long, value_name = "HOW")]
    pub consent: Option<String>,
    /// They left or were erased, and asked for it anew
    #[arg(long)]
    pub readmit: bool,
}

/// `subscribers import`
#[derive(Debug, Args)]
pub struct ImportSubscribers {
    /// The file; its first line names the columns (docs/subscribers.md lists them)
    pub file: PathBuf,
    /// What readers get whose line names no digest; may be given more than once
    #[arg(long = "digest", value_name = "DIGEST")]
    pub digests: Vec<String>,
    /// How they agreed, in words that are kept with each of them
    #[arg(long, value_name = "HOW")]
    pub consent: Option<String>,
    /// Bring back those who left or were erased, because they agreed anew
    #[arg(long, requires = "consent")]
    pub readmit: bool,
    /// Say what would become of each line, and store nothing
    #[arg(long)]
    pub dry_run: bool,
}
