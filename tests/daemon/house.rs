//! A publication in a folder of its own, and the program serving it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use circular::demo::Press;
use tempfile::TempDir;

pub(crate) struct House {
    pub(crate) press: Press,
    pub(crate) folder: TempDir,
}

/// The program at work; killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl House {
    pub(crate) async fn new() -> Self {
        let house = Self {
            press: Press::open().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        };
        house.write("");
        house
    }

    /// Writes feeds.toml: one source of the demo, and what is added.
    pub(crate) fn write(&self, more: &str) {
        let text = format!(
            "[publication]\ntitle = \"T\"\npublisher = \"P\"\naddress = \"A\"\ncontact = \"c@example.org\"\n\
             base_url = \"https://example.org\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n\
             [fetch]\nallow_private = [\"127.0.0.1/32\"]\n\
             [[digest]]\nid = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 7 * * MON\"\nrecipients = [\"reader@example.org\"]\n\
             [[source]]\nname = \"S\"\nsection = \"S\"\nurl = \"http://{}/nations-en.xml\"\n{more}\n",
            self.press.address()
        );
        fs::write(self.path("feeds.toml"), text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_circular"));
        command
            .current_dir(self.folder.path())
            .env_remove("CIRCULAR_CONFIG")
            .env_remove("CIRCULAR_DATABASE")
            .env_remove("RUST_LOG")
            .env_remove("NOTIFY_SOCKET")
            .args(["--now", "2026-11-16T08:00:00Z"])
            .args(arguments);
        command
    }

    /// A call that ends by itself: exit code, standard output, standard error.
    pub(crate) fn call(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.command(arguments).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// Starts the daemon and waits until it listens.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Daemon {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        self.start(self.command(&all))
    }

    pub(crate) fn start(&self, mut command: Command) -> Daemon {
        let mut child = command
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut before = String::new();
        let address = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("it ended: {before}"))
                .unwrap();
            if let Some(address) = line.strip_prefix("serving on http://") {
                break address.parse().unwrap();
            }
            before += &line;
        };
        let log = Arc::new(Mutex::new(before));
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                for line in lines.map_while(Result::ok) {
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            }
        });
        Daemon {
            child,
            address,
            log,
        }
    }
}

impl Daemon {
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// A request as it is written, with `Host` and `Connection: close` added.
    pub(crate) fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1"))
    }

    /// Asks until the answer holds the words.
    pub(crate) fn get_until(&self, path: &str, words: &str) -> String {
        let begun = Instant::now();
        loop {
            let answer = self.get(path);
            if answer.contains(words) {
                return answer;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no `{words}` in {answer}\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end: how long it took, and whether all was well.
    pub(crate) fn end(&mut self) -> (Duration, bool) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (begun.elapsed(), status.success());
            }
            assert!(begun.elapsed() < Duration::from_secs(40), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
