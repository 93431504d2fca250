#![no_main]
//! Feeds: any bytes at all.

use circular::parse::{self, Document};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let url = "https://a.example/feed.xml".parse().expect("an address");
    let document = Document {
        bytes,
        content_type: None,
        url: &url,
        now: chrono::DateTime::UNIX_EPOCH,
    };
    if let Ok(parsed) = parse::feed(&document) {
        for entry in parsed.entries {
            assert!(!entry.title.contains(['\n', '\r', '\0', '\u{1b}', '\u{202e}']));
        }
    }
});
