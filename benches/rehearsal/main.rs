//! A rehearsal: the daemon at work on a clock that runs fast, or for hours in real time, killed at random.
//!
//! `cargo bench --bench rehearsal` runs the program itself on a clock that is hundreds of times as
//! fast, three days over both changes of the clock in minutes, with 300 sources on loopback that
//! publish as that clock goes, three digests and twenty `kill -9`. `REHEARSAL_SPEED`,
//! `REHEARSAL_STRETCHES` (1 plays the first alone) and `REHEARSAL_KILLS` (0 leaves it alone) are heeded.
//!
//! With `REHEARSAL_HOURS=2` the clock is the system's: digests every few minutes to 400 readers each
//! (`REHEARSAL_READERS`) over a mail server that takes its time, and a `kill -9` every 20 to 60 seconds,
//! where it can be in the midst of a sending. `REHEARSAL_WORKERS` daemons in folders of their own share the
//! PostgreSQL database of `CIRCULAR_DATABASE`, which has to be empty.
//!
//! It fails unless every edition appeared exactly once, nothing was told twice, every reader has every
//! mail, those of a kill at most twice, no source waited for long, memory did not run away and nothing
//! unforeseen was logged. `CIRCULAR_PROGRAM` names another program than that of this build.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use chrono::TimeDelta;

use crate::{plan::Plan, post::Post, sources::Stage};

mod outcome;
mod plan;
mod post;
mod sources;

/// A process is young until then, and its memory is not looked at.
const YOUNG: Duration = Duration::from_secs(15);

/// The program of this build, or another one that the environment names.
fn program() -> String {
    env::var("CIRCULAR_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_circular").to_owned())
}

struct Run {
    /// A folder for each worker.
    folders: Vec<PathBuf>,
    stage: Arc<Stage>,
    post: Option<Arc<Post>>,
}

struct Worker {
    child: Child,
    begun: Instant,
}

impl Run {
    fn start(&self, worker: usize) -> Worker {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folders[worker].join("log"))
            .unwrap();
        let mut command = Command::new(program());
        command
            .current_dir(&self.folders[worker])
            .env_remove("CIRCULAR_CONFIG")
            // As in docs/deploy/circular.service: glibc's pools would seem to grow for hours.
            .env("MALLOC_ARENA_MAX", "3")
            .env("MALLOC_TRIM_THRESHOLD_", "131072")
            .env("MALLOC_MMAP_THRESHOLD_", "131072")
            .stderr(Stdio::from(log));
        if self.stage.plan.speed.is_some() {
            command.args(["--now", &self.stage.now().to_rfc3339()]);
        }
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        if let Some(speed) = self.stage.plan.speed {
            command.args(["--speed", &speed.to_string()]);
        }
        Worker {
            child: command.spawn().unwrap(),
            begun: Instant::now(),
        }
    }

    fn ask(&self, arguments: &[&str]) -> Vec<serde_json::Value> {
        let output = Command::new(program())
            .current_dir(&self.folders[0])
            .env_remove("CIRCULAR_CONFIG")
            .arg("--json")
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

fn resident(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[tokio::main]
async fn main() {
    let plan = Plan::read();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (post, mail) = plan.speed.is_none().then(Post::open).unzip();
    let folder = tempfile::tempdir().unwrap();
    let folders: Vec<PathBuf> = (0..plan.workers)
        .map(|worker| folder.path().join(worker.to_string()))
        .collect();
    for folder in &folders {
        fs::create_dir(folder).unwrap();
        sources::configure(&plan, folder, port, mail);
    }
    println!(
        "from {} to {}",
        plan.stretches[0].0,
        plan.stretches.last().unwrap().1
    );
    let stage = Arc::new(Stage::new(plan));
    let router = Router::new()
        .route("/{number}", get(sources::feed))
        .with_state(Arc::clone(&stage));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let run = Run {
        folders,
        stage,
        post,
    };
    let done = tokio::task::spawn_blocking(move || play(&run))
        .await
        .unwrap();
    if !done {
        println!("kept for a look: {}", folder.keep().display());
        std::process::exit(1);
    }
}

/// What was seen while it ran.
#[derive(Default)]
struct Seen {
    /// KB of each grown process at each look.
    memory: Vec<u64>,
    kills: usize,
    /// Those that came while mails were on their way.
    hits: usize,
    /// Daemons that ended by themselves.
    fallen: usize,
    /// The longest that a source waited.
    late: TimeDelta,
}

/// Plays every stretch, and tells whether all went as it should.
fn play(run: &Run) -> bool {
    let mut chance = 0x2545_F491_4F6C_DD1D_u64 ^ u64::from(std::process::id());
    let mut random = || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance >> 8
    };
    let mut seen = Seen::default();
    let (stage, plan) = (&run.stage, &run.stage.plan);
    let young = plan.speed.map_or(YOUNG, |_| Duration::ZERO);
    for (number, stretch) in plan.stretches.iter().enumerate() {
        stage.set(stretch.0);
        stage.asked.lock().unwrap().clear();
        let mut workers: Vec<Worker> = (0..plan.workers).map(|n| run.start(n)).collect();
        let mut last = None;
        let mut next = plan.next_kill(*stretch, last, random());
        while stage.now() < stretch.1 {
            std::thread::sleep(Duration::from_millis(250));
            for (number, worker) in workers.iter_mut().enumerate() {
                // The last ones live longer than all before them, and grow on in their first minutes.
                if worker.begun.elapsed() >= young && !plan.is_calm(stage.now(), stretch.1) {
                    seen.memory.extend(resident(&worker.child));
                }
                if let Some(status) = worker.child.try_wait().unwrap() {
                    println!("{}: daemon {number} ended by itself: {status}", stage.now());
                    seen.fallen += 1;
                    *worker = run.start(number);
                }
            }
            let now = stage.now();
            let busy = run.post.as_ref().is_some_and(|post| post.is_busy());
            let aimed = next.is_some() && busy && plan.aims(last, now) && random() % 8 == 0;
            if aimed || next.is_some_and(|next| now > next) {
                let number = usize::try_from(random()).unwrap() % workers.len();
                workers[number].child.kill().unwrap();
                workers[number].child.wait().unwrap();
                seen.kills += 1;
                seen.hits += usize::from(busy);
                last = if plan.speed.is_some() {
                    next
                } else {
                    Some(now)
                };
                next = plan.next_kill(*stretch, last, random());
                workers[number] = run.start(number);
            }
        }
        let end = stage.now();
        for worker in &workers {
            Command::new("kill")
                .args(["-s", "TERM", &worker.child.id().to_string()])
                .status()
                .unwrap();
        }
        let begun = Instant::now();
        for worker in &mut workers {
            worker.child.wait().unwrap();
        }
        println!(
            "stretch {}: {} kills so far, {} amid mails, ended in {:?}",
            number + 1,
            seen.kills,
            seen.hits,
            begun.elapsed()
        );
        let asked = stage.asked.lock().unwrap();
        for number in 0..plan.sources {
            let asked = asked.get(&number).into_iter().flatten();
            let times: Vec<_> = [&stretch.0]
                .into_iter()
                .chain(asked)
                .chain([&end])
                .collect();
            let waits = times.windows(2).map(|pair| *pair[1] - *pair[0]);
            seen.late = waits.fold(seen.late, TimeDelta::max);
        }
    }
    outcome::is_good(run, &seen)
}
