//! From a source to a frozen edition.

use circular::{
    edition::Told,
    model::{Item, LedgerState, LeftOut, Relation, SourceId, StoryId},
    store::{StoreError, content_hash},
};

use crate::harness::{
    at, delivery, digest, edition, health, item, joins, key, on_each, opens, round, sought, source,
};

fn is_told(told: &Told, item: &Item) {
    assert_eq!(told.item, item.id);
    assert_eq!((&told.title, told.date), (&item.title, item.effective));
    let url = item.url.as_ref().map(url::Url::as_str);
    assert_eq!(told.url.as_deref(), url);
    assert_eq!((&told.areas, &told.dates), (&item.areas, &item.dates));
    assert_eq!(told.length, item.text.len() as u64);
    assert_eq!(told.origin.name, format!("The {}", item.source));
}

#[tokio::test]
async fn a_story_goes_from_a_source_into_one_edition_and_stays_there() {
    on_each(async |place| {
        let store = place.open().await;
        let sources = [source("un", 10), source("blog", 0), source("gone", 0)];
        store.sync_sources(&sources, at(0)).await.unwrap();

        // a body tells something, and a blog repeats it
        let first = item("un", "1", "Ein Aufruf für Bibliotheken", at(1));
        let affair = StoryId::new(first.id.as_str());
        let copy = item("blog", "x", "Ein Aufruf für Bibliotheken (via UN)", at(0));
        let other = item("blog", "y", "Something else", at(1));
        store
            .record(&[
                round("un", at(1), vec![opens(first.clone())]),
                round(
                    "blog",
                    at(1),
                    vec![joins(copy.clone(), &affair), opens(other.clone())],
                ),
            ])
            .await
            .unwrap();

        let known = store
            .known_items(&first.source, &["1".to_owned(), "2".to_owned()])
            .await
            .unwrap();
        assert_eq!(known.len(), 1);
        assert_eq!(known["1"].id, first.id);
        assert_eq!(known["1"].hash, content_hash(&first));

        let keys = [key("title", &first.title), key("url", "y")];
        let found = store.candidates(&sought(&keys, at(0))).await.unwrap();
        assert_eq!(found.len(), 2);
        let sharing = found.sharing(&keys[..1]);
        assert_eq!(sharing.len(), 1);
        assert_eq!(sharing[0].id, first.id);
        assert_eq!(sharing[0].text, first.text);
        assert_eq!(sharing[0].section, "United Nations");

        let waiting = store.waiting(&digest()).await.unwrap();
        assert_eq!(waiting.len(), 2);
        let told = waiting.iter().find(|one| one.story == affair).unwrap();
        assert_eq!(told.items.len(), 2, "a copy joins its story");
        is_told(&told.items[0], &first);
        assert_eq!(told.items[0].origin.priority, 10, "the body itself leads");
        let summaries = store.summaries(&[&first.id]).await.unwrap();
        assert_eq!(summaries[&first.id], first.summary);
        assert_eq!(told.items[1].relation, Relation::Copy);
        assert!(!told.held && !told.updated);

        // the edition takes the story, and sets the other one aside for good
        let readers = store
            .sync_recipients(&digest(), &["board@example.org".to_owned()], at(2))
            .await
            .unwrap();
        let mut issue = edition("weekly-2026-11-16", at(3), &[&affair]);
        issue.left_out.push(LeftOut {
            story: StoryId::new(other.id.as_str()),
            title: other.title.clone(),
            url: String::new(),
            why: "no area".to_owned(),
            waits: false,
        });
        let letter = delivery(&issue, &readers[0]);
        store
            .freeze(&issue, std::slice::from_ref(&letter), Some(at(0)))
            .await
            .unwrap();
        assert!(store.waiting(&digest()).await.unwrap().is_empty());
        assert_eq!(store.digest_mark(&digest()).await.unwrap(), Some(at(0)));
        assert_eq!(
            store.last_edition_end(&digest()).await.unwrap(),
            Some(at(3))
        );
        let states = store.ledger(&affair).await.unwrap();
        assert_eq!(states[0].state, LedgerState::In(issue.id.clone()));
        let aside = store
            .ledger(&StoryId::new(other.id.as_str()))
            .await
            .unwrap();
        assert_eq!(aside[0].state, LedgerState::Dropped);
        assert_eq!(aside[0].why, "no area");

        // a late copy does not bring it back
        let late = item("blog", "z", "Late", at(5));
        store
            .record(&[round("blog", at(5), vec![joins(late, &affair)])])
            .await
            .unwrap();
        assert!(store.waiting(&digest()).await.unwrap().is_empty());
        assert_eq!(store.story(&affair).await.unwrap().len(), 3);

        // what was frozen reads back, and its day is taken
        let mut frozen = issue.clone();
        frozen.state = circular::model::EditionState::Sent;
        assert_eq!(store.edition(&issue.id).await.unwrap(), Some(frozen));
        let day = store.edition_ids_of_day(&digest(), issue.date).await;
        assert_eq!(day.unwrap(), [issue.id.clone()]);
        let lines = store.edition_lines().await.unwrap();
        assert_eq!((lines.len(), lines[0].stories), (1, 1));

        // it is all there after a restart
        store.close().await;
        let store = place.open().await;
        assert_eq!(store.count_items().await.unwrap(), 4);
        assert_eq!(store.health(&SourceId::new("blog")).await.unwrap().items, 3);
    })
    .await;
}

#[tokio::test]
async fn recording_twice_is_recording_once() {
    on_each(async |place| {
        let store = place.open().await;
        let rounds: Vec<_> = (0..3)
            .map(|source| {
                let id = format!("s{source}");
                let new = (0..100)
                    .map(|n| opens(item(&id, &n.to_string(), &format!("Title {n}"), at(n))))
                    .collect();
                round(&id, at(0), new)
            })
            .collect();
        store.record(&rounds).await.unwrap();
        store.record(&rounds).await.unwrap();
        assert_eq!(store.count_items().await.unwrap(), 300);
        assert_eq!(store.count_waiting(&digest()).await.unwrap(), 300);
        assert_eq!(store.health(&SourceId::new("s1")).await.unwrap().items, 100);
        let seventh = [key("title", "Title 7")];
        let found = store.candidates(&sought(&seventh, at(0))).await.unwrap();
        assert_eq!(found.len(), 3);

        // pages give each item once
        let mut after = 0;
        let mut seen = 0;
        loop {
            let page = store.page_of_items(after, 70).await.unwrap();
            let Some((last, _)) = page.last() else { break };
            after = *last;
            seen += page.len();
        }
        assert_eq!(seen, 300);
    })
    .await;
}

#[tokio::test]
async fn a_key_that_all_share_gives_the_last_fifty() {
    on_each(async |place| {
        let store = place.open().await;
        for batch in 0..3 {
            let new = (0..50)
                .map(|n| {
                    let mut new = opens(item("un", &format!("{batch}-{n}"), "Newsletter", at(n)));
                    new.keys = vec![key("title", "newsletter")];
                    new
                })
                .collect();
            store.record(&[round("un", at(batch), new)]).await.unwrap();
        }
        let all = [key("title", "newsletter")];
        let found = store.candidates(&sought(&all, at(0))).await.unwrap();
        assert_eq!(found.len(), 50);
        let all = found.sharing(&all);
        assert!(all.iter().all(|one| one.key.starts_with("2-")));
        assert!(store.candidates(&[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_freeze_that_fails_changes_nothing() {
    on_each(async |place| {
        let store = place.open().await;
        let items = [item("un", "1", "One", at(0)), item("un", "2", "Two", at(0))];
        let stories: Vec<_> = items.iter().map(|i| StoryId::new(i.id.as_str())).collect();
        let new = items.into_iter().map(opens).collect();
        store.record(&[round("un", at(0), new)]).await.unwrap();
        let readers = store
            .sync_recipients(&digest(), &["a@example.org".to_owned()], at(0))
            .await
            .unwrap();
        let first = edition("weekly-2026-11-16", at(1), &[&stories[0]]);
        store.freeze(&first, &[], Some(at(1))).await.unwrap();

        let mut second = edition("weekly-2026-11-16-2", at(2), &[&stories[1], &stories[0]]);
        second.left_out.clear();
        let letter = delivery(&second, &readers[0]);
        let error = store
            .freeze(&second, &[letter], Some(at(2)))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "story `un-1` is already in `weekly-2026-11-16` of `weekly`; nothing was changed"
        );
        assert!(matches!(error, StoreError::AlreadyTold { .. }));
        assert_eq!(store.edition(&second.id).await.unwrap(), None);
        assert_eq!(store.digest_mark(&digest()).await.unwrap(), Some(at(1)));
        assert_eq!(store.count_waiting(&digest()).await.unwrap(), 1);
        let counts = store.count_deliveries(None).await.unwrap();
        assert_eq!(counts, circular::store::DeliveryCounts::default());

        let error = store.freeze(&first, &[], None).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "edition `weekly-2026-11-16` is already frozen; nothing was changed"
        );
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_edited_and_approved_and_holds_nothing_until_frozen() {
    on_each(async |place| {
        let store = place.open().await;
        let items = [item("un", "1", "One", at(0)), item("un", "2", "Two", at(0))];
        let stories: Vec<_> = items.iter().map(|i| StoryId::new(i.id.as_str())).collect();
        let new = items.into_iter().map(opens).collect();
        store.record(&[round("un", at(0), new)]).await.unwrap();
        let held = LedgerState::Held;
        store
            .set_ledger(&digest(), &stories[1], &held, "later", at(0))
            .await
            .unwrap();
        let mut draft = edition("weekly-2026-11-16", at(1), &[&stories[0]]);
        draft.left_out.push(LeftOut {
            story: stories[1].clone(),
            title: String::new(),
            url: String::new(),
            why: "held by an editor".to_owned(),
            waits: true,
        });
        draft.state = circular::model::EditionState::Draft;
        store.save_draft(&draft).await.unwrap();
        draft.intro = "Dear all".to_owned();
        store.save_draft(&draft).await.unwrap();
        assert_eq!(store.count_waiting(&digest()).await.unwrap(), 2);
        assert_eq!(store.last_edition_end(&digest()).await.unwrap(), None);
        assert!(store.edition_lines().await.unwrap().is_empty());
        assert_eq!(store.draft_lines().await.unwrap()[0].id, draft.id);
        let approved = store.approve(&draft.id).await.unwrap();
        assert_eq!(approved.intro, "Dear all");
        store.freeze(&approved, &[], None).await.unwrap();
        assert!(store.draft_lines().await.unwrap().is_empty());
        let waiting = store.waiting(&digest()).await.unwrap();
        assert_eq!(waiting.len(), 1, "what was held waits for the next edition");
        assert!(!waiting[0].held);
        assert!(!store.discard_draft(&draft.id).await.unwrap());
        assert!(store.save_draft(&draft).await.is_err());
        let editions = store.editions(Some(&digest()), 10).await.unwrap();
        assert_eq!(editions.len(), 1);
        assert!(
            store
                .approve(&circular::model::EditionId::new("no"))
                .await
                .is_err()
        );
    })
    .await;
}

#[tokio::test]
async fn changed_and_renamed_items_stay_the_same_items() {
    on_each(async |place| {
        let store = place.open().await;
        let old = item("un", "1", "Old title", at(0));
        store
            .record(&[round("un", at(0), vec![opens(old.clone())])])
            .await
            .unwrap();
        let mut changed = old.clone();
        changed.title = "New title".to_owned();
        changed.first_seen = at(100);
        let mut round = circular::store::Round::quiet(health("un", at(10)));
        let keys = [key("band", "new words")];
        round.changed.push((changed.clone(), keys.to_vec()));
        round
            .renamed
            .push((old.id.clone(), "tag:un,2026:1".to_owned()));
        store.record(&[round]).await.unwrap();
        let row = store.item(&old.id).await.unwrap().unwrap();
        assert_eq!(row.item.title, "New title");
        assert_eq!(row.item.first_seen, at(0), "first seen never changes");
        assert_eq!(row.changed, Some(at(10)));
        assert!(store.waiting(&digest()).await.unwrap()[0].updated);
        let known = store
            .known_items(&old.source, &["tag:un,2026:1".to_owned()])
            .await
            .unwrap();
        assert_eq!(known["tag:un,2026:1"].id, old.id);
        assert_eq!(known["tag:un,2026:1"].hash, content_hash(&changed));
        let found = store.candidates(&sought(&keys, at(0))).await.unwrap();
        assert_eq!(found.pairs().count(), 1);
    })
    .await;
}
