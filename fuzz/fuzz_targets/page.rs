#![no_main]
//! Pages: rules on the first line, the page on the others.

use circular::{
    model::PageRules,
    parse::{self, Document},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let selector = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let url = "https://a.example/list".parse().expect("an address");
    let document = Document {
        bytes: &bytes[end..],
        content_type: Some("text/html"),
        url: &url,
        now: chrono::DateTime::UNIX_EPOCH,
    };
    let rules = PageRules {
        item: if parse::selector(&selector).is_ok() { selector } else { "li".to_owned() },
        title: Some("a".to_owned()),
        date: Some("time".to_owned()),
        pages: 1,
        ..PageRules::default()
    };
    let _ = parse::page(&document, &rules);
    for (rules, entries) in parse::propose(&document) {
        assert!(!rules.item.is_empty() && !entries.is_empty());
    }
    let _ = parse::links(&document);
});
