//! The archive, the state of things and the way out.

use std::sync::Arc;

use circular::{demo::Press, model::SubscriberState, pipeline::Works, time::Clock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

/// One request, the whole answer.
async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{request}\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_serves_the_archive_and_lets_readers_go() {
    circular::fetch::install_crypto();
    let press = Press::open().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("feeds.toml");
    let text = format!(
        "[publication]\ntitle = \"T\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
         base_url = \"https://example.org\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n\
         [fetch]\nallow_private = [\"127.0.0.1/32\"]\n\
         [[digest]]\nid = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 7 * * MON\"\nrecipients = [\"a@example.org\"]\n\
         [[source]]\nname = \"S\"\nsection = \"S\"\nurl = \"http://{}/nations-en.xml\"\n",
        press.address()
    );
    std::fs::write(&file, text).unwrap();
    let settings = circular::cli::load(&file).settings.unwrap();
    let now = "2026-11-16T08:00:00Z".parse().unwrap();
    let works = Works::open(settings, Clock::at(now)).await.unwrap();
    let store = works.store.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let daemon = tokio::spawn(circular::serve::run(works, listener, stop.clone()));

    // The last file that is written: where it is, all are.
    let public = Arc::new(folder.path().join("public/.published"));
    for _ in 0..200 {
        if public.is_file() && store.count_deliveries(None).await.unwrap().accepted == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let page = ask(address, "GET /weekly/weekly-2026-11-16/ HTTP/1.1").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'none'"));
    assert!(!page.contains("script-src"), "no script runs here");
    for path in ["/search/", "/search/index.html"] {
        let search = ask(address, &format!("GET {path} HTTP/1.1")).await;
        assert!(search.starts_with("HTTP/1.1 200"), "{search}");
        assert!(search.contains("script-src 'self'"), "{search}");
        assert_eq!(search.matches("content-security-policy").count(), 1);
    }
    let script = ask(address, "GET /search/search.js HTTP/1.1").await;
    assert!(script.contains("content-type: text/javascript"), "{script}");
    let health = ask(address, "GET /health HTTP/1.1").await;
    assert!(health.contains("\"attention\":[]"), "{health}");
    assert!(
        ask(address, "GET /metrics HTTP/1.1")
            .await
            .contains("circular_items ")
    );
    assert!(
        ask(address, "GET /../feeds.toml HTTP/1.1")
            .await
            .starts_with("HTTP/1.1 4")
    );

    let reader = store
        .subscriber_by_address("a@example.org")
        .await
        .unwrap()
        .unwrap();
    let form = ask(
        address,
        &format!("GET /unsubscribe/{} HTTP/1.1", reader.token),
    )
    .await;
    assert!(form.contains("<form method=\"post\">"), "{form}");
    let state = async || store.subscriber(&reader.id).await.unwrap().unwrap().state;
    assert_eq!(
        state().await,
        SubscriberState::Active,
        "a GET changes nothing"
    );
    let post = format!(
        "POST /unsubscribe/{} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26",
        reader.token
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    let one_click =
        format!("{post}\r\nHost: x\r\nConnection: close\r\n\r\nList-Unsubscribe=One-Click");
    stream.write_all(one_click.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && !answer.contains("set-cookie"),
        "{answer}"
    );
    assert_eq!(state().await, SubscriberState::Unsubscribed);
    let unknown = ask(
        address,
        "GET /unsubscribe/00000000000000000000000000000000 HTTP/1.1",
    )
    .await;
    assert!(unknown.starts_with("HTTP/1.1 404"), "{unknown}");

    stop.cancel();
    daemon.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forms_have_their_style_before_anything_was_pulled_or_sent() {
    let daemon = crate::harness::Daemon::start().await;
    for _ in 0..200 {
        if daemon.get("/style.css").await.status == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // The sources were asked just now, so none is due.
    std::fs::remove_dir_all(daemon.public()).unwrap();
    let daemon = daemon.again_at("2026-11-16T08:00:01Z").await;
    for _ in 0..200 {
        let style = daemon.get("/style.css").await;
        if style.status == 200 {
            assert!(style.body.contains("button"), "{}", style.body);
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the page of sign-ups has no style");
}
