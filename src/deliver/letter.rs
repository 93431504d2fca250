//! Letters: what a kind of reader gets, encoded once and personalised by splicing.
//!
//! Headers follow RFC 5322, the list headers RFC 2369, 2919 and 8058, and what large receivers ask
//! of bulk senders. lettre folds and encodes them; what goes in is cleaned first.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::{
    Address,
    message::{
        Body, Mailbox, Message as Mail, MessageBuilder,
        dkim::{
            DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
            DkimSigningKey,
        },
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};

use super::{clean::header_text, splice::Encoded};
use crate::model::{Dkim, Language, TOKEN_PLACEHOLDER};

/// What a kind of reader gets.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    /// The sender's name; may be empty.
    pub from_name: &'a str,
    /// The sender's address.
    pub from_address: &'a str,
    /// Where answers go.
    pub reply_to: Option<&'a str>,
    /// The subject.
    pub subject: &'a str,
    /// The HTML part; may hold [`TOKEN_PLACEHOLDER`]. Empty for a letter of text alone.
    pub html: &'a str,
    /// The text part; may hold [`TOKEN_PLACEHOLDER`].
    pub text: &'a str,
    /// When it was written.
    pub date: DateTime<Utc>,
    /// The language of its own words.
    pub language: Language,
    /// The list it comes from.
    pub list: List,
    /// A word of letters, digits and dashes that this letter's file is named after.
    pub name: &'a str,
}

/// What the list headers say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// `List-Id`: a name like a domain, such as `weekly.circular.example.org`.
    pub id: String,
    /// The list's name beside it.
    pub title: String,
    /// `List-Archive`: an address of the web.
    pub archive: String,
    /// `List-Help`: an address of the web or `mailto:`.
    pub help: String,
    /// `List-Unsubscribe` by the web; may hold [`TOKEN_PLACEHOLDER`].
    pub unsubscribe: Option<String>,
    /// `List-Unsubscribe` by `mailto:`; may hold [`TOKEN_PLACEHOLDER`].
    pub unsubscribe_mail: Option<String>,
    /// `Feedback-ID`: what complaint reports are counted by.
    pub feedback: String,
}

/// One reader, as a letter needs them.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// Their address, the domain in A-labels.
    pub address: &'a str,
    /// Their name, if one was given.
    pub name: Option<&'a str>,
    /// Their token, as wide as [`TOKEN_PLACEHOLDER`], of letters and digits.
    pub token: &'a str,
    /// The `Message-ID`, without angle brackets.
    pub message_id: &'a str,
    /// The envelope sender.
    pub envelope_from: &'a str,
}

/// One reader's message, ready for the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The envelope sender.
    pub envelope_from: String,
    /// The envelope recipient.
    pub to: String,
    /// What a file of it is named after.
    pub name: String,
    /// Headers and body, CRLF line ends.
    pub bytes: Vec<u8>,
}

/// Why a letter, or a reader's message, could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// An address is not well formed
    #[error("`{0}` is no mail address")]
    Address(String),
    /// A token is not of the placeholder's form
    #[error("a reader's token is not {} letters and digits", TOKEN_PLACEHOLDER.len())]
    Token,
    /// The key to sign with is not readable
    #[error("the DKIM key is neither an RSA key in PKCS#1 PEM nor 32 bytes in base64")]
    Key,
    /// lettre refuses
    #[error("the message cannot be built: {0}")]
    Build(String),
}

/// A letter, encoded.
#[derive(Debug)]
pub struct Template {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    subject: String,
    date: SystemTime,
    language: Language,
    list: List,
    name: String,
    boundary: String,
    text: Encoded,
    html: Encoded,
    dkim: Option<DkimConfig>,
}

impl Template {
    /// Encodes a letter, once for all its readers.
    ///
    /// # Errors
    /// When an address or the key is not well formed.
    pub fn new(letter: &Letter<'_>, dkim: Option<&Dkim>) -> Result<Self, LetterError> {
        Ok(Self {
            from: mailbox(Some(letter.from_name), letter.from_address)?,
            reply_to: letter
                .reply_to
                .map(|address| mailbox(None, address))
                .transpose()?,
            subject: header_text(letter.subject),
            date: SystemTime::from(letter.date),
            language: letter.language,
            list: letter.list.clone(),
            name: letter.name.to_owned(),
            // The parts are quoted-printable or base64, in which `=_` never stands at a line's start.
            boundary: format!(
                "=_{}_{}",
                letter
                    .name
                    .replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
                letter.date.timestamp()
            ),
            text: Encoded::new(letter.text),
            html: Encoded::new(letter.html),
            dkim: dkim.map(signer).transpose()?,
        })
    }

    /// One reader's message.
    ///
    /// # Errors
    /// When their address or token is not well formed.
    pub fn message(&self, to: &Recipient<'_>) -> Result<Message, LetterError> {
        if to.token.len() != TOKEN_PLACEHOLDER.len()
            || !to.token.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return Err(LetterError::Token);
        }
        let own = |text: &str| header_text(&text.replace(TOKEN_PLACEHOLDER, to.token));
        let mut builder = Mail::builder()
            .from(self.from.clone())
            .to(mailbox(to.name, to.address)?)
            .subject(self.subject.as_str())
            .date(self.date)
            .message_id(Some(format!("<{}>", header_text(to.message_id))));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        builder = raw(
            builder,
            "List-Id",
            &format!("{} <{}>", phrase(&self.list.title), own(&self.list.id)),
        );
        let ways: Vec<String> = [&self.list.unsubscribe, &self.list.unsubscribe_mail]
            .into_iter()
            .flatten()
            .map(|way| format!("<{}>", own(way)))
            .collect();
        if !ways.is_empty() {
            builder = raw(builder, "List-Unsubscribe", &ways.join(", "));
        }
        if self.list.unsubscribe.is_some() {
            builder = raw(
                builder,
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click",
            );
        }
        for (name, value) in [
            ("List-Archive", &self.list.archive),
            ("List-Help", &self.list.help),
        ] {
            if !value.is_empty() {
                builder = raw(builder, name, &format!("<{}>", own(value)));
            }
        }
        if !self.list.feedback.is_empty() {
            builder = raw(builder, "Feedback-ID", &own(&self.list.feedback));
        }
        builder = raw(builder, "Auto-Submitted", "auto-generated");
        builder = raw(builder, "Precedence", "bulk");
        builder = raw(builder, "Content-Language", self.language.code());
        builder = raw(builder, "MIME-Version", "1.0");
        let (kind, body) = if self.html.bytes.is_empty() {
            let mut body = Vec::with_capacity(self.text.bytes.len());
            self.text.with_token(to.token, &mut body);
            let body = Body::dangerous_pre_encoded(body, self.text.encoding);
            ("text/plain; charset=utf-8".to_owned(), body)
        } else {
            let body =
                Body::dangerous_pre_encoded(self.body(to.token), ContentTransferEncoding::SevenBit);
            let kind = format!("multipart/alternative; boundary=\"{}\"", self.boundary);
            (kind, body)
        };
        let kind = ContentType::parse(&kind).map_err(|e| LetterError::Build(e.to_string()))?;
        let mut mail = builder
            .header(kind)
            .body(body)
            .map_err(|e| LetterError::Build(e.to_string()))?;
        if let Some(dkim) = &self.dkim {
            mail.sign(dkim);
        }
        Ok(Message {
            envelope_from: to.envelope_from.to_owned(),
            to: to.address.to_owned(),
            name: self.name.clone(),
            bytes: mail.formatted(),
        })
    }

    fn body(&self, token: &str) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.text.bytes.len() + self.html.bytes.len() + 500);
        for (kind, part) in [("plain", &self.text), ("html", &self.html)] {
            body.extend_from_slice(
                format!(
                    "--{}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n",
                    self.boundary, part.encoding
                )
                .as_bytes(),
            );
            part.with_token(token, &mut body);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        body
    }
}

fn mailbox(name: Option<&str>, address: &str) -> Result<Mailbox, LetterError> {
    let wrong = || LetterError::Address(header_text(address));
    let address: Address = address.parse().map_err(|_| wrong())?;
    let name = name.map(header_text).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address))
}

/// A header that lettre has no type for.
fn raw(builder: MessageBuilder, name: &'static str, value: &str) -> MessageBuilder {
    builder.raw_header(HeaderValue::new(
        HeaderName::new_from_ascii_str(name),
        value.to_owned(),
    ))
}

/// A display name before an angle bracket: quoted where a plain word will not do.
fn phrase(text: &str) -> String {
    let text = header_text(text).replace(['"', '\\'], "");
    if text.is_empty() || !text.is_ascii() {
        text
    } else {
        format!("\"{text}\"")
    }
}

/// relaxed/relaxed, as lettre's simple canonicalisation gives signatures that do not verify; and
/// without Content-Type, which breaks the signature of a multipart.
fn signer(dkim: &Dkim) -> Result<DkimConfig, LetterError> {
    const SIGNED: [&str; 15] = [
        "From",
        "Reply-To",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "List-Archive",
        "List-Help",
        "Feedback-ID",
        "Auto-Submitted",
        "Content-Language",
    ];
    let key = dkim.key.trim();
    let algorithm = if key.starts_with("-----BEGIN") {
        DkimSigningAlgorithm::Rsa
    } else {
        DkimSigningAlgorithm::Ed25519
    };
    let key = DkimSigningKey::new(key, algorithm).map_err(|_| LetterError::Key)?;
    Ok(DkimConfig::new(
        dkim.selector.clone(),
        dkim.domain.clone(),
        key,
        SIGNED
            .into_iter()
            .map(HeaderName::new_from_ascii_str)
            .collect(),
        DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        },
    ))
}
