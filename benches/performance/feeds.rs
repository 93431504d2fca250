//! A server of feeds as WordPress writes them, in a process of its own: 10 to 30 items and 40 to 80 KB
//! each, packed by gzip, with an `ETag`; everything follows from the number of the source and the turn.
//!
//! `/3` is the feed of source 3. `/~turn` publishes one new item in every tenth feed. `/~first` tells
//! when the first feed was asked for since it was last called, in microseconds since 1970.

use std::{
    io::Write as _,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{
        Arc, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::get,
};
use circular::time::Clock;
use flate2::{Compression, write::GzEncoder};

/// One feed in this many has something new after a turn.
pub(crate) const SHARE: usize = 10;

/// The server as its caller holds it; it ends with this value.
pub(crate) struct Feeds {
    process: Child,
    pub(crate) port: u16,
}

impl Feeds {
    /// Starts it in a process of its own, with so many sources that answer after so long.
    pub(crate) fn open(sources: usize, latency: Duration) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["feeds", &sources.to_string()])
            .arg(latency.as_millis().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let out = process.stdout.take();
        let out = out.ok_or_else(|| anyhow::anyhow!("no output of the server"))?;
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { process, port })
    }

    /// The address of a source: each has a host of its own, as out in the world.
    pub(crate) fn url(&self, source: usize) -> String {
        let (a, b) = (1 + source / 250, 1 + source % 250);
        format!("http://127.0.{a}.{b}:{}/{source}", self.port)
    }

    /// Asks one of the server's own addresses.
    pub(crate) async fn ask(&self, what: &str) -> anyhow::Result<String> {
        let url = format!("http://127.0.0.1:{}/~{what}", self.port);
        Ok(reqwest::get(url).await?.text().await?)
    }
}

impl Drop for Feeds {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Stage {
    latency: Duration,
    turn: AtomicUsize,
    first: AtomicU64,
    /// The packed body of each source, made before anybody asks.
    bodies: RwLock<Vec<Bytes>>,
}

/// The server itself: prints its port, and serves until it is killed.
pub(crate) async fn serve(sources: usize, latency: Duration) -> anyhow::Result<()> {
    let stage = Arc::new(Stage {
        latency,
        turn: AtomicUsize::new(0),
        first: AtomicU64::new(0),
        bodies: RwLock::new((0..sources).map(|source| packed(source, 0)).collect()),
    });
    let router = Router::new()
        .route("/~turn", get(turn))
        .route("/~first", get(first))
        .route("/{source}", get(answer))
        .with_state(stage);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([0, 0, 0, 0], 0))).await?;
    println!("{}", listener.local_addr()?.port());
    std::io::stdout().flush()?;
    Ok(axum::serve(listener, router).await?)
}

async fn turn(State(stage): State<Arc<Stage>>) -> String {
    let turn = stage.turn.fetch_add(1, Ordering::SeqCst) + 1;
    let mut bodies = stage.bodies.write().unwrap();
    for (source, body) in bodies.iter_mut().enumerate() {
        if version(source, turn) != version(source, turn - 1) {
            *body = packed(source, turn);
        }
    }
    turn.to_string()
}

async fn first(State(stage): State<Arc<Stage>>) -> String {
    stage.first.swap(0, Ordering::SeqCst).to_string()
}

async fn answer(
    State(stage): State<Arc<Stage>>,
    Path(source): Path<usize>,
    headers: HeaderMap,
) -> Response {
    if stage.first.load(Ordering::Relaxed) == 0 {
        let _ =
            stage
                .first
                .compare_exchange(0, microseconds(), Ordering::SeqCst, Ordering::Relaxed);
    }
    if !stage.latency.is_zero() {
        tokio::time::sleep(stage.latency).await;
    }
    let etag = etag(source, stage.turn.load(Ordering::Relaxed));
    let builder = Response::builder().header(header::ETAG, &etag);
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|value| value == etag.as_str()) {
        let builder = builder.status(StatusCode::NOT_MODIFIED);
        return builder.body(Body::empty()).unwrap();
    }
    let body = stage.bodies.read().unwrap()[source].clone();
    builder
        .header(header::CONTENT_TYPE, "application/rss+xml; charset=UTF-8")
        .header(header::CONTENT_ENCODING, "gzip")
        .body(Body::from(body))
        .unwrap()
}

/// Microseconds since 1970.
pub(crate) fn microseconds() -> u64 {
    let now = Clock::system().now();
    now.timestamp_micros().try_into().unwrap_or_default()
}

/// How many items the feed has published since its first answer.
fn version(source: usize, turn: usize) -> usize {
    (turn + SHARE - 1 - source % SHARE) / SHARE
}

/// The validator of a feed at a turn.
pub(crate) fn etag(source: usize, turn: usize) -> String {
    format!("\"{source}-{}\"", version(source, turn))
}

fn packed(source: usize, turn: usize) -> Bytes {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(feed(source, turn).as_bytes()).unwrap();
    packer.finish().unwrap().into()
}

/// How many items a source shows: 10 to 30.
pub(crate) fn items(source: usize) -> usize {
    10 + usize::try_from(scatter(source as u64) % 21).unwrap()
}

/// The document that a source serves.
pub(crate) fn feed(source: usize, turn: usize) -> String {
    let (items, version) = (items(source), version(source, turn));
    // 40 to 80 KB, whatever the number of its items.
    let words =
        (40_000 + usize::try_from(scatter(source as u64 + 7) % 40_000).unwrap()) / items / 8;
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel>\n\t<title>Source {source}</title>\n\t<link>https://s{source}.example/</link>\n\
         \t<description>News of source {source}</description>\n\t<language>en-GB</language>\n"
    );
    for number in (version..version + items).rev() {
        let seed = (source * 1_000_003 + number) as u64;
        let minutes = number * 37 % 1440;
        text += &format!(
            "\t<item>\n\t\t<title>{}</title>\n\t\t<link>https://s{source}.example/2026/11/{number}/</link>\n\
             \t\t<dc:creator><![CDATA[A. Writer]]></dc:creator>\n\
             \t\t<pubDate>Mon, 16 Nov 2026 {:02}:{:02}:00 +0000</pubDate>\n\
             \t\t<category><![CDATA[News]]></category>\n\
             \t\t<guid isPermaLink=\"false\">https://s{source}.example/?p={number}</guid>\n\
             \t\t<description><![CDATA[<p>{}</p>]]></description>\n\
             \t\t<content:encoded><![CDATA[<p>{}</p>\n<p>{}</p>\n]]></content:encoded>\n\t</item>\n",
            prose(seed * 3, 9),
            minutes / 60,
            minutes % 60,
            prose(seed * 3 + 1, 30),
            prose(seed * 3 + 1, words / 2),
            prose(seed * 3 + 2, words / 2),
        );
    }
    text + "</channel></rss>\n"
}

/// Small words, words of the field and made-up ones, in about the shares of English prose: no two
/// texts are alike, and some are of an area.
pub(crate) fn prose(seed: u64, words: usize) -> String {
    const KNOWN: [&str; 32] = [
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
        "network",
        "policy",
        "education",
        "lending",
    ];
    const SMALL: [&str; 16] = [
        "the", "of", "and", "to", "in", "for", "on", "with", "is", "by", "at", "from", "as", "its",
        "are", "this",
    ];
    const PARTS: [&str; 16] = [
        "ba", "con", "de", "fer", "ga", "lo", "mi", "nor", "pe", "ri", "sta", "ter", "ul", "ven",
        "wo", "za",
    ];
    let mut text = String::with_capacity(words * 8);
    let mut state = seed;
    for word in 0..words {
        state = scatter(state);
        let pick = |shift: u32, of: usize| usize::try_from(state >> shift).unwrap() % of;
        if word > 0 {
            text.push_str(if word % 17 == 0 { ". " } else { " " });
        }
        let kind = pick(0, 16);
        if kind < 6 {
            text.push_str(SMALL[pick(8, SMALL.len())]);
        } else if kind < 8 {
            text.push_str(KNOWN[pick(8, KNOWN.len())]);
        } else {
            // As many different words as people use: of two parts alone there were too few.
            for part in 0..3 + pick(16, 3) {
                text.push_str(PARTS[pick(20 + 5 * u32::try_from(part).unwrap(), PARTS.len())]);
            }
        }
    }
    text
}

/// Numbers that look random and are the same at each run (splitmix64).
pub(crate) fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
