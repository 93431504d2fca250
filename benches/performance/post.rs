//! The post: making one reader's message, and sending them to Postfix's smtp-sink beside its
//! smtp-source, which personalises nothing and knows no database; over a round trip of 20 ms beside
//! the conversation of lettre's pool. Each sending runs in a process of its own.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::table::median;
use chrono::{DateTime, Utc};
use circular::{
    cli,
    deliver::{KeyKind, Letter, List, Recipient, Template, make_key},
    issue,
    model::{
        Delivery, DeliveryId, DeliveryState, DigestId, Dkim, Edition, EditionId, EditionState,
        EditionStory, ItemId, Kind, Language, Section, SectionHead, SourceId, StoryId,
        TOKEN_PLACEHOLDER,
    },
    pipeline::Works,
    time::Clock,
};
use lettre::transport::smtp::{client::AsyncSmtpConnection, extension::ClientId};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const SINK: u16 = 25_925;
const STORIES: usize = 41;
const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz234567";

/// A letter of a digest.
pub(crate) fn letter<'a>(html: &'a str, text: &'a str) -> Letter<'a> {
    Letter {
        from_name: "Library Policy Circular",
        from_address: "circular@example.org",
        reply_to: None,
        subject: "Library policy this week",
        html,
        text,
        date: DateTime::UNIX_EPOCH,
        language: Language::En,
        list: List {
            id: "weekly.example.org".to_owned(),
            title: "Weekly".to_owned(),
            archive: "https://example.org/".to_owned(),
            help: "mailto:help@example.org".to_owned(),
            unsubscribe: Some(format!("https://example.org/u/{TOKEN_PLACEHOLDER}")),
            feedback: "a:b:c:d".to_owned(),
        },
        name: "weekly-2026-11-16",
    }
}

/// Microseconds for one reader's message out of a letter of some 60 KB: without a signature, and signed
/// by Ed25519.
pub(crate) fn making() -> anyhow::Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let key = |kind: KeyKind| -> anyhow::Result<Dkim> {
        let file = folder.path().join(kind.as_str());
        make_key(kind, &file)?;
        Ok(Dkim {
            domain: "example.org".to_owned(),
            selector: "s".to_owned(),
            key: fs::read_to_string(file)?,
        })
    };
    let part = |size: usize| {
        let mut text = String::new();
        while text.len() < size {
            text.push_str("<p style=\"margin:0\">Libraries ask the committee for more; <b>Zürich</b> answers.</p>\n");
        }
        format!("{text}https://circular.example.org/unsubscribe/{TOKEN_PLACEHOLDER}\n")
    };
    let (html, text) = (part(44_000), part(9_000));
    let letter = letter(&html, &text);
    let ed25519 = key(KeyKind::Ed25519)?;
    let time = |keys: &[Dkim], rounds: u32| -> anyhow::Result<f64> {
        let template = Template::new(&letter, keys)?;
        let begun = Instant::now();
        for number in 0..rounds {
            let address = format!("reader{number}@example.org");
            let message = template.message(&Recipient {
                address: &address,
                name: Some("Ada Reader"),
                token: TOKEN,
                message_id: "weekly-2026-11-16.0123456789abcdef@example.org",
                envelope_from: "bounces+b0123456789abcdef01230123456789abcdef@example.org",
                unsubscribe_mail: Some("mailto:bounces+u0123456789abcdef01230123456789abcdef@example.org?subject=unsubscribe%20weekly"),
            })?;
            std::hint::black_box(message);
        }
        Ok((begun.elapsed() / rounds).as_secs_f64() * 1e6)
    };
    Ok((time(&[], 20_000)?, time(&[ed25519], 10_000)?))
}

/// Microseconds for lettre's own builder to make and format the same message.
pub(crate) fn built_by_lettre() -> anyhow::Result<f64> {
    use lettre::message::{Mailbox, Message, MultiPart};
    const ROUNDS: u32 = 500;
    let (html, text) = (
        "<p>a line of a letter</p>\n".repeat(1_700),
        "a line of a letter\n".repeat(480),
    );
    let from: Mailbox = "Circular <c@example.org>".parse()?;
    let to: Mailbox = "Ada Reader <reader@example.org>".parse()?;
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        let message = Message::builder()
            .from(from.clone())
            .to(to.clone())
            .subject("Library policy this week")
            .multipart(MultiPart::alternative_plain_html(
                text.clone(),
                html.clone(),
            ))?;
        std::hint::black_box(message.formatted());
    }
    Ok((begun.elapsed() / ROUNDS).as_secs_f64() * 1e6)
}

/// A server that takes everything and keeps nothing.
struct Sink(Child);

impl Sink {
    fn open(connections: usize) -> anyhow::Result<Self> {
        let sink = Command::new("smtp-sink")
            .args(["-u", "nobody", "-m", &(connections + 8).to_string()])
            .arg(format!("127.0.0.1:{SINK}"))
            .arg("1000")
            .stderr(Stdio::null())
            .spawn()?;
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", SINK)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self(sink))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What sending came to.
pub(crate) struct Sending {
    /// Messages a second, smtp-source's and ours.
    pub(crate) theirs: f64,
    pub(crate) ours: f64,
    /// Microseconds of our CPU a message.
    pub(crate) cpu: f64,
    /// The most memory, in MB.
    pub(crate) memory: u64,
}

/// Whether Postfix's tools are here.
pub(crate) fn has_postfix() -> bool {
    Command::new("smtp-sink").arg("-h").output().is_ok()
}

/// Sends so many messages over so many connections, three times, both ways; the medians.
pub(crate) fn sending(readers: usize, connections: usize) -> anyhow::Result<Sending> {
    let mut theirs = Vec::new();
    let mut ours = Vec::new();
    let (mut cpus, mut most) = (Vec::new(), 0);
    for _ in 0..3 {
        let sink = Sink::open(connections)?;
        let begun = Instant::now();
        let done = Command::new("smtp-source")
            .args(["-s", &connections.to_string(), "-m", &readers.to_string()])
            .args(["-l", "60000", "-f", "a@example.org", "-t", "b@example.org"])
            // As we do: many messages on one connection.
            .arg("-d")
            .arg(format!("127.0.0.1:{SINK}"))
            .status()?;
        anyhow::ensure!(done.success(), "smtp-source failed");
        theirs.push(rate(readers, begun.elapsed()));
        drop(sink);
        let _sink = Sink::open(connections)?;
        let (wall, cpu, memory) = sent(readers, connections, SINK)?;
        ours.push(rate(readers, wall));
        cpus.push(cpu.as_secs_f64() * 1e6 / f64::from(u32::try_from(readers)?));
        most = most.max(memory);
    }
    Ok(Sending {
        theirs: median(theirs),
        ours: median(ours),
        cpu: median(cpus),
        memory: most,
    })
}

/// CPU in microseconds a message and memory in MB of one run.
pub(crate) fn queue_of(readers: usize) -> anyhow::Result<(f64, u64)> {
    let _sink = Sink::open(4)?;
    let (_, cpu, memory) = sent(readers, 4, SINK)?;
    Ok((
        cpu.as_secs_f64() * 1e6 / f64::from(u32::try_from(readers)?),
        memory,
    ))
}

fn rate(readers: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(readers).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

/// Queues an edition for so many readers, and has a process of its own send it; wall, CPU, megabytes.
fn sent(
    readers: usize,
    connections: usize,
    port: u16,
) -> anyhow::Result<(Duration, Duration, u64)> {
    let folder = tempfile::tempdir()?;
    let settings = format!(
        "[publication]\ntitle = \"Circular\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
         base_url = \"https://circular.example.org\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n\
         [mail]\nfrom = \"Circular <c@example.org>\"\nserver = \"smtp+plaintext://127.0.0.1:{port}\"\n\
         bounces = \"bounces@example.org\"\nconnections = {connections}\n\
         dkim = {{ domain = \"example.org\", selector = \"s\", key_file = \"key\" }}\n\
         [[digest]]\nid = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 7 * * MON\"\n"
    );
    fs::write(folder.path().join("feeds.toml"), settings)?;
    make_key(KeyKind::Ed25519, &folder.path().join("key"))?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(queue(folder.path(), readers))?;
    drop(runtime);
    let output = Command::new(std::env::current_exe()?)
        .arg("send")
        .arg(folder.path())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let mut words = text.split_whitespace();
    let mut number = || -> anyhow::Result<u64> {
        let word = words.next().unwrap_or_default();
        word.parse()
            .map_err(|_| anyhow::anyhow!("{text}{}", String::from_utf8_lossy(&output.stderr)))
    };
    let (wall, cpu, memory, accepted) = (number()?, number()?, number()?, number()?);
    anyhow::ensure!(
        accepted == readers as u64,
        "{accepted} of {readers} were accepted"
    );
    Ok((
        Duration::from_micros(wall),
        Duration::from_micros(cpu),
        memory,
    ))
}

/// The process that sends what is queued: prints wall and CPU in microseconds, megabytes, and how many were accepted.
pub(crate) fn send(folder: &Path) -> anyhow::Result<()> {
    circular::fetch::install_crypto();
    let runtime = tokio::runtime::Runtime::new()?;
    let report = runtime.block_on(async {
        let works = works(folder).await?;
        let (begun, before) = (Instant::now(), cpu());
        let report = issue::deliver(&works).await?;
        anyhow::Ok((begun.elapsed(), cpu().saturating_sub(before), report))
    })?;
    let (wall, cpu, report) = report;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok())
        .unwrap_or_default();
    for problem in &report.problems {
        eprintln!("{problem}");
    }
    println!(
        "{} {} {} {}",
        wall.as_micros(),
        cpu.as_micros(),
        memory / 1000,
        report.accepted
    );
    Ok(())
}

/// The CPU time of this process so far, in ticks of 10 ms as the kernel counts them.
fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|word| word.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

pub(crate) async fn works(folder: &Path) -> anyhow::Result<Works> {
    let loaded = cli::load(&folder.join("feeds.toml"));
    let settings = loaded
        .settings
        .ok_or_else(|| anyhow::anyhow!("{:?}", loaded.problems))?;
    Works::open(settings, Clock::system()).await
}

async fn queue(folder: &Path, readers: usize) -> anyhow::Result<()> {
    circular::fetch::install_crypto();
    let works = works(folder).await?;
    let now = works.clock.now();
    let digest = DigestId::new("weekly");
    let addresses: Vec<String> = (0..readers)
        .map(|n| format!("reader{n}@example.org"))
        .collect();
    let people = works
        .store
        .sync_recipients(&digest, &addresses, now)
        .await?;
    let edition = edition(digest, now);
    let deliveries: Vec<Delivery> = people
        .into_iter()
        .enumerate()
        .map(|(number, reader)| Delivery {
            id: DeliveryId::new(format!("{number:020}")),
            edition: edition.id.clone(),
            message_id: format!("{}.{number:016}@example.org", edition.id),
            subscriber: reader.id,
            address: reader.address,
            token: reader.token,
            state: DeliveryState::Queued,
            attempts: 0,
            next_attempt: now,
            reply: None,
        })
        .collect();
    works.store.freeze(&edition, &deliveries, None).await?;
    works.store.close().await;
    Ok(())
}

/// An edition whose mail has some 60 KB.
pub(crate) fn edition(digest: DigestId, now: DateTime<Utc>) -> Edition {
    let story = |number: usize| EditionStory {
        story: StoryId::new(format!("story-{number}")),
        item: ItemId::new(format!("item-{number}")),
        title: format!("Libraries ask the committee for exceptions, number {number}"),
        url: format!("https://source.example.org/news/{number}"),
        summary: "The standing committee meets again and hears what libraries ask for. ".repeat(4),
        note: String::new(),
        source: SourceId::new("source"),
        source_name: "The source".to_owned(),
        section: "Section".to_owned(),
        language: None,
        kind: Kind::News,
        date: now,
        dates: Vec::new(),
        areas: Vec::new(),
        also: Vec::new(),
        updated: false,
        score: 1.0,
        why: String::new(),
    };
    Edition {
        id: EditionId::new("weekly-2026-11-16"),
        digest,
        title: "Weekly".to_owned(),
        subject: "Library policy this week".to_owned(),
        language: Language::En,
        state: EditionState::Sent,
        date: now.date_naive(),
        from: now - chrono::TimeDelta::days(7),
        to: now,
        intro: String::new(),
        subject_by_hand: false,
        sections: vec![Section {
            head: SectionHead::Other,
            stories: (0..STORIES).map(story).collect(),
        }],
        left_out: Vec::new(),
        missing: Vec::new(),
    }
}

/// The same over a round trip of 20 ms, beside what lettre's pool says for each message: NOOP, MAIL,
/// RCPT, DATA, and the message in two writes. Messages a second, theirs and ours.
pub(crate) fn over_a_distance() -> anyhow::Result<(f64, f64)> {
    const MESSAGES: usize = 200;
    let _sink = Sink::open(8)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let port = runtime.block_on(far_away())?;
    let theirs = runtime.block_on(async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let hello = ClientId::default();
        let mut smtp =
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await?;
        let message = "Subject: x\r\n\r\n".to_owned() + &"a line of text\r\n".repeat(3750);
        let envelope = lettre::address::Envelope::new(
            Some("a@example.org".parse()?),
            vec!["b@example.org".parse()?],
        )?;
        let begun = Instant::now();
        for _ in 0..MESSAGES / 4 {
            anyhow::ensure!(smtp.test_connected().await, "the connection is lost");
            smtp.send(&envelope, message.as_bytes()).await?;
        }
        Ok(rate(MESSAGES / 4, begun.elapsed()))
    })?;
    let (wall, _, _) = sent(MESSAGES, 1, port)?;
    let ours = rate(MESSAGES, wall);
    Ok((theirs, ours))
}

/// A way to the sink that takes 10 ms in each direction.
async fn far_away() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let Ok(far) = TcpStream::connect(("127.0.0.1", SINK)).await else {
                return;
            };
            let _ = (near.set_nodelay(true), far.set_nodelay(true));
            let (near_in, near_out) = near.into_split();
            let (far_in, far_out) = far.into_split();
            tokio::spawn(late(near_in, far_out));
            tokio::spawn(late(far_in, near_out));
        }
    });
    Ok(port)
}

/// Passes bytes on 10 ms after they came, however many are under way.
async fn late(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin + Send + 'static,
) {
    let (sender, mut receiver) =
        tokio::sync::mpsc::unbounded_channel::<(tokio::time::Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((when, bytes)) = receiver.recv().await {
            tokio::time::sleep_until(when).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        let when = tokio::time::Instant::now() + Duration::from_millis(10);
        if read == 0 || sender.send((when, buffer[..read].to_vec())).is_err() {
            return;
        }
    }
}
