//! Claims: what one worker does at a time, and who holds it now.
//!
//! A [`Claim`] is a lock that goes with its holder, however that ends: a lock of the system on a file
//! beside an SQLite database, an advisory lock of the session on PostgreSQL. [`Store::hold`] is the
//! claim of a daemon on its SQLite database, which says who holds it.
//!
//! Deliberate limits: a database in memory has one user, and every claim on it is granted; files
//! that locks lie on stay, as taking one away under another's lock would make two of it.

use std::{
    fs::{File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{Any, pool::PoolConnection};

use super::{Result, Store, StoreError, dialect::Dialect, keys};

/// How long it takes to ask again for a file's lock that somebody else holds; a server tells at once.
const AGAIN: Duration = Duration::from_millis(20);
/// How long a claim is waited for: longer than any holder works on one batch.
const PATIENCE: Duration = Duration::from_mins(2);

/// The right to do something that one worker does at a time. It ends with [`Claim::release`], and
/// when it is dropped.
#[derive(Debug, Default)]
pub struct Claim {
    /// The lock of the system ends with the file.
    _file: Option<File>,
    /// The session of a server that holds the lock, and the lock's number.
    session: Option<(PoolConnection<Any>, i64)>,
}

impl Claim {
    fn of(file: File) -> Self {
        Self {
            _file: Some(file),
            session: None,
        }
    }

    /// Gives the right back and keeps the connection that held it.
    pub async fn release(mut self) -> Result<()> {
        if let Some((mut session, number)) = self.session.take() {
            let text = "SELECT CASE WHEN pg_advisory_unlock($1) THEN 1 ELSE 0 END";
            let asked: std::result::Result<i32, _> = sqlx::query_scalar(text)
                .bind(number)
                .fetch_one(&mut *session)
                .await;
            if let Err(error) = asked {
                session.close_on_drop();
                return Err(error.into());
            }
        }
        Ok(())
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // The lock is the session's: a connection that went back to the pool would keep it.
        if let Some((session, _)) = &mut self.session {
            session.close_on_drop();
        }
    }
}

impl Store {
    /// The claim of that name, or `None` while somebody else holds it.
    pub async fn try_claim(&self, name: &str) -> Result<Option<Claim>> {
        match (self.dialect(), self.inner.file.as_deref()) {
            (Dialect::Sqlite, None) => Ok(Some(Claim::default())),
            (Dialect::Sqlite, Some(database)) => {
                let file = open(&beside(database, name))?;
                Ok(locked(&file, database)?.then(|| Claim::of(file)))
            }
            (Dialect::Postgres, _) => {
                let number = keys::claim_hash(name);
                let mut session = self.pool().acquire().await?;
                let text = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END";
                let granted: i32 = sqlx::query_scalar(text)
                    .bind(number)
                    .fetch_one(&mut *session)
                    .await?;
                Ok((granted == 1).then(|| Claim {
                    _file: None,
                    session: Some((session, number)),
                }))
            }
        }
    }

    /// The claim of that name, as soon as nobody else holds it. A server gives it to those who wait
    /// in the order in which they came.
    pub async fn claim(&self, name: &str) -> Result<Claim> {
        let waiting = async {
            if self.dialect() == Dialect::Postgres {
                return self.await_claim(name).await;
            }
            loop {
                if let Some(claim) = self.try_claim(name).await? {
                    return Ok(claim);
                }
                tokio::time::sleep(AGAIN).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or(Err(StoreError::Busy))
    }

    async fn await_claim(&self, name: &str) -> Result<Claim> {
        let number = keys::claim_hash(name);
        // Made before the lock is granted: whoever stops waiting must not leave a connection in the
        // pool that gets it later.
        let mut claim = Claim {
            _file: None,
            session: Some((self.pool().acquire().await?, number)),
        };
        while let Some((session, _)) = &mut claim.session {
            let granted: std::result::Result<i32, _> =
                sqlx::query_scalar("SELECT 1 FROM pg_advisory_lock($1)")
                    .bind(number)
                    .fetch_one(&mut **session)
                    .await;
            match granted.map_err(StoreError::from) {
                Ok(_) => break,
                // No statement waits longer than the session's own limit.
                Err(StoreError::Busy) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(claim)
    }

    /// A claim that many may hold at once; `first` is done, alone, by who finds
    /// nobody else there.
    pub(super) async fn share(
        &self,
        name: &str,
        first: impl Future<Output = Result<()>>,
    ) -> Result<Claim> {
        let Some(database) = self.inner.file.as_deref() else {
            return Ok(Claim::default());
        };
        let file = open(&beside(database, name))?;
        if locked(&file, database)? {
            first.await?;
        }
        file.lock_shared()
            .map_err(|error| super::open::folder_error(database, &error))?;
        Ok(Claim::of(file))
    }

    /// Claims an SQLite database for a daemon; `who` is kept for those who come second and are
    /// refused with it. Always granted on a server's database, which daemons share.
    pub fn hold(&self, who: &str) -> Result<Claim> {
        let Some(database) = self.inner.file.as_deref() else {
            return Ok(Claim::default());
        };
        let mut file = open(&beside(database, "serve"))?;
        if !locked(&file, database)? {
            return Err(StoreError::Served {
                database: database.to_owned(),
                holder: read(&mut file),
            });
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(who.as_bytes()))
            .map_err(|error| super::open::folder_error(database, &error))?;
        Ok(Claim::of(file))
    }

    /// Who runs as a daemon on this SQLite database; `None` where nobody does.
    pub fn holder(&self) -> Option<String> {
        let database = self.inner.file.as_deref()?;
        let mut file = File::open(beside(database, "serve")).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read(&mut file)),
            _ => None,
        }
    }
}

fn read(file: &mut File) -> String {
    let mut who = String::new();
    // Who it is only makes the sentence better.
    let _ = file.take(200).read_to_string(&mut who);
    if who.is_empty() {
        "another process".to_owned()
    } else {
        who
    }
}

/// `circular.db.NAME`.
fn beside(database: &Path, name: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".");
    path.push(name);
    path.into()
}

fn open(path: &Path) -> Result<File> {
    File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .map_err(|error| super::open::folder_error(path, &error))
}

fn locked(file: &File, database: &Path) -> Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(super::open::folder_error(database, &error)),
    }
}
