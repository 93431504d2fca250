//! Readers: each gets exactly the stories they chose, once, whatever they chose and however the
//! editions fall.

#[path = "readers/choices.rs"]
mod choices;
#[path = "readers/harness.rs"]
mod harness;
#[path = "readers/many.rs"]
mod many;
