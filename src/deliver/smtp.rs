//! One connection to a mail server, used for many messages.
//!
//! lettre speaks SMTP; around it stand what its pool lacks: `TCP_NODELAY` (its final dot is a write
//! of its own, 45 ms each on Nagle), a time-out on every step, RSET after a refusal instead of a new
//! connection, and the difference between "no answer before the dot" and "no answer after it".

use std::{fmt, io, net::SocketAddr, pin::Pin, task, time::Duration};

use lettre::{
    Address,
    address::Envelope,
    transport::smtp::{
        self,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};

use super::{
    MailerError, Message, Outcome,
    outcome::{Step, refusal},
};
use crate::model::Server;

/// Until the network connects.
const CONNECT: Duration = Duration::from_secs(30);
/// Until a command is answered; RFC 5321 asks for five minutes, which a mailer of one edition need not wait.
const COMMAND: Duration = Duration::from_mins(1);
/// Until the message is taken after the final dot: RFC 5321 section 4.5.3.2.6 asks for ten minutes,
/// and giving up early is how readers get a mail twice.
const FINAL_DOT: Duration = Duration::from_mins(10);

/// A connection that has greeted, encrypted and logged in.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    broken: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("broken", &self.broken)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) async fn open(server: &Server) -> Result<Self, MailerError> {
        let (host, port, login) = match server {
            Server::Smtps { host, port, login }
            | Server::Starttls { host, port, login }
            | Server::Plaintext { host, port, login } => (host, *port, login),
        };
        let later = |what: &str| MailerError {
            sentence: format!("`{host}:{port}` {what}"),
            transient: true,
        };
        let fatal = |what: String| MailerError {
            sentence: format!("`{host}:{port}` {what}"),
            transient: false,
        };

        let stream = timeout(CONNECT, TcpStream::connect((host.as_str(), port)))
            .await
            .map_err(|_| later("does not answer"))?
            .map_err(|e| later(&format!("cannot be reached: {e}")))?;
        stream
            .set_nodelay(true)
            .map_err(|e| later(&format!("cannot be reached: {e}")))?;
        let hello = ClientId::default();
        let tls = || {
            TlsParameters::new(host.clone())
                .map_err(|e| fatal(format!("is no name that TLS can check: {e}")))
        };
        let greet = async |stream: Box<dyn AsyncTokioStream>| {
            timeout(
                COMMAND,
                AsyncSmtpConnection::connect_with_transport(stream, &hello),
            )
            .await
            .map_err(|_| later("connects, but does not greet"))?
            .map_err(|e| later(&format!("does not speak SMTP: {}", said(&e))))
        };
        let mut smtp = match server {
            Server::Plaintext { .. } => greet(Box::new(stream)).await?,
            Server::Smtps { .. } => {
                let encrypted = timeout(CONNECT, Encrypted::handshake(stream, tls()?))
                    .await
                    .map_err(|_| later("does not finish the TLS handshake"))?
                    .map_err(|e| {
                        fatal(format!("offers no TLS that can be trusted: {}", said(&e)))
                    })?;
                greet(Box::new(encrypted)).await?
            }
            Server::Starttls { .. } => {
                let mut smtp = greet(Box::new(stream)).await?;
                if !smtp.can_starttls() {
                    return Err(fatal(
                        "offers no STARTTLS; nothing is sent in plain text".to_owned(),
                    ));
                }
                timeout(COMMAND, smtp.starttls(tls()?, &hello))
                    .await
                    .map_err(|_| later("does not finish the TLS handshake"))?
                    .map_err(|e| {
                        fatal(format!("offers no TLS that can be trusted: {}", said(&e)))
                    })?;
                smtp
            }
        };
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.clone());
            timeout(
                COMMAND,
                smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials),
            )
            .await
            .map_err(|_| later("does not answer the login"))?
            .map_err(|e| fatal(format!("does not take the login of `{user}`: {}", said(&e))))?;
        }
        Ok(Self {
            smtp,
            broken: false,
        })
    }

    pub(super) fn is_open(&self) -> bool {
        !self.broken && !self.smtp.has_broken()
    }

    pub(super) async fn send(&mut self, message: &Message) -> Outcome {
        let envelope = match envelope(message) {
            Ok(envelope) => envelope,
            Err(outcome) => return outcome,
        };
        let mut parameters = Vec::new();
        if !message.envelope_from.is_ascii() || !message.to.is_ascii() {
            if !self
                .smtp
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
            {
                return Outcome::Refused(
                    "the server takes no address with letters beyond ASCII (SMTPUTF8)".to_owned(),
                );
            }
            parameters.push(MailParameter::SmtpUtfEight);
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let mail = Mail::new(envelope.from().cloned(), parameters);
        if let Err(outcome) = self.command(Step::Mail, mail).await {
            return outcome;
        }
        for to in envelope.to() {
            if let Err(outcome) = self
                .command(Step::Rcpt, Rcpt::new(to.clone(), Vec::new()))
                .await
            {
                return self.reset(outcome).await;
            }
        }
        if let Err(outcome) = self.command(Step::Data, Data).await {
            return self.reset(outcome).await;
        }
        match timeout(FINAL_DOT, self.smtp.message(&message.bytes)).await {
            Ok(Ok(response)) => Outcome::Accepted(format!(
                "{} {}",
                response.code(),
                response.message().collect::<Vec<_>>().join(" ")
            )),
            Ok(Err(e)) => match e.status() {
                Some(code) => refusal(Step::Data, u16::from(code), &said(&e)),
                None => self.lost(format!(
                    "the connection was lost while the server took the message: {}",
                    said(&e)
                )),
            },
            Err(_) => self.lost("the server did not say whether it took the message".to_owned()),
        }
    }

    pub(super) async fn close(mut self) {
        // It was polite of us to ask; no answer is fine too.
        let _ = timeout(Duration::from_secs(5), self.smtp.quit()).await;
    }

    async fn command(&mut self, step: Step, command: impl fmt::Display) -> Result<(), Outcome> {
        match timeout(COMMAND, self.smtp.command(command)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(e)) => match e.status() {
                // 421: the server closes the connection whatever was asked.
                Some(code) if u16::from(code) != 421 => {
                    Err(refusal(step, u16::from(code), &said(&e)))
                }
                _ => {
                    self.broken = true;
                    Err(Outcome::Later(format!(
                        "the connection was lost: {}",
                        said(&e)
                    )))
                }
            },
            Err(_) => {
                self.broken = true;
                Err(Outcome::Later("the server does not answer".to_owned()))
            }
        }
    }

    /// Clears the server's mind after a refusal, so that the connection serves the next message.
    async fn reset(&mut self, outcome: Outcome) -> Outcome {
        if self.is_open() && self.command(Step::Open, Rset).await.is_err() {
            self.broken = true;
        }
        outcome
    }

    fn lost(&mut self, sentence: String) -> Outcome {
        self.broken = true;
        Outcome::Unsure(sentence)
    }
}

fn envelope(message: &Message) -> Result<Envelope, Outcome> {
    let from: Address = message.envelope_from.parse().map_err(|_| {
        Outcome::OurFault(format!(
            "`{}` is no sender's address",
            message.envelope_from
        ))
    })?;
    let to: Address = message
        .to
        .parse()
        .map_err(|_| Outcome::Refused("the address is not well formed".to_owned()))?;
    Envelope::new(Some(from), vec![to]).map_err(|e| Outcome::Refused(e.to_string()))
}

/// What the server said, or what lettre says of it.
fn said(error: &smtp::Error) -> String {
    use std::error::Error;
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

/// A stream under TLS from the first byte. lettre encrypts it; this only hands it back to lettre as
/// a stream of ours, as it opens none itself without Nagle's delay.
struct Encrypted(tokio_util::compat::Compat<Network>);

#[expect(
    deprecated,
    reason = "lettre has no other name for the stream that it encrypts"
)]
type Network = lettre::transport::smtp::client::AsyncNetworkStream;

impl Encrypted {
    async fn handshake(stream: TcpStream, tls: TlsParameters) -> Result<Self, smtp::Error> {
        use tokio_util::compat::FuturesAsyncReadCompatExt;
        let mut network = Network::use_existing_tokio1(Box::new(stream));
        network.upgrade_tls(tls).await?;
        Ok(Self(network.compat()))
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        bytes: &[u8],
    ) -> task::Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
