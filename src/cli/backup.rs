//! `backup`: the database copied while everything runs.

use std::path::Path;

use super::{Call, Exit};

pub(crate) async fn backup(call: &Call, file: &Path) -> anyhow::Result<Exit> {
    anyhow::ensure!(!file.exists(), "`{}` exists already", file.display());
    let (_, store) = call.reading().await?;
    store.backup(file).await?;
    call.out
        .line(&format!("the database is in {}", file.display()))?;
    Ok(Exit::Done)
}
