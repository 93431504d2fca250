//! What the store costs, on SQLite files: `cargo bench --bench store`.
//!
//! The big database holds 100,000 items; `CIRCULAR_BENCH_ITEMS=1000000` makes it larger.

use std::{path::PathBuf, sync::OnceLock};

use chrono::{DateTime, TimeDelta, Utc};
use circular::{
    model::{
        DigestId, Item, ItemId, Kind, LanguageCode, LedgerState, Placement, Relation, SourceHealth,
        SourceId, StoryId, StoryKey,
    },
    store::{NewItem, Pull, Round, Sought, Store},
    story::Season,
};
use divan::{Bencher, counter::ItemsCount};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime")
    })
}

fn folder() -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER
        .get_or_init(|| tempfile::tempdir().expect("a temporary folder"))
        .path()
        .to_owned()
}

fn at(minutes: u64) -> DateTime<Utc> {
    let minutes = i64::try_from(minutes).expect("few minutes");
    DateTime::from_timestamp(1_794_812_400, 0).expect("a time") + TimeDelta::minutes(minutes)
}

/// Numbers that look random and are the same at each run (splitmix64).
fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Twenty keys, as of an address, a title and the bands of a text's signature; every twentieth
/// item shares half of them with the one twenty before it.
fn keys(n: u64) -> Vec<StoryKey> {
    (0..20)
        .map(|band| {
            let of = if n.is_multiple_of(20) && band < 10 {
                n.saturating_sub(20)
            } else {
                n
            };
            StoryKey::new("band", &format!("{band}:{:016x}", scatter(of * 20 + band)))
        })
        .collect()
}

fn new_item(n: u64, waits: bool) -> NewItem {
    const WORDS: [&str; 8] = [
        "library",
        "policy",
        "copyright",
        "access",
        "consultation",
        "société",
        "знание",
        "report",
    ];
    let mut text = String::with_capacity(1_600);
    for word in 0..150 {
        let word = scatter(n * 150 + word) % 8;
        text.push_str(WORDS[usize::try_from(word).expect("small")]);
        text.push(' ');
    }
    let id = format!("{:016x}{:08x}", scatter(n), n);
    NewItem {
        item: Item {
            id: ItemId::new(id.as_str()),
            source: SourceId::new(format!("source-{}", n / 100 % 300)),
            key: format!("https://example.org/feed/view/en/story/{n}"),
            url: url::Url::parse(&format!("https://example.org/en/story/{n}")).ok(),
            title: format!("A call for input on access to knowledge, number {n}"),
            summary: text.chars().take(300).collect(),
            text,
            language: LanguageCode::parse("en"),
            kind: Kind::News,
            published: Some(at(n)),
            first_seen: at(n),
            effective: at(n),
            authors: vec!["The Secretariat".to_owned()],
            categories: Vec::new(),
            image: None,
            enclosures: Vec::new(),
            alternates: Vec::new(),
            areas: Vec::new(),
            dates: Vec::new(),
        },
        keys: keys(n),
        placement: Placement {
            story: StoryId::new(id),
            relation: Relation::New,
            of: None,
            likeness: 0.0,
            reason: "nothing like it is known".to_owned(),
        },
        ledger: if waits {
            vec![(DigestId::new("weekly"), LedgerState::Waiting)]
        } else {
            vec![(DigestId::new("weekly"), LedgerState::Dropped)]
        },
    }
}

fn round(first: u64, count: u64, waits: bool) -> Round {
    let id = SourceId::new(format!("source-{}", first / 100 % 300));
    Round {
        new: (first..first + count).map(|n| new_item(n, waits)).collect(),
        ..Round::quiet(SourceHealth::new(id))
    }
}

/// The big database, filled once: its last 300 items wait.
fn big() -> (&'static Store, u64) {
    static BIG: OnceLock<(Store, u64)> = OnceLock::new();
    let (store, items) = BIG.get_or_init(|| {
        let items = std::env::var("CIRCULAR_BENCH_ITEMS")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(100_000_u64);
        let path = folder().join("big.db");
        let store = runtime().block_on(async {
            let store = Store::open(&format!("sqlite:{}", path.display()))
                .await
                .expect("opens");
            for first in (0..items).step_by(1_000) {
                let rounds: Vec<Round> = (first..first + 1_000)
                    .step_by(100)
                    .map(|first| round(first, 100, first + 300 >= items))
                    .collect();
                store.record(&rounds).await.expect("records");
            }
            store
        });
        let bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
        eprintln!("{items} items stored, {} bytes an item", bytes / items);
        (store, items)
    });
    (store, *items)
}

/// Into an empty file, a hundred items a transaction, keys and ledger included.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn record_20_000_items(bencher: Bencher) {
    let mut file = 0;
    bencher
        .counter(ItemsCount::new(20_000_u64))
        .with_inputs(|| {
            file += 1;
            let path = folder().join(format!("empty-{file}.db"));
            let store = runtime()
                .block_on(Store::open(&format!("sqlite:{}", path.display())))
                .expect("opens");
            let rounds: Vec<Round> = (0..20_000)
                .step_by(100)
                .map(|first| round(first, 100, true))
                .collect();
            (store, rounds)
        })
        .bench_local_values(|(store, rounds)| {
            runtime().block_on(async {
                for round in rounds.chunks(1) {
                    store.record(round).await.expect("records");
                }
            });
        });
}

/// Into the big file, a hundred items a transaction.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn record_100_items_beside_many(bencher: Bencher) {
    let (store, items) = big();
    let mut next = items;
    bencher
        .counter(ItemsCount::new(100_u64))
        .with_inputs(|| {
            next += 100;
            round(next, 100, false)
        })
        .bench_local_values(|round| {
            runtime().block_on(store.record(&[round])).expect("records");
        });
}

/// A round in which nothing is new: a thousand answers of 304, a hundred a transaction.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn record_1_000_quiet_rounds(bencher: Bencher) {
    let (store, _) = big();
    bencher
        .counter(ItemsCount::new(1_000_u64))
        .with_inputs(|| {
            (0..1_000)
                .map(|n| Round {
                    pull: Some(Pull {
                        at: at(n),
                        status: Some(304),
                        new: 0,
                        took_ms: 20,
                        bytes: 0,
                        note: String::new(),
                    }),
                    ..Round::quiet(SourceHealth::new(SourceId::new(format!("quiet-{n}"))))
                })
                .collect::<Vec<Round>>()
        })
        .bench_local_values(|rounds| {
            runtime().block_on(async {
                for rounds in rounds.chunks(100) {
                    store.record(rounds).await.expect("records");
                }
            });
        });
}

/// The keys of a hundred new items, of which five have something like them.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn candidates_of_100_items(bencher: Bencher) {
    let (store, items) = big();
    let mut next = items * 3;
    bencher
        .counter(ItemsCount::new(100_u64))
        .with_inputs(|| {
            next += 100;
            let mut wanted: Vec<StoryKey> = (next..next + 95).flat_map(keys).collect();
            wanted.extend((0..5).flat_map(|n| keys(scatter(next + n) % items)));
            wanted
        })
        .bench_local_refs(|wanted| {
            let found = runtime()
                .block_on(store.candidates(&[Sought {
                    keys: wanted,
                    seasons: Season::around(at(0), at(0)),
                }]))
                .expect("finds");
            assert!(found.len() >= 5);
            found
        });
}

/// A hundred identities of one source, all known.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn known_100_items(bencher: Bencher) {
    let (store, items) = big();
    let source = SourceId::new("source-7");
    let identities: Vec<String> = (700..800.min(items))
        .map(|n| format!("https://example.org/feed/view/en/story/{n}"))
        .collect();
    bencher.counter(ItemsCount::new(100_u64)).bench(|| {
        let known = runtime()
            .block_on(store.known_items(&source, &identities))
            .expect("finds");
        assert_eq!(known.len(), 100);
    });
}

/// What an edition may take: 300 stories out of all.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn waiting_300_stories(bencher: Bencher) {
    let (store, _) = big();
    let digest = DigestId::new("weekly");
    bencher.counter(ItemsCount::new(300_u64)).bench(|| {
        let waiting = runtime().block_on(store.waiting(&digest)).expect("finds");
        assert_eq!(waiting.len(), 300);
    });
}
