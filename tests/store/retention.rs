//! What is old is forgotten by rule; what an edition cites, waits or was corrected stays.

use circular::{
    model::{Item, LedgerState, SourceId, StoryId},
    store::{NewItem, Store},
};

use crate::harness::{at, digest, edition, item, key, on_each, opens, round, sought, source};

fn page(items: Vec<(i64, Item)>) -> Vec<(i64, Item, Vec<circular::model::StoryKey>)> {
    items
        .into_iter()
        .map(|(no, item)| {
            let keys = vec![key("title", &item.title), key("url", item.key.as_str())];
            (no, item, keys)
        })
        .collect()
}

async fn forget(store: &Store, before: chrono::DateTime<chrono::Utc>) -> u64 {
    let mut gone = 0;
    loop {
        let old = store.old_items(before, 2).await.unwrap();
        if old.is_empty() {
            return gone;
        }
        gone += store.forget(&page(old)).await.unwrap();
    }
}

#[tokio::test]
async fn what_nothing_needs_is_forgotten_once_and_not_told_again() {
    on_each(async |place| {
        let store = place.open().await;
        store.sync_sources(&[source("un", 0)], at(0)).await.unwrap();
        let names = ["cited", "waits", "dropped", "corrected", "new"];
        let items: Vec<NewItem> = names
            .iter()
            .map(|name| {
                let seen = if *name == "new" { at(500) } else { at(0) };
                let mut new = opens(item("un", name, &format!("The title {name}"), seen));
                if matches!(*name, "dropped" | "corrected") {
                    new.ledger = vec![(digest(), LedgerState::Dropped)];
                }
                new
            })
            .collect();
        store.record(&[round("un", at(0), items)]).await.unwrap();
        let story = |name: &str| StoryId::new(format!("un-{name}"));
        let cited = edition("weekly-2026-11-16", at(1), &[&story("cited")]);
        store.freeze(&cited, &[], Some(at(1))).await.unwrap();
        let id = item("un", "corrected", "", at(0)).id;
        store
            .correct(
                &id,
                &[circular::model::AreaId::new("sdg")],
                &[],
                "a person",
                at(2),
            )
            .await
            .unwrap();

        assert!(!store.has_old_items(at(0)).await.unwrap());
        assert!(store.has_old_items(at(400)).await.unwrap());
        assert_eq!(forget(&store, at(400)).await, 1);
        assert!(
            !store.has_old_items(at(400)).await.unwrap(),
            "each is looked at once"
        );
        let un = SourceId::new("un");
        let keys: Vec<String> = names.iter().map(ToString::to_string).collect();
        let known = store.known_items(&un, &keys).await.unwrap();
        let forgotten: Vec<&str> = names
            .into_iter()
            .filter(|name| known[*name].forgotten)
            .collect();
        assert_eq!(forgotten, ["dropped"], "and known as forgotten");
        let shared = [
            key("title", "The title dropped"),
            key("title", "The title waits"),
        ];
        assert_eq!(
            store
                .candidates(&sought(&shared, at(0)))
                .await
                .unwrap()
                .len(),
            1
        );
        assert!(store.ledger(&story("dropped")).await.unwrap().is_empty());
        assert_eq!(store.health(&un).await.unwrap().items, 4);
        assert_eq!(
            forget(&store, at(1000)).await,
            0,
            "the new one waits for its edition"
        );
    })
    .await;
}
