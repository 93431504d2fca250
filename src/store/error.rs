//! What can go wrong with a database, in one sentence each.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::model::{DigestId, EditionId, StoryId};

/// Why the database did not do what was asked; nothing of the failed call is stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program writes to it for longer than we wait.
    #[error("the database is locked by another program; wait until it is done, or stop it")]
    Locked,
    /// Two writers met; the same call may be made again.
    #[error("the database is busy with another writer; try again")]
    Busy,
    /// The file, its folder or the server takes no changes.
    #[error(
        "the database is read-only; give this user the right to write to its file and its folder"
    )]
    ReadOnly,
    /// No room is left.
    #[error("the disk of the database is full; make room, nothing was half-written")]
    Full,
    /// The file is not a database, or no longer a whole one.
    #[error("the database is damaged or not a database ({0}); put a backup in its place")]
    Damaged(String),
    /// It was written by a later program.
    #[error(
        "the database has schema {found}, and this program knows {known} at the most; use the newer program"
    )]
    Newer {
        /// The schema in the database.
        found: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// It was written by an earlier program, and we may not change it now.
    #[error(
        "the database has schema {found}, and this program needs {known}; run `circular fetch` once to bring it up to date"
    )]
    Older {
        /// The schema in the database.
        found: i64,
        /// The one that this program needs.
        known: i64,
    },
    /// Its schema is not what its number says.
    #[error("the schema of the database could not be brought up to date: {0}")]
    Migration(String),
    /// The folder could not be made or entered.
    #[error("cannot use the folder `{}` for the database: {reason}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file could not be opened, or the server not reached.
    #[error("cannot open the database `{place}`: {reason}")]
    Unreachable {
        /// Where it is, without a password.
        place: String,
        /// What the driver said.
        reason: String,
    },
    /// The address is neither of the two kinds.
    #[error("`{0}` is not a database; write `sqlite:` and a path, or `postgres://user@host/name`")]
    Address(String),
    /// Somebody else does the same thing right now.
    #[error("`{owner}` holds `{name}` until {}", until.format("%Y-%m-%d %H:%M:%S UTC"))]
    Held {
        /// What is locked.
        name: String,
        /// Who holds it.
        owner: String,
        /// When it ends by itself.
        until: DateTime<Utc>,
    },
    /// A daemon runs on this database already.
    #[error("`{}` is served already by {holder}; stop that one first", database.display())]
    Served {
        /// The file.
        database: PathBuf,
        /// Who it is, and since when.
        holder: String,
    },
    /// What was to be filled holds something.
    #[error(
        "the target is not empty: its `{table}` holds rows already ({rows}); name an empty database"
    )]
    NotEmpty {
        /// The table.
        table: String,
        /// How many rows it has.
        rows: u64,
    },
    /// A story would be told twice in a digest.
    #[error("story `{story}` is already in `{edition}` of `{digest}`; nothing was changed")]
    AlreadyTold {
        /// The story.
        story: StoryId,
        /// Its digest.
        digest: DigestId,
        /// The edition that it is in.
        edition: EditionId,
    },
    /// An edition would be frozen twice.
    #[error("edition `{0}` is already frozen; nothing was changed")]
    AlreadyFrozen(EditionId),
    /// There is no such thing.
    #[error("there is no {what} `{id}`")]
    Unknown {
        /// What sort of thing.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// This kind of database does not do that.
    #[error("{0}")]
    Unsupported(&'static str),
    /// Anything else.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// Whether the same call may succeed when it is made again.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Locked | Self::Busy | Self::Unreachable { .. })
    }

    pub(super) fn unknown(what: &'static str, id: impl std::fmt::Display) -> Self {
        Self::Unknown {
            what,
            id: id.to_string(),
        }
    }

    /// Names the place where opening failed and the driver had no better word.
    pub(super) fn at(self, place: &str) -> Self {
        match self {
            Self::Failed(reason) | Self::Unreachable { reason, .. } => Self::Unreachable {
                place: place.to_owned(),
                reason,
            },
            other => other,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code();
                let word = database.message();
                super::dialect::known_error(code.as_deref().unwrap_or_default(), word)
                    .unwrap_or_else(|| Self::Failed(word.to_owned()))
            }
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Self::Unreachable {
                place: "the server".to_owned(),
                reason: error.to_string(),
            },
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            sqlx::migrate::MigrateError::ExecuteMigration(error, version) => {
                match Self::from(error) {
                    Self::Failed(reason) => {
                        Self::Migration(format!("step {version} failed, {reason}"))
                    }
                    known => known,
                }
            }
            other => Self::Migration(other.to_string()),
        }
    }
}
