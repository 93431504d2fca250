//! Bodies: slow, cut, packed, too large, or lying about what they are.

use std::{io::Write as _, time::Instant};

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

use crate::stage::{Act, Stage, answer, feed, ok};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_packing_is_undone() {
    let stage = Stage::set(
        &[
            ("/gzip", ""),
            ("/x-gzip", ""),
            ("/zlib", ""),
            ("/raw", ""),
            ("/unlabelled", ""),
            ("/plain", ""),
        ],
        |asked| {
            let text = feed(&[&format!("From {}", &asked.path[1..])], "");
            match asked.path.as_str() {
                "/gzip" => answer(
                    "200 OK",
                    "Content-Encoding: gzip\r\n",
                    &gzip(text.as_bytes()),
                ),
                "/x-gzip" => answer(
                    "200 OK",
                    "Content-Encoding: x-gzip\r\n",
                    &gzip(text.as_bytes()),
                ),
                "/zlib" => {
                    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
                    packer.write_all(text.as_bytes()).unwrap();
                    answer(
                        "200 OK",
                        "Content-Encoding: deflate\r\n",
                        &packer.finish().unwrap(),
                    )
                }
                "/raw" => {
                    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
                    packer.write_all(text.as_bytes()).unwrap();
                    answer(
                        "200 OK",
                        "Content-Encoding: deflate\r\n",
                        &packer.finish().unwrap(),
                    )
                }
                "/unlabelled" => answer("200 OK", "", &gzip(text.as_bytes())),
                _ => answer("200 OK", "Content-Encoding: gzip\r\n", text.as_bytes()),
            }
        },
    )
    .await;
    let report = stage.fetch("08:00").await;
    println!("{report:#}");
    assert_eq!(
        stage.titles().await,
        [
            "From gzip",
            "From plain",
            "From raw",
            "From unlabelled",
            "From x-gzip",
            "From zlib"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_short_is_no_answer_and_changes_nothing() {
    let stage = Stage::set(
        &[
            ("/short", ""),
            ("/chunked", ""),
            ("/packed", ""),
            ("/reset", ""),
            ("/noise", ""),
        ],
        |asked| {
            let text = feed(&["One"], "");
            match asked.path.as_str() {
                "/short" => Act::Say(
                    format!("HTTP/1.1 200 OK\r\nETag: \"s\"\r\nContent-Length: 9999\r\n\r\n{text}")
                        .into_bytes(),
                ),
                "/chunked" => Act::Say(
                    format!(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{text}\r\n",
                        text.len()
                    )
                    .into_bytes(),
                ),
                "/packed" => {
                    let packed = gzip(text.as_bytes());
                    answer(
                        "200 OK",
                        "Content-Encoding: gzip\r\nETag: \"p\"\r\n",
                        &packed[..packed.len() - 20],
                    )
                }
                "/reset" => Act::Say(Vec::new()),
                _ => Act::Say(b"\x00\x01\x02 no HTTP\r\n\r\n".to_vec()),
            }
        },
    )
    .await;
    let report = stage.fetch("08:00").await;
    assert_eq!(report["sources"]["failed"], 5, "{report:#}");
    stage.fetch("2026-11-18T08:00:00Z").await;
    for asked in stage.log() {
        assert_eq!(asked.header("if-none-match"), None, "{}", asked.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_an_endless_body_and_a_silent_server_cost_little() {
    let stage = Stage::set(
        &[
            ("/bomb", ""),
            ("/endless", ""),
            ("/silent", ""),
            ("/drip", ""),
            ("/headers", ""),
            ("/quick", ""),
        ],
        |asked| match asked.path.as_str() {
            "/bomb" => answer(
                "200 OK",
                "Content-Encoding: gzip\r\n",
                &gzip(&vec![b' '; 50_000_000]),
            ),
            "/endless" => {
                let mut all = b"HTTP/1.1 200 OK\r\n\r\n<rss>".to_vec();
                all.resize(2_000_000, b'x');
                Act::Say(all)
            }
            "/silent" => Act::Hang,
            "/drip" => Act::Drip(300, vec![b"HTTP/1.1 200 OK\r\n\r\n<".to_vec(); 60]),
            "/headers" => {
                let mut all = b"HTTP/1.1 200 OK\r\n".to_vec();
                while all.len() < 2_000_000 {
                    all.extend(format!("X-{}: y\r\n", all.len()).bytes());
                }
                Act::Say(all)
            }
            _ => ok("", &feed(&["Quick"], "")),
        },
    )
    .await;
    let started = Instant::now();
    let report = stage.fetch("08:00").await;
    assert!(
        started.elapsed().as_secs_f64() < 8.0,
        "{:?}",
        started.elapsed()
    );
    assert_eq!(report["sources"]["failed"], 5, "{report:#}");
    assert_eq!(report["items"]["new"], 1);
    assert_eq!(stage.titles().await, ["Quick"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn careless_headers_do_not_hide_a_feed() {
    let stage = Stage::set(&[("/feed", ""), ("/typed", ""), ("/old", "")], |asked| {
        let text = feed(&[&format!("From {}", &asked.path[1..])], "");
        match asked.path.as_str() {
            "/feed" => Act::Say(
                format!("HTTP/1.1 200 OK\r\nbad header line\r\nX-Powered-By : PHP\r\nConnection: close\r\n\r\n{text}").into_bytes(),
            ),
            "/typed" => ok("Content-Type: image/png; charset=\r\n", &text),
            _ => Act::Say(format!("HTTP/1.0 200 OK\r\n\r\n{text}").into_bytes()),
        }
    })
    .await;
    let report = stage.fetch("08:00").await;
    assert_eq!(report["sources"]["ok"], 3, "{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_the_whole_document_is_an_error() {
    let stage = Stage::set(
        &[("/204", ""), ("/206", ""), ("/empty", ""), ("/304", "")],
        |asked| match asked.path.as_str() {
            "/204" => answer("204 No Content", "", b""),
            "/206" => answer(
                "206 Partial Content",
                "Content-Range: bytes 0-9/99\r\n",
                feed(&["One"], "").as_bytes(),
            ),
            "/304" => answer("304 Not Modified", "ETag: \"x\"\r\n", b""),
            _ => ok("ETag: \"e\"\r\n", ""),
        },
    )
    .await;
    let report = stage.fetch("08:00").await;
    assert_eq!(report["sources"]["failed"], 4, "{report:#}");
    stage.fetch("2026-11-18T08:00:00Z").await;
    assert!(
        stage
            .log()
            .iter()
            .all(|asked| asked.header("if-none-match").is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robots_txt_that_never_ends_costs_one_time_out() {
    let page = "page = { item = \"article\", title = \"h3\" }";
    let stage = Stage::set(&[("/list", page)], |asked| match asked.path.as_str() {
        "/robots.txt" => {
            let mut pieces = vec![b"HTTP/1.1 200 OK\r\n\r\n".to_vec()];
            pieces.extend(vec![b"#".to_vec(); 60]);
            Act::Drip(500, pieces)
        }
        _ => ok("", "<article><h3>One</h3></article>"),
    })
    .await;
    let started = Instant::now();
    let report = stage.fetch("08:00").await;
    assert!(
        started.elapsed().as_secs_f64() < 6.0,
        "{:?}",
        started.elapsed()
    );
    assert!(
        report["problems"].to_string().contains("robots.txt"),
        "{report:#}"
    );
}
