//! The steps of the schema: an old database is brought up to date whole, or left as it was.

use std::borrow::Cow;

use circular::store::{Store, StoreError};
use sqlx::{AnyConnection, Connection as _, Executor as _, migrate::Migrator};

use crate::harness::{Place, at, key, on_each, run_on, sought};

static ALL: Migrator = sqlx::migrate!("./migrations");

/// The number of the newest step.
pub(crate) fn newest() -> i64 {
    ALL.iter().map(|step| step.version).max().unwrap()
}

/// A database as the first program made it.
async fn first(place: &Place) {
    sqlx::any::install_default_drivers();
    if place.database.starts_with("sqlite:") {
        std::fs::create_dir_all(place.path().parent().unwrap()).unwrap();
        std::fs::File::create(place.path()).unwrap();
    }
    let address = place.database.replace(' ', "%20").replace('#', "%23");
    let mut connection = AnyConnection::connect(&address).await.unwrap();
    let first = Migrator {
        migrations: Cow::Owned(vec![ALL.migrations[0].clone()]),
        ..Migrator::DEFAULT
    };
    first
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
    connection
        .execute("INSERT INTO meta (key, value) VALUES ('kept', 'yes')")
        .await
        .unwrap();
    connection
        .execute(
            "INSERT INTO deliveries (id, edition, subscriber, address, token, message_id, state, next_attempt) \
             VALUES ('d', 'weekly-2026-11-16', 'r', 'r@example.org', 't', 'm', 'accepted', 0)",
        )
        .await
        .unwrap();
    connection
        .execute(
            "INSERT INTO items (no, id, source, story, relation, identity, content_hash, kind, first_seen, effective, title) \
             VALUES (1, 'un-1', 'un', 'un-1', 'new', '1', 0, 'news', 0, 1794812400000, 'One')",
        )
        .await
        .unwrap();
    let (band, url) = (key("band", "0-1f").hash, key("url", "un.org/1").hash);
    let text = format!("INSERT INTO item_keys (hash, item) VALUES ({band}, 1), ({url}, 1), (7, 2)");
    connection.execute(sqlx::AssertSqlSafe(text)).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_and_keeps_what_it_holds() {
    on_each(async |place| {
        first(place).await;
        let error = Store::open_read_only(&place.database).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Older { found: 1, known } if known == newest()),
            "{error}"
        );
        let store = place.open().await;
        assert_eq!(store.note("kept").await.unwrap().as_deref(), Some("yes"));
        let counts = store.count_deliveries(None).await.unwrap();
        assert_eq!(counts.accepted, 1, "what was sent before is counted once");
        let keys = [key("band", "0-1f"), key("url", "un.org/1")];
        for (at, shared) in [(at(0), 2), (at(200_000), 1)] {
            let found = store.candidates(&sought(&keys, at)).await.unwrap();
            assert_eq!(found.pairs().count(), shared, "what items are found by");
        }
        store.close().await;
        Store::open_read_only(&place.database).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_step_that_fails_leaves_everything_as_it_was() {
    on_each(async |place| {
        first(place).await;
        // Something stands where a later step wants to make a table.
        run_on(
            &place.database,
            "CREATE TABLE forgotten (mine TEXT)".to_owned(),
        )
        .await;
        let error = Store::open(&place.database).await.unwrap_err().to_string();
        assert!(
            error.starts_with(
                "the schema of the database could not be brought up to date: step 13 failed, "
            ),
            "{error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
        // The way out is to take it away; every step is then done, none twice.
        run_on(&place.database, "DROP TABLE forgotten".to_owned()).await;
        let store = place.open().await;
        assert_eq!(store.note("kept").await.unwrap().as_deref(), Some("yes"));
    })
    .await;
}
