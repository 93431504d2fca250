//! `preview`: the edition as it would be now, as files.

use super::{Call, Exit, args::PreviewArgs, out::count};
use crate::{
    issue,
    model::{Digest, DigestId, Settings},
    pipeline::Works,
    store::Store,
};

pub(crate) async fn preview(call: &Call, args: &PreviewArgs) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let digests: Vec<Digest> = match &args.digest {
        Some(id) => vec![named(&settings, id)?.clone()],
        None => settings.digests.clone(),
    };
    let store = Store::open_read_only(&settings.paths.database).await?;
    let works = Works::with_store(settings, store, call.clock)?;
    let out = works.settings.paths.root.join(&args.out);
    let mut first = None;
    for digest in &digests {
        match issue::preview(&works, digest, &out).await? {
            Some((edition, folder)) => {
                let page = folder.join("index.html");
                if call.out.json {
                    call.out.object(&serde_json::json!({
                        "id": edition.id, "stories": edition.len(), "path": folder,
                    }))?;
                } else {
                    call.out.line(&format!(
                        "{}: {}, {}",
                        edition.id,
                        count(edition.len(), "story", "stories"),
                        page.display()
                    ))?;
                }
                first.get_or_insert(page);
            }
            None => {
                let hint = match works.store.stored_items().await? {
                    0 => "; `circular fetch` pulls the sources",
                    _ => "",
                };
                call.out.say(&format!("{}: nothing waits{hint}", digest.id));
            }
        }
    }
    if let (Some(page), true) = (first, args.open) {
        open(&page)?;
    }
    Ok(Exit::Done)
}

/// The digest of an id that a person typed.
pub(crate) fn named<'a>(settings: &'a Settings, id: &str) -> anyhow::Result<&'a Digest> {
    issue::digest_of(settings, &DigestId::new(id)).ok_or_else(|| {
        let known: Vec<String> = settings
            .digests
            .iter()
            .map(|digest| format!("`{}`", digest.id))
            .collect();
        anyhow::anyhow!(
            "there is no digest `{id}`; feeds.toml has {}",
            known.join(", ")
        )
    })
}

fn open(page: &std::path::Path) -> anyhow::Result<()> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let status = std::process::Command::new(opener).arg(page).status();
    anyhow::ensure!(
        status.is_ok_and(|s| s.success()),
        "no browser could be opened; the page is {}",
        page.display()
    );
    Ok(())
}
