//! Claims: one holder at a time, and none that outlasts its holder.

use std::time::Duration;

use circular::{model::SourceId, store::Store};

use crate::harness::{Place, at, on_each, source};

#[tokio::test]
async fn a_claim_has_one_holder_and_goes_with_it() {
    on_each(async |place| {
        let (one, two) = (place.open().await, place.open().await);
        let claim = one.try_claim("editor").await.unwrap().expect("it is free");
        assert!(two.try_claim("editor").await.unwrap().is_none());
        assert!(one.try_claim("editor").await.unwrap().is_none());
        assert!(
            two.try_claim("desk").await.unwrap().is_some(),
            "another is free"
        );
        claim.release().await.unwrap();
        let claim = two.claim("editor").await.unwrap();
        let waiting = tokio::spawn({
            let one = one.clone();
            async move { one.claim("editor").await.map(|_| ()) }
        });
        let tired = tokio::spawn({
            let one = one.clone();
            async move { one.claim("editor").await.map(|_| ()) }
        });
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(!waiting.is_finished() && !tired.is_finished());
        // Whoever stops waiting stands in nobody's way.
        tired.abort();
        // A holder that dies gives nothing back by itself.
        drop(claim);
        waiting.await.unwrap().unwrap();
        let last = tokio::time::timeout(Duration::from_secs(10), two.claim("editor"));
        last.await.expect("it is free").unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_daemon_holds_a_file_and_the_second_hears_who_it_is() {
    let place = Place::file();
    let (one, two) = (place.open().await, place.open().await);
    assert_eq!(one.holder(), None);
    let held = one.hold("process 7 since 2026-11-16 07:00:00 UTC").unwrap();
    assert_eq!(
        two.hold("process 8").unwrap_err().to_string(),
        format!(
            "`{}` is served already by process 7 since 2026-11-16 07:00:00 UTC; stop that one first",
            place.path().display()
        )
    );
    assert_eq!(
        two.holder().as_deref(),
        Some("process 7 since 2026-11-16 07:00:00 UTC")
    );
    drop(held);
    assert_eq!(two.holder(), None);
    two.hold("process 8").unwrap();
}

#[tokio::test]
async fn leases_are_renewed_taken_over_and_put_right() {
    on_each(async |place| {
        let hold = Duration::from_mins(2);
        let store = place.open().await;
        store
            .sync_sources(&[source("un", 0), source("ifla", 0)], at(0))
            .await
            .unwrap();
        let lease = async |store: &Store, minute: i64, owner: &str| {
            store
                .lease_sources(at(minute), owner, 1, hold)
                .await
                .unwrap()
        };
        let first = lease(&store, 0, "a").await;
        assert_eq!(first.len(), 1);
        assert_eq!(store.renew_sources(at(1), "a", hold).await.unwrap(), 1);
        let second = lease(&store, 2, "b").await;
        assert_ne!(first, second, "the first is renewed");
        assert!(lease(&store, 2, "c").await.is_empty());
        assert_eq!(lease(&store, 3, "c").await, first, "its worker is dead");
        let both: Vec<SourceId> = ["ifla", "un"].map(SourceId::new).to_vec();
        let forced = store
            .lease_these(at(3), "d", &both, true, hold)
            .await
            .unwrap();
        assert!(forced.is_empty(), "a lease holds against force: {forced:?}");
        assert_eq!(store.release_sources("b").await.unwrap(), 1);
        let forced = store
            .lease_these(at(3), "d", &both, true, hold)
            .await
            .unwrap();
        assert_eq!(forced, second);

        // A worker whose clock ran a year ahead, and was put back.
        let year = 365 * 24 * 60;
        store
            .record(&[crate::harness::round("un", at(year), Vec::new())])
            .await
            .unwrap();
        store.lease_sources(at(year), "e", 9, hold).await.unwrap();
        assert!(store.due(at(4), 9).await.unwrap().is_empty());
        assert_eq!(store.put_clock_right(at(4), hold).await.unwrap(), 1);
        assert_eq!(store.due(at(4), 9).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_pulls_first_on_a_file_ends_the_leases_of_the_dead() {
    let place = Place::file();
    let store = place.open().await;
    store.sync_sources(&[source("un", 0)], at(0)).await.unwrap();
    let hold = Duration::from_mins(2);
    store.lease_sources(at(0), "dead", 1, hold).await.unwrap();
    let pulling = store.begin_pulling().await.unwrap();
    assert_eq!(
        store
            .lease_sources(at(0), "a", 1, hold)
            .await
            .unwrap()
            .len(),
        1
    );
    let other = place.open().await;
    let _too = other.begin_pulling().await.unwrap();
    assert!(
        other
            .lease_sources(at(0), "b", 1, hold)
            .await
            .unwrap()
            .is_empty(),
        "the living keep theirs"
    );
    drop(pulling);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_that_pull_and_those_that_take_sources_over_never_wait_for_one_another() {
    on_each(async |place| {
        let hold = Duration::from_mins(2);
        let tasks: Vec<_> = (0..6)
            .map(|worker| {
                let database = place.database.clone();
                tokio::spawn(async move {
                    let store = Store::open(&database).await?;
                    let owner = format!("w{worker}");
                    for turn in 0..12 {
                        let mut sources: Vec<_> = (0..300)
                            .map(|n| source(&format!("s{n:03}"), (worker + turn) % 3))
                            .collect();
                        if worker % 2 == 0 {
                            sources.reverse();
                        }
                        store.sync_sources(&sources, at(0)).await?;
                        store.lease_sources(at(0), &owner, 60, hold).await?;
                        store.renew_sources(at(1), &owner, hold).await?;
                        store.release_sources(&owner).await?;
                    }
                    Ok::<_, circular::store::StoreError>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    })
    .await;
}
