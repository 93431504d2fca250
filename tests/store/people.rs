//! What people decide: areas, stories, who gets what.

use circular::{
    model::{AreaId, DigestId, Field, ItemId, LedgerState, StoryId, SubscriberState},
    store::{NewSubscriber, Round},
};

use crate::harness::{
    at, delivery, digest, edition, health, item, joins, on_each, opens, round, tag,
};

#[tokio::test]
async fn a_persons_areas_outlast_every_tagging() {
    on_each(async |place| {
        let store = place.open().await;
        let one = item("un", "1", "One", at(0));
        store
            .record(&[round("un", at(0), vec![opens(one.clone())])])
            .await
            .unwrap();
        let plus = [AreaId::new("copyright")];
        let minus = [AreaId::new("sdg")];
        let areas = store
            .correct(&one.id, &plus, &minus, "Ana", at(1))
            .await
            .unwrap();
        assert_eq!(areas.len(), 1);
        assert_eq!(areas[0].evidence[0].field, Field::Person);
        assert_eq!(areas[0].evidence[0].term, "Ana");

        let mut changed = Round::quiet(health("un", at(2)));
        changed.changed.push((one.clone(), Vec::new()));
        store.record(&[changed]).await.unwrap();
        let now = store.item(&one.id).await.unwrap().unwrap().item.areas;
        assert_eq!(now, areas, "a changed text does not undo it");
        store
            .retag(&[(one.id.clone(), vec![tag("sdg", 0.9), tag("copyright", 0.2)])])
            .await
            .unwrap();
        let now = store.item(&one.id).await.unwrap().unwrap().item.areas;
        assert_eq!(now.len(), 1);
        assert!((now[0].score - 1.0).abs() < f64::EPSILON);
        assert_eq!(now[0].evidence.len(), 2);
        let error = store
            .correct(&ItemId::new("no"), &plus, &[], "Ana", at(1))
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "there is no item `no`");
    })
    .await;
}

#[tokio::test]
async fn stories_are_joined_and_split_for_good() {
    on_each(async |place| {
        let store = place.open().await;
        let (a, b) = (item("un", "a", "A", at(0)), item("un", "b", "B", at(1)));
        let c = item("un", "c", "C", at(2));
        let (sa, sb) = (StoryId::new(a.id.as_str()), StoryId::new(b.id.as_str()));
        let new = vec![opens(a.clone()), opens(b.clone()), joins(c.clone(), &sa)];
        store.record(&[round("un", at(2), new)]).await.unwrap();
        let issue = edition("weekly-2026-11-16", at(3), &[&sb]);
        store.freeze(&issue, &[], None).await.unwrap();

        // b was told; what is joined to it was told with it
        store.join(&sb, &sa, "Ana", at(4)).await.unwrap();
        assert_eq!(store.story(&sa).await.unwrap().len(), 3);
        assert!(store.story(&sb).await.unwrap().is_empty());
        assert!(store.ledger(&sb).await.unwrap().is_empty());
        let states = store.ledger(&sa).await.unwrap();
        assert_eq!(states[0].state, LedgerState::In(issue.id.clone()));
        assert!(store.waiting(&digest()).await.unwrap().is_empty());

        // c is another thing after all: it waits by itself
        let sc = store.split(&c.id, "Ana", at(5)).await.unwrap();
        assert_eq!(sc.as_str(), c.id.as_str());
        let waiting = store.waiting(&digest()).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].story, sc);
        let row = store.item(&c.id).await.unwrap().unwrap();
        assert!(row.split);
        assert_eq!(row.decided_by.as_deref(), Some("Ana"));
        assert_eq!(row.reason, "Ana split it from its story");

        // the opener leaves: the others get a name of their own
        let rest = store.split(&a.id, "Ana", at(6)).await.unwrap();
        assert_eq!(rest, sb);
        assert_eq!(store.story(&sa).await.unwrap().len(), 1);
        assert_eq!(store.story(&sb).await.unwrap().len(), 1);
        assert_eq!(store.waiting(&digest()).await.unwrap().len(), 2);
        // an item that is alone stays where it is
        assert_eq!(store.split(&b.id, "Ana", at(7)).await.unwrap(), sb);
        assert!(
            store
                .join(&sa, &StoryId::new("no"), "Ana", at(8))
                .await
                .is_err()
        );
        assert_eq!(store.story(&sa).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_fixed_list_is_followed_and_nobody_is_brought_back() {
    on_each(async |place| {
        let store = place.open().await;
        let list = |addresses: &[&str]| -> Vec<String> {
            addresses.iter().map(|&a| a.to_owned()).collect()
        };
        let both = list(&["Ana@example.org", "bo@example.org"]);
        let first = store
            .sync_recipients(&digest(), &both, at(0))
            .await
            .unwrap();
        assert_eq!(first.len(), 2);
        let ana = &first[0];
        assert_eq!(ana.address, "Ana@example.org");
        assert_eq!(ana.token.len(), 32);
        assert!(
            ana.token
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        );
        assert_ne!(first[0].token, first[1].token);
        let again = store
            .sync_recipients(&digest(), &both, at(1))
            .await
            .unwrap();
        assert_eq!(again, first, "ids and tokens stay");

        let bo = &first[1];
        store
            .set_subscriber_state(&bo.id, SubscriberState::Unsubscribed, at(2))
            .await
            .unwrap();
        let third = store
            .sync_recipients(&digest(), &both, at(3))
            .await
            .unwrap();
        assert_eq!(third.len(), 1, "who left is not brought back");
        let fewer = list(&["bo@example.org"]);
        store
            .sync_recipients(&digest(), &fewer, at(4))
            .await
            .unwrap();
        let ana = store.subscriber(&ana.id).await.unwrap().unwrap();
        assert!(ana.digests.is_empty());
        let by_token = store.subscriber_by_token(&ana.token).await.unwrap();
        assert_eq!(by_token, Some(ana.clone()));
        let by_address = store
            .subscriber_by_address("ANA@EXAMPLE.ORG")
            .await
            .unwrap();
        assert_eq!(by_address, Some(ana));
    })
    .await;
}

#[tokio::test]
async fn readers_choose_and_are_removed_with_their_traces() {
    on_each(async |place| {
        let store = place.open().await;
        let monthly = DigestId::new("monthly");
        let new = NewSubscriber {
            address: "cy@example.org".to_owned(),
            name: Some("Cy".to_owned()),
            language: Some(circular::model::Language::Fr),
            digests: vec![digest(), monthly.clone()],
            state: SubscriberState::Active,
            ..NewSubscriber::default()
        };
        let cy = store.add_subscriber(&new, at(0)).await.unwrap();
        assert_eq!(cy.digests.len(), 2);
        let again = NewSubscriber {
            address: "CY@example.org".to_owned(),
            name: None,
            ..new
        };
        assert_eq!(store.add_subscriber(&again, at(1)).await.unwrap(), cy);
        store
            .set_subscriptions(&cy.id, std::slice::from_ref(&monthly), at(2))
            .await
            .unwrap();
        assert!(
            store
                .subscribers(Some(&digest()), None)
                .await
                .unwrap()
                .is_empty()
        );
        let active = Some(SubscriberState::Active);
        let readers = store.subscribers(Some(&monthly), active).await.unwrap();
        assert_eq!(readers.len(), 1);

        let one = item("un", "1", "One", at(0));
        let affair = StoryId::new(one.id.as_str());
        store
            .record(&[round("un", at(0), vec![opens(one)])])
            .await
            .unwrap();
        let issue = edition("weekly-2026-11-16", at(3), &[&affair]);
        let letter = delivery(&issue, &cy);
        store.freeze(&issue, &[letter], None).await.unwrap();
        let erased = store.erase(&cy.address, at(4)).await.unwrap();
        assert!(erased.subscriber);
        assert_eq!(erased.stopped, 1);
        let again = store.erase(&cy.address, at(4)).await.unwrap();
        assert!(again.is_empty());
        let counts = store.count_deliveries(None).await.unwrap();
        assert_eq!(counts.queued, 0, "what is queued to them is not sent");
        assert_eq!(counts.accepted, 0, "nor does it count as sent");
        assert_eq!(store.subscriber(&cy.id).await.unwrap(), None);
    })
    .await;
}
