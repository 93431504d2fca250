//! The store, on SQLite always, and on PostgreSQL where `CIRCULAR_TEST_POSTGRES` names a server.

#[path = "store/bounces.rs"]
mod bounces;
#[path = "store/claims.rs"]
mod claims;
#[path = "store/doors.rs"]
mod doors;
#[path = "store/harness.rs"]
mod harness;
#[path = "store/keys.rs"]
mod keys;
#[path = "store/left.rs"]
mod left;
#[path = "store/life.rs"]
mod life;
#[path = "store/lists.rs"]
mod lists;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "store/people.rs"]
mod people;
#[path = "store/retention.rs"]
mod retention;
#[path = "store/schema.rs"]
mod schema;
#[path = "store/shelves.rs"]
mod shelves;
#[path = "store/sign_ups.rs"]
mod sign_ups;
#[path = "store/transfer.rs"]
mod transfer;
