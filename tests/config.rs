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
#[path = "config/keys.rs"]
mod keys;
#[path = "config/mail.rs"]
mod mail;
#[path = "config/reference.rs"]
mod reference;
#[path = "config/several.rs"]
mod several;
#[path = "config/shipped.rs"]
mod shipped;
#[path = "config/values.rs"]
mod values;
