//! A mail server that takes everything and delivers nothing: the demo's and the tests' receiver.
//!
//! [`PostOffice`] speaks enough of RFC 5321 for an honest conversation on loopback: EHLO, MAIL,
//! RCPT, DATA, RSET, NOOP, QUIT. Deliberate limits: no TLS, no authentication, 1 MiB a message.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The most bytes of one message.
const LARGEST: usize = 1 << 20;

/// A message as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The envelope sender.
    pub from: String,
    /// The envelope recipients.
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub message: Vec<u8>,
}

/// A running receiver; it stops when dropped.
#[derive(Debug)]
pub struct PostOffice {
    address: SocketAddr,
    box_: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl PostOffice {
    /// Opens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let box_ = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&box_);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    // A client that hangs up has lost nothing but its own message.
                    let _ = converse(stream, &shared).await;
                });
            }
        });
        Ok(Self {
            address,
            box_,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has come so far, in order.
    pub fn received(&self) -> Vec<Received> {
        self.box_.lock().map(|all| all.clone()).unwrap_or_default()
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, inbox: &Mutex<Vec<Received>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut from = None;
    let mut to = Vec::new();
    stream.write_all(b"220 demo.invalid ready\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" | "HELO" => {
                "250-demo.invalid\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 1048576\r\n"
            }
            "MAIL" => {
                from = Some(address(&line));
                to.clear();
                "250 2.1.0 ok\r\n"
            }
            "RCPT" if from.is_some() => {
                to.push(address(&line));
                "250 2.1.5 ok\r\n"
            }
            "DATA" if !to.is_empty() => {
                stream.write_all(b"354 go on\r\n").await?;
                let message = data(&mut stream).await?;
                let received = Received {
                    from: from.take().unwrap_or_default(),
                    to: std::mem::take(&mut to),
                    message,
                };
                if let Ok(mut inbox) = inbox.lock() {
                    inbox.push(received);
                }
                "250 2.0.0 taken\r\n"
            }
            "RSET" => {
                from = None;
                to.clear();
                "250 2.0.0 ok\r\n"
            }
            "NOOP" => "250 2.0.0 ok\r\n",
            "QUIT" => {
                stream.write_all(b"221 2.0.0 bye\r\n").await?;
                return Ok(());
            }
            "RCPT" | "DATA" => "503 5.5.1 not now\r\n",
            _ => "500 5.5.2 not known\r\n",
        };
        stream.write_all(reply.as_bytes()).await?;
    }
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let inside = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inside
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}

async fn data(stream: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        let unstuffed = line.strip_prefix(b".").unwrap_or(&line);
        if message.len() + unstuffed.len() > LARGEST {
            return Err(io::Error::other("message too large"));
        }
        message.extend_from_slice(unstuffed);
    }
}
