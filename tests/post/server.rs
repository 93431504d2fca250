//! A mail server that follows a script: what it says to each verb, and where it misbehaves.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

/// What the server does when a verb comes.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Answers with these lines
    Say(&'static str),
    /// Says nothing, and keeps the connection open
    Hang,
    /// Hangs up
    Cut,
}

/// What the server saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Messages that were taken, with their recipient.
    pub(crate) taken: Vec<(String, String)>,
    /// Every line that came, data left out.
    pub(crate) lines: Vec<String>,
    /// How many connections there were.
    pub(crate) connections: usize,
}

impl Seen {
    pub(crate) fn count(&self, verb: &str) -> usize {
        let verbs = self.lines.iter();
        verbs.filter(|line| line.starts_with(verb)).count()
    }
}

/// A running server.
pub(crate) struct Script {
    pub(crate) port: u16,
    seen: Arc<Mutex<Seen>>,
}

type Acts = Arc<dyn Fn(&str, &str) -> Option<Act> + Send + Sync>;

impl Script {
    /// Starts one. `acts` is asked with the verb (`CONNECT`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `DOT`,
    /// `RSET`) and its line, or for `DOT` the recipient; what it leaves open is answered as it should be.
    pub(crate) fn new(acts: impl Fn(&str, &str) -> Option<Act> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (shared, acts): (_, Acts) = (Arc::clone(&seen), Arc::new(acts));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                shared.lock().unwrap().connections += 1;
                let (shared, acts) = (Arc::clone(&shared), Arc::clone(&acts));
                std::thread::spawn(move || {
                    let _ = converse(stream, &shared, &acts);
                });
            }
        });
        Self { port, seen }
    }

    /// One that misbehaves at one verb and answers the rest as it should.
    pub(crate) fn at(verb: &'static str, act: Act) -> Self {
        Self::new(move |came, _| (came == verb).then(|| act.clone()))
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// `[mail]` with this server, and steps that take no longer than a second.
    pub(crate) fn mail(&self, more: &str) -> String {
        format!(
            "[mail]\nfrom = \"Circular <circular@example.org>\"\n\
             server = \"smtp+plaintext://127.0.0.1:{}\"\ntimeout = \"1s\"\n{more}\n",
            self.port
        )
    }
}

fn converse(stream: TcpStream, seen: &Mutex<Seen>, acts: &Acts) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut stream = stream;
    let mut to = String::new();
    let usual = HashMap::from([
        ("CONNECT", "220 test.invalid"),
        (
            "EHLO",
            "250-test.invalid\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES",
        ),
        ("DATA", "354 go on"),
        ("QUIT", "221 bye"),
    ]);
    let answer = |stream: &mut TcpStream, verb: &str, line: &str| -> std::io::Result<bool> {
        let act = acts(verb, line).unwrap_or(Act::Say(usual.get(verb).unwrap_or(&"250 2.0.0 ok")));
        match act {
            Act::Say(text) => {
                stream.write_all(format!("{text}\r\n").as_bytes())?;
                Ok(text.starts_with(['2', '3']))
            }
            Act::Hang => {
                std::thread::sleep(Duration::from_mins(10));
                Ok(false)
            }
            Act::Cut => Err(std::io::ErrorKind::ConnectionAborted.into()),
        }
    };
    answer(&mut stream, "CONNECT", "")?;
    while let Some(line) = lines.next() {
        let line = line?;
        let verb = line.get(..4).unwrap_or(&line).to_uppercase();
        seen.lock().unwrap().lines.push(line.clone());
        if verb == "RCPT" {
            let address = line.trim_start_matches("RCPT TO:<");
            address.trim_end_matches('>').clone_into(&mut to);
        }
        let good = answer(&mut stream, &verb, &line)?;
        if verb == "QUIT" {
            return Ok(());
        }
        if verb == "DATA" && good {
            let mut message = String::new();
            for line in lines.by_ref() {
                let line = line?;
                if line == "." {
                    break;
                }
                message.push_str(line.strip_prefix('.').unwrap_or(&line));
                message.push_str("\r\n");
            }
            let act = acts("DOT", &to);
            let taken = match &act {
                Some(Act::Say(text)) => text.starts_with('2'),
                // One that hangs, or cuts, has the message and never says so.
                None | Some(Act::Hang | Act::Cut) => true,
            };
            if taken && !message.is_empty() {
                seen.lock().unwrap().taken.push((to.clone(), message));
            }
            answer(&mut stream, "DOT", &to)?;
        }
    }
    Ok(())
}
