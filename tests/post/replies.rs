//! What each reply means for the reader, for the run and for the connection.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};

use crate::{
    house::House,
    server::{Act, Script},
};
use serde_json::Value;

const MONDAY: &str = "2026-11-16T08:00:00Z";

async fn deliveries(house: &House, now: &str) -> Vec<Value> {
    let said = house.run(now, &["deliveries", "list", "--json"]).await;
    let rows = said.out.lines();
    rows.map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn of<'a>(rows: &'a [Value], address: &str) -> &'a Value {
    rows.iter().find(|row| row["address"] == address).unwrap()
}

/// A server that refuses `one@example.org` in one way, and takes the rest.
fn refusing(verb: &'static str, reply: &'static str) -> Script {
    Script::new(move |came, line| {
        (came == verb && line.contains("one@")).then_some(Act::Say(reply))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_address_is_written_to_once() {
    let script = refusing("RCPT", "550 5.1.1 no such user");
    let mail = script.mail("connections = 1");
    let house = House::new(&["nations-en.xml"], &mail).await;
    let said = house.run(MONDAY, &["run", "--json"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["deliveries"]["accepted"], 1);
    assert_eq!(report["deliveries"]["refused"], 1);
    let seen = script.seen();
    assert_eq!(seen.connections, 1, "RSET, and no new connection");
    assert_eq!(seen.taken.len(), 1);
    assert_eq!(seen.taken[0].0, "two@example.org");
    let rows = deliveries(&house, MONDAY).await;
    assert_eq!(of(&rows, "one@example.org")["state"], "refused");
    // A week later the reader gets nothing, though feeds.toml lists the address.
    house.press.turn();
    house.run("2026-11-23T08:00:00Z", &["run"]).await;
    let seen = script.seen();
    assert_eq!(seen.taken.len(), 2);
    assert_eq!(seen.count("RCPT TO:<one@"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn greylisting_is_tried_after_5_15_and_30_minutes_and_then_by_the_hour() {
    let script = refusing("RCPT", "451 4.7.1 greylisted");
    let house = House::new(&["nations-en.xml"], &script.mail("")).await;
    house.run(MONDAY, &["run"]).await;
    let mut now: chrono::DateTime<chrono::Utc> = MONDAY.parse().unwrap();
    for wait in [5, 15, 30, 60, 180, 360, 360] {
        let rows = deliveries(&house, MONDAY).await;
        let row = of(&rows, "one@example.org");
        assert_eq!(row["state"], "queued");
        let next: chrono::DateTime<chrono::Utc> =
            row["next_attempt"].as_str().unwrap().parse().unwrap();
        assert_eq!((next - now).num_minutes(), wait);
        now = next;
        house.run(&now.to_rfc3339(), &["deliveries", "send"]).await;
    }
    // The next edition is due on Monday at seven, in Amsterdam.
    let last = "2026-11-23T00:30:00Z";
    house.run(last, &["deliveries", "send"]).await;
    let rows = deliveries(&house, last).await;
    let row = of(&rows, "one@example.org");
    assert_eq!(row["state"], "refused");
    assert!(row["reply"].as_str().unwrap().contains("given up"), "{row}");
    assert_eq!(script.seen().taken.len(), 1, "the other has it once");
    // A mailbox that was late is no dead one.
    let list = house.run(MONDAY, &["subscribers", "list"]).await.out;
    assert!(!list.contains("bounced"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_our_fault_stops_the_run_and_harms_no_address() {
    for (verb, reply) in [
        ("RCPT", "554 5.7.1 relay access denied"),
        ("DOT", "550 5.7.26 this mail is not authenticated"),
        ("DOT", "552 5.3.4 message too big"),
        ("MAIL", "530 5.7.0 authentication required"),
    ] {
        let script = Script::at(verb, Act::Say(reply));
        let mail = script.mail("connections = 1");
        let house = House::new(&["nations-en.xml"], &mail).await;
        let said = house.run(MONDAY, &["run", "--json"]).await;
        assert_eq!(said.code, 1);
        assert!(
            said.err.contains("the mail server refuses us"),
            "{}",
            said.err
        );
        assert!(said.err.contains(&reply[4..]), "{}", said.err);
        let report: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(report["deliveries"]["queued"], 2, "{verb}");
        assert_eq!(script.seen().count("MAIL"), 1, "it stops at the first");
        let list = house.run(MONDAY, &["subscribers", "list"]).await.out;
        assert!(!list.contains("bounced"), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_how_much_it_takes_is_believed() {
    let script = Script::at("EHLO", Act::Say("250-test.invalid\r\n250 SIZE 500"));
    let house = House::new(&["nations-en.xml"], &script.mail("")).await;
    let said = house.run(MONDAY, &["run"]).await;
    assert!(said.err.contains("of at most 500"), "{}", said.err);
    assert_eq!(script.seen().count("MAIL"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_receiving_domain_has_a_rate_of_its_own() {
    let script = Script::new(|_, _| None);
    let mail = script.mail("connections = 4\ndomain_rate = \"2/s\"");
    let house = House::new(&["nations-en.xml"], &mail).await;
    let text = std::fs::read_to_string(house.path("feeds.toml")).unwrap();
    let readers: Vec<String> = (0..3)
        .flat_map(|n| {
            [
                format!("\"r{n}@slow.example\""),
                format!("\"r{n}@d{n}.example\""),
            ]
        })
        .collect();
    let text = text.replace(
        "\"one@example.org\", \"two@example.org\"",
        &readers.join(", "),
    );
    std::fs::write(house.path("feeds.toml"), text).unwrap();
    house.run(MONDAY, &["fetch"]).await;
    let begun = std::time::Instant::now();
    let said = house.run(MONDAY, &["run"]).await;
    assert!(said.out.contains("6 mails accepted"), "{}", said.out);
    assert!(begun.elapsed() >= std::time::Duration::from_secs(1));
    let order: Vec<String> = script.seen().taken.into_iter().map(|(to, _)| to).collect();
    let last_other = order.iter().rposition(|to| !to.contains("@slow"));
    let last_slow = order.iter().rposition(|to| to.contains("@slow"));
    assert!(last_slow > last_other, "the others go first: {order:?}");
}

/// A server that answers a message only when it is asked for the next one: it would wait for ever for
/// whoever wants that answer first.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_message_is_asked_for_with_the_end_of_the_one_before() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let (mut taken, mut to) = (Vec::new(), String::new());
        stream.write_all(b"220 test.invalid\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let answer = match line.get(..4).unwrap_or_default() {
                "EHLO" => "250-test.invalid\r\n250 PIPELINING\r\n",
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").unwrap();
                    while lines.next().unwrap().unwrap() != "." {}
                    taken.push(std::mem::take(&mut to));
                    if taken.len() == 2 {
                        let next = lines.next().unwrap().unwrap();
                        assert!(next.starts_with("MAIL FROM:"), "{next}");
                        "250 taken\r\n250 ok\r\n"
                    } else {
                        "250 taken\r\n"
                    }
                }
                "RCPT" => {
                    to = line;
                    "250 ok\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).unwrap();
        }
        taken
    });
    let mail = format!(
        "[mail]\nfrom = \"c@example.org\"\nserver = \"smtp+plaintext://127.0.0.1:{port}\"\n\
         timeout = \"1s\"\nconnections = 1\n"
    );
    let house = House::new(&["nations-en.xml"], &mail).await;
    let text = fs::read_to_string(house.path("feeds.toml")).unwrap();
    // The first one goes alone, while those after it are made.
    let text = text.replace(
        "\"one@example.org\"",
        "\"zero@example.org\", \"one@example.org\"",
    );
    fs::write(house.path("feeds.toml"), text).unwrap();
    let said = house.run(MONDAY, &["run", "--json"]).await;
    assert!(said.out.contains("\"accepted\":3"), "{}", said.out);
    assert_eq!(taken.join().unwrap().len(), 3);
}
