//! Text from outside made safe and comparable: markup off, controls out, case and accents folded,
//! addresses in one form, the language known.
//!
//! Everything here is linear in its input and takes hostile input calmly.

mod excerpt;
mod fold;
mod html;
mod language;
mod line;
mod url;

pub use excerpt::excerpt;
pub use fold::fold;
pub use html::plain;
pub use language::detect;
pub use line::line;
pub use url::canonical;
