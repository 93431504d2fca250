//! What waits for a person's word: a pause, an edition whose time is over, a database put back.

use std::fs;

use crate::{house::House, server::Script};
use serde_json::Value;

const MONDAY: &str = "2026-11-16T08:00:00Z";

async fn report(house: &House, now: &str, command: &[&str]) -> (Value, String, i32) {
    let arguments: Vec<&str> = command.iter().copied().chain(["--json"]).collect();
    let said = house.run(now, &arguments).await;
    let text = said.out.lines().last().unwrap_or("null");
    (serde_json::from_str(text).unwrap(), said.err, said.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_is_paused_and_goes_on() {
    let script = Script::new(|_, _| None);
    let house = House::new(&["nations-en.xml"], &script.mail("")).await;
    house
        .run(MONDAY, &["deliveries", "pause", "the relay moves"])
        .await;
    let (first, err, code) = report(&house, MONDAY, &["run"]).await;
    assert_eq!(first["deliveries"]["queued"], 2);
    assert!(
        err.contains("paused since 2026-11-16 09:00 CET (the relay moves)"),
        "{err}"
    );
    assert_eq!(code, 0, "it is as it was wanted");
    house.run(MONDAY, &["deliveries", "resume"]).await;
    let (then, _, _) = report(&house, MONDAY, &["deliveries", "send"]).await;
    assert_eq!(then["accepted"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_whose_time_is_over_waits_for_a_word() {
    let script = Script::new(|_, _| None);
    let house = House::new(&["nations-en.xml"], &script.mail("")).await;
    house.run(MONDAY, &["deliveries", "pause"]).await;
    house.run(MONDAY, &["run"]).await;
    house.run(MONDAY, &["deliveries", "resume"]).await;
    let late = "2026-11-25T08:00:00Z";
    let (held, err, code) = report(&house, late, &["deliveries", "send"]).await;
    assert_eq!(
        (held["accepted"].as_u64(), held["queued"].as_u64()),
        (Some(0), Some(2))
    );
    assert_eq!(code, 1);
    assert!(
        err.contains("2 mails of `weekly-2026-11-16` wait for your word"),
        "{err}"
    );
    assert!(
        err.contains("circular deliveries release weekly-2026-11-16"),
        "{err}"
    );
    let said = house
        .run(late, &["deliveries", "release", "weekly-2026-11-16"])
        .await;
    assert_eq!(said.code, 0, "{}", said.err);
    let (sent, _, code) = report(&house, late, &["deliveries", "send"]).await;
    assert_eq!((sent["accepted"].as_u64(), code), (Some(2), 0));
    let again = house
        .run(late, &["deliveries", "release", "weekly-2026-11-16"])
        .await;
    assert_eq!(again.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_put_back_from_a_copy_sends_nothing_twice() {
    for same_folder in [true, false] {
        let script = Script::new(|_, _| None);
        let house = House::new(&["nations-en.xml"], &script.mail("")).await;
        house.run(MONDAY, &["deliveries", "pause"]).await;
        house.run(MONDAY, &["run"]).await;
        house.run(MONDAY, &["deliveries", "resume"]).await;
        let said = house.run(MONDAY, &["backup", "copy.db"]).await;
        assert_eq!(said.code, 0, "{}", said.err);
        report(&house, MONDAY, &["deliveries", "send"]).await;
        assert_eq!(script.seen().taken.len(), 2);
        // The disk dies; the copy of this morning is put back.
        if same_folder {
            for end in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(house.path(&format!("data/circular.db{end}")));
            }
        } else {
            fs::remove_dir_all(house.path("data")).unwrap();
            fs::create_dir(house.path("data")).unwrap();
        }
        fs::copy(house.path("copy.db"), house.path("data/circular.db")).unwrap();
        let (held, err, code) = report(&house, MONDAY, &["deliveries", "send"]).await;
        assert_eq!(held["queued"], 2, "{err}");
        assert_eq!(code, 1);
        assert!(err.contains("put back from a copy"), "{err}");
        assert_eq!(script.seen().taken.len(), 2);
        let said = house
            .run(MONDAY, &["deliveries", "withdraw", "weekly-2026-11-16"])
            .await;
        assert!(
            said.out
                .contains("2 mails of weekly-2026-11-16 will never be sent")
        );
        let (after, err, code) = report(&house, MONDAY, &["deliveries", "send"]).await;
        assert_eq!((after["queued"].as_u64(), code), (Some(0), 0), "{err}");
        // The next edition goes out as ever.
        house.press.turn();
        let (next, err, _) = report(&house, "2026-11-23T08:00:00Z", &["run"]).await;
        assert_eq!(next["deliveries"]["accepted"], 2, "{err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_how_it_fares_hears_of_a_server_that_takes_nothing() {
    // Nobody listens on the port.
    let house = House::new(
        &["nations-en.xml"],
        "[mail]\nserver = \"smtp+plaintext://127.0.0.1:9\"\ntimeout = \"1s\"",
    )
    .await;
    house.run(MONDAY, &["run"]).await;
    let soon = house.run(MONDAY, &["health"]).await;
    assert_eq!(
        soon.code, 0,
        "a server may be away for a while: {}",
        soon.err
    );
    let (later, _, code) = report(&house, "2026-11-16T08:30:00Z", &["health"]).await;
    assert_eq!(code, 1);
    let attention = later["attention"].to_string();
    assert!(
        attention.contains("mails wait to be sent (2 of them): no mail was sent: `127.0.0.1:9`"),
        "{attention}"
    );
    assert!(later["oldest_queued"].is_string(), "{later}");
    // Once they went out, all is well.
    let script = Script::new(|_, _| None);
    let text = fs::read_to_string(house.path("feeds.toml")).unwrap();
    let text = text.replace("127.0.0.1:9\"", &format!("127.0.0.1:{}\"", script.port));
    fs::write(house.path("feeds.toml"), text).unwrap();
    house
        .run("2026-11-16T09:30:00Z", &["deliveries", "send"])
        .await;
    assert_eq!(script.seen().taken.len(), 2);
    let well = house.run("2026-11-16T09:30:00Z", &["health"]).await;
    assert_eq!(well.code, 0, "{}", well.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_copy_is_of_the_last_edition_where_nothing_waits() {
    let script = Script::new(|_, _| None);
    let house = House::new(&["nations-en.xml"], &script.mail("")).await;
    let copy = ["send", "weekly", "--to", "me@example.org"];
    let nothing = house.run(MONDAY, &copy).await;
    assert!(
        nothing.out.contains("`circular fetch` pulls"),
        "{}",
        nothing.out
    );
    house.run(MONDAY, &["run"]).await;
    // What did not fit waits for the next one, until nothing does.
    while !house
        .run(MONDAY, &["send", "weekly"])
        .await
        .out
        .contains("nothing waits")
    {}
    let before = script.seen().taken.len();
    let said = house.run(MONDAY, &copy).await;
    assert!(said.out.contains("went to me@example.org"), "{}", said.out);
    let taken = script.seen().taken;
    assert_eq!(taken.len(), before + 1);
    assert_eq!(taken[before].0, "me@example.org");
}
