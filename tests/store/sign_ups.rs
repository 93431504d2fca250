//! Sign-ups, departures, lists of readers, and what each kind of reader gets.

use circular::{
    model::{
        Choices, Consent, DigestId, EditionId, Format, Frequency, Language, Reading, ReadingPart,
        StoryId, Subscriber, SubscriberState,
    },
    store::{Departure, Link, Mailing, NewSubscriber, Preferences, SignUp, Store, Wanted},
};

use crate::harness::{at, delivery, digest, edition, item, on_each, opens, round};

fn sign_up(address: &str) -> SignUp {
    SignUp {
        address: address.to_owned(),
        wanted: Wanted {
            name: Some("Ana".to_owned()),
            language: Some(Language::Ar),
            digests: vec![digest()],
            choices: Choices {
                frequency: Frequency::Weekly,
                ..Choices::default()
            },
        },
        wording: "I ask for it.".to_owned(),
        language: Language::En,
    }
}

fn reader(address: &str) -> NewSubscriber {
    NewSubscriber {
        address: address.to_owned(),
        digests: vec![digest()],
        state: SubscriberState::Active,
        ..NewSubscriber::default()
    }
}

async fn by_address(store: &Store, address: &str) -> Option<Subscriber> {
    store.subscriber_by_address(address).await.unwrap()
}

#[tokio::test]
async fn a_token_is_stored_as_a_hash_and_works_once() {
    on_each(async |place| {
        let store = place.open().await;
        assert!(
            store
                .sign_up(&sign_up("Ana@example.org"), at(0))
                .await
                .unwrap()
        );
        let asking = store.next_asking(at(0)).await.unwrap().unwrap();
        assert_eq!(asking.address, "Ana@example.org");
        assert_eq!(asking.token.len(), 32);
        assert!(store.next_asking(at(1)).await.unwrap().is_none(), "in hand");
        store.settle_asking(&asking.id, None).await.unwrap();
        let again = store.next_asking(at(10)).await.unwrap().unwrap();
        assert_ne!(again.token, asking.token);
        store.settle_asking(&again.id, Some(true)).await.unwrap();
        assert!(store.next_asking(at(30)).await.unwrap().is_none());

        let link = async |token: &str, minutes| store.link(token, at(minutes)).await.unwrap();
        assert_eq!(
            link(&asking.token, 11).await,
            Link::Unknown,
            "the newer one counts"
        );
        assert_eq!(link(&again.token, 11).await, Link::Open(sign_up("").wanted));
        assert_eq!(link(&again.token, 48 * 60).await, Link::Over);
        assert_eq!(
            store.confirm(&again.token, at(48 * 60)).await.unwrap(),
            None
        );
        assert_eq!(store.confirm("nothing", at(12)).await.unwrap(), None);
        let id = store.confirm(&again.token, at(12)).await.unwrap().unwrap();
        assert_eq!(store.confirm(&again.token, at(12)).await.unwrap(), None);
        assert_eq!(link(&again.token, 12).await, Link::Over);

        let ana = store.subscriber(&id).await.unwrap().unwrap();
        assert_eq!(ana.state, SubscriberState::Active);
        assert_eq!(ana.digests, [digest()]);
        assert_eq!(ana.choices.frequency, Frequency::Weekly);
        let consent = ana.consent.unwrap();
        let wording = store
            .wording(consent.wording.as_deref().unwrap())
            .await
            .unwrap();
        assert_eq!(wording.as_deref(), Some("I ask for it."));
        store.close().await;
        if place.database.starts_with("sqlite") {
            let bytes = std::fs::read(place.path()).unwrap();
            let held = |word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
            assert!(!held(&again.token), "the token itself is in no file");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_is_written_to_three_times_a_day_and_not_when_it_complained() {
    on_each(async |place| {
        let store = place.open().await;
        let asked = async |address: &str, minutes| {
            store.sign_up(&sign_up(address), at(minutes)).await.unwrap()
        };
        assert!(asked("ana@example.org", 0).await);
        assert!(!asked("ANA@example.org", 9).await, "within ten minutes");
        assert!(asked("ana@example.org", 10).await);
        assert!(asked("ana@example.org", 20).await);
        assert!(!asked("ana@example.org", 300).await, "three today");
        assert!(asked("ana@example.org", 24 * 60 + 10).await);
        let bo = store
            .add_subscriber(&reader("bo@example.org"), at(0))
            .await
            .unwrap();
        store
            .set_subscriber_state(&bo.id, SubscriberState::Complained, at(1))
            .await
            .unwrap();
        assert!(!asked("bo@example.org", 2).await);
        store
            .set_subscriber_state(&bo.id, SubscriberState::Bounced, at(3))
            .await
            .unwrap();
        assert!(
            asked("bo@example.org", 4).await,
            "the mailbox may have been emptied"
        );
    })
    .await;
}

#[tokio::test]
async fn who_did_not_confirm_is_forgotten_and_who_is_known_is_not() {
    on_each(async |place| {
        let store = place.open().await;
        store
            .add_subscriber(&reader("known@example.org"), at(0))
            .await
            .unwrap();
        for address in ["known@example.org", "new@example.org"] {
            store.sign_up(&sign_up(address), at(0)).await.unwrap();
        }
        store
            .sign_up(&sign_up("later@example.org"), at(60))
            .await
            .unwrap();
        store.forget_unconfirmed(at(48 * 60 - 1)).await.unwrap();
        assert!(by_address(&store, "new@example.org").await.is_some());
        store.forget_unconfirmed(at(48 * 60)).await.unwrap();
        assert!(by_address(&store, "new@example.org").await.is_none());
        assert!(by_address(&store, "later@example.org").await.is_some());
        assert!(by_address(&store, "known@example.org").await.is_some());
        // A fixed list needs no confirmation, and none that is begun takes it away.
        let list = ["later@example.org".to_owned()];
        let listed = store
            .sync_recipients(&digest(), &list, at(61))
            .await
            .unwrap();
        assert_eq!(listed.len(), 1);
        store.forget_unconfirmed(at(200 * 60)).await.unwrap();
        assert!(by_address(&store, "later@example.org").await.is_some());
    })
    .await;
}

#[tokio::test]
async fn who_leaves_or_is_erased_is_a_hash_that_no_list_undoes() {
    on_each(async |place| {
        let store = place.open().await;
        let consent = Consent {
            at: at(0),
            how: "asked".to_owned(),
            wording: None,
        };
        for address in ["left@example.org", "erased@example.org"] {
            let new = NewSubscriber {
                name: Some("Somebody".to_owned()),
                consent: Some(consent.clone()),
                ..reader(address)
            };
            store.add_subscriber(&new, at(0)).await.unwrap();
        }
        let left = by_address(&store, "left@example.org").await.unwrap();
        store
            .set_subscriber_state(&left.id, SubscriberState::Unsubscribed, at(1))
            .await
            .unwrap();
        let gone = store.subscriber(&left.id).await.unwrap().unwrap();
        assert_eq!(
            (gone.address.as_str(), &gone.name, &gone.consent),
            ("", &None, &None)
        );
        assert_eq!(gone.token, left.token, "the link goes on saying so");
        store
            .set_subscriber_state(&left.id, SubscriberState::Unsubscribed, at(2))
            .await
            .unwrap();
        store.erase("Erased@example.org", at(1)).await.unwrap();
        assert_eq!(
            store.gone("LEFT@example.org").await.unwrap().unwrap().why,
            Departure::Unsubscribed
        );
        assert_eq!(
            store.gone("erased@example.org").await.unwrap().unwrap().why,
            Departure::Erased
        );
        assert_eq!(store.gone("other@example.org").await.unwrap(), None);

        let people = [
            reader("left@example.org"),
            reader("new@example.org"),
            reader("erased@example.org"),
        ];
        let done = store.enlist(&people, false, at(3)).await.unwrap();
        assert_eq!((done.new, done.refused.as_slice()), (1, &[0, 2][..]));
        let list = people.clone().map(|one| one.address);
        let listed = store
            .sync_recipients(&digest(), &list, at(4))
            .await
            .unwrap();
        assert_eq!(listed.len(), 1);
        let done = store.enlist(&people, true, at(5)).await.unwrap();
        assert_eq!((done.new, done.known), (2, 1));
        assert_eq!(store.gone("left@example.org").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_list_leaves_in_peace_whoever_does_not_want_letters() {
    on_each(async |place| {
        let store = place.open().await;
        let monthly = DigestId::new("monthly");
        let own = Choices {
            format: Format::Text,
            ..Choices::default()
        };
        let mut ana = reader("ana@example.org");
        ana.choices = Some(own.clone());
        let known = store.add_subscriber(&ana, at(0)).await.unwrap();
        store
            .set_subscriber_state(&known.id, SubscriberState::Paused, at(1))
            .await
            .unwrap();
        let mut listed = reader("ANA@example.org");
        listed.digests = vec![monthly.clone()];
        listed.choices = Some(Choices::default());
        let mut out = reader("bo@example.org");
        out.state = SubscriberState::Unsubscribed;
        let twice = [
            listed,
            out.clone(),
            reader("cy@example.org"),
            reader("Cy@example.org"),
        ];
        let done = store.enlist(&twice, false, at(2)).await.unwrap();
        assert_eq!((done.new, done.known, done.gone), (1, 2, 1));
        let ana = by_address(&store, "ana@example.org").await.unwrap();
        assert_eq!(ana.state, SubscriberState::Paused);
        assert_eq!(ana.choices, own);
        assert_eq!(ana.digests, [monthly, digest()]);
        assert!(store.gone("bo@example.org").await.unwrap().is_some());
        // What another program knows of a reader of ours does not undo what they told us.
        out.address = "cy@example.org".to_owned();
        store.enlist(&[out], false, at(3)).await.unwrap();
        assert_eq!(
            by_address(&store, "cy@example.org").await.unwrap().state,
            SubscriberState::Active
        );
    })
    .await;
}

#[tokio::test]
async fn a_digest_of_a_fixed_list_can_be_declined_and_taken_back() {
    on_each(async |place| {
        let store = place.open().await;
        let monthly = DigestId::new("monthly");
        let list = ["ana@example.org".to_owned()];
        let ana = store
            .sync_recipients(&digest(), &list, at(0))
            .await
            .unwrap()
            .remove(0);
        let wanted = |digest: &DigestId| Preferences {
            language: None,
            digests: vec![digest.clone()],
            choices: Choices::default(),
            paused: false,
        };
        store
            .set_preferences(&ana.id, &wanted(&monthly), at(1))
            .await
            .unwrap();
        assert!(
            store
                .sync_recipients(&digest(), &list, at(2))
                .await
                .unwrap()
                .is_empty()
        );
        let now = store.subscriber(&ana.id).await.unwrap().unwrap();
        assert_eq!(now.digests, [monthly]);
        store
            .set_preferences(&ana.id, &wanted(&digest()), at(3))
            .await
            .unwrap();
        assert_eq!(
            store
                .sync_recipients(&digest(), &list, at(4))
                .await
                .unwrap()
                .len(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_mailing_is_frozen_with_its_edition_and_says_who_was_told_what() {
    on_each(async |place| {
        let store = place.open().await;
        let ana = store
            .add_subscriber(&reader("ana@example.org"), at(0))
            .await
            .unwrap();
        let bo = store
            .add_subscriber(&reader("bo@example.org"), at(0))
            .await
            .unwrap();
        let items = ["1", "2"].map(|key| item("un", key, key, at(0)));
        let stories = items.clone().map(|item| StoryId::new(item.id.as_str()));
        let new = items.into_iter().map(opens).collect();
        store.record(&[round("un", at(0), new)]).await.unwrap();
        let issue = edition("weekly-2026-11-16", at(3), &[&stories[0], &stories[1]]);
        let reading = Reading {
            id: EditionId::new("weekly-2026-11-16~abc"),
            language: Language::Fr,
            format: Format::Text,
            to: at(3),
            date: at(3).date_naive(),
            parts: vec![ReadingPart {
                edition: issue.id.clone(),
                stories: vec![stories[1].clone()],
            }],
        };
        let mut letter = delivery(&issue, &ana);
        letter.edition = reading.id.clone();
        let mailing = Mailing {
            deliveries: vec![letter],
            readings: vec![reading.clone()],
            waits: vec![(bo.id.clone(), issue.id.clone())],
            served: Vec::new(),
            told: vec![ana.id.clone()],
        };
        store.freeze_for(&issue, &mailing, None).await.unwrap();
        assert_eq!(
            store.reading(&reading.id).await.unwrap(),
            Some(reading.clone())
        );
        assert_eq!(reading.id.whole(), issue.id);
        let awaiting = store.awaiting().await.unwrap();
        assert_eq!(awaiting[&bo.id], std::slice::from_ref(&issue.id));
        let ana = store.subscriber(&ana.id).await.unwrap().unwrap();
        assert_eq!(ana.last_letter, Some(at(3)));
        let letters = store.letters_with(&stories).await.unwrap();
        assert_eq!(letters.told(&ana.id), [stories[1].clone()].into());
        assert!(letters.told(&bo.id).is_empty());

        let held = store.person(&ana).await.unwrap();
        assert_eq!(held.letters[0].edition, issue.id);
        assert_eq!(held.since, at(0));

        let mut late = delivery(&issue, &bo);
        late.edition = issue.id.clone();
        let mailing = Mailing {
            deliveries: vec![late],
            served: vec![bo.id.clone()],
            ..Mailing::default()
        };
        store.mail(&mailing, at(4)).await.unwrap();
        assert!(store.awaiting().await.unwrap().is_empty());
        let letters = store.letters_with(&stories[..1]).await.unwrap();
        assert_eq!(letters.told(&bo.id), [stories[0].clone()].into());
        assert!(letters.told(&ana.id).is_empty());
        // What waited for one who leaves is gone with them.
        store
            .set_subscriber_state(&bo.id, SubscriberState::Unsubscribed, at(5))
            .await
            .unwrap();
        assert_eq!(store.count_deliveries(None).await.unwrap().queued, 1);
    })
    .await;
}

#[tokio::test]
async fn one_digest_less_stops_what_is_on_its_way_of_that_one_alone() {
    on_each(async |place| {
        let store = place.open().await;
        let monthly = DigestId::new("monthly");
        let both = NewSubscriber {
            digests: vec![digest(), monthly.clone()],
            ..reader("ana@example.org")
        };
        let ana = store.add_subscriber(&both, at(0)).await.unwrap();
        let items = ["1", "2"].map(|key| item("un", key, key, at(0)));
        let stories = items.clone().map(|item| StoryId::new(item.id.as_str()));
        let new = items.into_iter().map(opens).collect();
        store.record(&[round("un", at(0), new)]).await.unwrap();
        let first = edition("weekly-2026-11-16", at(3), &[&stories[0]]);
        let mut other = edition("monthly-2026-11", at(3), &[&stories[1]]);
        other.digest = monthly.clone();
        for issue in [&first, &other] {
            let mailing = Mailing {
                deliveries: vec![delivery(issue, &ana)],
                waits: vec![(ana.id.clone(), issue.id.clone())],
                ..Mailing::default()
            };
            store.freeze_for(issue, &mailing, None).await.unwrap();
        }
        let offered = [digest(), monthly.clone()];
        let kept = store
            .leave_digests(&ana.id, &[digest()], &offered, at(4))
            .await
            .unwrap();
        assert_eq!(kept, std::slice::from_ref(&monthly));
        assert_eq!(store.count_deliveries(None).await.unwrap().queued, 1);
        let awaiting = store.awaiting().await.unwrap();
        assert_eq!(awaiting[&ana.id], std::slice::from_ref(&other.id));
        // A digest that feeds.toml has no more keeps nobody.
        let kept = store
            .leave_digests(&ana.id, &[digest()], &[digest()], at(5))
            .await
            .unwrap();
        assert!(kept.is_empty());
        assert!(store.gone("ana@example.org").await.unwrap().is_some());
        assert!(store.awaiting().await.unwrap().is_empty());
        assert_eq!(store.count_deliveries(None).await.unwrap().queued, 0);
    })
    .await;
}
