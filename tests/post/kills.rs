//! Kills at random moments: nobody is missing, and no more than one a connection comes twice.

use std::{
    collections::HashMap,
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use crate::{house::House, server::Script};

const MONDAY: &str = "2026-11-16T08:00:00Z";

/// A number of the environment, by which the slow check asks for more.
pub(crate) fn asked(name: &str, usual: usize) -> usize {
    let value = std::env::var(name).ok();
    value.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_nobody_and_double_at_most_one_a_connection() {
    let (readers, kills) = (asked("POST_READERS", 400), asked("POST_KILLS", 4));
    let script = Script::new(|verb, _| {
        if verb == "DOT" {
            // Slow enough that there is a moment to kill at.
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    });
    let house = House::new(&["nations-en.xml"], &script.mail("connections = 4")).await;
    let text = fs::read_to_string(house.path("feeds.toml")).unwrap();
    let addresses: Vec<String> = (0..readers)
        .map(|n| format!("\"r{n}@example.org\""))
        .collect();
    let text = text.replace(
        "\"one@example.org\", \"two@example.org\"",
        &addresses.join(", "),
    );
    fs::write(house.path("feeds.toml"), text).unwrap();
    house.run(MONDAY, &["deliveries", "pause"]).await;
    house.run(MONDAY, &["run"]).await;
    house.run(MONDAY, &["deliveries", "resume"]).await;
    let mut seed = 7_u64;
    for _ in 0..kills {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("circular"))
            .current_dir(house.path(""))
            .args(["--now", MONDAY, "deliveries", "send"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let before = script.seen().taken.len();
        while script.seen().taken.len() < before + 20 && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(seed >> 58));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let said = house.run(MONDAY, &["deliveries", "send", "--json"]).await;
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["queued"], 0, "{}", said.err);
    let mut got: HashMap<String, Vec<String>> = HashMap::new();
    for (to, message) in script.seen().taken {
        let (_, id) = message.split_once("Message-ID: ").unwrap();
        let id = id.split_once("\r\n").unwrap().0.to_owned();
        got.entry(to).or_default().push(id);
    }
    assert_eq!(got.len(), readers, "nobody is missing");
    let twice = got.values().filter(|ids| ids.len() > 1).count();
    println!("{readers} readers, {kills} kills: {twice} came twice");
    assert!(twice <= 4 * kills, "{twice} came twice");
    assert!(
        got.values().all(|ids| ids.len() <= 2),
        "and none more than that"
    );
    assert!(got.values().all(|ids| ids.iter().all(|id| *id == ids[0])));
}
