//! Mail: a server that is away, one that hangs up, and a copy to try.

use std::fs;

use circular::demo::PostOffice;

use crate::house::House;

const MONDAY: &str = "2026-11-16T08:00:00Z";
const LATER: &str = "2026-11-16T09:00:00Z";

fn server(port: u16) -> String {
    format!(
        "[mail]\nfrom = \"Circular <circular@example.org>\"\nserver = \"smtp+plaintext://127.0.0.1:{port}\"\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_delays_and_doubles_nothing() {
    let post = PostOffice::open().await.unwrap();
    let port = post.address().port();
    drop(post);
    let house = House::new(&["nations-en.xml"], &server(port)).await;
    let said = house.run(MONDAY, &["run"]).await;
    assert_eq!(said.code, 1);
    assert!(said.err.contains("mail: no mail was sent"), "{}", said.err);

    let post = PostOffice::open().await.unwrap();
    let text = fs::read_to_string(house.path("feeds.toml")).unwrap();
    let text = text.replace(
        &format!(":{port}\""),
        &format!(":{}\"", post.address().port()),
    );
    fs::write(house.path("feeds.toml"), text).unwrap();
    let said = house.run(LATER, &["run"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("2 mails accepted"), "{}", said.out);
    let mut to: Vec<String> = post
        .received()
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    to.sort();
    assert_eq!(to, ["one@example.org", "two@example.org"]);
    house.run("2026-11-16T10:00:00Z", &["run"]).await;
    assert_eq!(post.received().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_says_who_sends_it_and_how_to_leave() {
    let post = PostOffice::open().await.unwrap();
    let house = House::new(&["nations-en.xml"], &server(post.address().port())).await;
    house.run(MONDAY, &["run"]).await;
    let mails = post.received();
    assert_eq!(mails.len(), 2);
    let text = String::from_utf8(mails[0].message.clone()).unwrap();
    let (headers, body) = text.split_once("\r\n\r\n").unwrap();
    for header in [
        "From: ",
        "To: ",
        "Subject: ",
        "Date: Mon, 16 Nov 2026 08:00:00 +0000",
        "Message-ID: <weekly-2026-11-16.",
        "List-Id: ",
        "List-Unsubscribe: <",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Archive: ",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative",
    ] {
        assert!(headers.contains(header), "{header} in\n{headers}");
    }
    assert!(!body.contains("0TOKEN0"), "a token was left out");
    assert!(text.lines().all(|line| line.len() <= 998));
    let token = |mail: &str| {
        let at = mail.find("/unsubscribe/").unwrap() + "/unsubscribe/".len();
        mail[at..at + 32].to_owned()
    };
    let other = String::from_utf8(mails[1].message.clone()).unwrap();
    assert_ne!(
        token(headers),
        token(other.split_once("\r\n\r\n").unwrap().0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_copy_leaves_the_ledger_alone() {
    let post = PostOffice::open().await.unwrap();
    let house = House::new(&["nations-en.xml"], &server(post.address().port())).await;
    house.run(MONDAY, &["fetch"]).await;
    let said = house
        .run(MONDAY, &["send", "weekly", "--to", "me@example.org"])
        .await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(post.received()[0].to, ["me@example.org"]);
    let run = house.run(LATER, &["run"]).await;
    assert!(
        run.out.contains("edition weekly-2026-11-16 made"),
        "{}",
        run.out
    );
}

/// Talks to one client until it has one whole message, and then says nothing any more.
fn falls_silent_after_one_message(listener: &std::net::TcpListener) {
    use std::io::{BufRead, BufReader, Write};
    let (mut stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    stream.write_all(b"220 test.invalid\r\n").unwrap();
    loop {
        let line = lines.next().unwrap().unwrap();
        let reply: &[u8] = match line.get(..4).unwrap_or_default() {
            "EHLO" => b"250 test.invalid\r\n",
            "DATA" => b"354 go on\r\n",
            "." | "" => continue,
            _ => b"250 ok\r\n",
        };
        stream.write_all(reply).unwrap();
        if line == "DATA" {
            while lines.next().unwrap().unwrap() != "." {}
            // The message is here, and the client will never hear of it.
            std::mem::forget(stream);
            return;
        }
    }
}

/// A round that is killed while a server has one mail and says nothing of it; then a server that
/// works, and what `run --json` says with it.
async fn killed_once(more: &str) -> (House, PostOffice, serde_json::Value) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let one = format!("{}connections = 1\n{more}", server(port));
    let house = House::new(&["nations-en.xml"], &one).await;
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("circular"))
        .current_dir(house.path(""))
        .args(["--now", MONDAY, "run"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    tokio::task::spawn_blocking(move || falls_silent_after_one_message(&listener))
        .await
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let post = PostOffice::open().await.unwrap();
    let text = fs::read_to_string(house.path("feeds.toml")).unwrap();
    let text = text.replace(
        &format!(":{port}\""),
        &format!(":{}\"", post.address().port()),
    );
    fs::write(house.path("feeds.toml"), text).unwrap();
    let said = house.run(LATER, &["run", "--json"]).await;
    let report = serde_json::from_str(&said.out).unwrap();
    (house, post, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_leaves_one_mail_in_doubt_which_is_sent_once_more() {
    let (house, post, report) = killed_once("").await;
    assert_eq!(report["deliveries"]["unsure"], 1, "it is reported");
    assert_eq!(report["deliveries"]["accepted"], 2, "nobody is missing");
    let mut to: Vec<String> = post
        .received()
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    to.sort();
    assert_eq!(to, ["one@example.org", "two@example.org"]);
    let said = house.run("2026-11-16T12:00:00Z", &["run", "--json"]).await;
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["deliveries"]["unsure"], 0);
    assert_eq!(post.received().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_in_doubt_waits_for_a_person_where_the_operator_wants_that() {
    let (house, post, report) = killed_once("in_doubt = \"ask\"\n").await;
    assert_eq!(report["deliveries"]["unsure"], 1);
    assert_eq!(report["deliveries"]["accepted"], 1);
    assert_eq!(post.received().len(), 1);
    let list = house
        .run(
            LATER,
            &["deliveries", "list", "--state", "unsure", "--json"],
        )
        .await
        .out;
    let unsure: serde_json::Value = serde_json::from_str(list.trim()).unwrap();
    assert_ne!(
        unsure["address"].as_str().unwrap(),
        post.received()[0].to[0]
    );
    let id = unsure["id"].as_str().unwrap();
    house.run(LATER, &["deliveries", "retry", id]).await;
    house.run("2026-11-16T12:00:00Z", &["run"]).await;
    let again = String::from_utf8(post.received()[1].message.clone()).unwrap();
    assert!(
        again.contains(unsure["message_id"].as_str().unwrap()),
        "the same Message-ID"
    );
}
