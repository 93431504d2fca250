//! Fetching from servers that behave badly, on loopback.

use std::{net::SocketAddr, time::Duration};

use circular::{
    fetch::{Accept, Answer, Client, FailureKind, FetchError, Request},
    model::{FetchSettings, Validators},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;

/// A server that answers each request by its path, and says what it was asked.
async fn server(answer: fn(&str, &str) -> Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = Vec::new();
                let mut piece = [0; 4096];
                while !request.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut piece).await {
                        Ok(n) if n > 0 => request.extend_from_slice(&piece[..n]),
                        _ => return,
                    }
                }
                let request = String::from_utf8_lossy(&request).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                let bytes = answer(&path, &request);
                if bytes.is_empty() {
                    tokio::time::sleep(Duration::from_mins(5)).await;
                }
                let _ = stream.write_all(&bytes).await;
            });
        }
    });
    address
}

fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn client(allowed: bool) -> Client {
    let settings = FetchSettings {
        timeout: Duration::from_millis(900),
        max_size: 20_000,
        allow_private: if allowed {
            vec![("127.0.0.1".parse().unwrap(), 32)]
        } else {
            Vec::new()
        },
        ..FetchSettings::default()
    };
    Client::new(&settings, "tests@example.org").unwrap()
}

async fn get(client: &Client, url: &str, validators: &Validators) -> Result<Answer, FetchError> {
    let url: Url = url.parse().unwrap();
    let request = Request {
        url: &url,
        validators,
        accept: Accept::Feed,
    };
    client.get(&request).await
}

fn misbehaves(path: &str, request: &str) -> Vec<u8> {
    match path {
        "/silent" => Vec::new(),
        "/loop" => response("302 Found", "Location: /loop\r\n", ""),
        "/inside" => response("302 Found", "Location: http://10.0.0.1/\r\n", ""),
        "/script" => response("302 Found", "Location: javascript:alert(1)\r\n", ""),
        "/large" => response("200 OK", "", &"x".repeat(40_000)),
        "/short" => {
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n<rss>".to_vec()
        }
        "/later" => response("429 Too Many Requests", "Retry-After: 120\r\n", ""),
        "/gone" => response("410 Gone", "", ""),
        "/noise" => b"\x00\x01\x02\x03 nothing like HTTP\r\n\r\n".to_vec(),
        "/moved" => response("301 Moved Permanently", "Location: /moved-again\r\n", ""),
        "/moved-again" => response("308 Permanent Redirect", "Location: /fine\r\n", ""),
        "/fine" if request.to_lowercase().contains("if-none-match: w/\"a b\"") => {
            response("304 Not Modified", "ETag: \"second\"\r\n", "")
        }
        "/fine" => response(
            "200 OK",
            "ETag: W/\"a b\"\r\nLast-Modified: yesterday-ish\r\nCache-Control: max-age=600\r\n",
            "<rss/>",
        ),
        _ => response("404 Not Found", "", ""),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_misbehaviour_is_one_sentence() {
    let address = server(misbehaves).await;
    let client = client(true);
    for (path, kind, transient) in [
        ("/silent", FailureKind::Timeout, true),
        ("/loop", FailureKind::Redirect, true),
        ("/inside", FailureKind::Refused, false),
        ("/script", FailureKind::Redirect, true),
        ("/large", FailureKind::TooLarge, true),
        ("/gone", FailureKind::Status, false),
        ("/nowhere", FailureKind::Status, true),
    ] {
        let error = get(
            &client,
            &format!("http://{address}{path}"),
            &Validators::default(),
        )
        .await
        .expect_err(path);
        assert_eq!(
            (error.kind, error.transient),
            (kind, transient),
            "{path}: {error}"
        );
        assert!(
            !error.sentence.is_empty() && !error.sentence.contains('\n'),
            "{path}: {error}"
        );
    }
    for path in ["/short", "/noise"] {
        let url = format!("http://{address}{path}");
        let error = get(&client, &url, &Validators::default())
            .await
            .expect_err(path);
        assert!(error.transient, "{path}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn validators_are_played_back_byte_for_byte() {
    let address = server(misbehaves).await;
    let client = client(true);
    let url = format!("http://{address}/moved");
    let Answer::Fetched(fetched) = get(&client, &url, &Validators::default()).await.unwrap() else {
        panic!("a body was wanted");
    };
    assert_eq!(fetched.permanent.unwrap().path(), "/fine");
    assert_eq!(fetched.fresh_for, Some(Duration::from_mins(10)));
    assert_eq!(fetched.validators.etag.as_deref(), Some("W/\"a b\""));
    assert_eq!(
        fetched.validators.last_modified.as_deref(),
        Some("yesterday-ish")
    );
    let url = format!("http://{address}/fine");
    let Answer::NotModified { validators, .. } =
        get(&client, &url, &fetched.validators).await.unwrap()
    else {
        panic!("a 304 was wanted");
    };
    assert_eq!(
        validators.etag.as_deref(),
        Some("\"second\""),
        "a 304's own tag replaces the old one"
    );
    assert_eq!(validators.last_modified.as_deref(), Some("yesterday-ish"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_rest_is_left_alone() {
    let address = server(misbehaves).await;
    let client = client(true);
    let later = get(
        &client,
        &format!("http://{address}/later"),
        &Validators::default(),
    )
    .await
    .unwrap_err();
    assert_eq!(later.retry_after, Some(Duration::from_mins(2)));
    let other = get(
        &client,
        &format!("http://{address}/fine"),
        &Validators::default(),
    )
    .await
    .unwrap_err();
    assert!(
        other.transient && other.retry_after.is_some(),
        "the whole host rests: {other}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_refused_in_every_spelling() {
    let client = client(false);
    for url in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
    ] {
        let error = get(&client, url, &Validators::default())
            .await
            .expect_err(url);
        assert_eq!(error.kind, FailureKind::Refused, "{url}: {error}");
    }
}
