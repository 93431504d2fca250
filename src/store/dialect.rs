//! All that differs between SQLite and PostgreSQL: how to open one, how a long statement marks its
//! parameters, how rows are locked, and what the errors mean.
//!
//! Everything else in this room is one text for both.

use std::fmt::Write as _;

use sqlx::{Any, AnyConnection, AssertSqlSafe, Transaction, any::AnyPoolOptions};

use super::StoreError;

/// What the connection that writes to an SQLite file is told besides: its page cache holds the inner
/// pages of the indexes at a million items and the leaves of a transaction, and it writes the log of
/// changes back by itself only where nobody did before that had 64 MiB.
pub(super) const WRITERS_GREETING: &str =
    "PRAGMA cache_size = -6000; PRAGMA wal_autocheckpoint = 16000";

/// Which engine is behind the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// What a commit must outlive. A killed program loses neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durable {
    /// May be lost with the power of the machine: what can be pulled again.
    Usual,
    /// On the disk before the call returns: what was sent cannot be unsent.
    Power,
}

impl Dialect {
    /// How many connections a program keeps at the most.
    pub(super) fn pool(self, in_memory: bool) -> AnyPoolOptions {
        let most = match self {
            // A database in memory belongs to its one connection.
            Self::Sqlite if in_memory => 1,
            Self::Sqlite => 4,
            Self::Postgres => 8,
        };
        let options = AnyPoolOptions::new()
            .max_connections(most)
            .min_connections(u32::from(in_memory))
            .test_before_acquire(self == Self::Postgres)
            .acquire_timeout(std::time::Duration::from_secs(30));
        if in_memory {
            options.idle_timeout(None).max_lifetime(None)
        } else {
            options
        }
    }

    /// What each new connection is told. What is deleted is overwritten, as it may name a person.
    ///
    /// Every question that is asked often has its index. Before a server has its first statistics, or
    /// with a plan made while a table was small, it would read whole tables all the same.
    pub(super) fn greeting(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "PRAGMA busy_timeout = 5000; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
                 PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; PRAGMA secure_delete = ON; \
                 PRAGMA journal_size_limit = 67108864"
            }
            Self::Postgres => {
                "SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '5min'; \
                 SET enable_seqscan = off; SET jit = off; SET application_name = 'circular'; SET client_min_messages = 'warning'"
            }
        }
    }

    /// A step of the schema as it is told to this engine. SQLite keeps a table that is nothing but its
    /// primary key twice, unless told not to in words that no other engine knows: the steps have them in
    /// a comment.
    pub(super) fn step(self, text: &str) -> String {
        match self {
            Self::Sqlite => text.replace("/* WITHOUT ROWID */", "WITHOUT ROWID"),
            Self::Postgres => text.to_owned(),
        }
    }

    /// What a database is told once, before its first table; readers then never wait for a writer.
    pub(super) fn first_words(self) -> Option<&'static str> {
        (self == Self::Sqlite).then_some("PRAGMA journal_mode = WAL")
    }

    /// Empties the log of changes, which still holds what was erased.
    pub(super) fn last_traces(self) -> Option<&'static str> {
        (self == Self::Sqlite).then_some("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Begins a transaction that will write. SQLite takes its lock at once, because a reader that
    /// turns writer half-way may be refused without being asked to wait.
    pub(super) async fn begin(
        self,
        connection: &mut AnyConnection,
        durable: Durable,
    ) -> Result<Transaction<'_, Any>, sqlx::Error> {
        use sqlx::{Connection as _, Executor as _};
        match self {
            Self::Sqlite => {
                // In one go, as each statement is a way to the connection's thread and back.
                connection
                    .begin_with(match durable {
                        Durable::Usual => "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE",
                        Durable::Power => "PRAGMA synchronous = FULL; BEGIN IMMEDIATE",
                    })
                    .await
            }
            Self::Postgres => {
                let mut transaction = connection.begin().await?;
                if durable == Durable::Usual {
                    transaction
                        .execute("SET LOCAL synchronous_commit = off")
                        .await?;
                }
                Ok(transaction)
            }
        }
    }

    /// The function that makes a JSON array of its arguments.
    pub(super) fn json_array(self) -> &'static str {
        match self {
            Self::Sqlite => "json_array",
            Self::Postgres => "json_build_array",
        }
    }

    /// The function that makes a JSON array of a column.
    pub(super) fn json_list(self) -> &'static str {
        match self {
            Self::Sqlite => "json_group_array",
            Self::Postgres => "json_agg",
        }
    }

    /// Ends a subselect whose rows are to be changed, so that two workers never pick the same ones.
    /// SQLite needs no word for it: its writers take turns.
    pub(super) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Has a transaction wait for those that write to a table, and others for it. SQLite needs no word
    /// for it.
    pub(super) fn alone(self, table: &str) -> Option<String> {
        (self == Self::Postgres).then(|| format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
    }

    /// One parameter. SQLite looks a numbered one up in a list, which costs the square of their
    /// count, so long statements use bare marks there, and parameters must stand in order.
    pub(super) fn mark(self, text: &mut String, number: usize) {
        match self {
            Self::Sqlite => text.push('?'),
            Self::Postgres => {
                let _ = write!(text, "${number}");
            }
        }
    }

    /// `(…), (…)`: so many rows of so many parameters, for `VALUES`.
    pub(super) fn rows(self, rows: usize, columns: usize) -> String {
        self.rows_from(1, rows, columns)
    }

    /// The same where other parameters stand before them.
    pub(super) fn rows_from(self, first: usize, rows: usize, columns: usize) -> String {
        let mut text = String::with_capacity(rows * columns * 6);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..columns {
                if column > 0 {
                    text.push(',');
                }
                self.mark(&mut text, row * columns + column + first);
            }
            text.push(')');
        }
        text
    }

    /// `(…)`: a list of parameters for `IN`, the first of which has the given number.
    pub(super) fn list(self, first: usize, count: usize) -> String {
        let mut text = String::with_capacity(count * 6 + 2);
        text.push('(');
        for number in first..first + count {
            if number > first {
                text.push(',');
            }
            self.mark(&mut text, number);
        }
        text.push(')');
        text
    }
}

/// Cuts rows into pieces whose sizes are powers of two, so that few different statements are ever prepared.
pub(super) fn pieces<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    pieces_up_to(128, rows)
}

/// The same for rows of a number or two, of which a statement takes many more at once.
pub(super) fn long_pieces<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    pieces_up_to(1024, rows)
}

fn pieces_up_to<T>(most: usize, mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = most.min(1 << rows.len().checked_ilog2()?);
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        Some(piece)
    })
}

/// Marks a statement made of our own words as such; values are always bound.
pub(super) fn ours(text: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(text)
}

/// Whether the driver says that there is no such table.
pub(super) fn no_such_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("42P01") || error.message().contains("no such table")
    })
}

/// The errors that have a sentence of their own, by SQLite's result code (extended ones hold the
/// primary one in their low byte, <https://sqlite.org/rescode.html>) or PostgreSQL's SQLSTATE
/// (five characters, appendix A of its manual).
pub(super) fn known_error(code: &str, message: &str) -> Option<StoreError> {
    if code.len() == 5 && !code.starts_with("00") {
        return Some(match code {
            "40001" | "40P01" | "55P03" => StoreError::Busy,
            "25006" | "42501" => StoreError::ReadOnly,
            "53100" => StoreError::Full,
            "XX001" | "XX002" => StoreError::Damaged(message.to_owned()),
            _ if matches!(code.get(..2), Some("08" | "28" | "3D" | "53" | "57")) => {
                StoreError::Unreachable {
                    place: "the server".to_owned(),
                    reason: message.to_owned(),
                }
            }
            _ => return None,
        });
    }
    Some(match code.parse::<u32>().ok()? & 0xff {
        5 | 6 => StoreError::Locked,
        3 | 8 => StoreError::ReadOnly,
        13 => StoreError::Full,
        11 | 26 => StoreError::Damaged(message.to_owned()),
        10 | 14 => StoreError::Unreachable {
            place: "the file".to_owned(),
            reason: message.to_owned(),
        },
        _ => return None,
    })
}
