//! Forged links, hostile fields, floods.

use circular::model::SubscriberState;

use crate::harness::Daemon;

#[tokio::test(flavor = "multi_thread")]
async fn links_that_are_forged_cut_or_guessed_lead_to_one_page() {
    let daemon = Daemon::start().await;
    let token = daemon
        .reader("ana@example.org", "address=ana%40example.org&digest=weekly")
        .await;
    let other = if token.starts_with('a') { 'b' } else { 'a' };
    let forged = format!("{other}{}", &token[1..]);
    let plain = daemon
        .get(&format!("/preferences/{}", "0".repeat(32)))
        .await;
    assert_eq!(plain.status, 404);
    for wrong in [
        forged.as_str(),
        &token[..31],
        &format!("{token}a"),
        &token.to_uppercase(),
        "%27%20OR%201=1--",
        "..%2f..%2ffeeds.toml",
        "%00",
        "%0d%0aSet-Cookie:%20a=b",
        &"a".repeat(4000),
    ] {
        for page in ["preferences", "unsubscribe", "data", "confirm"] {
            for method in ["GET", "POST"] {
                if page == "data" && method == "POST" {
                    continue;
                }
                let answer = daemon
                    .ask(method, &format!("/{page}/{wrong}"), "", "")
                    .await;
                assert_eq!(answer.status, 404, "{method} {page} {wrong}");
                assert_eq!(
                    answer.body.replace(page, "preferences"),
                    plain.body,
                    "{wrong}"
                );
                assert!(!answer.head.to_lowercase().contains("set-cookie"));
            }
        }
    }
    let ana = daemon
        .store
        .subscriber_by_token(&token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ana.state, SubscriberState::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn line_breaks_in_fields_break_nothing() {
    let daemon = Daemon::start().await;
    let crlf = "%0d%0aBcc%3a%20all%40example.org%0d%0a%0d%0aHello";
    let good = "address=ana%40example.org&digest=weekly";
    for address in [
        format!("ana%40example.org{crlf}"),
        format!("{crlf}ana%40example.org"),
        format!("ana{crlf}%40example.org"),
    ] {
        let answer = daemon
            .post("/subscribe", &format!("address={address}&digest=weekly"))
            .await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert!(!answer.head.contains("Bcc"));
        assert!(answer.body.contains("role=\"alert\"") && answer.body.contains("aria-invalid"));
    }
    for field in [
        "name",
        "digest",
        "area",
        "stories",
        "frequency",
        "format",
        "language",
        "lang",
        "unknown",
    ] {
        let number = field.len() * 31 + usize::from(field.as_bytes()[0]);
        let form = good.replace("ana", &format!("ana{number}"));
        let answer = daemon
            .post("/subscribe", &format!("{form}&{field}={crlf}"))
            .await;
        assert_eq!(answer.status, 200, "{field}: {}", answer.body);
    }
    let script = "address=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&name=%22%3E%3Cb%3E";
    let answer = daemon.post("/subscribe", script).await;
    assert!(
        !answer.body.contains("<script") && !answer.body.contains("<b>"),
        "{}",
        answer.body
    );
    for _ in 0..200 {
        if daemon.post.received().len() == 9 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mails = daemon.post.received();
    assert_eq!(mails.len(), 9);
    for mail in mails {
        assert_eq!(mail.to.len(), 1);
        let mail = String::from_utf8(mail.message).unwrap();
        assert!(
            !mail.contains("\r\nBcc:") && !mail.contains("all@example.org"),
            "{mail}"
        );
    }
    // The same in the page of preferences.
    let token = daemon
        .reader("di@example.org", "address=di%40example.org&digest=weekly")
        .await;
    for field in [
        "digest",
        "area",
        "stories",
        "frequency",
        "format",
        "language",
        "pause",
    ] {
        let form = format!("digest=weekly&{field}={crlf}");
        let answer = daemon.post(&format!("/preferences/{token}"), &form).await;
        assert_eq!(answer.status, 200, "{field}");
        assert!(!answer.head.contains("Bcc"));
    }
    let huge = format!("address={}", "a".repeat(100_000));
    assert_eq!(daemon.post("/subscribe", &huge).await.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_sign_ups_from_one_network_cost_little_and_mail_few() {
    let daemon = Daemon::start().await;
    let trap = "address=bot%40example.org&digest=weekly&website=http%3a%2f%2fx";
    assert_eq!(daemon.post("/subscribe", trap).await.status, 200);
    let mut refused = 0;
    for number in 0..10_000 {
        let forwarded = format!(
            "X-Forwarded-For: 198.51.100.77, 203.0.113.{}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            number % 250
        );
        let form = format!("address=victim{number}%40example.org&digest=weekly");
        let answer = daemon.ask("POST", "/subscribe", &forwarded, &form).await;
        refused += usize::from(answer.status == 429);
        assert!(matches!(answer.status, 200 | 429), "{}", answer.body);
    }
    assert!(refused >= 9_950, "{refused}");
    let elsewhere =
        "X-Forwarded-For: 203.0.114.1\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let form = "address=honest%40example.org&digest=weekly";
    assert_eq!(
        daemon
            .ask("POST", "/subscribe", elsewhere, form)
            .await
            .status,
        200
    );
    let all = daemon.store.subscribers(None, None).await.unwrap();
    assert!(all.len() <= 50, "{} addresses are kept", all.len());
    assert!(all.iter().all(|one| one.address != "bot@example.org"));
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert!(daemon.post.received().len() <= 50);
}
