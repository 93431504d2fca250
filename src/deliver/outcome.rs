//! How the sending of a message ended, read from the server's reply (RFC 5321, RFC 3463).

/// How the sending of one message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it
    Accepted(String),
    /// The server, or the network, says try later
    Later(String),
    /// The address is dead, or the message unwelcome there, for good
    Refused(String),
    /// The server refuses us, not the reader: no address suffers, and a person must look
    OurFault(String),
    /// The message was handed over whole and no answer came: it may or may not arrive
    Unsure(String),
}

/// How far a conversation had come when the server said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Greeting, TLS, authentication
    Open,
    /// The sender
    Mail,
    /// The reader
    Rcpt,
    /// The message
    Data,
}

/// Reads a reply of 4xx or 5xx.
pub(super) fn refusal(step: Step, code: u16, text: &str) -> Outcome {
    let reply = format!("{code} {}", text.trim());
    let enhanced = enhanced(text);
    // 5.7.x speaks of policy and authentication: of us. 530, 535 and 538 are authentication's own.
    let policy = matches!(enhanced, Some((5, 7, _))) || matches!(code, 530 | 535 | 538);
    match code {
        400..=499 => Outcome::Later(reply),
        _ if step == Step::Open || step == Step::Mail || policy => Outcome::OurFault(reply),
        // A full mailbox (5.2.2) may be emptied.
        _ if matches!(enhanced, Some((5, 2, 2))) => Outcome::Later(reply),
        // The message is larger than the server takes: so it is for every reader there.
        _ if matches!(enhanced, Some((5, 3, 4))) || (code == 552 && enhanced.is_none()) => {
            Outcome::OurFault(reply)
        }
        _ => Outcome::Refused(reply),
    }
}

/// The enhanced status code at the start of a reply's text (RFC 2034): `5.1.1`.
fn enhanced(text: &str) -> Option<(u8, u16, u16)> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.');
    let mut part = || parts.next()?.parse::<u16>().ok();
    let (class, subject, detail) = (part()?, part()?, part()?);
    Some((u8::try_from(class).ok()?, subject, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_by_their_enhanced_status() {
        use Step::{Data, Mail, Rcpt};
        let table = [
            (Rcpt, 550, "5.1.1 no such user", "refused"),
            (Rcpt, 550, "no such user", "refused"),
            (Rcpt, 450, "4.2.0 greylisted", "later"),
            (Rcpt, 554, "5.7.1 relay access denied", "ours"),
            (Rcpt, 552, "5.2.2 mailbox full", "later"),
            (Mail, 553, "sender not allowed", "ours"),
            (Data, 552, "5.3.4 message too big", "ours"),
            (Data, 554, "5.6.0 content rejected", "refused"),
            (Data, 451, "try again", "later"),
            (Mail, 530, "5.7.0 authentication required", "ours"),
        ];
        for (step, code, text, expected) in table {
            let got = match refusal(step, code, text) {
                Outcome::Later(_) => "later",
                Outcome::Refused(_) => "refused",
                Outcome::OurFault(_) => "ours",
                Outcome::Accepted(_) | Outcome::Unsure(_) => "never",
            };
            assert_eq!(got, expected, "{step:?} {code} {text}");
        }
    }
}
