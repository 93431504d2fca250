//! `health`: what needs a person, first of all.

use super::{Call, Exit, out::count};
use crate::pipeline;

pub(crate) async fn health(call: &Call) -> anyhow::Result<Exit> {
    let (settings, store) = call.reading().await?;
    let health = pipeline::vitals(&settings, &store, call.clock.now()).await?;
    if call.out.json {
        call.out.object(&health)?;
    } else {
        call.out.line(&format!(
            "{}: {} read, {} in trouble; {} stored",
            count(settings.sources.len(), "source", "sources"),
            health.sources.ok,
            health.sources.trouble,
            count(
                usize::try_from(health.items).unwrap_or(usize::MAX),
                "item",
                "items"
            )
        ))?;
        for digest in &health.digests {
            let next = digest.next.map_or_else(
                || "never".to_owned(),
                |time| {
                    time.with_timezone(&settings.publication.timezone)
                        .format("%a %F %H:%M %Z")
                        .to_string()
                },
            );
            call.out.line(&format!(
                "{}: {} waiting, next {next}",
                digest.id, digest.waiting
            ))?;
        }
        call.out.line(&format!(
            "mail: {} queued, {} refused, {} in doubt",
            health.queued, health.refused, health.unsure
        ))?;
        if let Some(daemon) = &health.daemon {
            call.out.line(&format!("daemon: {daemon}"))?;
        }
        if let Some(bytes) = health.disk_free {
            call.out
                .line(&format!("disk: {} MB free", bytes / 1_000_000))?;
        }
        for word in &health.attention {
            call.out.warn(word);
        }
    }
    Ok(if health.attention.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}
