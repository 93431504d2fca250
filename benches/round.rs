//! A whole round on loopback: `cargo bench --bench round`.
//!
//! Serves 300 feeds of 20 items each, plays a cold round and one in which everything answers 304,
//! and prints how long each took, beside the bare requests as a reference, and the memory used.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header},
    response::Response,
};
use circular::{
    config, fetch, issue,
    model::Settings,
    pipeline::{self, Which, Works},
    time::Clock,
};

const SOURCES: usize = 300;
const ITEMS: usize = 20;

static ASKED: AtomicUsize = AtomicUsize::new(0);

const WORDS: [&str; 40] = [
    "library",
    "treaty",
    "access",
    "member",
    "states",
    "report",
    "heritage",
    "council",
    "digital",
    "reading",
    "session",
    "copyright",
    "committee",
    "archive",
    "school",
    "privacy",
    "climate",
    "governance",
    "culture",
    "language",
    "open",
    "science",
    "data",
    "public",
    "review",
    "forum",
    "rights",
    "press",
    "press",
    "network",
    "policy",
    "education",
    "lending",
    "preservation",
    "exceptions",
    "museum",
    "national",
    "regional",
    "meeting",
    "agenda",
];

/// A text that no other source has: words by a generator with a seed.
fn text(seed: usize, words: usize) -> String {
    let mut state = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = usize::try_from(state >> 33).unwrap_or(0);
        format!(
            "{}{}",
            WORDS[at % WORDS.len()],
            if at.is_multiple_of(3) {
                (at / 7 % 900).to_string()
            } else {
                String::new()
            }
        )
    };
    (0..words).map(|_| word()).collect::<Vec<_>>().join(" ")
}

fn feed(source: usize) -> String {
    let items: Vec<String> = (0..ITEMS)
        .map(|item| {
            let seed = source * ITEMS + item;
            format!(
                "<item><title>{}</title><link>http://s{source}.example/{item}</link><guid>s{source}-{item}-of-the-feed</guid>\
                 <pubDate>Mon, 16 Nov 2026 {:02}:00:00 GMT</pubDate><description>{}</description></item>",
                text(seed * 2, 9),
                item % 20,
                text(seed * 2 + 1, 90)
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Source {source}</title><link>http://s{source}.example/</link>{}</channel></rss>",
        items.concat()
    )
}

async fn answer(uri: Uri, headers: HeaderMap) -> Response {
    ASKED.fetch_add(1, Ordering::Relaxed);
    let source = uri.path().trim_start_matches('/').parse().unwrap_or(0);
    let etag = format!("\"{source}\"");
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value == etag.as_str());
    let builder = Response::builder()
        .header(header::ETAG, &etag)
        .header(header::CONTENT_TYPE, "application/rss+xml");
    if known {
        return builder
            .status(StatusCode::NOT_MODIFIED)
            .body(Body::empty())
            .unwrap();
    }
    builder.body(Body::from(feed(source))).unwrap()
}

fn configuration(port: u16) -> String {
    let mut text = String::from(
        "[publication]\ntitle = \"T\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
         base_url = \"https://example.org\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n\
         [fetch]\nper_host = 32\nallow_private = [\"127.0.0.1/32\"]\n\
         [[digest]]\nid = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 7 * * MON\"\nrecipients = [\"a@example.org\"]\n",
    );
    for source in 0..SOURCES {
        text += &format!(
            "[[source]]\nname = \"Source {source}\"\nsection = \"S{}\"\nurl = \"http://127.0.0.1:{port}/{source}\"\n",
            source % 20
        );
    }
    text
}

async fn round(settings: &Settings, minutes: i64) -> (Duration, pipeline::PullReport, usize) {
    let now = "2026-11-16T20:00:00Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap()
        + chrono::TimeDelta::minutes(minutes);
    let started = Instant::now();
    let works = Works::open(settings.clone(), Clock::at(now)).await.unwrap();
    let pulled = pipeline::pull(&works, &Which::All).await.unwrap();
    let editions = issue::compile_due(&works).await.unwrap();
    issue::publish(&works).await.unwrap();
    issue::deliver(&works).await.unwrap();
    works.store.close().await;
    (started.elapsed(), pulled, editions.len())
}

/// The most memory that this process ever had, in MB, where the system tells.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

#[tokio::main]
async fn main() {
    fetch::install_crypto();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("feeds.toml");
    std::fs::write(&file, configuration(port)).unwrap();
    let loaded = circular::cli::load(&file);
    let settings = loaded
        .settings
        .unwrap_or_else(|| panic!("{}", config::report(&loaded.problems, false)));

    let client = fetch::Client::new(&settings.fetch, "bench").unwrap();
    let bare = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for source in &settings.sources {
        let (client, url) = (client.clone(), source.url.clone());
        tasks.spawn(async move {
            let request = fetch::Request {
                url: &url,
                validators: &circular::model::Validators::default(),
                accept: fetch::Accept::Feed,
            };
            client.get(&request).await.is_ok()
        });
    }
    assert!(tasks.join_all().await.into_iter().all(|ok| ok));
    let bare = bare.elapsed();

    let before = memory();
    let (cold, pulled, editions) = round(&settings, 0).await;
    let (warm, again, more) = round(&settings, 1).await;
    assert_eq!(
        (pulled.sources.ok, pulled.items.new, editions),
        (SOURCES, SOURCES * ITEMS, 1)
    );
    assert_eq!(
        (again.sources.unchanged, again.items.new, more),
        (SOURCES, 0, 0)
    );
    let ratio = |time: Duration| time.as_secs_f64() / bare.as_secs_f64();
    println!("the bare requests        {:>6} ms", bare.as_millis());
    println!(
        "cold round, {} items   {:>6} ms  {:.1} times the requests",
        SOURCES * ITEMS,
        cold.as_millis(),
        ratio(cold)
    );
    println!(
        "second round, all 304    {:>6} ms  {:.1} times the requests",
        warm.as_millis(),
        ratio(warm)
    );
    if let (Some(before), Some(after)) = (before, memory()) {
        println!(
            "memory                   {after:>5} MB  ({before} MB before the rounds, the server of the feeds included)"
        );
    }
}
