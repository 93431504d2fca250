//! The archive's shelves: filed once, found by every way, in the order in which they were filed.

use circular::model::{AreaId, LanguageCode, Shelf, StoryId};

use crate::harness::{at, edition, item, joins, on_each, opens, round, tag};

#[tokio::test]
async fn an_edition_is_filed_once_and_found_by_every_way() {
    on_each(async |place| {
        let store = place.open().await;
        let (one, two) = (StoryId::new("un-1"), StoryId::new("un-2"));
        let mut first = edition("weekly-2026-11-16", at(0), &[&one, &two]);
        first.sections[0].stories[0].areas = vec![tag("sdg", 0.9)];
        first.sections[0].stories[1].language = LanguageCode::parse("fr");
        assert!(store.editions_to_shelve().await.unwrap().is_empty());
        store.save_draft(&first).await.unwrap();
        assert!(
            store.editions_to_shelve().await.unwrap().is_empty(),
            "a draft is nobody's to read"
        );
        store.freeze(&first, &[], None).await.unwrap();
        assert_eq!(
            store.editions_to_shelve().await.unwrap(),
            [first.id.clone()]
        );
        store.shelve(&first).await.unwrap();
        store.shelve(&first).await.unwrap();
        assert!(store.editions_to_shelve().await.unwrap().is_empty());
        let filed = store.shelved_since(0).await.unwrap();
        assert_eq!(filed.len(), 1);
        let number = filed[0].0;
        assert_eq!(
            store.shelved_edition(number).await.unwrap(),
            Some(first.id.clone())
        );

        let on = async |shelf, value: &str, month: Option<&str>| {
            let found = store.on_shelf(shelf, value, month, 10).await.unwrap();
            found
                .into_iter()
                .map(|telling| telling.story.story.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(on(Shelf::Month, "2026-11", None).await, ["un-1", "un-2"]);
        assert_eq!(
            on(Shelf::Area, AreaId::new("sdg").as_str(), None).await,
            ["un-1"]
        );
        assert_eq!(on(Shelf::Language, "fr", Some("2026-11")).await, ["un-2"]);
        assert!(on(Shelf::Language, "fr", Some("2026-10")).await.is_empty());
        assert!(on(Shelf::Dated, "", None).await.is_empty());

        // Told again a month later: the page of the first month stays, the story knows both.
        let mut again = edition("other-2026-12-20", at(34 * 24 * 60), &[&one]);
        again.digest = circular::model::DigestId::new("other");
        store.freeze(&again, &[], None).await.unwrap();
        store.shelve(&again).await.unwrap();
        assert_eq!(store.tellings(&one).await.unwrap().len(), 2);
        let since = store.shelved_since(number).await.unwrap();
        assert_eq!(since.len(), 1);
        assert!(since[0].0 > number);
        assert_eq!(on(Shelf::Source, "un", None).await, ["un-1", "un-2"]);
        let months = store.months_of(Shelf::Source, "un").await.unwrap();
        assert_eq!(months.len(), 1);
        assert_eq!(months[0].stories, 2);
        assert_eq!(store.shelf_counts(Shelf::Month).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_comes_later_is_noticed_once() {
    on_each(async |place| {
        let store = place.open().await;
        let first = item("un", "1", "A story", at(0));
        let story = StoryId::new(first.id.as_str());
        store
            .record(&[round("un", at(0), vec![opens(first)])])
            .await
            .unwrap();
        let edition = edition("weekly-2026-11-16", at(1), &[&story]);
        store.freeze(&edition, &[], None).await.unwrap();
        store.shelve(&edition).await.unwrap();
        let (_, last) = store.joined_since(i64::MAX).await.unwrap();
        let copy = item("blog", "1", "A story", at(2));
        let other = item("blog", "2", "Another story", at(2));
        store
            .record(&[round(
                "blog",
                at(2),
                vec![joins(copy, &story), opens(other)],
            )])
            .await
            .unwrap();
        let (joined, last) = store.joined_since(last).await.unwrap();
        assert_eq!(joined, [story]);
        assert!(store.joined_since(last).await.unwrap().0.is_empty());
    })
    .await;
}
