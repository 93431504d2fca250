//! Runs a test on each engine, in a database of its own, and makes the things that tests store.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use circular::{
    model::{
        AreaId, AreaTag, Delivery, DeliveryId, DeliveryState, DigestId, Edition, EditionId,
        EditionState, EditionStory, Evidence, Field, Item, ItemId, Kind, Language, LanguageCode,
        LedgerState, Placement, Relation, Section, SectionHead, Source, SourceHealth, SourceId,
        SourceState, StoryId, StoryKey, Subscriber,
    },
    store::{NewItem, Round, Sought, Store},
    story::Season,
};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use url::Url;

/// Where a test's database is, and what keeps it there.
pub(crate) struct Place {
    /// The address that `Store::open` takes.
    pub(crate) database: String,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    /// An SQLite file that does not exist yet, in a folder of its own.
    pub(crate) fn file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            database: format!("sqlite:{}/data/circular #1.db", folder.path().display()),
            _folder: Some(folder),
        }
    }

    /// The path of the SQLite file.
    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.database.trim_start_matches("sqlite:").into()
    }

    /// The store at that place.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.database).await.expect("the store opens")
    }
}

/// How many databases this program has made.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Calls the test with a fresh SQLite file, and with a fresh PostgreSQL database if the environment
/// variable `CIRCULAR_TEST_POSTGRES` names a server (`postgres://user@127.0.0.1:5432/postgres`).
pub(crate) async fn on_each(test: impl AsyncFn(&Place)) {
    test(&Place::file()).await;
    let Ok(server) = std::env::var("CIRCULAR_TEST_POSTGRES") else {
        println!("CIRCULAR_TEST_POSTGRES is not set: only SQLite was tested");
        return;
    };
    let name = format!(
        "circular_test_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    run_on(&server, format!("CREATE DATABASE {name}")).await;
    let mut url = Url::parse(&server).expect("CIRCULAR_TEST_POSTGRES is an address");
    url.set_path(&name);
    test(&Place {
        database: url.to_string(),
        _folder: None,
    })
    .await;
    run_on(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

/// Runs one statement of a test's own.
pub(crate) async fn run_on(database: &str, statement: String) {
    sqlx::any::install_default_drivers();
    let address = database.replace(' ', "%20").replace('#', "%23");
    let mut connection = AnyConnection::connect(&address).await.expect("connects");
    connection
        .execute(sqlx::AssertSqlSafe(statement))
        .await
        .expect("the statement runs");
    connection.close().await.expect("closes");
}

/// So many minutes after Monday, 16 November 2026, 7:00 UTC.
pub(crate) fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_794_812_400, 0).expect("a time") + TimeDelta::minutes(minutes)
}

pub(crate) fn digest() -> DigestId {
    DigestId::new("weekly")
}

pub(crate) fn source(id: &str, priority: i64) -> Source {
    Source {
        id: SourceId::new(id),
        name: format!("The {id}"),
        section: "United Nations".to_owned(),
        url: Url::parse(&format!("https://{id}.example.org/feed")).expect("an address"),
        language: None,
        areas: Vec::new(),
        priority,
        every: None,
        page: None,
        coordinator: None,
        paused: false,
    }
}

pub(crate) fn health(id: &str, fetched: DateTime<Utc>) -> SourceHealth {
    SourceHealth {
        state: SourceState::Ok,
        last_status: Some(200),
        last_fetch: Some(fetched),
        last_success: Some(fetched),
        next_fetch: Some(fetched + TimeDelta::hours(1)),
        ..SourceHealth::new(SourceId::new(id))
    }
}

pub(crate) fn item(source: &str, key: &str, title: &str, seen: DateTime<Utc>) -> Item {
    Item {
        id: ItemId::new(format!("{source}-{key}")),
        source: SourceId::new(source),
        key: key.to_owned(),
        url: Url::parse(&format!("https://{source}.example.org/{key}")).ok(),
        title: title.to_owned(),
        summary: format!("{title}, in short."),
        text: format!("{title}, at length: Übersicht über alles, 100 % of it."),
        language: LanguageCode::parse("de"),
        kind: Kind::Call,
        published: Some(seen - TimeDelta::hours(2)),
        first_seen: seen,
        effective: seen - TimeDelta::hours(2),
        authors: vec!["A. Writer".to_owned()],
        categories: Vec::new(),
        image: None,
        enclosures: Vec::new(),
        alternates: Vec::new(),
        areas: vec![tag("sdg", 0.83)],
        dates: Vec::new(),
    }
}

pub(crate) fn tag(area: &str, score: f64) -> AreaTag {
    AreaTag {
        id: AreaId::new(area),
        score,
        evidence: vec![Evidence {
            term: "100 % \"quoted\"".to_owned(),
            field: Field::Title,
        }],
    }
}

pub(crate) fn key(kind: &'static str, value: &str) -> StoryKey {
    StoryKey::new(kind, value)
}

/// An item that opens a story which waits in the weekly digest.
pub(crate) fn opens(item: Item) -> NewItem {
    NewItem {
        keys: vec![key("title", &item.title), key("url", item.key.as_str())],
        placement: Placement {
            story: StoryId::new(item.id.as_str()),
            relation: Relation::New,
            of: None,
            likeness: 0.0,
            reason: "nothing like it is known".to_owned(),
        },
        ledger: vec![(digest(), LedgerState::Waiting)],
        item,
    }
}

/// An item that joins a story.
pub(crate) fn joins(item: Item, story: &StoryId) -> NewItem {
    NewItem {
        placement: Placement {
            story: story.clone(),
            relation: Relation::Copy,
            of: Some(ItemId::new(story.as_str())),
            likeness: 0.97,
            reason: "same text".to_owned(),
        },
        ..opens(item)
    }
}

pub(crate) fn round(id: &str, now: DateTime<Utc>, new: Vec<NewItem>) -> Round {
    Round {
        new,
        ..Round::quiet(health(id, now))
    }
}

/// An edition of the weekly digest with these stories.
pub(crate) fn edition(id: &str, to: DateTime<Utc>, stories: &[&StoryId]) -> Edition {
    let stories = stories
        .iter()
        .map(|story| EditionStory {
            story: (*story).clone(),
            item: ItemId::new(story.as_str()),
            title: "A title".to_owned(),
            url: "https://example.org/".to_owned(),
            summary: String::new(),
            note: String::new(),
            source: SourceId::new("un"),
            source_name: "The un".to_owned(),
            section: "United Nations".to_owned(),
            language: None,
            kind: Kind::News,
            date: to,
            dates: Vec::new(),
            areas: Vec::new(),
            also: Vec::new(),
            updated: false,
            score: 1.0,
            why: String::new(),
        })
        .collect();
    Edition {
        id: EditionId::new(id),
        digest: digest(),
        title: "Weekly".to_owned(),
        subject: "This week".to_owned(),
        language: Language::En,
        state: EditionState::Approved,
        date: to.date_naive(),
        from: to - TimeDelta::days(7),
        to,
        intro: String::new(),
        subject_by_hand: false,
        sections: vec![Section {
            head: SectionHead::Other,
            stories,
        }],
        left_out: Vec::new(),
        missing: Vec::new(),
    }
}

pub(crate) fn delivery(edition: &Edition, subscriber: &Subscriber) -> Delivery {
    Delivery {
        id: DeliveryId::new(format!("{}/{}", edition.id, subscriber.id)),
        edition: edition.id.clone(),
        subscriber: subscriber.id.clone(),
        address: subscriber.address.clone(),
        token: subscriber.token.clone(),
        message_id: format!("{}.{}@example.org", edition.id, subscriber.id),
        state: DeliveryState::Queued,
        attempts: 0,
        next_attempt: edition.to,
        reply: None,
    }
}

/// What an item told at a time is looked up by.
pub(crate) fn sought(keys: &[StoryKey], told: DateTime<Utc>) -> [Sought<'_>; 1] {
    let seasons = Season::around(told, told);
    [Sought { keys, seasons }]
}
