//! `migrate-store`: everything from one database into another, SQLite or PostgreSQL.

use anyhow::Context;
use serde_json::json;

use super::{Call, Exit, args::MigrateArgs, out::count};
use crate::store::Store;

pub(crate) async fn migrate_store(call: &Call, args: &MigrateArgs) -> anyhow::Result<Exit> {
    let (from, to) = (address(&args.from), address(&args.to));
    anyhow::ensure!(
        from != to,
        "`{}` is both ends; name two databases",
        args.from
    );
    anyhow::ensure!(
        !is_missing(&from),
        "there is no database `{}` to be moved",
        args.from
    );
    let source = Store::open_read_only(&from).await?;
    anyhow::ensure!(
        source.is_stored(),
        "`{}` holds no database of circular; nothing was moved",
        args.from
    );
    if let Some(holder) = source.holder() {
        anyhow::bail!(
            "`{}` is served by {holder}; stop it first, or what it writes meanwhile stays behind",
            args.from
        );
    }
    let made = is_missing(&to);
    let target = Store::open(&to).await?;
    let moved = source
        .transfer(&target, |table| {
            let rows = usize::try_from(table.rows).unwrap_or(usize::MAX);
            call.out
                .say(&format!("{}: {}", table.table, count(rows, "row", "rows")));
        })
        .await;
    source.close().await;
    target.close().await;
    let moved = moved.inspect_err(|_| {
        if made {
            // An empty database that we made would stand in the way of the next try's question.
            let _ = std::fs::remove_file(to.trim_start_matches("sqlite:"));
        }
    });
    let moved = moved.with_context(|| format!("nothing was moved to `{}`", args.to))?;
    let rows: u64 = moved.iter().map(|table| table.rows).sum();
    for table in &moved {
        if call.out.json {
            call.out
                .object(&json!({ "table": table.table, "rows": table.rows, "hash": table.hash }))?;
        }
    }
    if !call.out.json {
        call.out.line(&format!(
            "{} in {} moved and read back alike; now let feeds.toml or CIRCULAR_DATABASE name the new database",
            count(usize::try_from(rows)?, "row", "rows"),
            count(moved.len(), "table", "tables"),
        ))?;
    }
    Ok(Exit::Done)
}

/// The address of a database; a bare path is that of an SQLite file, as a person types it.
fn address(text: &str) -> String {
    if text.contains("://") || text.starts_with("sqlite:") {
        return text.to_owned();
    }
    let path = std::path::absolute(text).unwrap_or_else(|_| text.into());
    format!("sqlite:{}", path.display())
}

fn is_missing(address: &str) -> bool {
    address
        .strip_prefix("sqlite:")
        .is_some_and(|path| !std::path::Path::new(path).exists())
}
