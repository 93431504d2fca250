//! From the start to the end: one at a time, reloaded while running, ended in time.

use std::{
    fs,
    net::TcpListener,
    os::unix::net::UnixDatagram,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_in_time_although_a_source_hangs() {
    let house = House::new().await;
    // It takes connections and says nothing, ever.
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    house.write(&format!(
        "[[source]]\nname = \"Hole\"\nsection = \"S\"\nurl = \"http://{}/feed\"\n",
        hole.local_addr().unwrap()
    ));
    let mut daemon = house.serve(&[]);
    let _open = hole.accept().unwrap();
    daemon.signal("TERM");
    let (took, well) = daemon.end();
    assert!(
        well && took < Duration::from_secs(20),
        "{took:?} {}",
        daemon.log()
    );

    // What was read meanwhile is stored, and what was not is given back.
    let mut daemon = house.serve(&[]);
    let _open = hole.accept().unwrap();
    daemon.get_until("/metrics", "circular_pulls_total{outcome=\"ok\"}");
    daemon.signal("TERM");
    assert!(daemon.end().1);
    let (_, listed, _) = house.call(&["--json", "items", "list"]);
    assert!(listed.lines().count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_one_ends_at_once_and_lets_the_next_one_in() {
    let house = House::new().await;
    let mut daemon = house.serve(&[]);
    daemon.get_until("/weekly/weekly-2026-11-16/", "HTTP/1.1 200");
    let (code, _, said) = house.call(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 1);
    let who = format!(
        "is served already by process {} since 2026-11-16 08:00:00 UTC; stop that one first",
        daemon.id()
    );
    assert!(said.contains(&who), "{said}");
    // One-shot commands work beside it.
    assert_eq!(house.call(&["fetch"]).0, 0);
    assert_eq!(house.call(&["backup", "copy.db"]).0, 0);
    daemon.signal("TERM");
    let (took, well) = daemon.end();
    assert!(
        well && took < Duration::from_secs(3),
        "{took:?} {}",
        daemon.log()
    );
    let mut next = house.serve(&[]);
    next.signal("INT");
    assert!(next.end().1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_taken_over_and_a_broken_one_is_not() {
    let house = House::new().await;
    let daemon = house.serve(&[]);
    daemon.get_until("/status", ">Weekly<");
    let digest = "[[digest]]\nid = \"daily\"\ntitle = \"Daily news\"\nschedule = \"0 7 * * *\"\n";
    house.write(digest);
    daemon.signal("HUP");
    daemon.get_until("/status", "Daily news");

    house.write(&format!("{digest}[serve]\nproxy = []\n"));
    daemon.signal("HUP");
    daemon.get_until("/metrics", "circular_configuration_broken 1\n");
    assert!(
        daemon.get("/status").contains("Daily news"),
        "what was in force stays"
    );
    let log = daemon.log();
    assert!(
        log.contains(
            "the configuration on the disk is broken, the one in force stays: feeds.toml:"
        ) && log.contains("[serve] has no key `proxy`"),
        "{log}"
    );
    assert!(
        daemon
            .get("/health")
            .contains("goes on with the configuration of before")
    );

    // Without a signal, once the file rests; an area's file counts as well as feeds.toml.
    house.write(digest);
    daemon.get_until("/metrics", "circular_configuration_broken 0\n");
    let areas = include_str!("../../areas.toml");
    fs::write(house.path("areas.toml"), format!("{areas}\n[broken")).unwrap();
    daemon.get_until("/metrics", "circular_configuration_broken 1\n");
    fs::write(house.path("areas.toml"), areas).unwrap();
    daemon.get_until("/metrics", "circular_configuration_broken 0\n");
    let (code, _, said) = house.call(&["health"]);
    assert_eq!((code, said.as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_manager_hears_of_it() {
    let house = House::new().await;
    let socket = house.path("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let hear = || {
        let mut bytes = [0; 64];
        let length = manager.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let mut command = house.command(&["serve", "--listen", "127.0.0.1:0"]);
    command
        .env("NOTIFY_SOCKET", &socket)
        .env("WATCHDOG_USEC", "400000");
    let begun = Instant::now();
    let mut daemon = house.start(command);
    assert_eq!(hear(), "READY=1");
    assert_eq!(hear(), "WATCHDOG=1");
    assert_eq!(hear(), "WATCHDOG=1");
    assert!(begun.elapsed() > Duration::from_millis(400));
    daemon.signal("TERM");
    while hear() != "STOPPING=1" {}
    assert!(daemon.end().1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_stops_nothing() {
    let house = House::new().await;
    house.write("[[source]]\nname = \"Away\"\nsection = \"S\"\nurl = \"http://127.0.0.1:1/\"\n");
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut child = house
        .command(&["serve", "--listen", &free.to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The reader hangs up before a word is written.
    drop(child.stderr.take());
    let begun = Instant::now();
    let page = house.path("public/weekly/weekly-2026-11-16/index.html");
    while !page.is_file() {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        assert!(begun.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_for_machines_is_an_object_a_line_and_names_no_reader() {
    let house = House::new().await;
    house.write("[[source]]\nname = \"Away\"\nsection = \"S\"\nurl = \"http://127.0.0.1:1/\"\n");
    let mut daemon = house.serve(&["--log", "json"]);
    daemon.get_until("/metrics", "circular_deliveries{state=\"accepted\"} 1");
    daemon.signal("TERM");
    daemon.end();
    std::thread::sleep(Duration::from_millis(50));
    let log = daemon.log();
    assert!(log.contains("\"source\":\"away\""), "{log}");
    assert!(!log.contains("reader@example.org"), "{log}");
    for line in log.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(
            value["timestamp"].is_string() && value["level"].is_string(),
            "{line}"
        );
    }
    let failures = log.lines().filter(|line| line.contains("\"away\"")).count();
    assert_eq!(failures, 1, "one line a failure: {log}");
}
