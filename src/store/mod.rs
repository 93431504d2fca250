//! The questions that we ask a database, in one set of SQL for SQLite and PostgreSQL.
//!
//! Start with [`Store::open`], then [`Store::record`] (what a pull brought), [`Store::waiting`]
//! (what an edition may take) and [`Store::freeze`] (the edition, the ledger and the deliveries in
//! one transaction). A file per noun; what differs between the two engines stands in `dialect`.
//!
//! Deliberate limits: values are text, 64-bit integers and doubles, because that is what both
//! engines share; times lose what is finer than a millisecond; a failed call has stored nothing.
//! The migrations of `migrations/` are part of the program.

mod archive;
mod bounces;
mod checkpoint;
mod claim;
mod corrections;
mod deliveries;
mod dialect;
mod editions;
mod error;
mod figures;
mod gathered;
mod gone;
mod healths;
mod items;
mod keys;
mod leased;
mod leases;
mod leaving;
mod ledger;
mod meta;
mod open;
mod outbox;
mod person;
mod readings;
mod recipients;
mod record;
mod retention;
mod roster;
mod row;
mod secret;
mod signups;
mod sources;
mod stories;
mod subscribers;
mod transfer;
mod unwanted;

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Any, AnyConnection, AnyPool, Executor as _, pool::PoolConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use bounces::{BounceKind, Bounced};
pub use claim::Claim;
pub use deliveries::{DeliveryCounts, DeliveryFilter, Settled};
pub use editions::EditionLine;
pub use error::StoreError;
pub use gone::{Departure, Gone};
pub use items::{ItemFilter, ItemRow};
pub use keys::{Sought, content_hash};
pub use leased::Leased;
pub use ledger::LedgerRow;
pub use outbox::{Hold, Queue};
pub use person::{Agreement, Asked, Erased, Person, Sent};
pub use readings::{Letters, Mailing};
pub use record::{NewItem, Round};
pub use roster::Enlisted;
pub use signups::{Asking, CONFIRM_WITHIN, Link, SignUp, Wanted};
pub use sources::{Pull, SourceRow};
pub use stories::{Candidates, Known};
pub use subscribers::{NewSubscriber, Preferences};
pub use transfer::Transferred;

use dialect::{Dialect, Durable};

type Result<T> = std::result::Result<T, StoreError>;

/// A database; clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: AnyPool,
    dialect: Dialect,
    /// SQLite has one writer at a time: ours queue here, in order, rather than at the file. They hand
    /// one connection on, because a connection forgets the pages it knows when another one writes.
    turn: Arc<Mutex<Option<PoolConnection<Any>>>>,
    /// Numbers for items that were taken from the database and not yet used.
    numbers: std::sync::Mutex<std::ops::Range<i64>>,
    /// New keys that wait to be moved to their places.
    gathered: std::sync::Mutex<gathered::Gathered>,
    /// Held by what moves them.
    settling: Arc<Mutex<()>>,
    /// What was written since the last checkpoint.
    written: checkpoint::Written,
    /// The file of an SQLite database; `None` in memory and on a server.
    file: Option<std::path::PathBuf>,
    /// A copy to write to that goes when the store goes.
    scratch: Option<tempfile::TempPath>,
}

impl Store {
    fn pool(&self) -> &AnyPool {
        &self.inner.pool
    }

    fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// A connection to write with, and the turn to do so.
    async fn writer(&self) -> Result<Writer> {
        let mut turn = match self.dialect() {
            Dialect::Sqlite => Some(Arc::clone(&self.inner.turn).lock_owned().await),
            Dialect::Postgres => None,
        };
        let connection = match turn.as_mut().and_then(|kept| kept.take()) {
            Some(connection) => connection,
            None => {
                let mut connection = self.pool().acquire().await?;
                if turn.is_some() {
                    connection.execute(dialect::WRITERS_GREETING).await?;
                }
                connection
            }
        };
        // A database in memory has one connection, which readers need too.
        let turn = turn.map(|turn| (turn, self.inner.file.is_some()));
        Ok(Writer {
            connection: Kept(Some(connection)),
            dialect: self.dialect(),
            turn,
        })
    }

    /// Whether this is a database that stays, and not one in memory.
    pub fn is_stored(&self) -> bool {
        self.inner.file.is_some() || self.dialect() == Dialect::Postgres
    }

    /// Closes all connections; a clone's calls fail from then on.
    pub async fn close(&self) {
        drop(self.inner.turn.lock().await.take());
        self.pool().close().await;
    }
}

/// A connection to write with, and on SQLite the turn and whether it is to be handed on with it.
struct Writer {
    connection: Kept,
    dialect: Dialect,
    turn: Option<(OwnedMutexGuard<Option<PoolConnection<Any>>>, bool)>,
}

/// A connection that is there until its writer goes.
struct Kept(Option<PoolConnection<Any>>);

impl Deref for Kept {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        self.0.as_ref().expect("it is there until its writer goes")
    }
}

impl DerefMut for Kept {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        self.0.as_mut().expect("it is there until its writer goes")
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // An open transaction was rolled back when it went, before this.
        if let Some((turn, true)) = &mut self.turn {
            **turn = self.connection.0.take();
        }
    }
}

impl Writer {
    async fn begin(&mut self, durable: Durable) -> Result<sqlx::Transaction<'_, Any>> {
        Ok(self.dialect.begin(&mut self.connection, durable).await?)
    }
}
