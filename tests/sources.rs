//! Sources, pulled by the program itself from a server that we script: what is asked, when, with
//! which headers, and what becomes of the answers over several runs.

#[path = "sources/bodies.rs"]
mod bodies;
#[path = "sources/conditional.rs"]
mod conditional;
#[path = "sources/exchange.rs"]
mod exchange;
#[path = "sources/health.rs"]
mod health;
#[path = "sources/redirects.rs"]
mod redirects;
#[path = "sources/stage.rs"]
mod stage;
#[path = "sources/times.rs"]
mod times;
