//! Several processes on one database: nobody gets a mail twice, and everybody gets it.

use std::{
    collections::{HashMap, HashSet},
    fs,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{house::House, kills::asked, server::Script};
use sqlx::{AnyConnection, Connection as _, Executor as _};

const MONDAY: &str = "2026-11-16T08:00:00Z";
/// When what a machine had in hand that died at that time is anybody's.
const LATER: &str = "2026-11-16T08:20:00Z";
const READERS: usize = 60;
const PROCESSES: usize = 3;

/// Several machines with mails that wait to be sent, each with a folder of its own for what is not in
/// the database.
struct Machines {
    script: Script,
    house: House,
}

impl Machines {
    /// `paths` is what is added to the configuration of each, with its number for `#`.
    async fn new(number: usize, readers: usize, paths: &str, mail: &str) -> Self {
        let script = Script::new(|verb, _| {
            if verb == "DOT" {
                std::thread::sleep(Duration::from_millis(20));
            }
            None
        });
        let house = House::new(&["nations-en.xml"], &script.mail(mail)).await;
        let text = fs::read_to_string(house.path("feeds.toml")).unwrap();
        let readers: Vec<String> = (0..readers)
            .map(|n| format!("\"r{n}@example.org\""))
            .collect();
        let text = text.replace(
            "\"one@example.org\", \"two@example.org\"",
            &readers.join(", "),
        );
        for number in 0..number {
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
        Self { script, house }
    }

    fn send(&self, number: usize, now: &str) -> Child {
        Command::new(assert_cmd::cargo::cargo_bin!("circular"))
            .current_dir(self.house.path(""))
            .args(["--now", now, "--config", &format!("feeds{number}.toml")])
            .args(["deliveries", "send"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// Has several processes send at once; returns who got a mail, in order.
async fn together(paths: &str, rates: &str) -> (Vec<String>, Duration) {
    let machines = Machines::new(PROCESSES, READERS, paths, rates).await;
    let begun = Instant::now();
    let children: Vec<_> = (0..PROCESSES).map(|n| machines.send(n, MONDAY)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let taken = machines.script.seen().taken;
    (
        taken.into_iter().map(|(to, _)| to).collect(),
        begun.elapsed(),
    )
}

/// A database of a server that the environment names, dropped by `end`.
struct Shared {
    server: String,
    name: String,
}

impl Shared {
    async fn make(what: &str) -> Option<Self> {
        let Ok(server) = std::env::var("CIRCULAR_TEST_POSTGRES") else {
            println!("CIRCULAR_TEST_POSTGRES is not set: nothing was shared");
            return None;
        };
        let name = format!("circular_{what}_{}", std::process::id());
        let shared = Self { server, name };
        shared.say(format!("CREATE DATABASE {}", shared.name)).await;
        Some(shared)
    }

    async fn say(&self, statement: String) {
        sqlx::any::install_default_drivers();
        let mut admin = AnyConnection::connect(&self.server).await.unwrap();
        let statement = sqlx::AssertSqlSafe(statement);
        admin.execute(statement).await.unwrap();
    }

    /// What is added to the configuration of each machine.
    fn paths(&self) -> String {
        let mut url = url::Url::parse(&self.server).unwrap();
        url.set_path(&self.name);
        format!("[paths]\ndata = \"data#\"\ndatabase = \"{url}\"\n")
    }

    async fn end(self) {
        self.say(format!("DROP DATABASE {} WITH (FORCE)", self.name))
            .await;
    }
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
    let Some(shared) = Shared::make("post").await else {
        return;
    };
    let (got, took) = together(&shared.paths(), "connections = 2\nrate = \"30/s\"").await;
    each_once(got);
    assert!(
        took > Duration::from_millis(1900),
        "60 at 30 a second: {took:?}"
    );
    shared.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_that_are_killed_lose_nobody() {
    const MACHINES: usize = 4;
    let Some(shared) = Shared::make("killed").await else {
        return;
    };
    let readers = asked("POST_READERS", 400);
    let apart = Duration::from_millis(asked("POST_APART", 700) as u64);
    let machines = Machines::new(MACHINES, readers, &shared.paths(), "connections = 1").await;
    let mut children: Vec<Child> = (0..MACHINES).map(|n| machines.send(n, MONDAY)).collect();
    let (mut seed, mut kills, mut next) = (7_u64, 0, Instant::now() + apart);
    while machines.script.seen().taken.len() < readers * 9 / 10 {
        assert!(kills < 1000, "it goes on for ever");
        std::thread::sleep(Duration::from_millis(20));
        if Instant::now() > next {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let number = usize::try_from(seed >> 40).unwrap() % MACHINES;
            children[number].kill().unwrap();
            children[number].wait().unwrap();
            children[number] = machines.send(number, MONDAY);
            kills += 1;
            next = Instant::now() + apart / 2 + apart * u32::try_from(seed >> 54).unwrap() / 1024;
        }
    }
    // The last one never comes back: what it had in hand is taken over by another.
    children[0].kill().unwrap();
    children[0].wait().unwrap();
    kills += 1;
    for child in &mut children[1..] {
        child.wait().unwrap();
    }
    for _ in 0..2 {
        assert!(machines.send(1, LATER).wait().unwrap().success());
    }
    let mut got: HashMap<String, Vec<String>> = HashMap::new();
    for (to, message) in machines.script.seen().taken {
        let (_, id) = message.split_once("Message-ID: ").unwrap();
        let (id, _) = id.split_once("\r\n").unwrap();
        got.entry(to).or_default().push(id.to_owned());
    }
    assert_eq!(got.len(), readers, "nobody is missing");
    let more: usize = got.values().map(|ids| ids.len() - 1).sum();
    println!("{readers} readers, {MACHINES} machines, {kills} kills: {more} came twice");
    assert!(more <= kills, "{more} came twice, after {kills} kills");
    for ids in got.values() {
        let different: HashSet<_> = ids.iter().collect();
        assert_eq!(different.len(), 1, "under one Message-ID");
    }
    shared.end().await;
}
