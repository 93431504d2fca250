//! What follows for a reader from what came back.

use chrono::TimeDelta;
use circular::{
    model::{DeliveryId, DeliveryState, StoryId, Subscriber, SubscriberState},
    store::{BounceKind, Bounced, Settled, Store},
};

use crate::harness::{at, delivery, digest, edition, item, on_each, opens, round};

/// Freezes an edition a week for one reader; returns its delivery.
async fn week(store: &Store, reader: &Subscriber, number: i64) -> DeliveryId {
    let when = at(0) + TimeDelta::days(7 * number);
    let one = item("un", &number.to_string(), &format!("Story {number}"), when);
    let story = StoryId::new(one.id.as_str());
    store
        .record(&[round("un", when, vec![opens(one)])])
        .await
        .unwrap();
    let issue = edition(&format!("weekly-{number}"), when, &[&story]);
    let letter = delivery(&issue, reader);
    let id = letter.id.clone();
    store.freeze(&issue, &[letter], None).await.unwrap();
    id
}

async fn reader(store: &Store) -> Subscriber {
    let addresses = ["r@example.org".to_owned()];
    let readers = store.sync_recipients(&digest(), &addresses, at(0)).await;
    readers.unwrap().pop().unwrap()
}

async fn state(store: &Store, reader: &Subscriber) -> SubscriberState {
    store.subscriber(&reader.id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn three_editions_in_a_row_that_came_back_end_it() {
    on_each(async |place| {
        let store = place.open().await;
        let reader = reader(&store).await;
        for number in 0..6 {
            let id = week(&store, &reader, number).await;
            let when = at(60) + TimeDelta::days(7 * number);
            // The third one arrives, so that the count begins anew.
            if number == 2 {
                continue;
            }
            let came = store
                .bounce(&id, BounceKind::Soft, "5.2.2 full", when)
                .await
                .unwrap()
                .unwrap();
            let ended = number == 5;
            assert_eq!(came.now, ended.then_some(SubscriberState::Bounced));
            let again = store
                .bounce(&id, BounceKind::Soft, "5.2.2 full", when)
                .await;
            assert_eq!(again.unwrap().unwrap().now, None);
        }
        assert_eq!(state(&store, &reader).await, SubscriberState::Bounced);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_at_once_and_a_complaint_end_it_and_whoever_left_stays_gone() {
    on_each(async |place| {
        let store = place.open().await;
        let reader = reader(&store).await;
        let id = week(&store, &reader, 0).await;
        let hold = std::time::Duration::from_mins(5);
        let leased = store
            .settle_and_lease(&[], at(1), "me", 10, hold, &[])
            .await
            .unwrap();
        assert_eq!(leased[0].reader, Some(SubscriberState::Active));
        let dead = Settled {
            id: id.clone(),
            state: DeliveryState::Refused,
            reply: Some("550 5.1.1 no such user".to_owned()),
            next_attempt: None,
            bounce: Some(BounceKind::Hard),
        };
        store.settle(&[dead], at(2)).await.unwrap();
        assert_eq!(state(&store, &reader).await, SubscriberState::Bounced);
        let gone = SubscriberState::Unsubscribed;
        store
            .set_subscriber_state(&reader.id, gone, at(3))
            .await
            .unwrap();
        let complaint = store.bounce(&id, BounceKind::Complaint, "", at(4)).await;
        let expected = Bounced {
            subscriber: reader.id.clone(),
            now: None,
        };
        assert_eq!(complaint.unwrap(), Some(expected));
        assert_eq!(state(&store, &reader).await, gone);
        let nobody = DeliveryId::new("none");
        let came = store.bounce(&nobody, BounceKind::Hard, "", at(5)).await;
        assert_eq!(came.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn turns_are_apart_whoever_takes_them() {
    on_each(async |place| {
        let (one, two) = (place.open().await, place.open().await);
        let mut turns = Vec::new();
        for number in 0..6 {
            let store = if number % 2 == 0 { &one } else { &two };
            turns.push(
                store
                    .take_turn("example.org", 500_000, at(0))
                    .await
                    .unwrap(),
            );
        }
        let apart: Vec<i64> = turns
            .windows(2)
            .map(|two| (two[1] - two[0]).num_milliseconds())
            .collect();
        assert_eq!(apart, [500; 5]);
        assert_eq!(turns[0], at(0));
        let later = one.take_turn("example.org", 500_000, at(10)).await.unwrap();
        assert_eq!(later, at(10), "what was not used is not saved up");
        let secret = one.secret("bounces").await.unwrap();
        assert_eq!(two.secret("bounces").await.unwrap(), secret);
        assert_eq!(secret.len(), 64);
    })
    .await;
}
