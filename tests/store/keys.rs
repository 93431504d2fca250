//! Keys gather and move to their places, many at a time; they are found wherever they are.

use std::{ops::Range, time::Duration};

use circular::{
    model::StoryKey,
    store::{NewItem, Store},
};
use sqlx::{AnyConnection, Connection as _};

use crate::harness::{Place, at, item, key, on_each, opens, round, run_on, sought, source};

async fn count(place: &Place, table: &str) -> i64 {
    let address = place.database.replace(' ', "%20").replace('#', "%23");
    let mut connection = AnyConnection::connect(&address).await.unwrap();
    let text = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let count = sqlx::query_scalar(text).fetch_one(&mut connection).await;
    connection.close().await.unwrap();
    count.unwrap()
}

/// How many keys each item of these tests has, besides its identity.
const EACH: usize = 1_000;

fn keys(number: usize) -> Vec<StoryKey> {
    let key = |n: usize| key("band", &format!("{number} {n}"));
    (0..EACH).map(key).collect()
}

/// Stores items of a thousand keys each.
async fn store_items(store: &Store, numbers: Range<usize>) {
    for number in numbers {
        let name = format!("item-{number}");
        let new = NewItem {
            keys: keys(number),
            ..opens(item("un", &name, &name, at(0)))
        };
        let round = round("un", at(0), vec![new]);
        store.record(&[round]).await.unwrap();
    }
}

/// Asserts that each of the items is found once, and by all its keys.
async fn assert_found(store: &Store, numbers: &[usize]) {
    for number in numbers {
        let sought_keys = keys(*number);
        let found = store.candidates(&sought(&sought_keys, at(0))).await;
        let found = found.unwrap();
        assert_eq!((found.len(), found.pairs().count()), (1, EACH), "{number}");
    }
}

/// Waits until at the most so many values have not moved.
async fn await_move(place: &Place, values: i64) {
    let mut tries = 0;
    while count(place, "gathered_keys").await > values {
        tries += 1;
        assert!(tries < 500, "nobody moved the keys");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn keys_that_moved_are_found_like_new_ones() {
    on_each(async |place| {
        let store = place.open().await;
        store.sync_sources(&[source("un", 0)], at(0)).await.unwrap();
        let other = place.open().await;
        store_items(&store, 0..40).await;
        assert_found(&other, &[0, 39]).await;
        store_items(&store, 40..70).await;
        await_move(place, 20).await;
        let gathered = count(place, "gathered_keys").await;
        assert!(gathered > 0);
        assert_eq!(count(place, "item_keys").await, (70 - gathered) * 1_001);
        assert_found(&store, &[0, 35, 69]).await;
        // Another program, which knew them before they moved, and the ones that come later.
        assert_found(&other, &[0, 35, 69]).await;
        store_items(&other, 70..71).await;
        store_items(&store, 71..72).await;
        for store in [&store, &other] {
            assert_found(store, &[0, 35, 69, 70, 71]).await;
        }
        // Written anew they stand in both tables, and are found once all the same.
        let mut again = round("un", at(0), Vec::new());
        again.changed = vec![(item("un", "item-0", "item-0", at(0)), keys(0))];
        store.record(&[again]).await.unwrap();
        assert_found(&store, &[0]).await;
        let elsewhere = store.candidates(&sought(&keys(35), at(200_000))).await;
        assert!(
            elsewhere.unwrap().is_empty(),
            "a likeness of other days is none"
        );
        let identities = ["item-3".to_owned(), "item-69".to_owned(), "no".to_owned()];
        let source = source("un", 0).id;
        for store in [&store, &other] {
            let known = store.known_items(&source, &identities).await.unwrap();
            assert_eq!(known.len(), 2);
        }
        other.close().await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_move_that_was_cut_off_begins_anew() {
    let place = Place::file();
    let store = place.open().await;
    store.sync_sources(&[source("un", 0)], at(0)).await.unwrap();
    let failing = "CREATE TRIGGER failing BEFORE DELETE ON gathered_keys \
                   BEGIN SELECT RAISE(ABORT, 'no more'); END";
    run_on(&place.database, failing.to_owned()).await;
    store_items(&store, 0..66).await;
    let mut tries = 0;
    while count(&place, "item_keys").await < 64 * 1_001 {
        tries += 1;
        assert!(tries < 500, "nobody moved the keys");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_found(&store, &[0, 30, 65]).await;
    assert_eq!(count(&place, "gathered_keys").await, 66);
    run_on(&place.database, "DROP TRIGGER failing".to_owned()).await;
    store.close().await;
    // As after a program that was killed in the middle of it.
    let store = place.open().await;
    assert_found(&store, &[0, 65]).await;
    store_items(&store, 66..68).await;
    await_move(&place, 4).await;
    assert_found(&store, &[0, 30, 65, 66, 67]).await;
    store.close().await;
}

#[tokio::test]
async fn the_log_of_changes_is_written_back_beside_the_writing() {
    let place = Place::file();
    let store = place.open().await;
    store.sync_sources(&[source("un", 0)], at(0)).await.unwrap();
    let new = (0..1_000).map(|n| opens(item("un", &n.to_string(), &format!("Title {n}"), at(n))));
    let round = round("un", at(0), new.collect());
    store.record(&[round]).await.unwrap();
    // The file stays small until somebody writes back what the log holds.
    let mut tries = 0;
    while std::fs::metadata(place.path()).unwrap().len() < 500_000 {
        tries += 1;
        assert!(tries < 500, "nobody wrote the log back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    store.close().await;
}
