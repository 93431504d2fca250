//! `serve`: the daemon, once its database and its address are ours.

use anyhow::Context;
use tokio::net::TcpListener;

use super::{Call, Exit, args::ServeArgs};
use crate::{
    pipeline::Works,
    serve::{self, Origin},
    time::Clock,
};

pub(crate) async fn serve(call: &Call, args: &ServeArgs) -> anyhow::Result<Exit> {
    let clock = match args.speed {
        Some(times) => Clock::fast(call.clock.now(), times),
        None => call.clock,
    };
    let works = Works::open(call.settings()?, clock).await?;
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("`{}` cannot be listened on", args.listen))?;
    let words = format!("serving on http://{}", listener.local_addr()?);
    let origin = Origin {
        file: call.config.clone(),
        load: super::load,
    };
    serve::serve(works, listener, origin, || call.out.say(&words)).await?;
    Ok(Exit::Done)
}
