//! The configuration: what each mistake is told as, word for word, how files are edited, and that the
//! files which circular comes with are good.

#[path = "config/edit.rs"]
mod edit;
#[path = "config/files.rs"]
mod files;
#[path = "config/harness.rs"]
mod harness;
#[path = "config/hostile.rs"]
mod hostile;
#[path = "config/mistakes.rs"]
mod mistakes;
#[path = "config/shipped.rs"]
mod shipped;
