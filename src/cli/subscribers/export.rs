//! `subscribers export`: all readers as CSV, or all that is held about one as JSON.

use anyhow::Context;

use super::typed;
use crate::{
    cli::{Call, Exit},
    model::SubscriberState,
    render,
};

pub(super) async fn export(call: &Call, address: Option<&str>) -> anyhow::Result<Exit> {
    let (_, store) = call.reading().await?;
    let Some(address) = address else {
        let mut readers = store.subscribers(None, None).await?;
        // Who left has nothing to export, and who did not confirm has not agreed.
        readers.retain(|reader| {
            !reader.address.is_empty() && reader.state != SubscriberState::Pending
        });
        call.out.line(render::roster(&readers).trim_end())?;
        return Ok(Exit::Done);
    };
    let address = typed(address)?;
    let reader = store
        .subscriber_by_address(&address)
        .await?
        .with_context(|| format!("nothing is held about `{address}`"))?;
    let person = store.person(&reader).await?;
    call.out.line(&serde_json::to_string_pretty(&person)?)?;
    Ok(Exit::Done)
}
