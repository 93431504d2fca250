//! Where keys to sign with are to stand, read from a feeds.toml that is not right before they do.

use std::path::Path;

use super::value;

/// A place where a key to sign with stands, or is to stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPlace {
    /// The domain that signs.
    pub domain: String,
    /// The name of the key.
    pub selector: String,
    /// The file, as it is written.
    pub key_file: String,
}

/// What feeds.toml says of signing while it may not be right yet, as the keys that it names are still
/// to be made: the domain of `from`, and the keys.
pub fn key_places(feeds: &Path) -> (Option<String>, Vec<KeyPlace>) {
    let read = || -> Option<toml::Table> { std::fs::read_to_string(feeds).ok()?.parse().ok() };
    let Some(file) = read() else {
        return (None, Vec::new());
    };
    let text = |value: Option<&toml::Value>| Some(value?.as_str()?.to_owned());
    let mail = file.get("mail").and_then(toml::Value::as_table);
    let contact = file
        .get("publication")
        .and_then(|table| text(table.get("contact")));
    let from = mail.and_then(|mail| text(mail.get("from"))).or(contact);
    let domain = from
        .and_then(|from| value::mailbox(&from).ok())
        .and_then(|(_, address)| Some(address.rsplit_once('@')?.1.to_owned()));
    let places = match mail.and_then(|mail| mail.get("dkim")) {
        Some(toml::Value::Array(tables)) => tables.iter().collect(),
        Some(table) => vec![table],
        None => Vec::new(),
    };
    let places = places.into_iter().filter_map(|table| {
        Some(KeyPlace {
            domain: text(table.get("domain"))?,
            selector: text(table.get("selector"))?,
            key_file: text(table.get("key_file"))?,
        })
    });
    (domain, places.collect())
}
