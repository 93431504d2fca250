//! A mail server that takes its time, and counts what it got by Message-ID and recipient.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How long it thinks before each answer, so that a kill finds mails in every state.
const THINKS: Duration = Duration::from_millis(40);

#[derive(Default)]
pub(crate) struct Post {
    /// How often each message came for each recipient.
    pub(crate) taken: Mutex<BTreeMap<(String, String), usize>>,
    last: Mutex<Option<Instant>>,
}

impl Post {
    /// Opens one on loopback, and tells its port.
    pub(crate) fn open() -> (Arc<Self>, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let post = Arc::new(Self::default());
        let shared = Arc::clone(&post);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || shared.converse(stream));
            }
        });
        (post, port)
    }

    /// Whether a mail came in the last half second.
    pub(crate) fn is_busy(&self) -> bool {
        let last = *self.last.lock().unwrap();
        last.is_some_and(|last| last.elapsed() < Duration::from_millis(500))
    }

    fn converse(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        stream.write_all(b"220 rehearsal.invalid\r\n")?;
        let mut to = String::new();
        while let Some(line) = lines.next() {
            let line = line?;
            let verb = line.get(..4).unwrap_or(&line).to_uppercase();
            let mut answer = "250 2.0.0 ok";
            match verb.as_str() {
                "EHLO" => answer = "250-rehearsal.invalid\r\n250-PIPELINING\r\n250 8BITMIME",
                "RCPT" => line
                    .trim_start_matches("RCPT TO:<")
                    .trim_end_matches('>')
                    .clone_into(&mut to),
                "DATA" => answer = "354 go on",
                "QUIT" => answer = "221 bye",
                _ => {}
            }
            std::thread::sleep(THINKS);
            stream.write_all(format!("{answer}\r\n").as_bytes())?;
            if verb == "DATA" {
                let mut id = None;
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        // From here on it is ours, whether or not the answer finds somebody.
                        let key = (id.take().unwrap_or_default(), std::mem::take(&mut to));
                        *self.taken.lock().unwrap().entry(key).or_default() += 1;
                        *self.last.lock().unwrap() = Some(Instant::now());
                        std::thread::sleep(THINKS);
                        stream.write_all(b"250 2.0.0 taken\r\n")?;
                        break;
                    }
                    if id.is_none() {
                        id = line.strip_prefix("Message-ID: ").map(str::to_owned);
                    }
                }
            }
        }
        Ok(())
    }
}
