//! The reference of the keys is what is read, and the page is the reference.

use std::collections::BTreeSet;

use circular::config::reference::{KEYS, markdown};

use super::harness::Project;

const WHOLE: &str = r#"
[publication]
title = "T"
contact = "c@example.org"
base_url = "https://example.org"
[paths]
[fetch]
[mail]
dkim = { domain = "example.org" }
[serve]
[storage]
[[digest]]
[[source]]
page = { item = "article" }
"#;

#[test]
fn the_reference_has_every_key_that_is_read_and_no_other() {
    let read = Project::new(WHOLE).load().keys;
    let read: BTreeSet<(&str, &str)> = read
        .iter()
        .map(|(table, key)| (table.as_str(), *key))
        .collect();
    let told: BTreeSet<(&str, &str)> = KEYS.iter().map(|key| (key.table, key.name)).collect();
    let missing: Vec<_> = read.difference(&told).collect();
    let foreign: Vec<_> = told.difference(&read).collect();
    assert!(
        missing.is_empty(),
        "add to src/config/reference.rs: {missing:?}"
    );
    assert!(foreign.is_empty(), "nobody reads these: {foreign:?}");
    assert_eq!(told.len(), KEYS.len(), "a key stands there twice");
}

#[test]
fn the_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        page == markdown(),
        "write it anew: `cargo run -- check --keys > docs/configuration.md`"
    );
}
