//! Text from outside made safe and comparable: markup off, controls out, case and accents folded,
//! addresses in one form, the language known.
//!
//! [`plain`] and [`line()`] clean, [`excerpt`] cuts whole sentences, [`fold`] and [`words`] compare,
//! [`detect`] tells the language, [`canonical`] and [`identity`] put addresses of pages into one form,
//! [`mail_address`] those of people.
//! Everything here is linear in its input and takes hostile input calmly.

mod boilerplate;
mod excerpt;
mod fold;
mod hasher;
mod html;
mod language;
mod line;
mod mailbox;
mod months;
mod url;
mod words;

pub use excerpt::excerpt;
pub use fold::fold;
pub use hasher::WordHasher;
pub use html::{plain, too_deep};
pub use language::detect;
pub use line::{clean, line};
pub use mailbox::mail_address;
pub use months::{MONTHS, latin_digits};
pub use url::{canonical, identity, without_language};
pub use words::{Word, Words, stem, words};
