//! Reading feeds, beside feed-rs alone on the same bytes: `cargo bench --bench parse`.
//!
//! Ours decodes, mends, notes what feed-rs does not keep, and lets feed-rs read the result.

use chrono::{DateTime, Utc};
use circular::parse::{self, Document};
use divan::{Bencher, counter::BytesCount};

fn main() {
    divan::main();
}

/// A well-formed feed of so many items of about two kilobytes.
fn rss(items: usize) -> String {
    let body = "Member states resumed their talks on exceptions for libraries. ".repeat(25);
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Example</title>\
         <link>https://example.org/</link><description>All of it</description>",
    );
    for number in 0..items {
        text += &format!(
            "<item><title>Story number {number}</title><link>https://example.org/{number}</link>\
             <guid>https://example.org/{number}</guid><pubDate>Mon, 16 Nov 2026 07:00:00 GMT</pubDate>\
             <category>Policy</category><description>&lt;p&gt;{body}&lt;/p&gt;</description></item>"
        );
    }
    text + "</channel></rss>"
}

#[divan::bench(args = [20, 200])]
fn feed_rs_alone(bencher: Bencher<'_, '_>, items: usize) {
    let text = rss(items);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        feed_rs::parser::parse(text.as_bytes())
            .unwrap()
            .entries
            .len()
    });
}

#[divan::bench(args = [20, 200])]
fn ours(bencher: Bencher<'_, '_>, items: usize) {
    let text = rss(items);
    let url = "https://example.org/feed.xml".parse().unwrap();
    let now: DateTime<Utc> = "2026-11-16T08:00:00Z".parse().unwrap();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let document = Document {
            bytes: text.as_bytes(),
            content_type: Some("application/rss+xml"),
            url: &url,
            now,
        };
        parse::feed(&document).unwrap().entries.len()
    });
}
