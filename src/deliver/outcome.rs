//! How the sending of a message ended, read from the server's reply (RFC 5321, RFC 3463).

use super::status::{Fault, judge};

/// How the sending of one message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it
    Accepted(String),
    /// The server says try later, as greylisting does
    Later(String),
    /// The mailbox is full, which may pass
    Full(String),
    /// The address is dead: nothing is to be sent there again
    Dead(String),
    /// This reader's server does not take this message; the address may live
    Refused(String),
    /// The server refuses us, not the reader: no address suffers, and a person must look
    OurFault(String),
    /// The connection was lost before the message was handed over, so it did surely not arrive
    Lost(String),
    /// The message was handed over whole and no answer came: it may or may not arrive
    Unsure(String),
}

/// How far a conversation had come when the server said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
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
    // 421: the server closes the connection, whatever was asked.
    if code == 421 {
        return Outcome::Lost(reply);
    }
    match judge(code, text) {
        Fault::Passing => Outcome::Later(reply),
        Fault::Full => Outcome::Full(reply),
        Fault::TooLarge => Outcome::OurFault(format!(
            "{reply} (the edition is larger than the server takes: a lower `max_items` makes it smaller)"
        )),
        Fault::Ours => Outcome::OurFault(reply),
        // What is said to the sender's address is said of us.
        _ if step == Step::Mail => Outcome::OurFault(reply),
        Fault::Dead if step == Step::Rcpt => Outcome::Dead(reply),
        Fault::Dead | Fault::Unwelcome => Outcome::Refused(reply),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_by_their_enhanced_status() {
        use Step::{Data, Mail, Rcpt};
        let table = [
            (Rcpt, 550, "5.1.1 no such user", "dead"),
            (Rcpt, 550, "no such user", "dead"),
            (Rcpt, 550, "5.5.0 mailbox unavailable", "dead"),
            (Rcpt, 550, "5.7.17 the mailbox has changed hands", "dead"),
            (Rcpt, 450, "4.2.0 greylisted", "later"),
            (Rcpt, 451, "4.7.1 greylisted", "later"),
            (Rcpt, 452, "4.2.2 mailbox full", "full"),
            (Rcpt, 421, "4.3.2 going down", "lost"),
            (Rcpt, 554, "5.7.1 relay access denied", "ours"),
            (Rcpt, 550, "relaying denied", "ours"),
            (Rcpt, 550, "blocked using a blacklist", "ours"),
            (Rcpt, 552, "5.2.2 mailbox full", "full"),
            (Rcpt, 552, "5.2.3 too long for this mailbox", "refused"),
            (Mail, 553, "sender not allowed", "ours"),
            (Mail, 550, "5.1.8 bad sender", "ours"),
            (Mail, 451, "try again", "later"),
            (Data, 552, "5.3.4 message too big", "ours"),
            (Data, 552, "message size exceeds the limit", "ours"),
            (Data, 554, "5.6.0 content rejected", "refused"),
            (Data, 550, "5.1.1 no such user", "refused"),
            (Data, 550, "5.7.1 looks like spam", "ours"),
            (Data, 451, "try again", "later"),
            (Mail, 530, "5.7.0 authentication required", "ours"),
            (Mail, 454, "4.7.0 temporary authentication failure", "later"),
        ];
        for (step, code, text, expected) in table {
            let got = match refusal(step, code, text) {
                Outcome::Later(_) => "later",
                Outcome::Full(_) => "full",
                Outcome::Dead(_) => "dead",
                Outcome::Refused(_) => "refused",
                Outcome::OurFault(_) => "ours",
                Outcome::Lost(_) => "lost",
                Outcome::Accepted(_) | Outcome::Unsure(_) => "never",
            };
            assert_eq!(got, expected, "{step:?} {code} {text}");
        }
    }
}
