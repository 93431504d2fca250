//! Reading feeds, beside feed-rs alone on the same bytes: `cargo bench --bench parse`.
//!
//! Ours decodes, mends, keeps the texts aside, notes what feed-rs does not keep, lets feed-rs read
//! the rest, and makes entries with absolute addresses, dates and plain titles. The shapes are what
//! software writes; `documents` are all files of the folder `CIRCULAR_DOCUMENTS` that feed-rs takes.

use std::fs;

use chrono::{DateTime, Utc};
use circular::parse::{self, Document};
use divan::{Bencher, counter::BytesCount};

fn main() {
    divan::main();
}

const SHAPES: [&str; 4] = ["wordpress", "escaped", "atom", "headlines"];
const WORDS: &str = "Member states resumed their talks on exceptions for libraries. ";

/// A well-formed feed of 20 entries in one of the shapes.
fn shape(name: &str) -> String {
    let mut text = match name {
        "atom" => "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">\
             <title>Example</title><id>urn:example</id><link href=\"https://example.org/\"/>"
            .to_owned(),
        _ => "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
             xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:wfw=\"http://wellformedweb.org/CommentAPI/\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\
             <channel><title>Example</title><link>https://example.org/</link><description>All of it</description>"
            .to_owned(),
    };
    for number in 0..20 {
        text += &match name {
            "wordpress" => format!(
                "\n\t<item>\n\t\t<title>Story number {number} &#8211; a &#8220;title&#8221;</title>\n\
                 \t\t<link>https://example.org/2026/11/{number}/</link>\n\
                 \t\t<comments>https://example.org/2026/11/{number}/#respond</comments>\n\
                 \t\t<dc:creator><![CDATA[A. Writer]]></dc:creator>\n\
                 \t\t<pubDate>Mon, 16 Nov 2026 07:00:00 +0000</pubDate>\n\
                 \t\t<category><![CDATA[Policy]]></category>\n\t\t<category><![CDATA[News]]></category>\n\
                 \t\t<guid isPermaLink=\"false\">https://example.org/?p={number}</guid>\n\
                 \t\t<description><![CDATA[<p>{}</p>]]></description>\n\
                 \t\t<content:encoded><![CDATA[<p>{}</p>\n<p><img src=\"/a.png\" alt=\"\"/></p>]]></content:encoded>\n\
                 \t\t<wfw:commentRss>https://example.org/2026/11/{number}/feed/</wfw:commentRss>\n\
                 \t\t<slash:comments>0</slash:comments>\n\t</item>",
                WORDS.repeat(4),
                WORDS.repeat(40),
            ),
            "escaped" => format!(
                "<item><title>Story number {number}</title><link>https://example.org/{number}</link>\
                 <guid>https://example.org/{number}</guid><pubDate>Mon, 16 Nov 2026 07:00:00 GMT</pubDate>\
                 <category>Policy</category><description>&lt;p&gt;{}&lt;/p&gt;&lt;p&gt;R&amp;amp;D&lt;/p&gt;</description></item>",
                WORDS.repeat(25),
            ),
            "atom" => format!(
                "<entry><title>Story number {number}</title><id>urn:example:{number}</id>\
                 <link rel=\"alternate\" type=\"text/html\" href=\"https://example.org/{number}\"/>\
                 <updated>2026-11-16T07:00:00Z</updated><published>2026-11-16T07:00:00Z</published>\
                 <author><name>A. Writer</name></author><category term=\"Policy\"/>\
                 <summary type=\"html\">&lt;p&gt;{}&lt;/p&gt;</summary></entry>",
                WORDS.repeat(10),
            ),
            _ => format!(
                "<item><title>Story number {number}</title><link>https://example.org/{number}</link>\
                 <pubDate>Mon, 16 Nov 2026 07:00:00 GMT</pubDate><description>{WORDS}</description></item>"
            ),
        };
    }
    text + if name == "atom" {
        "</feed>"
    } else {
        "</channel></rss>"
    }
}

fn alone(bytes: &[u8]) -> Option<usize> {
    feed_rs::parser::parse(bytes)
        .ok()
        .map(|feed| feed.entries.len())
}

fn circular(bytes: &[u8]) -> usize {
    let url = "https://example.org/feed.xml".parse().unwrap();
    let now: DateTime<Utc> = "2026-11-16T08:00:00Z".parse().unwrap();
    let document = Document {
        bytes,
        content_type: Some("application/rss+xml"),
        url: &url,
        now,
    };
    parse::feed(&document).unwrap().entries.len()
}

#[divan::bench(args = SHAPES)]
fn feed_rs_alone(bencher: Bencher<'_, '_>, name: &str) {
    let text = shape(name);
    let bencher = bencher.counter(BytesCount::of_str(&text));
    bencher.bench_local(|| alone(text.as_bytes()).unwrap());
}

#[divan::bench(args = SHAPES)]
fn ours(bencher: Bencher<'_, '_>, name: &str) {
    let text = shape(name);
    let bencher = bencher.counter(BytesCount::of_str(&text));
    bencher.bench_local(|| circular(text.as_bytes()));
}

/// The documents of a folder that feed-rs takes, if one is named.
fn documents() -> Vec<Vec<u8>> {
    let Some(folder) = std::env::var_os("CIRCULAR_DOCUMENTS") else {
        return Vec::new();
    };
    fs::read_dir(folder)
        .expect("the folder of CIRCULAR_DOCUMENTS")
        .filter_map(|file| fs::read(file.ok()?.path()).ok())
        .filter(|bytes| alone(bytes).is_some_and(|entries| entries > 0))
        .collect()
}

fn every(bencher: Bencher<'_, '_>, read: impl Fn(&[u8]) -> usize) {
    let documents = documents();
    let bytes: usize = documents.iter().map(Vec::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| documents.iter().map(|bytes| read(bytes)).sum::<usize>());
}

#[divan::bench(ignore = std::env::var_os("CIRCULAR_DOCUMENTS").is_none())]
fn documents_feed_rs_alone(bencher: Bencher<'_, '_>) {
    every(bencher, |bytes| alone(bytes).unwrap_or_default());
}

#[divan::bench(ignore = std::env::var_os("CIRCULAR_DOCUMENTS").is_none())]
fn documents_ours(bencher: Bencher<'_, '_>) {
    every(bencher, circular);
}
