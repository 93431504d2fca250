//! Workers: one program, and four at once, on one PostgreSQL database, over sources that take their time.
//!
//! `CIRCULAR_TEST_POSTGRES=postgres://… cargo bench --bench workers` makes and drops two databases of
//! its own. 2,000 sources on loopback answer after 200 ms each; every source must be asked exactly once,
//! and every worker at least half of its share of them.
//! `CIRCULAR_PROGRAM` names another program than that of this build.

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Path as UrlPath, State},
    routing::get,
};
use sqlx::{AnyConnection, Connection as _, Executor as _};

const SOURCES: usize = 2_000;

type Asked = Arc<Mutex<BTreeMap<usize, usize>>>;

async fn feed(State(asked): State<Asked>, UrlPath(number): UrlPath<usize>) -> String {
    *asked.lock().unwrap().entry(number).or_default() += 1;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut text = String::from("<rss version=\"2.0\"><channel><title>F</title>");
    for entry in 0..5 {
        let word = (number * 5 + entry).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        text += &format!(
            "<item><guid>{number}-{entry}</guid><title>Body {number} adopts {word:x}</title><description>Measure {word:x} of {number}.</description></item>"
        );
    }
    text + "</channel></rss>"
}

fn configure(folder: &Path, port: u16) {
    let mut text = String::from(
        "[publication]\ntitle = \"W\"\naddress = \"A\"\ncontact = \"c@example.org\"\nbase_url = \"https://example.org\"\n\
         [fetch]\nallow_private = [\"127.0.0.1/32\"]\nper_host = 100\n\
         [[digest]]\nid = \"weekly\"\ntitle = \"W\"\nschedule = \"@weekly\"\n",
    );
    for number in 0..SOURCES {
        text += &format!(
            "[[source]]\nname = \"F {number}\"\nsection = \"S\"\nurl = \"http://127.0.0.1:{port}/{number}\"\n"
        );
    }
    fs::write(folder.join("feeds.toml"), text).unwrap();
}

fn fetch(folder: &Path, database: &str) -> Child {
    let program =
        env::var("CIRCULAR_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_circular").to_owned());
    Command::new(program)
        .current_dir(folder)
        .env_remove("CIRCULAR_CONFIG")
        .env("CIRCULAR_DATABASE", database)
        .args(["fetch", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// How many sources a worker asked, once it has ended well.
fn share(worker: Child) -> usize {
    let output = worker.wait_with_output().unwrap();
    assert!(output.status.success(), "a worker failed");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    usize::try_from(report["sources"]["due"].as_u64().unwrap()).unwrap()
}

async fn run(server: &str, statement: String) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(server).await.unwrap();
    connection
        .execute(sqlx::AssertSqlSafe(statement))
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[tokio::main]
async fn main() {
    let Ok(server) = env::var("CIRCULAR_TEST_POSTGRES") else {
        println!("CIRCULAR_TEST_POSTGRES names no server: nothing was measured");
        return;
    };
    let asked = Asked::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route("/{number}", get(feed))
        .with_state(Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), port);
    let mut seconds = Vec::new();
    for workers in [1, 4] {
        let name = format!("circular_workers_{}_{workers}", std::process::id());
        run(&server, format!("CREATE DATABASE {name}")).await;
        let mut database = url::Url::parse(&server).unwrap();
        database.set_path(&name);
        let database = database.to_string();
        asked.lock().unwrap().clear();
        let begun = Instant::now();
        let children: Vec<Child> = (0..workers)
            .map(|_| fetch(folder.path(), &database))
            .collect();
        let shares = tokio::task::spawn_blocking(|| children.into_iter().map(share).collect());
        let shares: Vec<usize> = shares.await.unwrap();
        let took = begun.elapsed().as_secs_f64();
        let counts = asked.lock().unwrap().clone();
        println!(
            "{workers} at once: {took:.1} s, {shares:?} sources asked, {} in all, each once: {}",
            counts.len(),
            counts.values().all(|n| *n == 1)
        );
        assert!(counts.len() == SOURCES && counts.values().all(|n| *n == 1));
        assert!(
            shares.iter().all(|share| share * workers * 2 >= SOURCES),
            "a worker had less than half of its share: {shares:?}"
        );
        seconds.push(took);
        run(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
    println!(
        "four are {:.2} times as fast as one",
        seconds[0] / seconds[1]
    );
}
