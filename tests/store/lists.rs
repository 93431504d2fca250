//! Sources and their turns, lists of items and searches.

use std::time::Duration;

use chrono::TimeDelta;
use circular::{
    model::{LedgerState, SourceId, SourceState},
    store::{ItemFilter, Pull},
};

use crate::harness::{at, digest, health, item, on_each, opens, round, source};

#[tokio::test]
async fn sources_come_and_go_and_are_leased_once() {
    on_each(async |place| {
        let store = place.open().await;
        let mut sources: Vec<_> = (0..200).map(|n| source(&format!("s{n:03}"), n)).collect();
        sources[0].paused = true;
        store.sync_sources(&sources, at(0)).await.unwrap();
        assert_eq!(store.due(at(0), 1_000).await.unwrap().len(), 199);

        // many workers at once never get the same source
        let hold = Duration::from_mins(10);
        let workers: Vec<_> = (0..8)
            .map(|worker| {
                let store = store.clone();
                tokio::spawn(async move {
                    let owner = format!("w{worker}");
                    store.lease_sources(at(0), &owner, 20, hold).await
                })
            })
            .collect();
        let mut leased = Vec::new();
        for worker in workers {
            let taken = worker.await.unwrap().unwrap();
            assert!(!taken.is_empty(), "a worker got none, and some were due");
            leased.extend(taken);
        }
        let all = leased.len();
        leased.sort();
        leased.dedup();
        assert_eq!(leased.len(), all, "no source was leased twice");
        let rest = store.lease_sources(at(1), "w9", 1_000, hold).await.unwrap();
        assert_eq!(leased.len() + rest.len(), 199);
        assert!(store.due(at(9), 10).await.unwrap().is_empty());
        assert_eq!(
            store.due(at(11), 1_000).await.unwrap().len(),
            199,
            "a lease ends"
        );

        // a recorded pull ends the lease, and says when the next one is
        let mut good = health("s001", at(2));
        good.validators.etag = Some("W/\"a\\b\"".to_owned());
        good.rhythm = Some(3_600.5);
        good.moving = Some((url::Url::parse("https://new.example.org/").unwrap(), 2));
        let mut pulled = circular::store::Round::quiet(good.clone());
        for minute in 0..200 {
            pulled.pull = Some(Pull {
                at: at(minute),
                status: (minute != 199).then_some(304),
                new: 0,
                took_ms: 120,
                bytes: 4_096,
                note: "could not\nbe read".to_owned(),
            });
            store.record(std::slice::from_ref(&pulled)).await.unwrap();
        }
        assert_eq!(store.health(&good.id).await.unwrap(), good);
        let pulls = store.pulls(&good.id).await.unwrap();
        assert!((20..100).contains(&pulls.len()), "{} pulls", pulls.len());
        assert_eq!(pulls[0].at, at(199));
        assert_eq!(pulls[0].status, None);
        assert_eq!(pulls[0].note, "could not be read");
        assert_eq!(pulls[1].status, Some(304));
        assert!(!store.due(at(30), 1_000).await.unwrap().contains(&good.id));
        assert_eq!(
            store.release_sources("w9").await.unwrap(),
            rest.len() as u64
        );

        // gone and back again
        store.sync_sources(&sources[2..], at(40)).await.unwrap();
        assert_eq!(store.healths().await.unwrap().len(), 198);
        assert_eq!(store.sources().await.unwrap().len(), 200);
        store.sync_sources(&sources, at(50)).await.unwrap();
        let back = store.health(&good.id).await.unwrap();
        assert_eq!(back, good, "it goes on where it was");
        sources[1].url = url::Url::parse("https://elsewhere.example.org/").unwrap();
        store.sync_sources(&sources, at(60)).await.unwrap();
        let moved = store.health(&good.id).await.unwrap();
        assert_eq!(moved.validators.etag, None, "a new address is asked afresh");
        assert_eq!(moved.next_fetch, None);
        assert_eq!(moved.state, SourceState::New);
        assert_eq!((moved.failures, moved.problem), (0, None));
    })
    .await;
}

#[tokio::test]
async fn items_are_listed_newest_first_and_searched_by_folded_words() {
    on_each(async |place| {
        let store = place.open().await;
        let new = (0..60)
            .map(|n| {
                let mut item = item("un", &n.to_string(), &format!("Nummer {n} ÉTÉ"), at(n));
                if n % 10 == 0 {
                    item.areas = vec![crate::harness::tag("copyright", 0.5)];
                }
                opens(item)
            })
            .collect();
        store.sync_sources(&[source("un", 3)], at(0)).await.unwrap();
        store.record(&[round("un", at(60), new)]).await.unwrap();
        let list = async |filter: ItemFilter| store.items(&filter).await.unwrap();
        let all = list(ItemFilter::default()).await;
        assert_eq!(all.len(), 50);
        assert_eq!(all[0].item.key, "59");
        assert_eq!(all[0].section, "United Nations");
        assert_eq!(all[0].ledger, [(digest(), LedgerState::Waiting)]);
        assert!(all[0].lead && all[0].same_as.is_empty());
        let of = |text: &str| ItemFilter {
            text: Some(text.to_owned()),
            limit: 100,
            ..ItemFilter::default()
        };
        assert_eq!(list(of("nummer 5 ete")).await.len(), 15);
        assert_eq!(list(of("UBERSICHT")).await.len(), 60);
        assert_eq!(list(of("100 %")).await.len(), 60);
        assert_eq!(list(of("n_mmer")).await.len(), 0, "no wildcards");
        let area = ItemFilter {
            area: Some(circular::model::AreaId::new("copyright")),
            source: Some(SourceId::new("un")),
            since: Some(at(10) - TimeDelta::hours(2)),
            until: Some(at(40) - TimeDelta::hours(2)),
            ..ItemFilter::default()
        };
        let keys: Vec<_> = list(area)
            .await
            .into_iter()
            .map(|row| row.item.key)
            .collect();
        assert_eq!(keys, ["30", "20", "10"]);
        let none = ItemFilter {
            source: Some(SourceId::new("' OR 1 = 1 --")),
            ..ItemFilter::default()
        };
        assert!(list(none).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_new_digest_takes_up_what_is_stored() {
    on_each(async |place| {
        let store = place.open().await;
        let new = (0..10)
            .map(|n| opens(item("un", &n.to_string(), "T", at(n))))
            .collect();
        store.record(&[round("un", at(10), new)]).await.unwrap();
        let monthly = circular::model::DigestId::new("monthly");
        let since = at(5) - TimeDelta::hours(2);
        assert_eq!(store.unadmitted(&monthly, since).await.unwrap().len(), 5);
        assert!(
            store.waiting(&monthly).await.unwrap().is_empty(),
            "only looked at"
        );
        assert_eq!(store.admit(&monthly, since, at(11)).await.unwrap(), 5);
        assert!(store.unadmitted(&monthly, since).await.unwrap().is_empty());
        assert_eq!(store.admit(&monthly, since, at(12)).await.unwrap(), 0);
        assert_eq!(store.waiting(&monthly).await.unwrap().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn sources_that_come_back_as_they_were_are_taken_over_again() {
    on_each(async |place| {
        let store = place.open().await;
        let before = [source("un", 0), source("ifla", 0)];
        for (sources, present) in [
            (&before[..], true),
            (&before[..1], false),
            (&before[..], true),
        ] {
            // The second time nothing is different.
            for _ in 0..2 {
                store.sync_sources(sources, at(0)).await.unwrap();
                let healths = store.healths().await.unwrap();
                assert_eq!(healths.iter().any(|one| one.id.as_str() == "ifla"), present);
            }
        }
    })
    .await;
}
