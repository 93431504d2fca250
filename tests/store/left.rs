//! Digests that are left while a letter is on its way.

use circular::{
    model::{
        Delivery, DeliveryState, DigestId, Edition, EditionId, Format, Language, Reading,
        ReadingPart, StoryId, SubscriberState,
    },
    store::{DeliveryFilter, Mailing, NewSubscriber, Settled},
};

use crate::harness::{at, delivery, digest, edition, item, on_each, opens, round};

fn back(delivery: &Delivery) -> Settled {
    Settled {
        id: delivery.id.clone(),
        state: DeliveryState::Queued,
        reply: Some("451 later".to_owned()),
        next_attempt: Some(at(9)),
        bounce: None,
    }
}

/// A letter may be queued or in hand when one of its digests is left.
#[tokio::test]
async fn a_letter_of_several_digests_is_sent_without_the_one_that_was_left() {
    on_each(async |place| {
        let store = place.open().await;
        let monthly = DigestId::new("monthly");
        let offered = [digest(), monthly.clone()];
        let items = ["1", "2", "3"].map(|key| item("un", key, key, at(0)));
        let stories = items.clone().map(|item| StoryId::new(item.id.as_str()));
        let new = items.into_iter().map(opens).collect();
        store.record(&[round("un", at(0), new)]).await.unwrap();
        let first = edition("weekly-2026-11-16", at(1), &[&stories[0], &stories[1]]);
        store.freeze(&first, &[], None).await.unwrap();
        let mut second = edition("monthly-2026-11", at(2), &[&stories[1], &stories[2]]);
        second.digest = monthly.clone();
        let part = |edition: &Edition, stories: &[StoryId]| ReadingPart {
            edition: edition.id.clone(),
            stories: stories.to_vec(),
        };
        let reading = Reading {
            id: EditionId::new("monthly-2026-11~0123456789abcdef"),
            language: Language::En,
            format: Format::Html,
            to: at(2),
            date: at(2).date_naive(),
            // The second story is of both, and told under the first.
            parts: vec![part(&first, &stories[..2]), part(&second, &stories[2..])],
        };
        let mut mailing = Mailing {
            readings: vec![reading.clone()],
            ..Mailing::default()
        };
        let mut people = Vec::new();
        for name in ["queued", "sending", "alone", "stays"] {
            let new = NewSubscriber {
                digests: offered.to_vec(),
                address: format!("{name}@example.org"),
                state: SubscriberState::Active,
                ..NewSubscriber::default()
            };
            let person = store.add_subscriber(&new, at(0)).await.unwrap();
            let mut delivery = delivery(&second, &person);
            delivery.edition = match name {
                "alone" => first.id.clone(),
                _ => reading.id.clone(),
            };
            mailing.deliveries.push(delivery);
            people.push(person);
        }
        store.freeze_for(&second, &mailing, None).await.unwrap();
        let held = [reading.id.clone()];
        store
            .hold_editions(&held, "why", true, at(3))
            .await
            .unwrap();
        store.release_edition(&second.id, at(3)).await.unwrap();
        let leave = async |number: usize| {
            let id = &people[number].id;
            let kept = store.leave_digests(id, &[digest()], &offered, at(4)).await;
            assert_eq!(kept.unwrap(), std::slice::from_ref(&monthly));
        };
        let of = async |number: usize| {
            let filter = DeliveryFilter {
                subscriber: Some(people[number].id.clone()),
                ..DeliveryFilter::default()
            };
            store.deliveries(&filter).await.unwrap().remove(0)
        };
        leave(0).await;
        let rest = store.reading(&of(0).await.edition).await.unwrap().unwrap();
        assert_eq!(rest.parts, [part(&second, &stories[1..])]);
        assert_eq!(rest.id.whole(), second.id);
        // What another edition tells them later is reckoned by the letter as it is now.
        let told = store.letters_with(&stories).await.unwrap();
        assert!(!told.told(&people[0].id).contains(&stories[0]));
        assert!(told.told(&people[3].id).contains(&stories[0]));

        let hold = std::time::Duration::from_mins(1);
        let leased = store.settle_and_lease(&[], at(5), "w", 9, hold, &[]).await;
        assert_eq!(leased.unwrap().len(), 4);
        leave(1).await;
        leave(2).await;
        assert_eq!(of(1).await.edition, reading.id, "it is being sent");
        let settled = [back(&of(1).await), back(&of(3).await)];
        store.settle(&settled, at(6)).await.unwrap();
        assert_eq!(of(1).await.edition, rest.id);
        assert_eq!(of(3).await.edition, reading.id);
        store.put_back(&[of(2).await.id], at(6)).await.unwrap();
        let alone = of(2).await;
        assert_eq!(alone.state, DeliveryState::Refused);
        assert_eq!(store.requeue(&[of(2).await.id], at(6)).await.unwrap(), 0);
        let reply = alone.reply.as_deref();
        assert_eq!(
            reply,
            Some("not sent: the reader gets no `weekly` any more")
        );
        // A person had let the letter go; when they are asked again, no part of it goes out before.
        store.put_back(&[of(0).await.id], at(6)).await.unwrap();
        store
            .hold_editions(&held, "why", true, at(7))
            .await
            .unwrap();
        leave(3).await;
        let leased = store.settle_and_lease(&[], at(9), "w", 9, hold, &[]).await;
        assert_eq!(leased.unwrap(), [], "all of them wait for a word");
    })
    .await;
}
