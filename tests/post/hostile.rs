//! Servers that hang, cut, talk too much, or would have a password in plain text.

use crate::{
    house::House,
    server::{Act, Script},
};
use serde_json::Value;

const MONDAY: &str = "2026-11-16T08:00:00Z";
const LATER: &str = "2026-11-16T09:00:00Z";

async fn report(house: &House, now: &str) -> (Value, String) {
    let said = house.run(now, &["run", "--json"]).await;
    (serde_json::from_str(&said.out).unwrap(), said.err)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_at_any_step_holds_nobody() {
    for verb in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"] {
        let script = Script::at(verb, Act::Hang);
        let mail = script.mail("connections = 2");
        let house = House::new(&["nations-en.xml"], &mail).await;
        let begun = std::time::Instant::now();
        let (report, err) = report(&house, MONDAY).await;
        assert_eq!(report["deliveries"]["queued"], 2, "{verb}: {err}");
        assert_eq!(report["deliveries"]["unsure"], 0, "{verb}: {err}");
        assert!(begun.elapsed().as_secs() < 20, "{verb}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cuts_at_any_step_gets_each_mail_once_when_it_is_well() {
    for verb in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"] {
        let script = Script::at(verb, Act::Cut);
        let house = House::new(&["nations-en.xml"], &script.mail("")).await;
        let (first, err) = report(&house, MONDAY).await;
        assert_eq!(first["deliveries"]["queued"], 2, "{verb}: {err}");
        let well = Script::new(|_, _| None);
        let text = std::fs::read_to_string(house.path("feeds.toml")).unwrap();
        let text = text.replace(&format!(":{}\"", script.port), &format!(":{}\"", well.port));
        std::fs::write(house.path("feeds.toml"), text).unwrap();
        let (second, err) = report(&house, LATER).await;
        assert_eq!(second["deliveries"]["accepted"], 2, "{verb}: {err}");
        assert_eq!(well.seen().taken.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_ill_costs_a_long_queue_three_tries() {
    let script = Script::at("MAIL", Act::Cut);
    let mail = script.mail("connections = 1");
    let house = House::new(&["nations-en.xml"], &mail).await;
    let text = std::fs::read_to_string(house.path("feeds.toml")).unwrap();
    let readers: Vec<String> = (0..40).map(|n| format!("\"r{n}@example.org\"")).collect();
    let text = text.replace(
        "\"one@example.org\", \"two@example.org\"",
        &readers.join(", "),
    );
    std::fs::write(house.path("feeds.toml"), text).unwrap();
    let (report, err) = report(&house, MONDAY).await;
    assert_eq!(report["deliveries"]["queued"], 40);
    assert!(err.contains("one connection after the other"), "{err}");
    assert_eq!(script.seen().connections, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_after_the_dot_leaves_its_mail_in_doubt() {
    for act in [Act::Cut, Act::Say("354 what?")] {
        let lost = act.clone();
        let script = Script::new(move |verb, to| {
            (verb == "DOT" && to.contains("one@")).then(|| lost.clone())
        });
        let house = House::new(&["nations-en.xml"], &script.mail("")).await;
        let (first, _) = report(&house, MONDAY).await;
        assert_eq!(first["deliveries"]["unsure"], 1, "{act:?}");
        assert_eq!(first["deliveries"]["accepted"], 1);
        let (again, _) = report(&house, "2026-11-16T08:01:00Z").await;
        assert_eq!(again["deliveries"]["unsure"], 1, "not at once");
        let (later, _) = report(&house, LATER).await;
        assert_eq!(later["deliveries"]["unsure"], 1, "it was lost again");
        let (last, _) = report(&house, "2026-11-17T09:00:00Z").await;
        assert_eq!(
            last["deliveries"]["unsure"], 1,
            "and then a person is asked"
        );
        let sent = script.seen().count("RCPT TO:<one@");
        assert_eq!(sent, 2, "once, and once more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_replies_of_many_lines_are_read_to_their_end() {
    let mut long = "550-5.1.1 one line of a long story\r\n".repeat(200);
    long.push_str("550 5.1.1 and that is that");
    let long: &'static str = long.leak();
    let script = Script::new(move |verb, line| {
        (verb == "RCPT" && line.contains("one@")).then_some(Act::Say(long))
    });
    let mail = script.mail("connections = 1");
    let house = House::new(&["nations-en.xml"], &mail).await;
    let (report, err) = report(&house, MONDAY).await;
    assert_eq!(report["deliveries"]["refused"], 1, "{err}");
    assert_eq!(report["deliveries"]["accepted"], 1, "{err}");
    assert_eq!(script.seen().connections, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_stops_talking_is_cut_off() {
    let endless: &'static str = format!("250-{}\r\n", "x".repeat(900)).repeat(1000).leak();
    let script = Script::at("EHLO", Act::Say(endless));
    let house = House::new(&["nations-en.xml"], &script.mail("")).await;
    let (report, err) = report(&house, MONDAY).await;
    assert_eq!(report["deliveries"]["queued"], 2, "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_tls_nothing_is_said_where_it_is_required() {
    let script = Script::new(|_, _| None);
    let mail = script.mail("").replace("smtp+plaintext://", "smtp://user@")
        + "password_file = \"secret\"\n";
    let house = House::new(&["nations-en.xml"], &mail).await;
    std::fs::write(house.path("secret"), "hunter2").unwrap();
    let (report, err) = report(&house, MONDAY).await;
    assert!(err.contains("nothing is sent in plain text"), "{err}");
    assert_eq!(report["deliveries"]["queued"], 2);
    let seen = script.seen();
    assert_eq!(seen.count("AUTH"), 0);
    assert_eq!(seen.count("MAIL"), 0);
    assert!(!seen.lines.iter().any(|line| line.contains("hunter2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_stops_the_run() {
    let script = Script::new(|verb, _| match verb {
        "EHLO" => Some(Act::Say("250-test.invalid\r\n250 AUTH PLAIN LOGIN")),
        "AUTH" => Some(Act::Say("535 5.7.8 bad credentials")),
        _ => None,
    });
    let mail = script
        .mail("password_file = \"secret\"")
        .replace("smtp+plaintext://", "smtp+plaintext://user@");
    let house = House::new(&["nations-en.xml"], &mail).await;
    std::fs::write(house.path("secret"), "hunter2").unwrap();
    let (report, err) = report(&house, MONDAY).await;
    assert!(err.contains("does not take the login of `user`"), "{err}");
    assert!(!err.contains("hunter2"), "{err}");
    assert_eq!(report["deliveries"]["queued"], 2);
}
