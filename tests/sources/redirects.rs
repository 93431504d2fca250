//! Redirects: which are followed, which are believed, and which are not.

use crate::stage::{Act, Stage, answer, feed, ok};

fn day(number: usize) -> String {
    format!("2026-11-{:02}T08:00:00Z", 16 + number)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lasting_redirect_is_believed_after_three_answers_that_agree() {
    let stage = Stage::set(&[("/old", "")], |asked| {
        match (asked.path.as_str(), asked.earlier) {
            ("/old", _) => answer("301 Moved Permanently", "Location: /new\r\n", b""),
            (_, 0) => ok("ETag: \"n\"\r\n", &feed(&["One"], "")),
            _ if asked.header("if-none-match").is_some() => answer("304 Not Modified", "", b""),
            _ => ok("", &feed(&["One"], "")),
        }
    })
    .await;
    for number in 0..5 {
        stage.fetch(&day(number)).await;
    }
    let asked = stage.paths();
    let old = asked.iter().filter(|path| *path == "/old").count();
    assert_eq!((old, asked.len()), (3, 8), "{asked:?}");
    let source = stage.source().await;
    assert_eq!(source["state"], "moved");
    assert!(source["problem"].as_str().unwrap().contains("/new"));
    assert_eq!(source["items"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_redirect_or_one_to_a_page_is_never_believed() {
    let stage = Stage::set(
        &[("/302", ""), ("/307", ""), ("/page", ""), ("/mixed", ""), ("/wavering", "")],
        |asked| match asked.path.as_str() {
            "/302" => answer("302 Found", "Location: /feed\r\n", b""),
            "/307" => answer("307 Temporary Redirect", "Location: /feed\r\n", b""),
            "/page" => answer("301 Moved Permanently", "Location: /home\r\n", b""),
            "/mixed" => answer("302 Found", "Location: /mixed-2\r\n", b""),
            "/mixed-2" => answer("301 Moved Permanently", "Location: /feed\r\n", b""),
            "/wavering" => answer("301 Moved Permanently", &format!("Location: /feed?{}\r\n", asked.earlier % 2), b""),
            "/home" => ok("", "<!doctype html><html><head><link rel=alternate type='application/rss+xml' href='/feed'></head></html>"),
            _ => ok("", &feed(&["One"], "")),
        },
    )
    .await;
    for number in 0..5 {
        stage.fetch(&day(number)).await;
    }
    for path in ["/302", "/307", "/page", "/mixed", "/wavering"] {
        let times = stage.paths().iter().filter(|asked| *asked == path).count();
        assert_eq!(times, 5, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_a_mistake_is_taken_back() {
    let stage = Stage::set(&[("/old", "")], |asked| {
        match (asked.path.as_str(), asked.earlier) {
            ("/old", 0..=2) => answer("308 Permanent Redirect", "Location: /new\r\n", b""),
            ("/new", 0..=2) => ok("", &feed(&["One"], "")),
            ("/new", _) => answer("404 Not Found", "", b""),
            _ => ok("", &feed(&["One", "Two"], "")),
        }
    })
    .await;
    for number in 0..8 {
        stage.fetch(&day(number)).await;
    }
    assert_eq!(stage.source().await["state"], "ok");
    assert_eq!(stage.titles().await, ["One", "Two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_that_lead_nowhere_end() {
    let stage = Stage::set(
        &[
            ("/loop", ""),
            ("/far/0", ""),
            ("/file", ""),
            ("/inside", ""),
            ("/other-loopback", ""),
            ("/nowhere", ""),
            ("/tenth/0", ""),
        ],
        |asked| {
            let to =
                |location: &str| answer("302 Found", &format!("Location: {location}\r\n"), b"");
            match asked.path.split('/').collect::<Vec<_>>().as_slice() {
                ["", "loop"] => to("/loop"),
                ["", "tenth", "10"] => ok("", &feed(&["Tenth"], "")),
                ["", name @ ("far" | "tenth"), number] => {
                    to(&format!("/{name}/{}", number.parse::<u32>().unwrap() + 1))
                }
                ["", "file"] => to("file:///etc/passwd"),
                ["", "inside"] => to("http://169.254.169.254/latest/meta-data/"),
                ["", "other-loopback"] => to("http://127.0.0.2/"),
                _ => answer("301 Moved Permanently", "", b""),
            }
        },
    )
    .await;
    let report = stage.fetch("08:00").await;
    assert_eq!(report["sources"]["failed"], 6, "{report}");
    assert_eq!(report["sources"]["ok"], 1);
    let far = stage
        .paths()
        .iter()
        .filter(|path| path.starts_with("/far"))
        .count();
    assert_eq!(far, 11, "ten redirects at the most");
    assert_eq!(stage.titles().await, ["Tenth"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_out_holds_for_all_hops_together() {
    let stage = Stage::set(&[("/slow/0", "")], |asked| {
        let number: u32 = asked.path.rsplit('/').next().unwrap().parse().unwrap();
        let to = format!("HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: /slow/{}\r\n\r\n", number + 1);
        Act::Drip(700, vec![to.into_bytes()])
    })
    .await;
    stage.fetch("08:00").await;
    let hops = stage.log().len();
    assert!((2..=3).contains(&hops), "{hops} hops in a time-out of 2 s");
    assert!(
        stage.source().await["problem"]
            .as_str()
            .unwrap()
            .contains("within 2 s")
    );
}
