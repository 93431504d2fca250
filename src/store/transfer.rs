//! Transfer: a whole database copied into another one, of the same kind or not.
//!
//! [`Store::transfer`] reads one state of the source, table by table and row by row, writes all of it
//! in one transaction, reads it back, and commits only if every table has the same number of rows and
//! the same sum over the hashes of its rows. Memory is bounded by a handful of rows.
//!
//! Which tables and columns there are is asked of the source, so that a new one needs no word here.
//! Deliberate limits: both sides have the schema of this program, and the target holds nothing yet.

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{Any, AnyConnection, Connection as _, Row as _, Transaction, any::AnyRow};

use super::{
    Result, Store, StoreError,
    dialect::{Dialect, Durable, ours, pieces},
};

/// How many rows go in one statement.
const ROWS: usize = 64;

/// A table that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// Its name.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// The sum of its rows' hashes, in hexadecimal; whatever order they stand in.
    pub hash: String,
}

/// A value of one of the three kinds that both engines share.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Null,
    Text(String),
    Number(i64),
    Double(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Double,
}

#[derive(Clone, Debug)]
struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

/// A sum over the hashes of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    high: u128,
    low: u128,
}

impl Store {
    /// Copies everything into `to`, which must be empty; `tell` hears of each table as it is done.
    ///
    /// # Errors
    /// When `to` holds anything, a value cannot stand there, or what is read back is not what was
    /// written; nothing is changed then.
    pub async fn transfer(
        &self,
        to: &Self,
        mut tell: impl FnMut(&Transferred),
    ) -> Result<Vec<Transferred>> {
        let mut reader = self.pool().acquire().await?;
        let mut from = snapshot(self.dialect(), &mut reader).await?;
        let tables = tables(self.dialect(), &mut from).await?;
        let mut writer = to.writer().await?;
        let mut into = writer.begin(Durable::Power).await?;
        let fresh = Self::in_memory().await?;
        for table in &tables {
            let there = count(&mut into, table).await?;
            let mut own = fresh.pool().acquire().await?;
            if there > count(&mut own, table).await? {
                return Err(StoreError::NotEmpty {
                    table: table.name.clone(),
                    rows: super::row::count(there),
                });
            }
            // What a step of the schema wrote by itself is the source's to say.
            sqlx::query(ours(format!("DELETE FROM {}", table.name)))
                .execute(&mut *into)
                .await?;
        }
        let mut done = Vec::new();
        for table in &tables {
            let read = copy(table, &mut from, to.dialect(), &mut into).await?;
            let written = sum(table, &mut into).await?;
            if read != written {
                return Err(StoreError::Failed(format!(
                    "`{}` has {} rows and reads back as {} others; nothing was kept",
                    table.name, read.rows, written.rows
                )));
            }
            let transferred = Transferred {
                table: table.name.clone(),
                rows: read.rows,
                hash: format!("{:032x}{:032x}", read.high, read.low),
            };
            tell(&transferred);
            done.push(transferred);
        }
        into.commit().await?;
        Ok(done)
    }
}

/// One state of the database, whatever others write meanwhile.
async fn snapshot(
    dialect: Dialect,
    connection: &mut AnyConnection,
) -> Result<Transaction<'_, Any>> {
    Ok(match dialect {
        Dialect::Sqlite => connection.begin().await?,
        Dialect::Postgres => {
            connection
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await?
        }
    })
}

/// All tables with their columns, in an order that both engines give.
async fn tables(dialect: Dialect, from: &mut AnyConnection) -> Result<Vec<Table>> {
    let (names, columns) = match dialect {
        Dialect::Sqlite => (
            "SELECT name FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations' ORDER BY name",
            "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
        ),
        Dialect::Postgres => (
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' \
             AND table_name <> '_sqlx_migrations' ORDER BY table_name COLLATE \"C\"",
            "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
             FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position",
        ),
    };
    let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut *from).await?;
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let described: Vec<(String, String)> = sqlx::query_as(columns)
            .bind(name.as_str())
            .fetch_all(&mut *from)
            .await?;
        let columns = described
            .into_iter()
            .map(|(column, kind)| {
                let kind = match kind.to_ascii_uppercase().as_str() {
                    "TEXT" => Kind::Text,
                    "BIGINT" => Kind::Number,
                    "DOUBLE PRECISION" => Kind::Double,
                    other => {
                        return Err(StoreError::Failed(format!(
                            "`{name}.{column}` is of the kind `{other}`, which the two engines do not share"
                        )));
                    }
                };
                Ok((column, kind))
            })
            .collect::<Result<Vec<_>>>()?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

impl Table {
    /// `SELECT …` over all columns in their order.
    fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.names(), self.name)
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    fn read(&self, row: &AnyRow) -> Result<Vec<Value>> {
        self.columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| {
                Ok(match kind {
                    Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Value::Text),
                    Kind::Number => row.try_get::<Option<i64>, _>(at)?.map(Value::Number),
                    Kind::Double => row.try_get::<Option<f64>, _>(at)?.map(Value::Double),
                }
                .unwrap_or(Value::Null))
            })
            .collect()
    }
}

impl Sum {
    fn add(&mut self, row: &[Value]) {
        let mut hasher = Sha256::new();
        for value in row {
            match value {
                Value::Null => hasher.update([0]),
                Value::Text(text) => {
                    hasher.update([1]);
                    hasher.update((text.len() as u64).to_be_bytes());
                    hasher.update(text.as_bytes());
                }
                Value::Number(number) => {
                    hasher.update([2]);
                    hasher.update(number.to_be_bytes());
                }
                Value::Double(number) => {
                    hasher.update([3]);
                    hasher.update(number.to_bits().to_be_bytes());
                }
            }
        }
        let hash: [u8; 32] = hasher.finalize().into();
        let half = |at: usize| {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&hash[at..at + 16]);
            u128::from_be_bytes(bytes)
        };
        self.rows += 1;
        self.high = self.high.wrapping_add(half(0));
        self.low = self.low.wrapping_add(half(16));
    }
}

async fn count(connection: &mut AnyConnection, table: &Table) -> Result<i64> {
    let text = format!("SELECT COUNT(*) FROM {}", table.name);
    Ok(sqlx::query_scalar(ours(text)).fetch_one(connection).await?)
}

async fn sum(table: &Table, from: &mut AnyConnection) -> Result<Sum> {
    let mut sum = Sum::default();
    let mut rows = sqlx::query(ours(table.select())).fetch(from);
    while let Some(row) = rows.try_next().await? {
        sum.add(&table.read(&row)?);
    }
    Ok(sum)
}

async fn copy(
    table: &Table,
    from: &mut AnyConnection,
    dialect: Dialect,
    into: &mut AnyConnection,
) -> Result<Sum> {
    let mut sum = Sum::default();
    let mut held: Vec<Vec<Value>> = Vec::with_capacity(ROWS);
    let mut rows = sqlx::query(ours(table.select())).fetch(from);
    loop {
        let row = rows.try_next().await?;
        let ended = row.is_none();
        if let Some(row) = row {
            let values = table.read(&row)?;
            sum.add(&values);
            held.push(values);
        }
        if held.len() == ROWS || ended {
            write(table, &held, dialect, into).await?;
            held.clear();
        }
        if ended {
            return Ok(sum);
        }
    }
}

async fn write(
    table: &Table,
    rows: &[Vec<Value>],
    dialect: Dialect,
    into: &mut AnyConnection,
) -> Result<()> {
    for piece in pieces(rows) {
        let text = format!(
            "INSERT INTO {} ({}) VALUES {}",
            table.name,
            table.names(),
            dialect.rows(piece.len(), table.columns.len())
        );
        let mut query = sqlx::query(ours(text));
        for (value, (_, kind)) in piece.iter().flat_map(|row| row.iter().zip(&table.columns)) {
            query = match (value, kind) {
                (Value::Text(text), _) => query.bind(text.as_str()),
                (Value::Number(number), _) => query.bind(*number),
                (Value::Double(number), _) => query.bind(*number),
                (Value::Null, Kind::Text) => query.bind(None::<String>),
                (Value::Null, Kind::Number) => query.bind(None::<i64>),
                (Value::Null, Kind::Double) => query.bind(None::<f64>),
            };
        }
        let stands = query.execute(&mut *into).await.map_err(StoreError::from);
        stands.map_err(|error| match error {
            StoreError::Failed(reason) => StoreError::Failed(format!(
                "a row of `{}` cannot stand there: {reason}",
                table.name
            )),
            known => known,
        })?;
    }
    Ok(())
}
