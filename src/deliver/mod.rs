//! Delivering: an edition's letter made once, personalised for each reader, and handed to a mail
//! server or laid into a folder; and what comes back.
//!
//! [`Letter`] is what a kind of reader gets; [`Template`] is the letter encoded once, out of which
//! [`Template::message`] makes one reader's message by splicing. [`Mailer`] opens a [`Session`] that
//! takes message after message on one connection and says of each how it ended ([`Outcome`]).
//! [`Verp`] writes the addresses that bounces come back to, and [`read_report`] reads those.
//!
//! Deliberate limits: nothing here knows the database or retries; who is sent what and when again is
//! decided by `issue`, so that a crash at any step finds the truth in the ledger.

mod clean;
mod connect;
mod encrypted;
mod folder;
mod journal;
mod keys;
mod letter;
mod mailer;
mod outcome;
mod pace;
mod report;
mod sign;
mod smtp;
mod splice;
mod status;
mod stream;
mod template;
mod verp;

pub use clean::{header_text, mailbox_domain};
pub use journal::{Journal, Left, knows_its_boot};
pub use keys::{KeyError, KeyKind, KeyRecord, make_key, read_key};
pub use letter::{Letter, LetterError, List, Message, Recipient};
pub use mailer::{Mailer, MailerError, Session};
pub use outcome::Outcome;
pub use pace::Pace;
pub use report::{Incoming, Report, ReportError, read_report};
pub use sign::check_key;
pub use status::{Fault, judge};
pub use template::Template;
pub use verp::{Verp, Way};
