//! The daemon's pages, over a real socket.

#[path = "serve/archive.rs"]
mod archive;
#[path = "serve/harness.rs"]
mod harness;
#[path = "serve/hostile.rs"]
mod hostile;
#[path = "serve/readers.rs"]
mod readers;
