//! `serve`: the daemon, once its address is ours.

use anyhow::Context;
use tokio::net::TcpListener;

use super::{Call, Exit, args::ServeArgs};
use crate::{pipeline::Works, serve};

pub(crate) async fn serve(call: &Call, args: &ServeArgs) -> anyhow::Result<Exit> {
    let works = Works::open(call.settings()?, call.clock).await?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("`{}` cannot be listened on", args.listen))?;
    call.out
        .say(&format!("serving on http://{}", listener.local_addr()?));
    serve::serve(works, listener).await?;
    Ok(Exit::Done)
}
