//! What comes back: reports of failure (RFC 3464), complaints (RFC 5965), and readers who want out.
//!
//! Whom a letter is about is said by a token of ours and by nothing else in it: by the address it
//! came to, or, in a report, by the headers of our message that it quotes. What the report says of
//! the failure is believed, as only the reader's own servers and ours have seen that token.
//!
//! Deliberate limits: reports without the structure of RFC 3464 are not guessed at; no letter is
//! ever answered.

use std::fmt::Write as _;

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

use super::{
    Fault, Verp, Way,
    clean::header_text,
    status::{enhanced, judge},
};
use crate::model::DeliveryId;

/// The most bytes of a letter that are read; what a report says of itself stands before its quotes.
const LARGEST: usize = 4 << 20;

/// A letter that came back, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The delivery it is about, if a token of ours says so.
    pub delivery: Option<DeliveryId>,
    /// What it says.
    pub report: Report,
}

/// What a letter that came back says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The message did not arrive, and why
    Failed {
        /// Whose fault it is
        fault: Fault,
        /// The status and the words of the report
        said: String,
    },
    /// The message is late, or arrived: nothing to do
    Notice,
    /// The reader called it spam
    Complaint,
    /// The reader wants out
    Unsubscribe,
    /// An automatic answer, such as that of somebody on holiday
    Automatic,
    /// A letter of a person's
    Letter,
}

/// Why a letter is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// There is nothing
    #[error("there is no message on standard input")]
    Empty,
    /// It is no mail
    #[error("this is no mail message: it has no headers")]
    NoMail,
}

/// Reads one letter; `recipient` is the address that it came to, where the mail server says so.
///
/// # Errors
/// When the bytes are no mail at all.
pub fn read_report(
    bytes: &[u8],
    recipient: Option<&str>,
    verp: &Verp,
) -> Result<Incoming, ReportError> {
    let bytes = &bytes[..bytes.len().min(LARGEST)];
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ReportError::Empty);
    }
    let message = MessageParser::default()
        .parse(bytes)
        .filter(|message| message.headers_raw().any(|(name, _)| is_name(name)))
        .ok_or(ReportError::NoMail)?;
    let mut addressed = recipient.unwrap_or_default().to_owned();
    for (name, value) in message.headers_raw() {
        if [
            "to",
            "cc",
            "delivered-to",
            "x-original-to",
            "envelope-to",
            "x-envelope-to",
        ]
        .contains(&name.to_ascii_lowercase().as_str())
        {
            let _ = write!(addressed, " {value}");
        }
    }
    let parts = Parts::of(&message);
    if let Some(fields) = &parts.feedback {
        let kind = field(fields, "feedback-type").unwrap_or_default();
        let report = match kind.to_ascii_lowercase().as_str() {
            "not-spam" | "auth-failure" | "dkim" => Report::Notice,
            kind if kind.starts_with("opt-out") => Report::Unsubscribe,
            _ => Report::Complaint,
        };
        let delivery = verp
            .find(&addressed, Way::Bounce)
            .or_else(|| parts.quoted(fields, verp));
        return Ok(Incoming { delivery, report });
    }
    if let Some(fields) = &parts.status {
        let delivery = verp
            .find(&addressed, Way::Bounce)
            .or_else(|| parts.quoted(fields, verp));
        let report = failure(fields);
        return Ok(Incoming { delivery, report });
    }
    let subject = message.subject().unwrap_or_default();
    if let Some(delivery) = verp
        .find(&addressed, Way::Unsubscribe)
        .or_else(|| verp.find(subject, Way::Unsubscribe))
    {
        return Ok(Incoming {
            delivery: Some(delivery),
            report: Report::Unsubscribe,
        });
    }
    let report = if automatic(&message) {
        Report::Automatic
    } else {
        Report::Letter
    };
    Ok(Incoming {
        delivery: verp.find(&addressed, Way::Bounce),
        report,
    })
}

/// The parts of a report.
#[derive(Default)]
struct Parts {
    /// `message/delivery-status`
    status: Option<String>,
    /// `message/feedback-report`
    feedback: Option<String>,
    /// The headers of the message that is reported.
    original: String,
}

impl Parts {
    fn of(message: &Message<'_>) -> Self {
        let mut parts = Self::default();
        for part in &message.parts {
            let kind = part.content_type().map(|kind| {
                let sub = kind.subtype().unwrap_or_default();
                format!("{}/{sub}", kind.ctype()).to_ascii_lowercase()
            });
            let text = || String::from_utf8_lossy(part.contents()).into_owned();
            match kind.as_deref() {
                Some("message/delivery-status" | "message/global-delivery-status") => {
                    parts.status.get_or_insert_with(text);
                }
                Some("message/feedback-report") => {
                    parts.feedback.get_or_insert_with(text);
                }
                Some("text/rfc822-headers" | "message/global-headers") => {
                    parts.original.push_str(&text());
                }
                _ => {}
            }
            if let PartType::Message(original) = &part.body {
                for (name, value) in original.headers_raw() {
                    let _ = writeln!(parts.original, "{name}: {}", value.trim());
                }
            }
        }
        parts
    }

    /// The delivery by what the report quotes: the sender that it names, or a header of ours.
    fn quoted(&self, fields: &str, verp: &Verp) -> Option<DeliveryId> {
        verp.find(fields, Way::Bounce)
            .or_else(|| verp.find(&self.original, Way::Bounce))
            // The way out that stands in our headers names the delivery as well.
            .or_else(|| verp.find(&self.original, Way::Unsubscribe))
    }
}

/// Reads the fields of an RFC 3464 report. Each of our messages has one recipient; of several groups
/// the one that failed counts.
fn failure(fields: &str) -> Report {
    let fields = fields.replace("\r\n", "\n");
    let failed = fields.split("\n\n").find(|group| {
        field(group, "action").is_some_and(|action| action.eq_ignore_ascii_case("failed"))
    });
    let Some(group) = failed else {
        return Report::Notice;
    };
    let status = field(group, "status").unwrap_or_default();
    let diagnostic = field(group, "diagnostic-code").unwrap_or_default();
    // `smtp; 550 5.1.1 no such user`: what the last server said, code first.
    let words = diagnostic
        .split_once(';')
        .map_or(diagnostic.as_str(), |(_, words)| words)
        .trim();
    let (code, text) = reply(words);
    let status = status.split_whitespace().next().unwrap_or_default();
    let vague = matches!(enhanced(status), None | Some((_, 0, 0)));
    let fault = if vague && (code.is_some() || enhanced(text).is_some()) {
        judge(code.unwrap_or(500), text)
    } else {
        let class = enhanced(status).map_or(5, |(class, ..)| class);
        let code = code.unwrap_or(if class == 4 { 450 } else { 500 });
        judge(
            if class == 4 { 450 } else { code },
            &format!("{status} {text}"),
        )
    };
    Report::Failed {
        fault,
        said: header_text(&format!("{status} {words}")),
    }
}

/// The code at the start of a server's words, and what follows it.
fn reply(words: &str) -> (Option<u16>, &str) {
    let code = words
        .get(..3)
        .and_then(|code| code.parse().ok())
        .filter(|code| (400..600).contains(code));
    match code {
        Some(code) => (Some(code), words[3..].trim_start_matches([' ', '-'])),
        None => (None, words),
    }
}

/// The value of a field in a group, unfolded.
fn field(group: &str, name: &str) -> Option<String> {
    let mut lines = group.lines();
    let first = lines.by_ref().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })?;
    let folded = lines.take_while(|line| line.starts_with([' ', '\t']));
    Some(folded.fold(first, |value, line| format!("{value} {}", line.trim())))
}

/// Whether a program wrote it (RFC 3834).
fn automatic(message: &Message<'_>) -> bool {
    message.headers_raw().any(|(name, value)| {
        let value = value.trim().to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "auto-submitted" => value != "no",
            "precedence" => matches!(value.as_str(), "bulk" | "junk" | "list" | "auto_reply"),
            "x-autoreply" | "x-autorespond" | "x-auto-response-suppress" => true,
            "return-path" => value == "<>",
            _ => false,
        }
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b':')
}
