//! One choice at a time.

use std::collections::BTreeSet;

use circular::{
    model::{AreaId, Choices, DigestId, Format, Frequency, LanguageCode, SubscriberState},
    store::DeliveryFilter,
    time::Clock,
};

use crate::harness::{House, Told, text_part};

fn story(
    number: usize,
    areas: &[&'static str],
    language: &'static str,
    digests: &[&'static str],
) -> Told {
    Told {
        number,
        areas: areas.to_vec(),
        language,
        digests: digests.to_vec(),
    }
}

fn set(numbers: &[usize]) -> BTreeSet<usize> {
    numbers.iter().copied().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn areas_and_languages_choose_and_an_empty_letter_is_not_sent() {
    let house = House::new(&["weekly"]).await;
    let areas = |ids: &[&str]| Choices {
        areas: ids.iter().map(|id| AreaId::new(*id)).collect(),
        ..Choices::default()
    };
    let french = Choices {
        languages: vec![LanguageCode::parse("fr").unwrap()],
        ..Choices::default()
    };
    house
        .subscribe("all@example.org", &["weekly"], Choices::default())
        .await;
    house
        .subscribe("two@example.org", &["weekly"], areas(&["copyright", "sdg"]))
        .await;
    house
        .subscribe("none@example.org", &["weekly"], areas(&["privacy"]))
        .await;
    house.subscribe("fr@example.org", &["weekly"], french).await;
    house
        .tell(&[
            story(1, &["copyright"], "en", &["weekly"]),
            story(2, &["sdg", "privacy-law"], "fr", &["weekly"]),
            story(3, &[], "fr", &["weekly"]),
            story(4, &["open-access"], "en", &["weekly"]),
        ])
        .await;
    house.send("weekly").await;
    let letters = house.letters();
    assert_eq!(letters["all@example.org"], [set(&[1, 2, 3, 4])]);
    assert_eq!(letters["two@example.org"], [set(&[1, 2])]);
    assert_eq!(letters["fr@example.org"], [set(&[2, 3])]);
    assert!(!letters.contains_key("none@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_chose_nothing_gets_the_edition_itself_while_the_clock_runs() {
    let mut house = House::new(&["weekly"]).await;
    house.works.clock = Clock::fast(house.works.clock.now(), 1);
    house
        .subscribe("all@example.org", &["weekly"], Choices::default())
        .await;
    house
        .tell(&[story(1, &["copyright"], "en", &["weekly"])])
        .await;
    house.send("weekly").await;
    let filter = DeliveryFilter::default();
    let sent = house.works.store.deliveries(&filter).await.unwrap();
    assert_eq!(sent.len(), 1);
    assert!(!sent[0].edition.is_reading(), "{}", sent[0].edition);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_two_digests_is_told_a_story_once() {
    let mut house = House::new(&["weekly", "rights"]).await;
    house.open(&["weekly", "rights"]).await;
    house
        .subscribe(
            "both@example.org",
            &["weekly", "rights"],
            Choices::default(),
        )
        .await;
    house
        .subscribe("rights@example.org", &["rights"], Choices::default())
        .await;
    house
        .tell(&[
            story(1, &[], "en", &["weekly", "rights"]),
            story(2, &[], "en", &["weekly"]),
            story(3, &[], "en", &["rights"]),
        ])
        .await;
    house.send("weekly").await;
    house.send("rights").await;
    // The next week nothing but what was told to them by the other digest.
    house.at("2026-11-23T07:00:00Z");
    house
        .tell(&[story(4, &[], "en", &["weekly", "rights"])])
        .await;
    house.send("rights").await;
    house.send("weekly").await;
    let letters = house.letters();
    assert_eq!(
        letters["both@example.org"],
        [set(&[1, 2]), set(&[3]), set(&[4])]
    );
    assert_eq!(letters["rights@example.org"], [set(&[1, 3]), set(&[4])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_a_month_brings_all_editions_since_the_last_one() {
    let mut house = House::new(&["weekly", "rights"]).await;
    house.open(&["weekly", "rights"]).await;
    let monthly = Choices {
        frequency: Frequency::Monthly,
        ..Choices::default()
    };
    house
        .subscribe("m@example.org", &["weekly", "rights"], monthly)
        .await;
    for (number, time) in [
        "2026-11-02T07:00:00Z",
        "2026-11-09T07:00:00Z",
        "2026-11-30T22:59:00Z",
        "2026-11-30T23:30:00Z",
    ]
    .into_iter()
    .enumerate()
    {
        house.at(time);
        house
            .tell(&[
                story(10 * number, &[], "en", &["weekly", "rights"]),
                story(10 * number + 1, &[], "en", &["weekly"]),
                story(10 * number + 2, &[], "en", &["rights"]),
            ])
            .await;
        house.send("rights").await;
        house.send("weekly").await;
    }
    let letters = house.letters();
    // The first edition at once; the rest of November with the first edition of December, which has
    // begun in Amsterdam though not in Greenwich; then January's turn.
    assert_eq!(
        letters["m@example.org"],
        [set(&[0, 2]), set(&[1, 10, 11, 12, 20, 21, 22, 30, 32])]
    );
    // No edition comes in January: what waits goes out by itself.
    house.at("2027-01-05T07:00:00Z");
    circular::issue::compile_due(&house.works).await.unwrap();
    house.deliver().await;
    assert_eq!(house.letters()["m@example.org"].len(), 2);
    house.at("2027-01-08T07:00:00Z");
    circular::issue::compile_due(&house.works).await.unwrap();
    house.deliver().await;
    assert_eq!(house.letters()["m@example.org"][2..], [set(&[31])]);
    house.at("2027-01-09T07:00:00Z");
    circular::issue::compile_due(&house.works).await.unwrap();
    house.deliver().await;
    assert_eq!(house.letters()["m@example.org"].len(), 3);

    // A letter of one digest is of its list, and so is its way out; one of several is of them all.
    let mails: Vec<String> = house
        .post
        .received()
        .into_iter()
        .filter(|mail| mail.to == ["m@example.org"])
        .map(|mail| String::from_utf8(mail.message).unwrap())
        .collect();
    assert!(mails[0].contains("<rights.circular.example.org>"));
    assert!(mails[0].contains("/rights>,\r\n <mailto:"), "{}", mails[0]);
    assert!(mails[1].contains("List-Id: \"Circular\" <circular.example.org>"));
    let (_, way) = mails[1].split_once("List-Unsubscribe: <").unwrap();
    let (web, rest) = way.split_once(">,\r\n <mailto:").unwrap();
    assert!(web.ends_with("/rights~weekly"), "{web}");
    let (address, subject) = rest
        .split_once('>')
        .unwrap()
        .0
        .split_once("?subject=")
        .unwrap();
    let subject = subject.replace("%20", " ");
    assert!(
        subject.starts_with("unsubscribe rights weekly "),
        "{subject}"
    );
    let letter = format!("From: m@example.org\r\nTo: {address}\r\nSubject: {subject}\r\n\r\n");
    let offered = ["weekly", "rights"].map(DigestId::new);
    let now = house.works.clock.now();
    let came = circular::issue::bounce(&house.works.store, letter.as_bytes(), None, &offered, now);
    let came = came.await.unwrap();
    assert!(
        came.sentence().contains("is unsubscribed from now on"),
        "{came:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_letter_loses_the_digest_that_is_left_and_no_story_of_the_others() {
    let mut house = House::new(&["weekly", "rights", "open"]).await;
    house.open(&["weekly", "rights"]).await;
    let monthly = Choices {
        frequency: Frequency::Monthly,
        ..Choices::default()
    };
    for (address, digests) in [
        ("leaves@example.org", &["weekly", "rights"][..]),
        ("stays@example.org", &["weekly", "rights", "open"]),
    ] {
        house.subscribe(address, digests, monthly.clone()).await;
    }
    house.at("2026-11-17T07:00:00Z");
    house.tell(&[story(1, &[], "en", &["rights"])]).await;
    house.send("rights").await;
    house.at("2026-11-18T07:00:00Z");
    house
        .tell(&[
            story(2, &[], "en", &["weekly", "rights"]),
            story(3, &[], "en", &["weekly"]),
            story(4, &[], "en", &["rights"]),
        ])
        .await;
    house.send("weekly").await;
    house.send("rights").await;
    let now = house.at("2026-12-01T07:00:00Z");
    house.tell(&[story(5, &[], "en", &["rights"])]).await;
    let rights = circular::issue::digest_of(&house.works.settings, &DigestId::new("rights"));
    let rights = rights.unwrap();
    circular::issue::compile_now(&house.works, rights, None)
        .await
        .unwrap();
    let store = &house.works.store;
    let leaves = store.subscriber_by_address("leaves@example.org").await;
    let offered = ["weekly", "rights", "open"].map(DigestId::new);
    store
        .leave_digests(&leaves.unwrap().unwrap().id, &offered[..1], &offered, now)
        .await
        .unwrap();
    house.deliver().await;
    let letters = house.letters();
    assert_eq!(letters["leaves@example.org"][1..], [set(&[2, 4, 5])]);
    assert_eq!(letters["stays@example.org"][1..], [set(&[2, 3, 4, 5])]);

    // Each letter is of the lists that it brings, by the web and by mail.
    let mails: Vec<_> = house.post.received().into_iter().rev().take(2).collect();
    let of = |address: &str| {
        let mail = mails.iter().find(|mail| mail.to == [address]).unwrap();
        String::from_utf8(mail.message.clone()).unwrap()
    };
    let left = of("leaves@example.org");
    assert!(
        left.contains("List-Id: \"The rights\" <rights.circular"),
        "{left}"
    );
    assert!(left.contains("/rights>,\r\n <mailto:"), "{left}");
    let both = of("stays@example.org");
    assert!(both.contains("/rights~weekly>,\r\n <mailto:"), "{both}");
    let (_, way) = both.split_once("~weekly>,\r\n <mailto:").unwrap();
    let (address, subject) = way
        .split_once('>')
        .unwrap()
        .0
        .split_once("?subject=")
        .unwrap();
    let letter = format!(
        "From: x@example.org\r\nTo: {address}\r\nSubject: {}\r\n\r\n",
        subject.replace("%20", " ")
    );
    let said = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("circular"))
        .current_dir(house.folder.path())
        .args(["--now", "2026-12-01T07:00:00Z", "bounce"])
        .write_stdin(letter)
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.contains("gets no `rights` and no `weekly` from now on"),
        "{said}"
    );
    let stays = store.subscriber_by_address("stays@example.org").await;
    assert_eq!(stays.unwrap().unwrap().digests, offered[2..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_has_the_form_and_the_words_that_a_reader_chose() {
    let house = House::new(&["weekly"]).await;
    let text = Choices {
        format: Format::Text,
        ..Choices::default()
    };
    house.subscribe("text@example.org", &["weekly"], text).await;
    let new = circular::store::NewSubscriber {
        address: "de@example.org".to_owned(),
        language: Some(circular::model::Language::De),
        digests: vec![circular::model::DigestId::new("weekly")],
        state: SubscriberState::Active,
        ..Default::default()
    };
    let now = house.works.clock.now();
    house.works.store.add_subscriber(&new, now).await.unwrap();
    house.tell(&[story(1, &[], "en", &["weekly"])]).await;
    house.send("weekly").await;
    let mails = house.post.received();
    let mail = |to: &str| {
        let mail = mails.iter().find(|mail| mail.to == [to]).unwrap();
        String::from_utf8(mail.message.clone()).unwrap()
    };
    let plain = mail("text@example.org");
    assert!(
        plain.contains("Content-Type: text/plain; charset=utf-8"),
        "{plain}"
    );
    assert!(
        !plain.contains("multipart") && !plain.contains("<html"),
        "{plain}"
    );
    assert!(text_part(plain.as_bytes()).contains("/unsubscribe/"));
    let german = mail("de@example.org");
    assert!(german.contains("Content-Language: de"), "{german}");
    assert!(text_part(german.as_bytes()).contains("Abbestellen"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pauses_or_leaves_gets_nothing_that_was_queued() {
    let mut house = House::new(&["weekly"]).await;
    house
        .subscribe("p@example.org", &["weekly"], Choices::default())
        .await;
    house
        .subscribe("u@example.org", &["weekly"], Choices::default())
        .await;
    house.tell(&[story(1, &[], "en", &["weekly"])]).await;
    let weekly = circular::issue::digest_of(
        &house.works.settings,
        &circular::model::DigestId::new("weekly"),
    )
    .unwrap();
    circular::issue::compile_now(&house.works, weekly, None)
        .await
        .unwrap();
    let store = house.works.store.clone();
    let now = house.works.clock.now();
    for (address, state) in [
        ("p@example.org", SubscriberState::Paused),
        ("u@example.org", SubscriberState::Unsubscribed),
    ] {
        let reader = store.subscriber_by_address(address).await.unwrap().unwrap();
        store
            .set_subscriber_state(&reader.id, state, now)
            .await
            .unwrap();
    }
    house.deliver().await;
    assert!(house.letters().is_empty());
    let reader = store
        .subscriber_by_address("p@example.org")
        .await
        .unwrap()
        .unwrap();
    store
        .set_subscriber_state(&reader.id, SubscriberState::Active, now)
        .await
        .unwrap();
    house.at("2026-11-23T07:00:00Z");
    house.tell(&[story(2, &[], "en", &["weekly"])]).await;
    house.send("weekly").await;
    assert_eq!(house.letters()["p@example.org"], [set(&[2])]);
    assert!(!house.letters().contains_key("u@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_letter_tells_every_story_in_html_too_and_is_not_clipped() {
    let mut house = House::new(&["weekly"]).await;
    house.open(&["weekly"]).await;
    let monthly = Choices {
        frequency: Frequency::Monthly,
        ..Choices::default()
    };
    house.subscribe("m@example.org", &["weekly"], monthly).await;
    house.at("2026-11-17T07:00:00Z");
    house.tell(&[story(9000, &[], "en", &["weekly"])]).await;
    house.send("weekly").await;
    for week in 0..4 {
        house.at(&format!("2026-11-{}T07:00:00Z", 18 + week));
        let stories: Vec<Told> = (0..30)
            .map(|n| story(week * 100 + n, &["sdg"], "en", &["weekly"]))
            .collect();
        house.tell(&stories).await;
        house.send("weekly").await;
    }
    house.at("2026-12-01T07:00:00Z");
    house.tell(&[story(9001, &[], "en", &["weekly"])]).await;
    house.send("weekly").await;
    let mails = house.post.received();
    let long = String::from_utf8(mails.last().unwrap().message.clone()).unwrap();
    let html = long.split("text/html").nth(1).unwrap().replace("=\r\n", "");
    let told: BTreeSet<&str> = html
        .match_indices("https://news.example.org/story-")
        .map(|(at, start)| &html[at + start.len()..][..5])
        .collect();
    assert_eq!(told.len(), 121);
    assert!(html.len() < 102_000, "{} bytes", html.len());
}
