//! Templates: a letter encoded once for all its readers, and made each one's by splicing.
//!
//! Headers follow RFC 5322, the list headers RFC 2369, 2919 and 8058, and what large receivers ask
//! of bulk senders. lettre folds and encodes them; what goes in is cleaned first.

use std::time::SystemTime;

use lettre::{
    Address,
    message::{
        Mailbox, Mailboxes,
        header::{self, ContentType, HeaderName, HeaderValue, Headers, MimeVersion},
    },
};

use super::{
    Letter, LetterError, List, Message, Recipient,
    clean::{ascii_domain, bracketed, header_text},
    sign::{Sealed, SignedHeaders, Signer},
    splice::{Encoded, Spliced},
};
use crate::model::{Dkim, TOKEN_PLACEHOLDER};

/// A letter, encoded.
#[derive(Debug)]
pub struct Template {
    name: String,
    /// The headers that are the same for every reader.
    headers: String,
    unsubscribe: Option<String>,
    body: Spliced,
    sealed: Option<Sealed>,
    signed: SignedHeaders,
    signers: Vec<Signer>,
}

impl Template {
    /// Encodes a letter, once for all its readers; each key signs.
    ///
    /// # Errors
    /// When an address or a key is not well formed.
    pub fn new(letter: &Letter<'_>, dkim: &[Dkim]) -> Result<Self, LetterError> {
        // The parts are quoted-printable or base64, in which `=_` never stands at a line's start.
        let boundary = format!(
            "=_{}_{}",
            letter
                .name
                .replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
            letter.date.timestamp()
        );
        let headers = shared_headers(letter, &boundary)?;
        let body = body(letter, &boundary);
        let signers = dkim
            .iter()
            .map(Signer::new)
            .collect::<Result<Vec<_>, _>>()?;
        let mut signed = SignedHeaders::default();
        for header in unfolded(&headers) {
            signed.add(header);
        }
        Ok(Self {
            name: letter.name.to_owned(),
            unsubscribe: letter.list.unsubscribe.clone(),
            sealed: (!signers.is_empty()).then(|| Sealed::new(&body)),
            headers,
            body,
            signed,
            signers,
        })
    }

    /// How many bytes the body of each message has.
    pub fn size(&self) -> usize {
        self.body.bytes.len()
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
        let own = self.own_headers(to)?;
        let mut bytes = Vec::with_capacity(
            self.body.bytes.len() + self.headers.len() + own.len() + 1000 * self.signers.len() + 2,
        );
        if let Some(sealed) = &self.sealed {
            let hash = sealed.hash(&self.body, to.token);
            let mut signed = self.signed.clone();
            for header in unfolded(&own) {
                signed.add(header);
            }
            signed.close("From");
            for signer in &self.signers {
                bytes.extend_from_slice(signer.header(&signed, &hash)?.as_bytes());
            }
        }
        bytes.extend_from_slice(self.headers.as_bytes());
        bytes.extend_from_slice(own.as_bytes());
        bytes.extend_from_slice(b"\r\n");
        self.body
            .pieces(0, to.token, |piece| bytes.extend_from_slice(piece));
        Ok(Message {
            envelope_from: ascii_domain(to.envelope_from).into_owned(),
            to: ascii_domain(to.address).into_owned(),
            name: self.name.clone(),
            bytes,
        })
    }

    /// The headers that only this reader's message has.
    fn own_headers(&self, to: &Recipient<'_>) -> Result<String, LetterError> {
        let mut headers = Headers::with_capacity(2);
        headers.set(header::To::from(Mailboxes::from(mailbox(
            to.name, to.address,
        )?)));
        headers.set(header::MessageId::from(bracketed(to.message_id)));
        let mut own = headers.to_string();
        let by_web = self
            .unsubscribe
            .as_ref()
            .map(|way| way.replace(TOKEN_PLACEHOLDER, to.token));
        let ways: Vec<String> = by_web
            .as_deref()
            .into_iter()
            .chain(to.unsubscribe_mail)
            .map(bracketed)
            .collect();
        if !ways.is_empty() {
            own.push_str("List-Unsubscribe: ");
            own.push_str(&ways.join(",\r\n "));
            own.push_str("\r\n");
        }
        Ok(own)
    }
}

fn shared_headers(letter: &Letter<'_>, boundary: &str) -> Result<String, LetterError> {
    let from = mailbox(Some(letter.from_name), letter.from_address)?;
    let mut headers = Headers::with_capacity(16);
    headers.set(header::From::from(Mailboxes::from(from)));
    if let Some(reply_to) = letter.reply_to {
        let reply_to = mailbox(None, reply_to)?;
        headers.set(header::ReplyTo::from(Mailboxes::from(reply_to)));
    }
    headers.set(header::Subject::from(header_text(letter.subject)));
    headers.set(header::Date::from(SystemTime::from(letter.date)));
    let List {
        id,
        title,
        archive,
        help,
        unsubscribe,
        feedback,
    } = &letter.list;
    put(
        &mut headers,
        "List-Id",
        &format!("{} {}", phrase(title), bracketed(id)),
    );
    if unsubscribe.is_some() {
        put(
            &mut headers,
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click",
        );
    }
    for (name, value) in [("List-Archive", archive), ("List-Help", help)] {
        if !value.is_empty() {
            put(&mut headers, name, &bracketed(value));
        }
    }
    if !feedback.is_empty() {
        put(&mut headers, "Feedback-ID", &header_text(feedback));
    }
    put(&mut headers, "Auto-Submitted", "auto-generated");
    put(&mut headers, "Precedence", "bulk");
    put(&mut headers, "Content-Language", letter.language.code());
    headers.set(MimeVersion::new(1, 0));
    if letter.html.is_empty() {
        headers.set(ContentType::TEXT_PLAIN);
        headers.set(Encoded::new(letter.text).encoding);
    } else if let Ok(kind) =
        ContentType::parse(&format!("multipart/alternative; boundary=\"{boundary}\""))
    {
        headers.set(kind);
    }
    Ok(headers.to_string())
}

fn body(letter: &Letter<'_>, boundary: &str) -> Spliced {
    if letter.html.is_empty() {
        let mut body = Encoded::new(letter.text).body;
        if !body.bytes.ends_with(b"\r\n") {
            body.bytes.extend_from_slice(b"\r\n");
        }
        return body;
    }
    let mut body = Spliced::default();
    for (kind, text) in [("plain", letter.text), ("html", letter.html)] {
        let part = Encoded::new(text);
        let head = format!(
            "--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n",
            part.encoding
        );
        body.bytes.extend_from_slice(head.as_bytes());
        body.append(&part.body);
        body.bytes.extend_from_slice(b"\r\n");
    }
    let end = format!("--{boundary}--\r\n");
    body.bytes.extend_from_slice(end.as_bytes());
    body
}

/// Headers one by one, each with the lines that it is folded into.
fn unfolded(headers: &str) -> impl Iterator<Item = &str> {
    let mut rest = headers;
    std::iter::from_fn(move || {
        let mut end = rest.find("\r\n")? + 2;
        while rest[end..].starts_with([' ', '\t']) {
            end += rest[end..].find("\r\n")? + 2;
        }
        let (header, after) = rest.split_at(end);
        rest = after;
        Some(header)
    })
}

fn mailbox(name: Option<&str>, address: &str) -> Result<Mailbox, LetterError> {
    let wrong = || LetterError::Address(header_text(address));
    let address: Address = ascii_domain(address).parse().map_err(|_| wrong())?;
    let name = name.map(header_text).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address))
}

/// A header that lettre has no type for.
fn put(headers: &mut Headers, name: &'static str, value: &str) {
    let name = HeaderName::new_from_ascii_str(name);
    headers.insert_raw(HeaderValue::new(name, value.to_owned()));
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
