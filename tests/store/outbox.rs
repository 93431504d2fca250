//! Deliveries under several workers, kills and retries; notes and locks.

use std::time::Duration;

use circular::{
    model::{Delivery, DeliveryState, Edition, EditionId, StoryId},
    store::{DeliveryCounts, DeliveryFilter, Settled, Store},
};

use crate::harness::{at, delivery, digest, edition, item, on_each, opens, round};

const HOLD: Duration = Duration::from_mins(10);

/// A frozen edition with so many deliveries.
async fn frozen(store: &Store, readers: usize) -> Edition {
    let one = item("un", "1", "One", at(0));
    let affair = StoryId::new(one.id.as_str());
    store
        .record(&[round("un", at(0), vec![opens(one)])])
        .await
        .unwrap();
    let addresses: Vec<String> = (0..readers).map(|n| format!("r{n}@example.org")).collect();
    let readers = store
        .sync_recipients(&digest(), &addresses, at(0))
        .await
        .unwrap();
    let issue = edition("weekly-2026-11-16", at(1), &[&affair]);
    let letters: Vec<_> = readers.iter().map(|one| delivery(&issue, one)).collect();
    store.freeze(&issue, &letters, None).await.unwrap();
    issue
}

fn settled(delivery: &Delivery, state: DeliveryState) -> Settled {
    Settled {
        id: delivery.id.clone(),
        state,
        reply: Some("250 2.0.0 Ok".to_owned()),
        next_attempt: None,
        bounce: None,
    }
}

#[tokio::test]
async fn no_delivery_is_leased_twice() {
    on_each(async |place| {
        let store = place.open().await;
        let other = place.open().await;
        let issue = frozen(&store, 90).await;
        let workers: Vec<_> = (0..6)
            .map(|worker| {
                let store = if worker % 2 == 0 {
                    store.clone()
                } else {
                    other.clone()
                };
                tokio::spawn(async move {
                    let owner = format!("w{worker}");
                    let mut mine = Vec::new();
                    loop {
                        let leased = store
                            .settle_and_lease(&[], at(2), &owner, 4, HOLD, &[])
                            .await
                            .unwrap();
                        if leased.is_empty() {
                            return mine;
                        }
                        let leased: Vec<_> = leased.into_iter().map(|one| one.delivery).collect();
                        let done: Vec<_> = leased
                            .iter()
                            .map(|one| settled(one, DeliveryState::Accepted))
                            .collect();
                        store.settle(&done, at(3)).await.unwrap();
                        mine.extend(leased);
                    }
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        assert_eq!(all.len(), 90);
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup_by(|a, b| a.id == b.id);
        assert_eq!(all.len(), 90, "each went to one worker");
        assert!(all.iter().all(|one| one.attempts == 1));
        let counts = store.count_deliveries(Some(&issue.id)).await.unwrap();
        assert_eq!((counts.accepted, counts.queued), (90, 0));
    })
    .await;
}

#[tokio::test]
async fn a_dead_workers_deliveries_are_unsure_and_sent_again_only_on_demand() {
    on_each(async |place| {
        let store = place.open().await;
        frozen(&store, 5).await;
        let leased = store
            .settle_and_lease(&[], at(2), "dead", 2, HOLD, &[])
            .await
            .unwrap();
        assert_eq!(leased.len(), 2);
        assert_eq!(leased[0].delivery.state, DeliveryState::Sending);
        assert!(store.unsure_stuck(at(11)).await.unwrap().is_empty());
        assert_eq!(store.unsure_stuck(at(12)).await.unwrap().len(), 2);
        let rest = store
            .settle_and_lease(&[], at(13), "next", 10, HOLD, &[])
            .await
            .unwrap();
        assert_eq!(rest.len(), 3, "unsure ones are not sent by themselves");

        // one of the two turns out to have been accepted; the other goes again as it was
        store
            .settle(
                &[settled(&leased[0].delivery, DeliveryState::Accepted)],
                at(14),
            )
            .await
            .unwrap();
        let again = [leased[0].delivery.id.clone(), leased[1].delivery.id.clone()];
        assert_eq!(store.requeue(&again, at(15)).await.unwrap(), 1);
        let second = store
            .settle_and_lease(&[], at(16), "next", 10, HOLD, &[])
            .await
            .unwrap();
        assert_eq!(second.len(), 1);
        assert_eq!(second[0].delivery.message_id, leased[1].delivery.message_id);
        assert_eq!(second[0].delivery.attempts, 2);

        // put back, refused, tried later
        let ids = [second[0].delivery.id.clone()];
        assert_eq!(store.next_delivery().await.unwrap(), None);
        store.put_back(&ids, at(15)).await.unwrap();
        assert_eq!(store.next_delivery().await.unwrap(), Some(at(15)));
        let mut later = settled(&rest[0].delivery, DeliveryState::Queued);
        later.next_attempt = Some(at(60));
        let refused = settled(&rest[1].delivery, DeliveryState::Refused);
        store.settle(&[later, refused], at(17)).await.unwrap();
        let counts = store.count_deliveries(None).await.unwrap();
        let expected = DeliveryCounts {
            queued: 2,
            sending: 1,
            accepted: 1,
            refused: 1,
            unsure: 0,
        };
        assert_eq!(counts, expected);
        let due = store
            .settle_and_lease(&[], at(20), "next", 10, HOLD, &[])
            .await
            .unwrap();
        assert_eq!(due.len(), 1, "what is tried later waits");
        let filter = DeliveryFilter {
            state: Some(DeliveryState::Queued),
            ..DeliveryFilter::default()
        };
        let queued = store.deliveries(&filter).await.unwrap();
        assert_eq!(queued.len(), 1);
        assert_eq!(queued[0].reply.as_deref(), Some("250 2.0.0 Ok"));
        // By edition and state at once, as by each alone.
        let both = |edition: &str| DeliveryFilter {
            edition: Some(EditionId::new(edition)),
            ..filter.clone()
        };
        let edition = queued[0].edition.whole().to_string();
        assert_eq!(store.deliveries(&both(&edition)).await.unwrap(), queued);
        assert!(store.deliveries(&both("other")).await.unwrap().is_empty());
        let in_hand = store.in_hand(None).await.unwrap();
        assert_eq!(in_hand.len(), 2);
        store.doubt(&in_hand, at(20)).await.unwrap();

        // an accepted one never goes back
        store
            .settle(
                &[settled(&leased[0].delivery, DeliveryState::Queued)],
                at(21),
            )
            .await
            .unwrap();
        assert_eq!(store.count_deliveries(None).await.unwrap().accepted, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lock_has_one_holder_and_ends_by_itself() {
    on_each(async |place| {
        let store = place.open().await;
        store.lock("compile", "a", at(0), at(10)).await.unwrap();
        store.lock("compile", "a", at(1), at(10)).await.unwrap();
        let error = store.lock("compile", "b", at(2), at(12)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "`a` holds `compile` until 2026-11-16 07:10:00 UTC"
        );
        store.unlock("compile", "b").await.unwrap();
        assert!(store.lock("compile", "b", at(3), at(12)).await.is_err());
        store.lock("compile", "b", at(10), at(20)).await.unwrap();
        store.unlock("compile", "b").await.unwrap();
        store.lock("compile", "a", at(11), at(20)).await.unwrap();

        assert_eq!(store.note("last run").await.unwrap(), None);
        store.set_note("last run", "1").await.unwrap();
        store.set_note("last run", "2").await.unwrap();
        assert_eq!(store.note("last run").await.unwrap().as_deref(), Some("2"));
        assert_eq!(store.digest_mark(&digest()).await.unwrap(), None);
        store.set_digest_mark(&digest(), at(7)).await.unwrap();
        assert_eq!(store.digest_mark(&digest()).await.unwrap(), Some(at(7)));
    })
    .await;
}
