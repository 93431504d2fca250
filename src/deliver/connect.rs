//! Connecting to a mail server: the network, TLS, the greeting and the login, none of which may take
//! longer than its time.

use std::time::Duration;

use lettre::transport::smtp::{
    self,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::{Ehlo, Starttls},
    extension::ClientId,
    response::Response,
};
use tokio::{net::TcpStream, time::timeout};

use super::{MailerError, clean::header_text, encrypted::Encrypted, stream::Stream};
use crate::model::Server;

/// Connects, encrypts and logs in; the conversation, the stream that it is held on, and what the server
/// says that it offers. `ca` is PEM of authorities
/// that are trusted besides the usual ones.
pub(super) async fn connect(
    server: &Server,
    ca: Option<&str>,
    patience: Duration,
) -> Result<(AsyncSmtpConnection, Stream, Response), MailerError> {
    let (host, port, login) = match server {
        Server::Smtps { host, port, login }
        | Server::Starttls { host, port, login }
        | Server::Plaintext { host, port, login } => (host, *port, login),
    };
    let failed = |what: &str, transient: bool| MailerError {
        sentence: format!("`{host}:{port}` {what}"),
        transient,
    };
    let later = |what: &str| failed(what, true);
    let fatal = |what: String| failed(&what, false);

    let stream = timeout(patience, TcpStream::connect((host.as_str(), port)))
        .await
        .map_err(|_| later("does not answer"))?
        .and_then(|stream| stream.set_nodelay(true).map(|()| stream))
        .map_err(|e| later(&format!("cannot be reached: {e}")))?;
    let hello = ClientId::default();
    let tls = || {
        let mut tls = TlsParameters::builder(host.clone());
        if let Some(ca) = ca {
            let authorities = Certificate::from_pem(ca.as_bytes())
                .map_err(|e| fatal(format!("cannot be checked by `ca_file`: {}", said(&e))))?;
            tls = tls.add_root_certificate(authorities);
        }
        tls.build()
            .map_err(|e| fatal(format!("cannot be spoken to by TLS: {}", said(&e))))
    };
    let distrusted = |e: &smtp::Error| {
        let why = said(e);
        // Whoever has a server of their own mostly has an authority of their own.
        let help = if why.contains("UnknownIssuer") && ca.is_none() {
            "; if it is your own, name the certificate of its authority as `ca_file`"
        } else {
            ""
        };
        fatal(format!("offers no TLS that can be trusted: {why}{help}"))
    };
    let greet = async |stream: &Stream| {
        timeout(
            patience,
            AsyncSmtpConnection::connect_with_transport(Box::new(stream.clone()), &hello),
        )
        .await
        .map_err(|_| later("connects, but does not greet"))?
        .map_err(|e| match e.status() {
            Some(code) if u16::from(code) >= 500 => {
                fatal(format!("turns us away: {code} {}", said(&e)))
            }
            Some(code) => later(&format!("puts us off: {code} {}", said(&e))),
            None => later(&format!("does not speak SMTP: {}", said(&e))),
        })
    };
    let encrypt = async |stream: Stream| {
        timeout(patience, Encrypted::handshake(stream, tls()?))
            .await
            .map_err(|_| later("does not finish the TLS handshake"))?
            .map_err(|e| distrusted(&e))
    };
    let plain = Stream::new(stream);
    let stream = match server {
        Server::Plaintext { .. } => plain,
        Server::Smtps { .. } => Stream::new(encrypt(plain).await?),
        Server::Starttls { .. } => {
            let mut smtp = greet(&plain).await?;
            if !smtp.can_starttls() {
                return Err(fatal(
                    "offers no STARTTLS; nothing is sent in plain text".to_owned(),
                ));
            }
            timeout(patience, smtp.command(Starttls))
                .await
                .map_err(|_| later("does not finish the TLS handshake"))?
                .map_err(|e| distrusted(&e))?;
            // Whatever was said in plain text after that is forgotten with the conversation.
            drop(smtp);
            Stream::greeted(encrypt(plain).await?)
        }
    };
    let mut smtp = greet(&stream).await?;
    if let Some((user, password)) = login {
        let credentials = Credentials::new(user.clone(), password.clone());
        timeout(
            patience,
            smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials),
        )
        .await
        .map_err(|_| later("does not answer the login"))?
        .map_err(|e| match e.status() {
            Some(code) if u16::from(code) < 500 => {
                later(&format!("puts the login off: {code} {}", said(&e)))
            }
            _ => fatal(format!("does not take the login of `{user}`: {}", said(&e))),
        })?;
    }
    // lettre keeps to itself what it does not use of the server's extensions.
    let offers = timeout(patience, smtp.command(Ehlo::new(hello)))
        .await
        .map_err(|_| later("greets, but does not answer"))?
        .map_err(|e| later(&format!("does not say what it offers: {}", said(&e))))?;
    Ok((smtp, stream, offers))
}

/// What the server said, or what lettre says of it.
pub(super) fn said(error: &smtp::Error) -> String {
    use std::error::Error;
    let text = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    header_text(&text)
}
