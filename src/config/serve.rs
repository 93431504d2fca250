//! `[serve]` and `[storage]`: whom the daemon believes, and how long items are kept.

use std::time::Duration;

use super::{document::Table, value};
use crate::model::ServeSettings;

pub(super) fn serve(top: &Table<'_>) -> ServeSettings {
    let mut settings = ServeSettings::default();
    let Some(table) = top.table("serve", "[serve]") else {
        return settings;
    };
    for text in table.texts("proxies") {
        match value::network(&text.value) {
            Ok(network) => settings.proxies.push(network),
            Err(misread) => table.misread(text.span, misread),
        }
    }
    table.finish();
    settings
}

/// How long items are kept that no edition cites; `None` is for ever.
pub(super) fn keep_items(top: &Table<'_>) -> Option<Duration> {
    let table = top.table("storage", "[storage]")?;
    let age = table.parsed("keep_items", value::age);
    table.finish();
    age.map(|age| age.value)
}
