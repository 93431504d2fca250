#![no_main]
//! Charsets: a label on the first line, the document on the others.

use circular::parse::{self, Document};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let label = String::from_utf8_lossy(&bytes[..end]);
    let url = "https://a.example/feed.xml".parse().expect("an address");
    let document = Document {
        bytes: &bytes[end..],
        content_type: Some(&format!("text/xml; charset={label}")),
        url: &url,
        now: chrono::DateTime::UNIX_EPOCH,
    };
    let _ = parse::feed(&document);
});
