//! A stage: a server whose answers a test writes byte by byte, and a publication that reads it.

use std::{
    fs,
    net::SocketAddr,
    process::Output,
    sync::{Arc, Mutex},
    time::Duration,
};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// One request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    head: String,
    /// How many requests for this path came before it.
    pub(crate) earlier: usize,
}

impl Asked {
    /// A header's value, byte for byte.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What the server does.
pub(crate) enum Act {
    /// Sends these bytes and closes
    Say(Vec<u8>),
    /// Sends the pieces with so many milliseconds before each, and closes
    Drip(u64, Vec<Vec<u8>>),
    /// Says nothing and holds on
    Hang,
}

type Script = dyn Fn(&Asked) -> Act + Send + Sync;

/// The server, its log, and a publication in a folder of its own.
pub(crate) struct Stage {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Asked>>>,
    folder: TempDir,
}

impl Stage {
    /// A stage on which a script plays; `sources` are paths, each with more keys of its source.
    pub(crate) async fn set(
        sources: &[(&str, &str)],
        script: impl Fn(&Asked) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(play(listener, Arc::clone(&log), Arc::new(script)));
        let stage = Self {
            address,
            log,
            folder: tempfile::tempdir().unwrap(),
        };
        stage.write(sources);
        stage
    }

    /// Writes feeds.toml with these sources.
    pub(crate) fn write(&self, sources: &[(&str, &str)]) {
        let mut text =
            "[publication]\ntitle = \"Stage\"\npublisher = \"The House\"\naddress = \"1 Street\"\n\
             contact = \"circular@example.org\"\nbase_url = \"https://circular.example.org\"\n\
             language = \"en\"\ntimezone = \"UTC\"\n\
             [fetch]\nallow_private = [\"127.0.0.1/32\"]\ntimeout = \"2s\"\nmax_size = \"200KB\"\n\
             [[digest]]\nid = \"weekly\"\ntitle = \"This week\"\nschedule = \"0 7 * * MON\"\n"
                .to_owned();
        for (path, keys) in sources {
            let name = path.trim_start_matches('/');
            text += &format!(
                "[[source]]\nid = \"{}\"\nname = \"{name}\"\nsection = \"Tests\"\nurl = \"http://{}{path}\"\n{keys}\n",
                name.replace(['/', '.', '?'], "-"),
                self.address
            );
        }
        fs::write(self.folder.path().join("feeds.toml"), text).unwrap();
    }

    /// The files of a folder.
    pub(crate) fn files(&self, folder: &str) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(self.path(folder)).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program at a time, given as `HH:MM` or as a whole date.
    pub(crate) async fn run(&self, now: &str, arguments: &[&str]) -> Output {
        let folder = self.folder.path().to_owned();
        let now = if now.len() == 5 {
            format!("2026-11-16T{now}:00Z")
        } else {
            now.to_owned()
        };
        let arguments: Vec<String> = ["--now", &now]
            .iter()
            .chain(arguments)
            .map(ToString::to_string)
            .collect();
        tokio::task::spawn_blocking(move || {
            Command::cargo_bin("circular")
                .unwrap()
                .current_dir(folder)
                .env_remove("CIRCULAR_CONFIG")
                .env_remove("CIRCULAR_DATABASE")
                .args(arguments)
                .output()
                .unwrap()
        })
        .await
        .unwrap()
    }

    /// Pulls what is due at a time; gives the report.
    pub(crate) async fn fetch(&self, now: &str) -> Value {
        let output = self.run(now, &["--json", "fetch"]).await;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str(&text)
            .unwrap_or_else(|e| panic!("{e}: {text}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// What the program knows of the one source.
    pub(crate) async fn source(&self) -> Value {
        let output = self.run("23:59", &["--json", "sources", "list"]).await;
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// All titles that are stored.
    pub(crate) async fn titles(&self) -> Vec<String> {
        let output = self
            .run("23:59", &["--json", "items", "list", "--limit", "500"])
            .await;
        let mut titles: Vec<String> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|item| item["title"].as_str().unwrap().to_owned())
            .collect();
        titles.sort();
        titles
    }

    /// The requests so far.
    pub(crate) fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// The paths of the requests so far.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.log().into_iter().map(|asked| asked.path).collect()
    }
}

async fn play(listener: TcpListener, log: Arc<Mutex<Vec<Asked>>>, script: Arc<Script>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let (log, script) = (Arc::clone(&log), Arc::clone(&script));
        tokio::spawn(async move {
            let mut head = Vec::new();
            let mut byte = [0; 1];
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read(&mut byte).await {
                    Ok(1) => head.push(byte[0]),
                    _ => return,
                }
            }
            let head: String = head.into_iter().map(char::from).collect();
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let asked = {
                let mut log = log.lock().unwrap();
                let earlier = log
                    .iter()
                    .filter(|asked: &&Asked| asked.path == path)
                    .count();
                let asked = Asked {
                    path,
                    head,
                    earlier,
                };
                log.push(asked.clone());
                asked
            };
            match script(&asked) {
                Act::Say(bytes) => {
                    let _ = stream.write_all(&bytes).await;
                }
                Act::Drip(pause, pieces) => {
                    for piece in pieces {
                        tokio::time::sleep(Duration::from_millis(pause)).await;
                        if stream.write_all(&piece).await.is_err() {
                            return;
                        }
                    }
                }
                Act::Hang => tokio::time::sleep(Duration::from_mins(5)).await,
            }
            let _ = stream.shutdown().await;
        });
    }
}

/// An answer with a status line, more headers (each ended by CRLF) and a body.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Act {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend(body);
    Act::Say(bytes)
}

/// 200 with a feed.
pub(crate) fn ok(headers: &str, feed: &str) -> Act {
    answer("200 OK", headers, feed.as_bytes())
}

/// A feed with items of these titles; `more` stands in its channel.
pub(crate) fn feed(titles: &[&str], more: &str) -> String {
    titled("Stage", "stage.example", titles, more)
}

/// The same under a title, with links to a host.
pub(crate) fn titled(title: &str, host: &str, titles: &[&str], more: &str) -> String {
    let mut items = String::new();
    for item in titles {
        let slug = item.to_lowercase().replace(' ', "-");
        items += &format!(
            "<item><title>{item}</title><link>https://{host}/{slug}</link><guid>https://{host}/{slug}</guid>\
             <pubDate>Mon, 16 Nov 2026 06:00:00 GMT</pubDate><description>{item}, in a few words of its own.</description></item>"
        );
    }
    format!(
        "<rss version=\"2.0\"><channel><title>{title}</title><link>https://{host}/</link>\
         <description>d</description>{more}{items}</channel></rss>"
    )
}
