//! Delivering: an edition's letter made once, personalised for each reader, and handed to a mail
//! server or laid into a folder.
//!
//! [`Letter`] is what a kind of reader gets; [`Template`] is the letter encoded once, out of which
//! [`Template::message`] makes one reader's message by splicing. [`Mailer`] opens a [`Session`] that
//! sends message after message on one connection and says of each how it ended ([`Outcome`]).
//!
//! Deliberate limits: nothing here knows the database or retries; who is sent what and when again is
//! decided by `issue`, so that a crash at any step finds the truth in the ledger.

mod clean;
mod folder;
mod letter;
mod mailer;
mod outcome;
mod pace;
mod smtp;
mod splice;

pub use clean::{header_text, mailbox_domain};
pub use letter::{Letter, LetterError, List, Message, Recipient, Template};
pub use mailer::{Mailer, MailerError, Session};
pub use outcome::Outcome;
pub use pace::Pace;
