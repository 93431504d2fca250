//! Health: the state of a source and its sentence, and what is held back.

use crate::stage::{Stage, answer, feed, ok, titled};

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_serves_something_else_is_held_back() {
    let stage = Stage::set(&[("/feed", "")], |asked| match asked.earlier {
        0 => ok(
            "",
            &titled(
                "Library news",
                "library.example",
                &["One", "Two", "Three"],
                "",
            ),
        ),
        _ => ok(
            "",
            &titled(
                "Best casino",
                "casino.example",
                &["Win big", "Win more"],
                "",
            ),
        ),
    })
    .await;
    stage.fetch("08:00").await;
    stage.fetch("2026-11-17T08:00:00Z").await;
    let source = stage.source().await;
    assert_eq!(source["state"], "failing");
    let problem = source["problem"].as_str().unwrap();
    assert!(
        problem.contains("`Library news`") && problem.contains("`Best casino`"),
        "{problem}"
    );
    assert_eq!(stage.titles().await, ["One", "Three", "Two"]);
    stage
        .run("2026-11-17T09:00:00Z", &["fetch", "--force", "feed"])
        .await;
    assert_eq!(
        stage.titles().await.len(),
        5,
        "a person may say that it is meant"
    );
    assert_eq!(stage.source().await["state"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_stops_is_called_silent_by_its_own_rhythm() {
    let stage = Stage::set(&[("/daily", "")], |asked| match asked.earlier {
        0 => {
            // One item a day, from the 13th to the 16th.
            let mut text = feed(&["One", "Two", "Three", "Four"], "");
            for day in 13..17 {
                text = text.replacen("<pubDate>Mon, 16 Nov", &format!("<pubDate>{day} Nov"), 1);
            }
            ok("ETag: \"x\"\r\n", &text)
        }
        _ => answer("304 Not Modified", "", b""),
    })
    .await;
    stage.fetch("08:00").await;
    stage.fetch("2026-11-24T08:00:00Z").await;
    assert_eq!(
        stage.source().await["state"],
        "ok",
        "a quiet week is nothing"
    );
    stage.fetch("2026-12-10T08:00:00Z").await;
    let source = stage.source().await;
    assert_eq!(source["state"], "silent", "{source}");
    assert!(
        source["problem"].as_str().unwrap().contains("24 days"),
        "{source}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_a_refusal_and_an_empty_list_are_named() {
    let stage = Stage::set(&[("/wall", ""), ("/403", ""), ("/none", "")], |asked| {
        match asked.path.as_str() {
            "/wall" => ok("", "<!doctype html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/h/b'></script>"),
            "/403" => answer("403 Forbidden", "cf-mitigated: challenge\r\n", b"no"),
            _ => ok("", &feed(&[], "")),
        }
    })
    .await;
    let report = stage.fetch("08:00").await;
    let problems = report["problems"].to_string();
    assert_eq!(report["sources"]["failed"], 3, "{problems}");
    assert!(problems.contains("lists no items"), "{problems}");
    assert!(problems.contains("bot wall (Cloudflare)"), "{problems}");
    let listed = stage
        .run(
            "08:01",
            &["--json", "sources", "list", "--state", "blocked"],
        )
        .await;
    assert_eq!(String::from_utf8(listed.stdout).unwrap().lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinator_is_told_once_of_a_trouble_that_lasts_and_once_of_its_end() {
    let keys = "every = \"6h\"\ncoordinator = \"who@example.org\"";
    let stage = Stage::set(&[("/feed", keys)], |asked| match asked.earlier {
        1..=6 => answer("500 Oops", "", b""),
        _ => ok("", &feed(&["One"], "")),
    })
    .await;
    let mut mails = Vec::new();
    for day in 16..30 {
        for hour in ["00", "12"] {
            stage
                .run(&format!("2026-11-{day}T{hour}:00:00Z"), &["run"])
                .await;
        }
        mails.push(stage.files("outbox").len());
    }
    assert_eq!(mails[0], 0, "half a day may be the weather: {mails:?}");
    assert_eq!(mails.last(), Some(&2), "{mails:?}");
    let texts: Vec<String> = stage
        .files("outbox")
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let ill = texts
        .iter()
        .find(|text| text.contains("Subject: feed needs you"))
        .unwrap();
    assert!(
        ill.contains("the site is in trouble") && ill.contains("circular sources test feed"),
        "{ill}"
    );
    assert!(
        texts
            .iter()
            .any(|text| text.contains("Subject: feed is well again"))
    );
}
