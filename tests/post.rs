//! The post against servers that behave well, badly, and not at all; what is signed, and what comes back.

#[path = "post/ask.rs"]
mod ask;
#[path = "post/back.rs"]
mod back;
#[path = "post/hostile.rs"]
mod hostile;
#[path = "round/house.rs"]
mod house;
#[path = "post/kills.rs"]
mod kills;
#[path = "post/message.rs"]
mod message;
#[path = "post/replies.rs"]
mod replies;
#[path = "post/server.rs"]
mod server;
#[path = "post/together.rs"]
mod together;
