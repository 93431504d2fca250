//! `backup`: the database copied while everything runs.

use std::path::Path;

use super::{Call, Exit};
use crate::store::Store;

pub(crate) async fn backup(call: &Call, file: &Path) -> anyhow::Result<Exit> {
    anyhow::ensure!(!file.exists(), "`{}` exists already", file.display());
    let (_, store) = call.reading().await?;
    store.backup(file).await?;
    // What is sent from now on is not in the copy: whoever puts it back is asked before it sends.
    let copy = Store::open(&format!("sqlite:{}", file.display())).await?;
    copy.set_copy(true).await?;
    copy.close().await;
    call.out
        .say(&format!("the database is in {}", file.display()));
    Ok(Exit::Done)
}
