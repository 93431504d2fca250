//! Status codes: what a server's refusal, or a report of one, says of the address (RFC 3463, the
//! register at <https://www.iana.org/assignments/smtp-enhanced-status-codes>).

/// Whose fault a refusal is, and whether it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It may pass by itself
    Passing,
    /// The mailbox is full
    Full,
    /// There is no such mailbox, and there will be none
    Dead,
    /// The message is larger than the server takes
    TooLarge,
    /// Policy, authentication, reputation: it is about us
    Ours,
    /// This reader's server does not want this message
    Unwelcome,
}

/// Words of replies that speak of us where the code alone would blame the address.
const OURS: [&str; 14] = [
    "relay",
    "spam",
    "blocked",
    "blacklist",
    "blocklist",
    "block list",
    "policy",
    "reputation",
    "spf",
    "dkim",
    "dmarc",
    "authenticat",
    "access denied",
    "not permitted",
];

/// Words that say that there is no such mailbox where the enhanced status does not.
const DEAD: [&str; 9] = [
    "unknown",
    "no such",
    "does not exist",
    "doesn't exist",
    "not found",
    "mailbox unavailable",
    "invalid recipient",
    "invalid mailbox",
    "disabled",
];

/// Judges a reply of 4xx or 5xx by its enhanced status, and by code and words where it has none.
pub fn judge(code: u16, text: &str) -> Fault {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let enhanced = enhanced(text);
    match enhanced {
        Some((_, 2, 2)) => return Fault::Full,
        _ if (400..500).contains(&code) => return Fault::Passing,
        _ if matches!(code, 530 | 534 | 535 | 538) => return Fault::Ours,
        // 5.1.7 and 5.1.8 are about the sender's address.
        Some((5, 1, 7 | 8)) => return Fault::Ours,
        Some((5, 1, _) | (5, 2, 1) | (5, 7, 13 | 17 | 18)) => return Fault::Dead,
        Some((5, 3, 4)) => return Fault::TooLarge,
        Some((5, 7, _)) => return Fault::Ours,
        // 5.0.0 and 5.5.0 are what servers write that know no better.
        Some((5, 0 | 5, 0)) | None => {}
        Some(_) => return Fault::Unwelcome,
    }
    match code {
        552 if says(&["full", "quota"]) => Fault::Full,
        552 => Fault::TooLarge,
        _ if says(&OURS) => Fault::Ours,
        550 | 551 | 553 | 556 if enhanced.is_none() || says(&DEAD) => Fault::Dead,
        _ if says(&DEAD) => Fault::Dead,
        _ => Fault::Unwelcome,
    }
}

/// The enhanced status code at the start of a reply's text (RFC 2034): `5.1.1`.
pub(super) fn enhanced(text: &str) -> Option<(u8, u16, u16)> {
    let mut parts = text.split_whitespace().next()?.splitn(3, '.');
    let mut part = || parts.next()?.parse::<u16>().ok();
    let (class, subject, detail) = (part()?, part()?, part()?);
    Some((u8::try_from(class).ok()?, subject, detail))
}
