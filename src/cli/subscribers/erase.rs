//! `subscribers erase`: all that is held about one person goes.

use super::typed;
use crate::{
    cli::{Call, Exit, out::count},
    store::Store,
};

pub(super) async fn erase(call: &Call, address: &str, dry_run: bool) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let address = typed(address)?;
    let store = if dry_run {
        Store::open_scratch(&settings.paths.database).await?
    } else {
        Store::open(&settings.paths.database).await?
    };
    let gone = store.gone(&address).await?;
    let erased = store.erase(&address, call.clock.now()).await?;
    store.close().await;
    if erased.is_empty() {
        anyhow::ensure!(gone.is_some(), "nothing is held about `{address}`");
        call.out
            .line("nothing was held but a keyed hash, which stays and says `erased` now")?;
        return Ok(Exit::Done);
    }
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    call.out.line(&format!(
        "{}: {}, {} blanked, {} not to be sent, {}; a keyed hash stays, so that no list brings the address back",
        if dry_run { "would be erased" } else { "erased" },
        if erased.subscriber { "the subscriber" } else { "no subscriber" },
        count(number(erased.letters), "letter", "letters"),
        count(number(erased.stopped), "letter", "letters"),
        count(number(erased.sign_ups), "sign-up", "sign-ups"),
    ))?;
    Ok(Exit::Done)
}
