//! `send`: compile and deliver now, or a test copy to one address.

use super::{Call, Exit, args::SendArgs, deliveries::tell_mail, out::count, preview::named};
use crate::{
    issue::{self, Compiled},
    pipeline::Works,
    render::Why,
    store::Store,
};

pub(crate) async fn send(call: &Call, args: &SendArgs) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let digest = named(&settings, &args.digest)?.clone();
    if let Some(address) = &args.to {
        let store = Store::open_read_only(&settings.paths.database).await?;
        let works = Works::with_store(settings, store, call.clock)?;
        let mut edition = issue::draft(&works, &digest).await?;
        if edition.is_empty() {
            // How mail arrives can be tried on the last edition as well as on the next one.
            let last = works.store.editions(Some(&digest.id), 1).await?.pop();
            let Some(last) = last else {
                call.out.line(&format!(
                    "nothing waits for `{}`, and nothing was sent of it before: no test copy was sent; \
                     `circular fetch` pulls the sources",
                    digest.id
                ))?;
                return Ok(Exit::Done);
            };
            edition = last;
        }
        let reply = issue::send_copy(&works, &edition, address, Why::Test).await?;
        call.out.line(&format!(
            "a test copy of {} went to {address}: {reply}",
            edition.id
        ))?;
        return Ok(Exit::Done);
    }
    let works = Works::open(settings, call.clock).await?;
    let compiled = issue::compile_now(&works, &digest, Some(call.clock.now())).await?;
    issue::publish(&works).await?;
    let delivered = issue::deliver(&works).await?;
    match compiled {
        Compiled::Frozen(edition) => call.out.line(&format!(
            "edition {} made: {}; {} accepted",
            edition.id,
            count(edition.len(), "story", "stories"),
            count(usize::try_from(delivered.accepted)?, "mail", "mails")
        ))?,
        Compiled::Nothing => call.out.line(&format!(
            "nothing waits for `{}`: no edition was made",
            digest.id
        ))?,
    }
    Ok(tell_mail(call, &delivered))
}
