//! What readers get: mails under every kind of input, the archive's pages and feeds, and what writing them costs.

#[path = "web/archive.rs"]
mod archive;
#[path = "web/desk.rs"]
mod desk;
#[path = "web/feeds.rs"]
mod feeds;
#[path = "web/mails.rs"]
mod mails;
