//! Letters: what a kind of reader gets, and what of it is one reader's own.

use chrono::{DateTime, Utc};

use crate::model::{Language, TOKEN_PLACEHOLDER};

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
    /// `List-Unsubscribe` by `mailto:`, if there is such a way.
    pub unsubscribe_mail: Option<&'a str>,
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
    #[error("the DKIM key is neither PEM of an RSA or Ed25519 key nor 32 bytes in base64")]
    Key,
}
