//! Whole rounds, as a user plays them: the program itself, feeds on loopback, a real SMTP conversation.

#[path = "round/demo.rs"]
mod demo;
#[path = "round/desk.rs"]
mod desk;
#[path = "round/failing.rs"]
mod failing;
#[path = "round/house.rs"]
mod house;
#[path = "round/mail.rs"]
mod mail;
#[path = "round/privacy.rs"]
mod privacy;
#[path = "round/rounds.rs"]
mod rounds;
#[path = "round/subscribers.rs"]
mod subscribers;
