//! A database moved to another one and back is the same, and a target that holds anything is refused.

use circular::{model::StoryId, store::Store};

use crate::harness::{Place, at, delivery, edition, item, on_each, opens, round, run_on, source};

async fn fill(store: &Store) {
    store
        .sync_sources(&[source("un", 3), source("ifla", 0)], at(0))
        .await
        .unwrap();
    for page in 0..5 {
        let items = (0..60)
            .map(|number| {
                let key = format!("{page}-{number}");
                opens(item(
                    "un",
                    &key,
                    &format!("Über № {key} 标题 «عنوان»"),
                    at(page),
                ))
            })
            .collect();
        store.record(&[round("un", at(page), items)]).await.unwrap();
    }
    store
        .sync_recipients(
            &crate::harness::digest(),
            &["board@example.org".to_owned()],
            at(1),
        )
        .await
        .unwrap();
    let reader = store
        .subscriber_by_address("board@example.org")
        .await
        .unwrap()
        .unwrap();
    let first = edition("weekly-2026-11-16", at(2), &[&StoryId::new("un-0-0")]);
    store
        .freeze(&first, &[delivery(&first, &reader)], Some(at(2)))
        .await
        .unwrap();
}

#[tokio::test]
async fn there_and_back_is_the_same() {
    on_each(async |place| {
        let origin = Place::file();
        let from = origin.open().await;
        fill(&from).await;
        let there = place.open().await;
        let mut told = Vec::new();
        let moved = from
            .transfer(&there, |table| told.push(table.clone()))
            .await
            .unwrap();
        assert_eq!(moved, told);
        let items = moved.iter().find(|table| table.table == "items").unwrap();
        assert_eq!(items.rows, 300);

        let home = Place::file();
        let back = home.open().await;
        assert_eq!(there.transfer(&back, |_| ()).await.unwrap(), moved);
        assert_eq!(
            back.waiting(&crate::harness::digest()).await.unwrap().len(),
            299
        );
        // It goes on where it was: numbers are not given out twice.
        let more = opens(item("un", "more", "More", at(9)));
        back.record(&[round("un", at(9), vec![more])])
            .await
            .unwrap();
        assert_eq!(back.count_items().await.unwrap(), 301);

        let refused = from.transfer(&there, |_| ()).await.unwrap_err().to_string();
        assert!(
            refused.starts_with("the target is not empty: its `"),
            "{refused}"
        );
        assert_eq!(there.count_items().await.unwrap(), 300);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_stand_there_leaves_the_target_empty() {
    on_each(async |place| {
        let origin = Place::file();
        let from = origin.open().await;
        fill(&from).await;
        // A text that is none: SQLite keeps it, and nothing else would.
        run_on(
            &origin.database,
            "UPDATE items SET title = CAST(x'6100ff' AS TEXT) WHERE id = 'un-4-59'".to_owned(),
        )
        .await;
        let there = place.open().await;
        let error = from.transfer(&there, |_| ()).await.unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_eq!(there.count_items().await.unwrap(), 0);
    })
    .await;
}
