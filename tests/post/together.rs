//! Several processes on one database: nobody gets a mail twice, and everybody gets it.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use crate::{house::House, server::Script};
use sqlx::{AnyConnection, Connection as _, Executor as _};

const MONDAY: &str = "2026-11-16T08:00:00Z";
const READERS: usize = 60;
const PROCESSES: usize = 3;

/// Has several processes send at once, each with a folder of its own for what is not in the database;
/// returns who got a mail, in order.
async fn together(paths: &str, rates: &str) -> (Vec<String>, Duration) {
    let script = Script::new(|verb, _| {
        if verb == "DOT" {
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    });
    let house = House::new(&["nations-en.xml"], &script.mail(rates)).await;
    let text = fs::read_to_string(house.path("feeds.toml")).unwrap();
    let readers: Vec<String> = (0..READERS)
        .map(|n| format!("\"r{n}@example.org\""))
        .collect();
    let text = text.replace(
        "\"one@example.org\", \"two@example.org\"",
        &readers.join(", "),
    );
    for number in 0..PROCESSES {
        let own = paths.replace('#', &number.to_string());
        fs::write(
            house.path(&format!("feeds{number}.toml")),
            format!("{text}{own}"),
        )
        .unwrap();
    }
    let first = ["--config", "feeds0.toml"];
    for command in [
        &["deliveries", "pause"][..],
        &["run"],
        &["deliveries", "resume"],
    ] {
        let said = house.run(MONDAY, &[&first, command].concat()).await;
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let begun = std::time::Instant::now();
    let children: Vec<_> = (0..PROCESSES)
        .map(|number| {
            Command::new(assert_cmd::cargo::cargo_bin!("circular"))
                .current_dir(house.path(""))
                .args(["--now", MONDAY, "--config", &format!("feeds{number}.toml")])
                .args(["deliveries", "send"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let taken = script.seen().taken;
    (
        taken.into_iter().map(|(to, _)| to).collect(),
        begun.elapsed(),
    )
}

fn each_once(mut got: Vec<String>) {
    assert_eq!(got.len(), READERS);
    got.sort();
    got.dedup();
    assert_eq!(got.len(), READERS, "each got it once");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_is_sent_from_by_one_process_at_a_time() {
    let (got, _) = together("", "connections = 2").await;
    each_once(got);
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_that_share_a_server_share_the_work_and_the_rate() {
    let Ok(server) = std::env::var("CIRCULAR_TEST_POSTGRES") else {
        println!("CIRCULAR_TEST_POSTGRES is not set: nothing was shared");
        return;
    };
    sqlx::any::install_default_drivers();
    let name = format!("circular_post_{}", std::process::id());
    let mut admin = AnyConnection::connect(&server).await.unwrap();
    let statement = |text: String| sqlx::AssertSqlSafe(text);
    admin
        .execute(statement(format!("CREATE DATABASE {name}")))
        .await
        .unwrap();
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    let paths = format!("[paths]\ndata = \"data#\"\ndatabase = \"{url}\"\n");
    let (got, took) = together(&paths, "connections = 2\nrate = \"30/s\"").await;
    each_once(got);
    assert!(
        took > Duration::from_millis(1900),
        "60 at 30 a second: {took:?}"
    );
    admin
        .execute(statement(format!("DROP DATABASE {name} WITH (FORCE)")))
        .await
        .unwrap();
}
