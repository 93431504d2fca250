//! Conditional requests: what is played back, to whom, and for how long it is remembered.

use crate::stage::{Act, Stage, answer, feed, ok};

const TAGS: &str = "ETag: W/\"a \u{e9}, b\"\r\nLast-Modified: some day, perhaps\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn validators_are_played_back_byte_for_byte_and_outlive_304s_and_errors() {
    let stage = Stage::set(&[("/feed", "")], |asked| match asked.earlier {
        0 => {
            let text = feed(&["One"], "");
            let mut bytes = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n",
                text.len()
            )
            .into_bytes();
            // A tag with a byte that is not ASCII, as Latin-1.
            bytes.extend(TAGS.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
            bytes.extend(b"\r\n");
            bytes.extend(text.as_bytes());
            Act::Say(bytes)
        }
        1 => answer("304 Not Modified", "", b""),
        2 => answer("500 Oops", "", b""),
        3 => ok("ETag: \"broken\"\r\n", "<rss><channel><item><title>cut"),
        4 => ok("ETag: \"page\"\r\n", "<!doctype html><title>A page</title>"),
        5 => answer("304 Not Modified", "ETag: \"new\"\r\n", b""),
        _ => ok("", &feed(&["One", "Two"], "")),
    })
    .await;
    for day in 16..24 {
        stage.fetch(&format!("2026-11-{day}T08:00:00Z")).await;
    }
    let tags: Vec<Option<String>> = stage
        .log()
        .iter()
        .map(|asked| asked.header("if-none-match").map(str::to_owned))
        .collect();
    let first = Some("W/\"a \u{e9}, b\"".to_owned());
    let new = Some("\"new\"".to_owned());
    assert_eq!(tags.len(), 8);
    assert_eq!(tags[0], None, "nothing is known at first");
    assert!(tags[1..=5].iter().all(|tag| *tag == first), "{tags:?}");
    assert_eq!(tags[6], new, "a 304's own tag replaces the old one");
    assert_eq!(tags[7], None, "an answer without validators leaves none");
    let dates: Vec<Option<String>> = stage
        .log()
        .iter()
        .map(|asked| asked.header("if-modified-since").map(str::to_owned))
        .collect();
    assert!(
        dates[1..=6]
            .iter()
            .all(|date| date.as_deref() == Some("some day, perhaps")),
        "{dates:?}"
    );
    assert_eq!(stage.titles().await, ["One", "Two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_belong_to_the_address_that_gave_them() {
    let stage = Stage::set(&[("/feed", "")], |asked| {
        match (asked.path.as_str(), asked.earlier) {
            ("/feed", 0 | 1) => answer("302 Found", "Location: /a\r\n", b""),
            ("/feed", _) => answer("302 Found", "Location: /b\r\n", b""),
            ("/a", 0) => ok("ETag: \"a\"\r\n", &feed(&["One"], "")),
            ("/a", _) => answer("304 Not Modified", "", b""),
            _ => ok("ETag: \"b\"\r\n", &feed(&["One", "Two"], "")),
        }
    })
    .await;
    for day in 16..19 {
        stage.fetch(&format!("2026-11-{day}T08:00:00Z")).await;
    }
    let asked: Vec<(String, Option<String>)> = stage
        .log()
        .iter()
        .map(|asked| {
            (
                asked.path.clone(),
                asked.header("if-none-match").map(str::to_owned),
            )
        })
        .collect();
    let with = |path: &str, tag: Option<&str>| (path.to_owned(), tag.map(str::to_owned));
    assert_eq!(
        asked,
        [
            with("/feed", None),
            with("/a", None),
            with("/feed", None),
            with("/a", Some("\"a\"")),
            with("/feed", None),
            with("/b", None),
        ]
    );
    assert_eq!(stage.titles().await, ["One", "Two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_honest_and_carries_nothing_of_earlier_ones() {
    let stage = Stage::set(&[("/feed", ""), ("/other", "")], |asked| {
        let cookie = "Set-Cookie: session=1; Path=/\r\n";
        match (asked.path.as_str(), asked.earlier) {
            ("/feed", 0) => answer("302 Found", &format!("{cookie}Location: /next\r\n"), b""),
            _ => ok(cookie, &feed(&["One"], "")),
        }
    })
    .await;
    stage.fetch("08:00").await;
    stage.fetch("2026-11-17T08:00:00Z").await;
    assert!(stage.log().len() >= 4);
    for asked in stage.log() {
        assert_eq!(asked.header("cookie"), None);
        assert_eq!(asked.header("referer"), None);
        assert_eq!(asked.header("authorization"), None);
        let agent = asked.header("user-agent").unwrap();
        assert!(
            agent.starts_with("circular/") && agent.contains("circular@example.org"),
            "{agent}"
        );
        let encodings = asked.header("accept-encoding").unwrap();
        for encoding in ["gzip", "br", "zstd", "deflate"] {
            assert!(encodings.contains(encoding), "{encodings}");
        }
        assert!(
            asked
                .header("accept")
                .unwrap()
                .contains("application/rss+xml")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_asked_afresh() {
    let stage = Stage::set(&[("/feed", "")], |asked| match asked.path.as_str() {
        "/feed" => answer("410 Gone", "", b""),
        _ => ok("ETag: \"x\"\r\n", &feed(&["One"], "")),
    })
    .await;
    stage.fetch("08:00").await;
    stage.fetch("2026-11-20T08:00:00Z").await;
    assert_eq!(stage.paths(), ["/feed"], "410 retires");
    stage.write(&[("/feed?new", "")]);
    let text = std::fs::read_to_string(stage.path("feeds.toml")).unwrap();
    std::fs::write(
        stage.path("feeds.toml"),
        text.replace("id = \"feed-new\"", "id = \"feed\""),
    )
    .unwrap();
    stage.fetch("2026-11-20T08:01:00Z").await;
    assert_eq!(stage.paths(), ["/feed", "/feed?new"]);
    assert_eq!(stage.source().await["state"], "ok");
}
