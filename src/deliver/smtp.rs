//! One connection to a mail server, used for many messages.
//!
//! lettre speaks SMTP; around it stand what its pool lacks: `TCP_NODELAY` (its final dot is a write
//! of its own, 45 ms each on Nagle), a message that is written without being copied, a time-out on every step, RSET after a refusal instead of a new
//! connection, and the difference between "no answer before the dot" and "no answer after it".
//!
//! A message goes in two steps, so that the caller can write down that it is about to be in doubt:
//! [`Connection::offer`] asks, [`Connection::hand_over`] sends it. Where the server offers PIPELINING
//! (RFC 2920), the commands go in one packet, and those of the next message in the same packet as the
//! end of this one: section 3.1 has message content stand first in a group, and DATA end one. Then a
//! message costs one round trip. Of the next message nothing is sent but who it is for.

use std::{fmt, io, time::Duration};

use lettre::{
    Address,
    transport::smtp::{
        self, client::AsyncSmtpConnection, commands::Rset, extension::Extension, response::Response,
    },
};
use memchr::memmem;
use tokio::time::timeout;

use super::{
    MailerError, Message, Outcome,
    clean::header_text,
    connect::{connect, said},
    outcome::{Step, refusal},
    stream::Stream,
};
use crate::model::Server;

/// How many times longer than any other step the last one may take: RFC 5321 section 4.5.3.2.6 asks
/// for ten minutes after the final dot, and giving up early is how readers get a mail twice.
const FINAL_DOT: u32 = 10;

/// A connection that has greeted, encrypted and logged in.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    /// What the conversation is held on.
    stream: Stream,
    patience: Duration,
    /// Whether the server takes several commands at once.
    pipelining: bool,
    /// The most bytes of a message, where the server says so.
    size: Option<usize>,
    /// Whether the server remembers a sender that came to nothing.
    begun: bool,
    broken: bool,
    /// How many answers are still to come to what was asked with the end of the last message.
    asked: usize,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("pipelining", &self.pipelining)
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

/// Commands as they go over the wire.
struct Raw<'a>(&'a str);

impl fmt::Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Connection {
    /// Connects, encrypts and logs in; no step takes longer than `patience`.
    pub(super) async fn open(
        server: &Server,
        ca: Option<&str>,
        patience: Duration,
    ) -> Result<Self, MailerError> {
        let (smtp, stream, offers) = connect(server, ca, patience).await?;
        let (pipelining, size) = extensions(&offers);
        Ok(Self {
            smtp,
            stream,
            patience,
            pipelining,
            size,
            begun: false,
            broken: false,
            asked: 0,
        })
    }

    pub(super) fn is_open(&self) -> bool {
        !self.broken && !self.smtp.has_broken()
    }

    /// Asks the server whether it takes a message from and to whom; `Err` says why it does not.
    pub(super) async fn offer(&mut self, message: &Message) -> Result<(), Outcome> {
        let asked = std::mem::take(&mut self.asked);
        if asked > 0 {
            return self.pipelined(None, asked).await;
        }
        let commands = self.commands(message)?;
        if std::mem::take(&mut self.begun) {
            let rset = Rset.to_string();
            if self.pipelining {
                let commands = rset + &commands.concat();
                self.pipelined(Some(&commands), 4).await
            } else {
                self.reply(Raw(&rset)).await?.map_err(Outcome::Lost)?;
                self.one_by_one(&commands).await
            }
        } else if self.pipelining {
            self.pipelined(Some(&commands.concat()), 3).await
        } else {
            self.one_by_one(&commands).await
        }
    }

    /// Sends the message that was offered; from here on it may arrive without an answer. `next` is
    /// the message that will be offered after it on this connection, if that is known.
    pub(super) async fn hand_over(&mut self, message: &Message, next: Option<&Message>) -> Outcome {
        let next = next.filter(|_| self.pipelining);
        // What cannot be asked for is refused when it is offered.
        let next = match next.map(|next| self.commands(next)) {
            Some(Ok(commands)) => {
                self.asked = commands.len();
                commands.concat()
            }
            _ => String::new(),
        };
        let handed = async {
            self.stream.write(&wire(&message.bytes, &next)).await?;
            io::Result::Ok(self.smtp.read_response().await)
        };
        let lost =
            |why: &str| format!("the connection was lost while the server took the message: {why}");
        match timeout(self.patience * FINAL_DOT, handed).await {
            Ok(Ok(Ok(response))) if u16::from(response.code()) / 100 == 2 => {
                Outcome::Accepted(one_line(&response))
            }
            Ok(Ok(Ok(response))) => self.lost(format!(
                "the server answered the message with {}",
                one_line(&response)
            )),
            Ok(Ok(Err(e))) => match e.status() {
                Some(code) => {
                    let outcome = refusal(Step::Data, u16::from(code), &said(&e));
                    if let Outcome::Lost(reply) = outcome {
                        // The server said no before it hung up: the message is not there.
                        self.broken = true;
                        return Outcome::Later(reply);
                    }
                    outcome
                }
                None => self.lost(lost(&said(&e))),
            },
            Ok(Err(e)) => self.lost(lost(&header_text(&e.to_string()))),
            Err(_) => self.lost("the server did not say whether it took the message".to_owned()),
        }
    }

    pub(super) async fn close(mut self) {
        if self.asked > 0 {
            // The server may wait for a message, and would take our goodbye for its beginning.
            return;
        }
        // It was polite of us to ask; no answer is fine too.
        let _ = timeout(Duration::from_secs(5), self.smtp.quit()).await;
    }

    /// MAIL, RCPT and DATA.
    fn commands(&self, message: &Message) -> Result<[String; 3], Outcome> {
        if let Some(most) = self.size.filter(|most| message.bytes.len() > *most) {
            return Err(refusal(
                Step::Mail,
                552,
                &format!("5.3.4 {} bytes of at most {most}", message.bytes.len()),
            ));
        }
        let from: Address = message.envelope_from.parse().map_err(|_| {
            let from = &message.envelope_from;
            Outcome::OurFault(format!("`{from}` is no sender's address"))
        })?;
        let to: Address = message
            .to
            .parse()
            .map_err(|_| Outcome::Refused("the address is not well formed".to_owned()))?;
        let mut parameters = String::new();
        if self.size.is_some() {
            parameters.push_str(&format!(" SIZE={}", message.bytes.len()));
        }
        if !message.envelope_from.is_ascii() || !message.to.is_ascii() {
            if !self
                .smtp
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
            {
                return Err(Outcome::Refused(
                    "the server takes no address with letters beyond ASCII (SMTPUTF8)".to_owned(),
                ));
            }
            parameters.push_str(" BODY=8BITMIME SMTPUTF8");
        }
        Ok([
            format!("MAIL FROM:<{from}>{parameters}\r\n"),
            format!("RCPT TO:<{to}>\r\n"),
            "DATA\r\n".to_owned(),
        ])
    }

    async fn one_by_one(&mut self, commands: &[String; 3]) -> Result<(), Outcome> {
        for (command, step) in commands.iter().zip([Step::Mail, Step::Rcpt, Step::Data]) {
            let answered = self.answered(Raw(command)).await?;
            if let Err(outcome) = self.judged(step, answered) {
                self.begun = step != Step::Mail;
                return Err(outcome);
            }
        }
        Ok(())
    }

    /// All commands in one write, unless they were sent before, and then as many answers.
    async fn pipelined(&mut self, commands: Option<&str>, answers: usize) -> Result<(), Outcome> {
        let mut refused = None;
        let mut go_on = false;
        for number in 0..answers {
            let answered = match commands {
                Some(commands) if number == 0 => self.answered(Raw(commands)).await?,
                _ => self.next_answer().await?,
            };
            let step = match answers - number {
                1 => Step::Data,
                2 => Step::Rcpt,
                _ => Step::Mail,
            };
            go_on = step == Step::Data && answered.is_ok();
            match self.judged(step, answered) {
                // Whatever is refused after the first refusal is refused because of it.
                Err(outcome) if refused.is_none() => refused = Some(outcome),
                _ => {}
            }
            if !self.is_open() {
                break;
            }
        }
        let Some(outcome) = refused else {
            return Ok(());
        };
        self.begun = true;
        if go_on && self.is_open() {
            // It waits for a message to nobody: RFC 2920 has us send an empty one.
            let _ = self.answered(Raw(".\r\n")).await?;
        }
        Err(outcome)
    }

    /// Sends a command and waits for its answer; no answer at all is the end of the connection.
    async fn answered(
        &mut self,
        command: Raw<'_>,
    ) -> Result<Result<Response, (u16, String)>, Outcome> {
        let answer = timeout(self.patience, self.smtp.command(command)).await;
        self.sorted(answer)
    }

    async fn next_answer(&mut self) -> Result<Result<Response, (u16, String)>, Outcome> {
        let answer = timeout(self.patience, self.smtp.read_response()).await;
        self.sorted(answer)
    }

    fn sorted(
        &mut self,
        answer: Result<Result<Response, smtp::Error>, tokio::time::error::Elapsed>,
    ) -> Result<Result<Response, (u16, String)>, Outcome> {
        let sentence = match answer {
            Ok(Ok(response)) => return Ok(Ok(response)),
            Ok(Err(e)) => match e.status() {
                Some(code) => return Ok(Err((u16::from(code), said(&e)))),
                None => format!("the connection was lost: {}", said(&e)),
            },
            Err(_) => "the server does not answer".to_owned(),
        };
        self.broken = true;
        Err(Outcome::Lost(sentence))
    }

    async fn reply(&mut self, command: Raw<'_>) -> Result<Result<Response, String>, Outcome> {
        let answered = self.answered(command).await?;
        Ok(answered.map_err(|(code, text)| {
            self.broken = true;
            format!("{code} {text}")
        }))
    }

    /// Reads one answer by the step that it answers.
    fn judged(
        &mut self,
        step: Step,
        answered: Result<Response, (u16, String)>,
    ) -> Result<(), Outcome> {
        match answered {
            Ok(response) => {
                let expected = if step == Step::Data { 3 } else { 2 };
                if u16::from(response.code()) / 100 == expected {
                    return Ok(());
                }
                self.broken = true;
                let said = one_line(&response);
                Err(Outcome::Lost(format!(
                    "the server answered out of turn: {said}"
                )))
            }
            Err((code, text)) => {
                let outcome = refusal(step, code, &text);
                self.broken |= matches!(outcome, Outcome::Lost(_));
                Err(outcome)
            }
        }
    }

    fn lost(&mut self, sentence: String) -> Outcome {
        self.broken = true;
        Outcome::Unsure(sentence)
    }
}

/// PIPELINING, and the most bytes of SIZE (RFC 1870; zero is no limit).
fn extensions(offers: &Response) -> (bool, Option<usize>) {
    let mut pipelining = false;
    let mut size = None;
    for line in offers.message() {
        let mut words = line.split_ascii_whitespace();
        match words.next().map(str::to_ascii_uppercase).as_deref() {
            Some("PIPELINING") => pipelining = true,
            Some("SIZE") => {
                size = Some(
                    words
                        .next()
                        .and_then(|most| most.parse().ok())
                        .filter(|most| *most > 0)
                        .unwrap_or(usize::MAX),
                );
            }
            _ => {}
        }
    }
    (pipelining, size)
}

/// A message with its dots doubled where they begin a line, the final dot, and what stands after it.
fn wire<'a>(bytes: &'a [u8], after: &'a str) -> Vec<&'a [u8]> {
    let mut wire = Vec::with_capacity(4);
    let mut from = 0;
    let first = bytes.starts_with(b".").then_some(0);
    let others = memmem::find_iter(bytes, b"\r\n.").map(|at| at + 2);
    for dot in first.into_iter().chain(others) {
        // Once with what stands before it, and once more with what follows.
        wire.push(&bytes[from..=dot]);
        from = dot;
    }
    wire.push(&bytes[from..]);
    let end: &[u8] = if bytes.ends_with(b"\r\n") {
        b".\r\n"
    } else {
        b"\r\n.\r\n"
    };
    wire.push(end);
    wire.push(after.as_bytes());
    wire
}

/// A reply of several lines on one, of a length that a person reads.
fn one_line(response: &Response) -> String {
    let words = response.message().collect::<Vec<_>>().join(" ");
    format!("{} {}", response.code(), header_text(&words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_that_begin_a_line_are_doubled() {
        let sent = |bytes: &[u8]| wire(bytes, "NOOP\r\n").concat();
        assert_eq!(
            sent(b".a\r\n..b\r\nc."),
            b"..a\r\n...b\r\nc.\r\n.\r\nNOOP\r\n"
        );
        assert_eq!(sent(b"a\r\n.\r\n.\r\n"), b"a\r\n..\r\n..\r\n.\r\nNOOP\r\n");
    }
}
