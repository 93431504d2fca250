//! A rehearsal: three days of the daemon in minutes, over both changes of the clock, killed at random.
//!
//! `cargo bench --bench rehearsal` runs the program itself on a clock that is hundreds of times as
//! fast, with 300 sources on loopback that publish as that clock goes, three digests and twenty
//! `kill -9`. It fails unless every edition appeared exactly once, nothing was told twice, every mail
//! was written, no source waited for long, and memory did not run away. `REHEARSAL_SPEED`,
//! `REHEARSAL_STRETCHES`, `CIRCULAR_PROGRAM` and `CIRCULAR_DATABASE` (an empty PostgreSQL database) are heeded.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Path as UrlPath, State},
    http::header,
    response::IntoResponse,
    routing::get,
};
use chrono::{DateTime, TimeDelta, Utc};
use circular::schedule::Schedule;

const SOURCES: usize = 300;
const KILLS: u32 = 20;
const DIGESTS: [(&str, &str); 3] = [
    ("nightly", "30 2 * * *"),
    ("twice", "0 7,19 * * *"),
    ("often", "15 */4 * * *"),
];
/// The two stretches: each a day and a half around a change of the clock in Amsterdam, from a little
/// after the last time of a schedule, so that the first round has ended before the next.
const STRETCHES: [&str; 2] = ["2026-03-28T11:30:00Z", "2026-10-24T10:30:00Z"];
const LENGTH: TimeDelta = TimeDelta::hours(36);
/// The longest that a source may wait for its pull; its interval is an hour.
const PATIENCE: TimeDelta = TimeDelta::hours(2);

/// The clock of the rehearsal, and when each source was asked.
struct Stage {
    speed: u32,
    from: Mutex<(DateTime<Utc>, Instant)>,
    asked: Mutex<BTreeMap<usize, Vec<DateTime<Utc>>>>,
}

impl Stage {
    fn now(&self) -> DateTime<Utc> {
        let (from, since) = *self.from.lock().unwrap();
        from + TimeDelta::from_std(since.elapsed() * self.speed).unwrap()
    }

    fn set(&self, time: DateTime<Utc>) {
        *self.from.lock().unwrap() = (time, Instant::now());
    }
}

/// A feed whose newest entry is as old as its rhythm has it.
async fn feed(
    State(stage): State<Arc<Stage>>,
    UrlPath(number): UrlPath<usize>,
) -> impl IntoResponse {
    let now = stage.now();
    stage
        .asked
        .lock()
        .unwrap()
        .entry(number)
        .or_default()
        .push(now);
    let rhythm = 3600 * (8 + i64::try_from(number % 10).unwrap());
    let last = now.timestamp() / rhythm;
    let mut text = String::from("<rss version=\"2.0\"><channel><title>F</title>");
    for entry in (last - 2..=last).rev() {
        let day = DateTime::from_timestamp(entry * rhythm, 0)
            .unwrap()
            .to_rfc2822();
        let word = format!(
            "{:x}",
            entry
                .cast_unsigned()
                .wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ (number as u64) << 7)
        );
        text.push_str(&format!(
            "<item><guid>g-{number}-{entry}</guid><link>http://127.0.0.1/{number}/{entry}</link>\
             <title>Council {number} adopts measure {word}</title><pubDate>{day}</pubDate>\
             <description>The {word} of body {number}: measure {entry} was adopted.</description></item>"
        ));
    }
    text.push_str("</channel></rss>");
    ([(header::CONTENT_TYPE, "application/rss+xml")], text)
}

fn configure(folder: &Path, port: u16) {
    let mut text = String::from(
        "[publication]\ntitle = \"Rehearsal\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
         base_url = \"https://example.org\"\ntimezone = \"Europe/Amsterdam\"\n\
         [fetch]\nallow_private = [\"127.0.0.1/32\"]\nper_host = 32\n",
    );
    // Each digest has readers of its own: one of several digests gets a story once.
    for (id, schedule) in DIGESTS {
        text += &format!(
            "[[digest]]\nid = \"{id}\"\ntitle = \"{id}\"\nschedule = \"{schedule}\"\nmax_items = 500\nmax_per_source = 500\n\
             recipients = [\"one-{id}@example.org\", \"two-{id}@example.org\"]\n"
        );
    }
    for number in 0..SOURCES {
        text += &format!(
            "[[source]]\nname = \"F {number}\"\nsection = \"S\"\nevery = \"1h\"\nurl = \"http://127.0.0.1:{port}/{number}\"\n"
        );
    }
    fs::write(folder.join("feeds.toml"), text).unwrap();
}

/// The program of this build, or another one that the environment names.
fn program() -> String {
    env::var("CIRCULAR_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_circular").to_owned())
}

struct Run {
    folder: PathBuf,
    stage: Arc<Stage>,
}

impl Run {
    fn start(&self) -> Child {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"))
            .unwrap();
        Command::new(program())
            .current_dir(&self.folder)
            .env_remove("CIRCULAR_CONFIG")
            .args([
                "--now",
                &self.stage.now().to_rfc3339(),
                "serve",
                "--listen",
                "127.0.0.1:0",
            ])
            .args(["--speed", &self.stage.speed.to_string()])
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap()
    }

    fn ask(&self, arguments: &[&str]) -> Vec<serde_json::Value> {
        let output = Command::new(program())
            .current_dir(&self.folder)
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

/// The stretches that are played: both, or the first alone with `REHEARSAL_STRETCHES=1`.
fn stretches() -> &'static [&'static str] {
    let first = env::var("REHEARSAL_STRETCHES").is_ok_and(|number| number == "1");
    if first { &STRETCHES[..1] } else { &STRETCHES }
}

#[tokio::main]
async fn main() {
    let speed = env::var("REHEARSAL_SPEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(600);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let stage = Arc::new(Stage {
        speed,
        from: Mutex::new((STRETCHES[0].parse().unwrap(), Instant::now())),
        asked: Mutex::default(),
    });
    let router = Router::new()
        .route("/{number}", get(feed))
        .with_state(Arc::clone(&stage));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), port);
    let run = Run {
        folder: folder.path().to_owned(),
        stage,
    };
    let done = tokio::task::spawn_blocking(move || play(&run))
        .await
        .unwrap();
    if !done {
        println!("kept for a look: {}", folder.keep().display());
        std::process::exit(1);
    }
}

/// Plays both stretches, and tells whether all went as it should.
fn play(run: &Run) -> bool {
    let mut memory = Vec::new();
    let mut chance = 0x2545_F491_4F6C_DD1D_u64 ^ u64::from(std::process::id());
    let mut kills = 0;
    let mut late = TimeDelta::zero();
    for (number, stretch) in stretches().iter().enumerate() {
        let begin: DateTime<Utc> = stretch.parse().unwrap();
        run.stage.set(begin);
        run.stage.asked.lock().unwrap().clear();
        let mut child = run.start();
        let share = LENGTH / i32::try_from(KILLS / 2).unwrap();
        let mut next = begin + share / 2;
        while run.stage.now() < begin + LENGTH {
            std::thread::sleep(Duration::from_millis(250));
            memory.extend(resident(&child));
            assert!(
                child.try_wait().unwrap().is_none(),
                "the daemon ended by itself; see {}",
                run.folder.join("log").display()
            );
            if run.stage.now() > next && kills < KILLS / 2 * (u32::try_from(number).unwrap() + 1) {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
                chance ^= chance << 13;
                chance ^= chance >> 7;
                chance ^= chance << 17;
                next += share * i32::try_from(80 + chance % 35).unwrap() / 100;
                child = run.start();
            }
        }
        let end = run.stage.now();
        Command::new("kill")
            .args(["-s", "TERM", &child.id().to_string()])
            .status()
            .unwrap();
        let begun = Instant::now();
        child.wait().unwrap();
        println!(
            "stretch {}: {kills} kills so far, ended in {:?}",
            number + 1,
            begun.elapsed()
        );
        for asked in run.stage.asked.lock().unwrap().values() {
            let times: Vec<_> = [begin].iter().chain(asked).chain([&end]).copied().collect();
            late = times
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .fold(late, TimeDelta::max);
        }
    }
    let mut well = editions(run);
    println!(
        "the longest wait of a source between two pulls: {} minutes",
        late.num_minutes()
    );
    well &= late <= PATIENCE;
    let quarter = |n: usize| {
        let part = &memory[memory.len() * n / 4..memory.len() * (n + 1) / 4];
        part.iter().sum::<u64>() / part.len().max(1) as u64
    };
    println!(
        "memory by quarter: {} {} {} {} KB",
        quarter(0),
        quarter(1),
        quarter(2),
        quarter(3)
    );
    // The goal is a tenth; what grows by half would not run for years.
    println!(
        "memory is {}",
        if quarter(3) * 10 <= quarter(1) * 11 {
            "flat"
        } else {
            "not flat"
        }
    );
    well &= quarter(3) * 2 <= quarter(1) * 3;
    println!("{}", if well { "all well" } else { "NOT WELL" });
    well
}

fn editions(run: &Run) -> bool {
    let mut well = true;
    let mut made = 0;
    for (digest, schedule) in DIGESTS {
        let schedule = Schedule::parse(schedule).unwrap();
        // One at the first start, one for all that was missed between the stretches, one a time.
        let mut wanted = stretches().len();
        for stretch in stretches() {
            let begin: DateTime<Utc> = stretch.parse().unwrap();
            wanted += schedule
                .upcoming(begin, chrono_tz::Europe::Amsterdam)
                .take_while(|time| *time < begin + LENGTH)
                .count();
        }
        let listed = run.ask(&["editions", "list", digest, "--limit", "1000"]);
        let ids: BTreeSet<String> = listed
            .iter()
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect();
        let mut told = BTreeSet::new();
        let mut stories = 0;
        for id in &ids {
            for section in run.ask(&["editions", "show", id])[0]["sections"]
                .as_array()
                .unwrap()
            {
                for story in section["stories"].as_array().unwrap() {
                    stories += 1;
                    told.insert(story["story"].as_str().unwrap().to_owned());
                }
            }
        }
        println!(
            "{digest}: {} editions of {wanted}, {stories} stories, {} different",
            ids.len(),
            told.len()
        );
        well &= ids.len() == wanted && listed.len() == wanted && told.len() == stories;
        made += ids.len();
    }
    let mails = run.ask(&["deliveries", "list", "--limit", "100000"]);
    let state = |state: &str| mails.iter().filter(|mail| mail["state"] == state).count();
    let (accepted, unsure) = (state("accepted"), state("unsure"));
    println!(
        "mails: {} of {}, {accepted} accepted, {unsure} in doubt",
        mails.len(),
        made * 2
    );
    well && mails.len() == made * 2 && accepted + unsure == mails.len()
}
