//! `subscribers …`: who gets which digest, a file a command.

mod add;
mod erase;
mod export;
mod import;
mod list;

use super::{Call, Exit, args::SubscribersCommand};
use crate::config;

pub(crate) async fn subscribers(call: &Call, command: SubscribersCommand) -> anyhow::Result<Exit> {
    match command {
        SubscribersCommand::List { digest, state } => {
            list::list(call, digest.as_deref(), state.as_deref()).await
        }
        SubscribersCommand::Add(args) => add::add(call, args).await,
        SubscribersCommand::Remove { address } => add::remove(call, &address).await,
        SubscribersCommand::Import(args) => import::import(call, &args).await,
        SubscribersCommand::Export { address } => export::export(call, address.as_deref()).await,
        SubscribersCommand::Erase { address, dry_run } => {
            erase::erase(call, &address, dry_run).await
        }
    }
}

/// An address that a person typed.
fn typed(address: &str) -> anyhow::Result<String> {
    config::mail_address(address).map_err(anyhow::Error::msg)
}
