//! The archive and its clients: caching, compression, and those who mean no good.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::house::House;

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    head.lines()
        .find_map(|line| {
            line.split_once(": ")
                .filter(|(n, _)| n.eq_ignore_ascii_case(name))
        })
        .map(|(_, value)| value)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_cached_compressed_and_fenced_in() {
    let house = House::new().await;
    let daemon = house.serve(&[]);
    let page = "/weekly/weekly-2026-11-16/";
    // The pages in front come last.
    daemon.get_until("/weekly/", "HTTP/1.1 200");
    let whole = daemon.get_until(page, "HTTP/1.1 200");
    let tag = header(&whole, "etag").unwrap();
    let time = header(&whole, "last-modified").unwrap();
    assert_eq!(
        header(&whole, "content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(header(&whole, "vary"), Some("accept-encoding"));
    for name in [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "x-frame-options",
        "permissions-policy",
    ] {
        assert!(header(&whole, name).is_some(), "{name}");
    }
    let again = |more: &str| daemon.ask(&format!("GET {page} HTTP/1.1\r\n{more}"));
    for known in [
        format!("If-None-Match: {tag}"),
        format!("If-None-Match: \"other\", {tag}"),
        "If-None-Match: *".to_owned(),
        format!("If-Modified-Since: {time}"),
    ] {
        let answer = again(&known);
        assert!(answer.starts_with("HTTP/1.1 304"), "{known}: {answer}");
        assert!(answer.ends_with("\r\n\r\n"), "a 304 has no body");
    }
    for unknown in [
        "If-None-Match: \"other\"".to_owned(),
        format!("If-None-Match: \"other\"\r\nIf-Modified-Since: {time}"),
        "If-Modified-Since: Mon, 16 Nov 1998 08:00:00 GMT".to_owned(),
        "If-Modified-Since: yesterday".to_owned(),
    ] {
        assert!(again(&unknown).starts_with("HTTP/1.1 200"), "{unknown}");
    }
    let packed = again("Accept-Encoding: br, gzip");
    assert_eq!(header(&packed, "content-encoding"), Some("gzip"));
    let length = |answer: &str| {
        header(answer, "content-length")
            .unwrap()
            .parse::<usize>()
            .unwrap()
    };
    assert!(length(&packed) * 2 < length(&whole));
    let refused = again("Accept-Encoding: gzip;q=0");
    assert_eq!(header(&refused, "content-encoding"), None);
    let head = daemon.ask(&format!("HEAD {page} HTTP/1.1"));
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"));
    assert_eq!(length(&head), length(&whole));
    let folder = daemon.get("/weekly");
    assert!(folder.starts_with("HTTP/1.1 308"), "{folder}");
    assert_eq!(header(&folder, "location"), Some("/weekly/"));

    std::fs::write(house.path("public/.published.bak"), "secret").unwrap();
    for out in [
        "/../feeds.toml",
        "/..%2ffeeds.toml",
        "/%2e%2e/feeds.toml",
        "/weekly/../../feeds.toml",
        "//etc/passwd",
        "/.published",
        "/.published.bak",
        "/public/../data/circular.db",
        "/nothing",
        "/a/b/c/d/e",
        "/%00",
    ] {
        let answer = daemon.get(out);
        assert!(answer.starts_with("HTTP/1.1 404"), "{out}: {answer}");
        assert!(answer.contains("There is no such page."), "{out}");
    }
    assert!(
        daemon
            .ask(&format!("DELETE {page} HTTP/1.1"))
            .starts_with("HTTP/1.1 405")
    );
    // A page that is written anew is shown anew.
    let file = house.path("public/weekly/weekly-2026-11-16/index.html");
    std::fs::write(file, "<p>anew</p>").unwrap();
    daemon.get_until(page, "<p>anew</p>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_a_gigabyte_is_refused_unread() {
    let house = House::new().await;
    let daemon = house.serve(&[]);
    for path in ["/unsubscribe/x", "/style.css", "/health"] {
        let mut stream = TcpStream::connect(daemon.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
        )
        .unwrap();
        let _ = stream.write_all(&[b'a'; 8 * 1024]);
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer[..10], b"HTTP/1.1 4", "{path}");
    }
    let long = format!("GET /{} HTTP/1.1", "a".repeat(100_000));
    assert!(daemon.ask(&long).starts_with("HTTP/1.1 4"));
    let nonsense = daemon.ask("\u{1}\u{2}\u{3}");
    assert!(nonsense.starts_with("HTTP/1.1 400"), "{nonsense}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_idle_clients_hold_nobody_up_and_are_gone_soon() {
    let house = House::new().await;
    let daemon = house.serve(&[]);
    daemon.get_until("/", "HTTP/1.1 200");
    let mut idle: Vec<TcpStream> = (0..400)
        .filter_map(|_| TcpStream::connect(daemon.address).ok())
        .collect();
    for stream in idle.iter_mut().step_by(2) {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            .unwrap();
    }
    let begun = Instant::now();
    assert!(daemon.get("/").starts_with("HTTP/1.1 200"));
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    for stream in &mut idle {
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut rest = Vec::new();
        // Closed by the daemon, with a word about it or without.
        let _ = stream.read_to_end(&mut rest);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(18), "{took:?}");
}
