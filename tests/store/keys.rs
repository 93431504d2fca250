//! Keys gather in a small table and move to the large one; they are found wherever they are.

use circular::{model::StoryKey, store::NewItem};
use sqlx::{AnyConnection, Connection as _};

use crate::harness::{Place, at, item, key, on_each, opens, round, sought, source};

async fn count(place: &Place, table: &str) -> i64 {
    let address = place.database.replace(' ', "%20").replace('#', "%23");
    let mut connection = AnyConnection::connect(&address).await.unwrap();
    let text = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let count = sqlx::query_scalar(text).fetch_one(&mut connection).await;
    connection.close().await.unwrap();
    count.unwrap()
}

#[tokio::test]
async fn keys_that_moved_are_found_like_new_ones() {
    const EACH: usize = 1_000;
    on_each(async |place| {
        let store = place.open().await;
        store.sync_sources(&[source("un", 0)], at(0)).await.unwrap();
        let keys = |number: usize| -> Vec<StoryKey> {
            let key = |n: usize| key("band", &format!("{number} {n}"));
            (0..EACH).map(key).collect()
        };
        for number in 0..70 {
            let name = format!("item-{number}");
            let new = NewItem {
                keys: keys(number),
                ..opens(item("un", &name, &name, at(0)))
            };
            store
                .record(&[round("un", at(0), vec![new])])
                .await
                .unwrap();
        }
        let (fresh, large) = (
            count(place, "fresh_keys").await,
            count(place, "item_keys").await,
        );
        assert_eq!(fresh + large, 70 * 1_001);
        assert!(fresh < 64_000 && large > 3_000, "{fresh} and {large}");
        // Written anew they may stand in both tables, and are found once all the same.
        let mut again = round("un", at(0), Vec::new());
        again.changed = vec![(item("un", "item-0", "item-0", at(0)), keys(0))];
        store.record(&[again]).await.unwrap();
        for number in [0, 35, 69] {
            let found = store
                .candidates(&sought(&keys(number), at(0)))
                .await
                .unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found.pairs().count(), EACH);
        }
        let elsewhere = store
            .candidates(&sought(&keys(35), at(200_000)))
            .await
            .unwrap();
        assert!(elsewhere.is_empty(), "a likeness of other days is none");
        let identities = ["item-3".to_owned(), "item-69".to_owned(), "no".to_owned()];
        let source = source("un", 0).id;
        let known = store.known_items(&source, &identities).await.unwrap();
        assert_eq!(known.len(), 2);
        store.close().await;
    })
    .await;
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
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    store.close().await;
}
