//! From stories to editions to readers; resumable after a crash at any step.
//!
//! [`compile_due`] freezes the editions that the schedule asks for: the edition, its stories'
//! places in the ledger and its deliveries in one transaction. [`publish`] writes `public/` from
//! what is frozen, and [`deliver`] sends what is queued; both can be repeated at any time and do
//! only what is left to do. [`preview`] shows the edition that would be, and changes nothing;
//! [`mod@desk`] is an editor's hand on a draft, and [`review()`] brings drafts to their editors.

mod again;
mod ask;
mod bounce;
mod compile;
mod confirm;
mod copy;
pub mod desk;
mod files;
mod hand;
mod kept;
mod letter;
mod notice;
mod post;
mod preview;
mod publish;
mod readers;
mod report;
mod review;
mod shelves;
mod threads;
mod tray;
mod turns;

pub use bounce::{Came, bounce};
pub use compile::{Compiled, approve, compile_due, compile_now, draft};
pub use confirm::ask_to_confirm;
pub use copy::send_copy;
pub use files::write_if_changed;
pub use letter::{AND, digest_of, letter_for, mail_links, owned_letter};
pub use notice::notify;
pub use post::{deliver, deliver_until};
pub use preview::preview;
pub use publish::{edition_files, publish};
pub use readers::{Content, edition_of};
pub use report::DeliveryReport;
pub use review::review;
