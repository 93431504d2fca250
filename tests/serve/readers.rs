//! A reader's life: signing up, confirming, choosing, pausing, looking at what is held, leaving.

use circular::model::{Frequency, Language, LanguageCode, SubscriberState};

use crate::harness::Daemon;

const FORM: &str = "address=ana%40example.org&name=Ana&digest=weekly&area=copyright&area=sdg\
    &stories=fr&frequency=monthly&language=fr";

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_is_asked_by_a_mail_that_works_once() {
    let daemon = Daemon::start().await;
    let form = daemon.get("/subscribe").await;
    assert_eq!(form.status, 200);
    assert!(
        form.body.contains("Rights &lt;&amp;&gt; duties"),
        "{}",
        form.body
    );
    let answer = daemon.post("/subscribe", FORM).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("Look into your mailbox"),
        "{}",
        answer.body
    );
    assert!(!answer.head.to_lowercase().contains("set-cookie"));
    let token = daemon.token_of_mail(1).await;

    let mail = String::from_utf8(daemon.post.received()[0].message.clone()).unwrap();
    assert!(mail.contains("Content-Language: fr"), "{mail}");
    assert!(mail.contains("Auto-Submitted: auto-generated"));
    assert_eq!(daemon.post.received()[0].to, ["ana@example.org"]);
    let reader = async || {
        let found = daemon.store.subscriber_by_address("ana@example.org").await;
        found.unwrap().unwrap()
    };
    assert_eq!(reader().await.state, SubscriberState::Pending);
    assert!(
        reader().await.digests.is_empty(),
        "nothing is chosen before it is confirmed"
    );

    // A scanner opens every link, as often as it likes.
    for _ in 0..3 {
        let page = daemon.get(&format!("/confirm/{token}?lang=de")).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("„This week“"), "{}", page.body);
        assert!(page.body.contains("<form method=\"post\">"));
        assert!(
            !page.body.contains("ana@"),
            "the page tells nobody whose link it is"
        );
    }
    assert_eq!(reader().await.state, SubscriberState::Pending);
    let done = daemon.post(&format!("/confirm/{token}"), "").await;
    assert_eq!(done.status, 200, "{}", done.body);
    let ana = reader().await;
    assert_eq!(ana.state, SubscriberState::Active);
    assert_eq!(ana.name.as_deref(), Some("Ana"));
    assert_eq!(ana.language, Some(Language::Fr));
    assert_eq!(ana.choices.frequency, Frequency::Monthly);
    assert_eq!(ana.choices.areas.len(), 2);
    assert_eq!(ana.choices.languages, [LanguageCode::parse("fr").unwrap()]);
    let person = daemon.store.person(&ana).await.unwrap();
    let consent = person.consent.unwrap();
    assert_eq!(consent.how, "confirmed by the link in a mail");
    assert!(
        consent
            .wording
            .unwrap()
            .contains("I ask The House to send me")
    );

    for again in [
        daemon.post(&format!("/confirm/{token}"), "").await,
        daemon.get(&format!("/confirm/{token}")).await,
    ] {
        assert_eq!(again.status, 410, "{}", again.body);
    }
    assert_eq!(daemon.post.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_nobody_pressed_in_two_days_is_over_and_the_address_forgotten() {
    let daemon = Daemon::start().await;
    daemon.post("/subscribe", FORM).await;
    let token = daemon.token_of_mail(1).await;
    let daemon = daemon.again_at("2026-11-18T08:00:00Z").await;
    let late = daemon.post(&format!("/confirm/{token}"), "").await;
    assert_eq!(late.status, 410, "{}", late.body);
    for _ in 0..100 {
        let all = daemon.store.subscribers(None, None).await.unwrap();
        if all.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("who did not confirm is still known");
}

#[tokio::test(flavor = "multi_thread")]
async fn known_and_unknown_addresses_are_answered_alike() {
    let daemon = Daemon::start().await;
    daemon.reader("ana@example.org", FORM).await;
    let known = daemon.again_at("2026-11-16T09:00:00Z").await;
    let again = known.post("/subscribe", FORM).await;
    let stranger = known.post("/subscribe", &FORM.replace("ana", "bo")).await;
    assert_eq!(again.body, stranger.body);
    assert_eq!(again.status, stranger.status);
    let length = |head: &str| {
        head.lines()
            .filter(|l| !l.starts_with("date"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(length(&again.head), length(&stranger.head));
    // Both are asked by the same mail; the known one changes only when it is confirmed.
    known.token_of_mail(2).await;
    let ana = known
        .store
        .subscriber_by_address("ana@example.org")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ana.state, SubscriberState::Active);
    // Within ten minutes, and after three mails a day, the page stays the same and nobody is written to.
    for _ in 0..5 {
        assert_eq!(known.post("/subscribe", FORM).await.body, again.body);
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(known.post.received().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_chooses_pauses_and_comes_back() {
    let daemon = Daemon::start().await;
    let token = daemon.reader("ana@example.org", FORM).await;
    let path = format!("/preferences/{token}");
    let page = daemon.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("lang=\"fr\""), "the reader's language");
    assert!(
        page.body.contains("value=\"copyright\" checked"),
        "{}",
        page.body
    );
    assert!(page.body.contains("value=\"monthly\" checked"));
    let none = daemon.post(&path, "frequency=each").await;
    assert_eq!(none.status, 422);
    let saved = daemon
        .post(
            &format!("{path}?lang=en"),
            "digest=rights&digest=unknown&frequency=weekly&format=text&language=&pause=yes",
        )
        .await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert!(saved.body.contains("Saved."));
    let ana = daemon
        .store
        .subscriber_by_token(&token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ana.digests[0].as_str(), "rights");
    assert_eq!((ana.digests.len(), ana.choices.areas.len()), (1, 0));
    assert_eq!(ana.choices.frequency, Frequency::Weekly);
    assert_eq!(ana.state, SubscriberState::Paused);
    assert_eq!(ana.language, None);
    daemon.post(&path, "digest=rights").await;
    let ana = daemon
        .store
        .subscriber_by_token(&token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ana.state, SubscriberState::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_takes_and_erases_their_data() {
    let daemon = Daemon::start().await;
    let token = daemon.reader("ana@example.org", FORM).await;
    let page = daemon.get(&format!("/data/{token}?lang=en")).await;
    assert_eq!(page.status, 200);
    for held in [
        "ana@example.org",
        "This week",
        "French",
        "16 November 2026",
        "I ask The House",
    ] {
        assert!(page.body.contains(held), "{held} in {}", page.body);
    }
    let file = daemon.get(&format!("/data/{token}/export")).await;
    assert!(file.head.contains("attachment"), "{}", file.head);
    let held: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(held["address"], "ana@example.org");
    assert_eq!(
        daemon.get(&format!("/data/{token}/erase")).await.status,
        405
    );
    let erased = daemon
        .post(&format!("/data/{token}/erase?lang=en"), "")
        .await;
    assert!(
        erased.body.contains("Your data are erased"),
        "{}",
        erased.body
    );
    for path in ["data", "preferences", "unsubscribe"] {
        assert_eq!(daemon.get(&format!("/{path}/{token}")).await.status, 404);
    }
    assert!(
        daemon
            .store
            .subscribers(None, None)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        daemon
            .store
            .gone("ana@example.org")
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_takes_effect_at_once_and_can_be_pressed_again() {
    let daemon = Daemon::start().await;
    let token = daemon.reader("ana@example.org", FORM).await;
    let path = format!("/unsubscribe/{token}");
    let ask = daemon.get(&path).await;
    assert!(ask.body.contains("<form method=\"post\">"));
    let kind = "Content-Type: multipart/form-data; boundary=b\r\n";
    let body = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    for _ in 0..2 {
        let done = daemon.ask("POST", &path, kind, body).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert!(!done.head.to_lowercase().contains("set-cookie"));
    }
    let gone = daemon
        .store
        .subscriber_by_token(&token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(gone.state, SubscriberState::Unsubscribed);
    assert_eq!((gone.address.as_str(), gone.name), ("", None));
    for page in ["preferences", "data", "unsubscribe"] {
        let page = daemon.get(&format!("/{page}/{token}?lang=en")).await;
        assert!(
            page.body.contains("You get nothing more from us"),
            "{}",
            page.body
        );
    }
    // Whoever wants to come back signs up like anybody, and is let in by the button in the mail.
    let daemon = daemon.again_at("2026-11-17T08:00:00Z").await;
    daemon.reader("ana@example.org", FORM).await;
    assert!(
        daemon
            .store
            .gone("ana@example.org")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_leaves_the_list_that_the_letter_was_of() {
    let daemon = Daemon::start().await;
    let token = daemon
        .reader("ana@example.org", &format!("{FORM}&digest=rights"))
        .await;
    let reader = async || {
        daemon
            .store
            .subscriber_by_token(&token)
            .await
            .unwrap()
            .unwrap()
    };
    let path = format!("/unsubscribe/{token}/weekly");
    let ask = daemon.get(&format!("{path}?lang=en")).await;
    assert_eq!(ask.status, 200);
    for words in [
        "Stop sending “This week”",
        "You also get “Rights &lt;&amp;&gt; duties”.",
        &format!("action=\"../{token}?lang=en\""),
    ] {
        assert!(ask.body.contains(words), "{words} in {}", ask.body);
    }
    assert_eq!(reader().await.digests.len(), 2, "a GET changes nothing");
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    for _ in 0..2 {
        let done = daemon
            .ask(
                "POST",
                &format!("{path}?lang=en"),
                kind,
                "List-Unsubscribe=One-Click",
            )
            .await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert!(!done.head.to_lowercase().contains("set-cookie"));
        assert!(done.body.contains("You still get “Rights"), "{}", done.body);
        let ana = reader().await;
        assert_eq!(ana.state, SubscriberState::Active);
        assert_eq!(ana.digests.len(), 1);
        assert_eq!(ana.digests[0].as_str(), "rights");
    }
    // A digest that there never was takes nothing away.
    let odd = daemon
        .post(&format!("/unsubscribe/{token}/%3Cb%3E"), "")
        .await;
    assert_eq!(odd.status, 200);
    assert!(!odd.body.contains("<b>"), "{}", odd.body);
    assert_eq!(reader().await.digests.len(), 1);
    // Without the last digest they are gone, as by the way out of everything.
    let last = daemon
        .post(&format!("/unsubscribe/{token}/rights"), "")
        .await;
    assert_eq!(last.status, 200);
    assert_eq!(reader().await.state, SubscriberState::Unsubscribed);
    assert_eq!(reader().await.address, "");
    assert!(
        daemon
            .store
            .gone("ana@example.org")
            .await
            .unwrap()
            .is_some()
    );
    for again in [daemon.get(&path).await, daemon.post(&path, "").await] {
        assert_eq!(again.status, 200, "{}", again.body);
    }
    let forged = daemon
        .post(&format!("/unsubscribe/{}/weekly", "0".repeat(32)), "")
        .await;
    assert_eq!(forged.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_several_digests_is_left_with_all_of_them() {
    let daemon = Daemon::start().await;
    let both = format!("{FORM}&digest=rights");
    let token = daemon.reader("ana@example.org", &both).await;
    let path = format!("/unsubscribe/{token}/rights~weekly");
    let ask = daemon.get(&format!("{path}?lang=en")).await;
    let named = "“This week, Rights &lt;&amp;&gt; duties”";
    assert!(ask.body.contains(named), "{}", ask.body);
    // Of what was left before, the page does not ask again.
    let one = format!("/unsubscribe/{token}/weekly");
    assert_eq!(daemon.post(&one, "").await.status, 200);
    let ask = daemon.get(&format!("{path}?lang=en")).await;
    assert!(ask.body.contains("“Rights"), "{}", ask.body);
    assert!(!ask.body.contains("This week"), "{}", ask.body);
    assert_eq!(daemon.post(&path, "").await.status, 200);
    let reader = daemon.store.subscriber_by_token(&token).await.unwrap();
    assert_eq!(reader.unwrap().state, SubscriberState::Unsubscribed);
    // A digest that the letter was not of stays.
    let token = daemon
        .reader("bo@example.org", &both.replace("ana", "bo"))
        .await;
    let path = format!("/unsubscribe/{token}/gone~weekly");
    let done = daemon.post(&format!("{path}?lang=en"), "").await;
    assert!(done.body.contains("You still get “Rights"), "{}", done.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_speaks_seven_languages() {
    let daemon = Daemon::start().await;
    let token = daemon.reader("ana@example.org", FORM).await;
    for language in Language::ALL {
        for path in [
            "subscribe".to_owned(),
            format!("preferences/{token}"),
            format!("data/{token}"),
            format!("unsubscribe/{token}"),
            format!("unsubscribe/{token}/weekly"),
            format!("unsubscribe/{token}/rights~weekly"),
        ] {
            let page = daemon.get(&format!("/{path}?lang={language}")).await;
            let direction = language.direction().as_str();
            let root = format!("<html lang=\"{language}\" dir=\"{direction}\">");
            assert!(page.body.contains(&root), "{path} {language}");
            // What is one reader's has no address for others.
            let private = path.contains(&token);
            assert_eq!(
                page.body
                    .contains("<meta name=\"robots\" content=\"noindex\">"),
                private
            );
            assert_eq!(page.body.contains("rel=\"canonical\""), !private, "{path}");
            assert_eq!(page.body.contains("og:url"), !private, "{path}");
            assert!(
                !page.body.contains('{') && !page.body.contains("<script"),
                "{}",
                page.body
            );
            let labels = page.body.matches("<label").count();
            let fields = page.body.matches("<input").count() + page.body.matches("<select").count();
            assert_eq!(labels, fields, "every field has its label");
        }
    }
    let chinese = "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n";
    let page = daemon.ask("GET", "/subscribe", chinese, "").await;
    assert!(page.body.contains("<html lang=\"zh\""), "{}", page.body);
}
