//! Times: when a source is asked again, by its own word, the server's and ours.

use crate::stage::{Stage, answer, feed, ok};

/// At which of these times the path was asked.
async fn asked_at(stage: &Stage, times: &[&'static str]) -> Vec<&'static str> {
    let mut asked = Vec::new();
    for time in times {
        let before = stage.log().len();
        stage.fetch(time).await;
        if stage.log().len() > before {
            asked.push(*time);
        }
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_feed_asks_for_holds_through_304s() {
    let stage = Stage::set(&[("/feed", "")], |asked| match asked.earlier {
        0 => ok("ETag: \"x\"\r\n", &feed(&["One"], "<ttl>360</ttl>")),
        _ => answer("304 Not Modified", "", b""),
    })
    .await;
    let times = [
        "08:00", "10:00", "13:00", "15:00", "17:00", "20:00", "22:30",
    ];
    assert_eq!(asked_at(&stage, &times).await, ["08:00", "15:00", "22:30"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sources_own_interval_is_kept() {
    let stage = Stage::set(&[("/feed", "every = \"30m\"")], |_| {
        ok("Cache-Control: max-age=7200\r\n", &feed(&["One"], ""))
    })
    .await;
    let times = ["08:00", "08:10", "08:30", "08:59", "09:00"];
    assert_eq!(asked_at(&stage, &times).await, ["08:00", "08:30", "09:00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn freshness_is_respected_within_reason() {
    for (header, last) in [
        ("Cache-Control: max-age=7200\r\n", "10:20"),
        (
            "Date: Mon, 16 Nov 2026 08:00:00 GMT\r\nExpires: Mon, 16 Nov 2026 10:00:00 GMT\r\n",
            "10:20",
        ),
        // A year is no interval for news.
        (
            "Cache-Control: max-age=31536000\r\n",
            "2026-11-17T11:00:00Z",
        ),
    ] {
        let stage = Stage::set(&[("/feed", "")], move |_| ok(header, &feed(&["One"], ""))).await;
        let times = ["08:00", "09:30", last];
        assert_eq!(asked_at(&stage, &times).await, ["08:00", last], "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_and_days_to_skip_are_skipped() {
    let hours = "<skipHours><hour>9</hour><hour>10</hour></skipHours>";
    let stage = Stage::set(&[("/feed", "")], move |_| ok("", &feed(&["One"], hours))).await;
    let times = ["08:00", "09:30", "10:30", "11:10"];
    assert_eq!(asked_at(&stage, &times).await, ["08:00", "11:10"]);

    let days = "<skipDays><day>Tuesday</day></skipDays>";
    let stage = Stage::set(&[("/feed", "every = \"12h\"")], move |_| {
        ok("", &feed(&["One"], days))
    })
    .await;
    let times = [
        "12:00",
        "2026-11-17T00:30:00Z",
        "2026-11-17T23:00:00Z",
        "2026-11-18T00:30:00Z",
    ];
    assert_eq!(
        asked_at(&stage, &times).await,
        ["12:00", "2026-11-18T00:30:00Z"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_asks_for_rest_gets_it_for_all_its_sources_across_runs() {
    let stage = Stage::set(
        &[("/a", "every = \"30m\""), ("/b", "every = \"2h\"")],
        |asked| match (asked.path.as_str(), asked.earlier) {
            ("/a", 1) => answer("429 Too Many Requests", "Retry-After: 14400\r\n", b""),
            ("/b", 0) => ok("", &feed(&["Two"], "")),
            _ => ok("", &feed(&["One"], "")),
        },
    )
    .await;
    stage.fetch("08:00").await;
    stage.fetch("08:40").await;
    assert_eq!(stage.paths().len(), 3, "{:?}", stage.paths());
    stage.fetch("10:30").await;
    let forced = stage.run("11:00", &["fetch", "--force"]).await;
    assert!(forced.status.success());
    assert_eq!(
        stage.paths().len(),
        3,
        "the whole host rests, even when forced"
    );
    let listed = stage.run("11:00", &["--json", "sources", "list"]).await;
    let lines = String::from_utf8(listed.stdout).unwrap();
    let other = lines.lines().find(|line| line.contains("\"b\"")).unwrap();
    assert!(
        other.contains("\"state\":\"ok\"") && other.contains("\"failures\":0"),
        "{other}"
    );
    stage.fetch("13:00").await;
    assert_eq!(stage.paths().len(), 5, "{:?}", stage.paths());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_in_retry_after_is_kept_as_well() {
    let stage = Stage::set(&[("/feed", "")], |_| {
        answer(
            "503 Service Unavailable",
            "Date: Mon, 16 Nov 2026 08:00:00 GMT\r\nRetry-After: Mon, 16 Nov 2026 14:00:00 GMT\r\n",
            b"",
        )
    })
    .await;
    let times = ["08:00", "10:00", "13:00", "14:30"];
    assert_eq!(asked_at(&stage, &times).await, ["08:00", "14:30"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_back_off() {
    let stage = Stage::set(&[("/feed", "")], |_| answer("500 Oops", "", b"")).await;
    let times: Vec<String> = (0..48)
        .map(|hour| format!("2026-11-{:02}T{:02}:30:00Z", 16 + hour / 24, hour % 24))
        .collect();
    for time in &times {
        stage.fetch(time).await;
    }
    let asked = stage.log().len();
    assert!((4..=7).contains(&asked), "{asked} requests in two days");
}
