//! Opening a database: its folder and file, its schema, and what is refused before anything is touched.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    str::FromStr as _,
    sync::Arc,
    time::Duration,
};

use sqlx::{
    AnyConnection, AnyPool, ConnectOptions as _, Connection as _, Executor as _, SqlSafeStr as _,
    any::AnyConnectOptions,
    migrate::{Migration, Migrator},
};
use tokio::{sync::Mutex, time::Instant};

use super::{
    Inner, Result, Store, StoreError,
    dialect::{Dialect, no_such_table, ours},
};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

impl Store {
    /// Opens the database, makes it first if need be (a folder and file that only this user may
    /// enter), and brings its schema up to date in one transaction. One with a newer schema is
    /// refused untouched.
    ///
    /// `database` is `sqlite:/absolute/path` or `postgres://user:password@host/name`.
    pub async fn open(database: &str) -> Result<Self> {
        match Address::read(database)? {
            Address::Memory => memory().await,
            Address::File(path) => {
                make_private(&path)?;
                let options = file(&path, "mode=rw")?;
                let shown = path.display().to_string();
                let opened = opened_in_turn(&options, path).await;
                opened.map_err(|error| error.at(&shown))
            }
            Address::Server(options, shown) => {
                let looking = prepare(Dialect::Postgres, &options)
                    .await
                    .map_err(|error| error.at(&shown))?;
                looking.close().await?;
                pooled(Dialect::Postgres, options, None).await
            }
        }
    }

    /// Opens the database so that nothing in it can change. One that does not exist yet reads as
    /// an empty one; one whose schema is older is refused, because bringing it up to date would
    /// be a change.
    pub async fn open_read_only(database: &str) -> Result<Self> {
        match Address::read(database)? {
            Address::Memory => memory().await,
            Address::File(path) if !path.exists() => memory().await,
            Address::File(path) => {
                let shown = path.display().to_string();
                let options = file(&path, read_only_mode(&path))?;
                if is_current(&options).await.map_err(|e| e.at(&shown))? {
                    pooled(Dialect::Sqlite, options, Some(path)).await
                } else {
                    memory().await
                }
            }
            Address::Server(options, shown) => {
                if !is_current(&options).await.map_err(|e| e.at(&shown))? {
                    return memory().await;
                }
                let mut url = options.database_url.clone();
                url.query_pairs_mut()
                    .append_pair("options", "-c default_transaction_read_only=on");
                let options = AnyConnectOptions::from_url(&url)?.disable_statement_logging();
                pooled(Dialect::Postgres, options, None).await
            }
        }
    }

    /// Opens a copy of the database to try things on; the copy goes with the last clone of the
    /// store. Only for SQLite: a server's database is not copied for a trial.
    pub async fn open_scratch(database: &str) -> Result<Self> {
        match Address::read(database)? {
            Address::Memory => return memory().await,
            Address::File(path) if !path.exists() => return memory().await,
            Address::File(_) => {}
            Address::Server(..) => {
                return Err(StoreError::Unsupported(
                    "a trial run needs a copy of the database, which is only made of an SQLite one",
                ));
            }
        }
        let copy = tempfile::Builder::new()
            .prefix("circular-")
            .suffix(".db")
            .tempfile()
            .map_err(|error| folder_error(&std::env::temp_dir(), &error))?
            .into_temp_path();
        let from = Self::open_read_only(database).await?;
        from.backup(&copy).await?;
        from.close().await;
        let options = file(&copy, "mode=rw")?;
        let mut store = pooled(Dialect::Sqlite, options, None).await?;
        if let Some(inner) = Arc::get_mut(&mut store.inner) {
            inner.scratch = Some(copy);
        }
        Ok(store)
    }

    /// An empty database that lives as long as the store.
    pub async fn in_memory() -> Result<Self> {
        memory().await
    }

    /// Writes a whole copy of an SQLite database to a file that does not exist yet or is empty,
    /// while others read and write on.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        if self.dialect() != Dialect::Sqlite {
            return Err(StoreError::Unsupported(
                "a PostgreSQL database is backed up by its own `pg_dump`",
            ));
        }
        // SQLite writes into a file that is empty: so it is open to nobody else from the beginning.
        let ours = !to.exists();
        make_private(to)?;
        let done = sqlx::query("VACUUM INTO $1")
            .bind(to.display().to_string())
            .execute(self.pool())
            .await;
        if done.is_err() && ours {
            // What is half a copy is none; that it went wrong is what is told.
            let _ = std::fs::remove_file(to);
        }
        done?;
        Ok(())
    }
}

/// What a `database` setting names.
enum Address {
    Memory,
    File(PathBuf),
    Server(AnyConnectOptions, String),
}

impl Address {
    fn read(database: &str) -> Result<Self> {
        if let Some(path) = database.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Ok(match path {
                ":memory:" => Self::Memory,
                "" => return Err(StoreError::Address(database.to_owned())),
                path => Self::File(PathBuf::from(path)),
            });
        }
        let wrong = || StoreError::Address(without_password(database));
        if !database.starts_with("postgres://") && !database.starts_with("postgresql://") {
            return Err(wrong());
        }
        let options = AnyConnectOptions::from_str(database).map_err(|_| wrong())?;
        let shown = without_password(database);
        Ok(Self::Server(options.disable_statement_logging(), shown))
    }
}

fn without_password(database: &str) -> String {
    match url::Url::parse(database) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("…"));
            url.set_query(None);
            url.to_string().replace("%E2%80%A6", "…")
        }
        Ok(mut url) => {
            url.set_query(None);
            url.to_string()
        }
        Err(_) => "the database".to_owned(),
    }
}

/// SQLite's address of a file, with every byte escaped that an address gives a meaning to.
fn file(path: &Path, mode: &str) -> Result<AnyConnectOptions> {
    let mut text = String::from("sqlite:");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text.push('?');
    text.push_str(mode);
    Ok(AnyConnectOptions::from_str(&text)?.disable_statement_logging())
}

/// A reader beside a running program must see its log of changes. Without one the file is whole
/// by itself, and SQLite is told so, or it would make two files beside it merely to read.
fn read_only_mode(path: &Path) -> &'static str {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let busy = std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > 0);
    if busy {
        "mode=ro"
    } else {
        "mode=ro&immutable=1"
    }
}

/// Makes the folder and the file if they are not there, open to nobody else: the database holds
/// addresses of people.
fn make_private(path: &Path) -> Result<()> {
    if path.exists() {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        // SQLite would only say that it cannot be opened.
        return match std::fs::OpenOptions::new().write(true).open(path) {
            Err(e) if matches!(e.kind(), PermissionDenied | ReadOnlyFilesystem) => {
                Err(StoreError::ReadOnly)
            }
            _ => Ok(()),
        };
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        let mut maker = std::fs::DirBuilder::new();
        maker.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
        maker
            .create(folder)
            .map_err(|error| folder_error(folder, &error))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| folder_error(path, &error))?;
    Ok(())
}

pub(super) fn folder_error(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Folder {
        path: path.to_owned(),
        reason: error.to_string().to_lowercase(),
    }
}

async fn memory() -> Result<Store> {
    sqlx::any::install_default_drivers();
    let options = AnyConnectOptions::from_str("sqlite::memory:")?.disable_statement_logging();
    let pool = Dialect::Sqlite.pool(true).connect_with(options).await?;
    let mut connection = pool.acquire().await?;
    connection.execute(Dialect::Sqlite.greeting()).await?;
    migrate(Dialect::Sqlite, &mut connection).await?;
    drop(connection);
    Ok(store(Dialect::Sqlite, pool, None))
}

async fn pooled(
    dialect: Dialect,
    options: AnyConnectOptions,
    file: Option<PathBuf>,
) -> Result<Store> {
    sqlx::any::install_default_drivers();
    let pool = dialect
        .pool(false)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(dialect.greeting()).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    Ok(store(dialect, pool, file))
}

fn store(dialect: Dialect, pool: AnyPool, file: Option<PathBuf>) -> Store {
    Store {
        inner: Arc::new(Inner {
            pool,
            dialect,
            turn: Arc::new(Mutex::new(None)),
            numbers: std::sync::Mutex::new(0..0),
            gathered: std::sync::Mutex::default(),
            settling: Arc::default(),
            written: super::checkpoint::Written::default(),
            file,
            scratch: None,
        }),
    }
}

/// SQLite asks nobody to wait who turns a new file to its log of changes, or meets the last user of
/// it on the way out: such a one is told at once that the file is locked, and asks again here.
async fn opened_in_turn(options: &AnyConnectOptions, path: PathBuf) -> Result<Store> {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        match opened(options, &path).await {
            Err(StoreError::Locked) if Instant::now() < patience => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            done => return done,
        }
    }
}

async fn opened(options: &AnyConnectOptions, path: &Path) -> Result<Store> {
    let looking = prepare(Dialect::Sqlite, options).await?;
    let store = pooled(Dialect::Sqlite, options.clone(), Some(path.to_owned())).await?;
    // Not before: the last one to go carries over all that the log of changes holds.
    drop(looking);
    Ok(store)
}

/// Looks before it touches: the schema is read on a connection that has said nothing else yet.
async fn prepare(dialect: Dialect, options: &AnyConnectOptions) -> Result<AnyConnection> {
    sqlx::any::install_default_drivers();
    let mut connection = options.connect().await?;
    let known = newest_known();
    match applied(&mut connection).await? {
        Some(found) if found > known => return Err(StoreError::Newer { found, known }),
        Some(found) if found == known => return Ok(connection),
        _ => {}
    }
    connection.execute(dialect.greeting()).await?;
    if let Some(words) = dialect.first_words() {
        connection.execute(words).await?;
    }
    // On a server, two programs that make the first table at once do meet: one of them is told that
    // the table's type is there already, and finds everything done when it asks again.
    let mut tries = 3;
    while let Err(error) = migrate(dialect, &mut connection).await {
        tries -= 1;
        if tries == 0 || dialect == Dialect::Sqlite {
            return Err(error);
        }
    }
    Ok(connection)
}

/// One transaction around all steps, so that two programs that start at once do not meet half-way.
async fn migrate(dialect: Dialect, connection: &mut AnyConnection) -> Result<()> {
    let mut transaction = dialect
        .begin(connection, super::dialect::Durable::Power)
        .await?;
    let steps = MIGRATIONS.iter().cloned().map(|step| Migration {
        sql: ours(dialect.step(step.sql.as_str())).into_sql_str(),
        ..step
    });
    let steps = Migrator {
        migrations: steps.collect(),
        ..Migrator::DEFAULT
    };
    steps.run_direct(None, &mut *transaction, false).await?;
    Ok(transaction.commit().await?)
}

/// Whether the database has a schema at all; an error if it is not exactly ours.
async fn is_current(options: &AnyConnectOptions) -> Result<bool> {
    sqlx::any::install_default_drivers();
    let mut connection = options.connect().await?;
    let found = applied(&mut connection).await?;
    connection.close().await?;
    let known = newest_known();
    match found {
        None => Ok(false),
        Some(found) if found > known => Err(StoreError::Newer { found, known }),
        Some(found) if found < known => Err(StoreError::Older { found, known }),
        Some(_) => Ok(true),
    }
}

async fn applied(connection: &mut AnyConnection) -> Result<Option<i64>> {
    let answer = sqlx::query_scalar::<_, Option<i64>>("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await;
    match answer {
        Ok(version) => Ok(version),
        Err(error) if no_such_table(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn newest_known() -> i64 {
    MIGRATIONS
        .iter()
        .map(|step| step.version)
        .max()
        .unwrap_or_default()
}
