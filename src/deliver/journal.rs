//! The journal: what was in hand when the program died, told by a file beside the database.
//!
//! Deliveries are taken from the database and written back by the dozen. In between, a line here
//! says that a message is about to be handed over, and another what came of it. A write to a file
//! outlives the program that is killed, so the next one knows which message may have arrived
//! without an answer: one a connection at the most. It does not outlive the machine's power; then
//! the journal is of another boot, and everything that was taken is in doubt.

use std::{
    collections::{HashMap, HashSet},
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A journal that is open; it ends with [`Journal::close`], or is found by the next program.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

/// What an earlier program left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The name under which it took deliveries.
    pub owner: String,
    /// Whether all that it wrote is still here.
    pub whole: bool,
    /// What it was about to hand over.
    pub begun: HashSet<String>,
    /// What it had an answer to, with the answer as it was written.
    pub ended: HashMap<String, String>,
}

impl Journal {
    /// Reads what an earlier program left, if any did.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn left(path: &Path) -> io::Result<Option<Left>> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut left = Left::default();
        // A line without its end was being written when the machine stopped.
        for line in text.split_inclusive('\n') {
            let Some(line) = line.strip_suffix('\n') else {
                break;
            };
            match line.split_once(' ') {
                Some(("boot", boot)) => left.whole = this_boot().is_some_and(|now| now == boot),
                Some(("owner", owner)) => owner.clone_into(&mut left.owner),
                Some((">", id)) => {
                    left.begun.insert(id.to_owned());
                }
                Some(("=", rest)) => {
                    if let Some((id, answer)) = rest.split_once(' ') {
                        left.ended.insert(id.to_owned(), answer.to_owned());
                    }
                }
                _ => {}
            }
        }
        Ok(Some(left))
    }

    /// Begins a new journal in place of an old one, which was dealt with.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(path: &Path, owner: &str) -> io::Result<Self> {
        let mut fresh = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        let boot = this_boot().unwrap_or_default();
        fresh.write_all(format!("boot {boot}\nowner {owner}\n").as_bytes())?;
        fresh.persist(path)?;
        Ok(Self {
            file: OpenOptions::new().append(true).open(path)?,
            path: path.to_owned(),
        })
    }

    /// A message is about to be handed over.
    ///
    /// # Errors
    /// When the file cannot be written; the message must not be sent then.
    pub fn begun(&self, id: &str) -> io::Result<()> {
        (&self.file).write_all(format!("> {id}\n").as_bytes())
    }

    /// What came of it: a text on one line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn ended(&self, id: &str, answer: &str) -> io::Result<()> {
        (&self.file).write_all(format!("= {id} {answer}\n").as_bytes())
    }

    /// Ends the journal, when all that it says is in the database.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn close(self) -> io::Result<()> {
        std::fs::remove_file(&self.path)
    }
}

/// Whether this system tells one boot from another; where it does not, a journal is never whole.
pub fn knows_its_boot() -> bool {
    this_boot().is_some()
}

fn this_boot() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(boot.trim().to_owned()).filter(|boot| !boot.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_the_end_is_found_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("post.journal");
        assert_eq!(Journal::left(&path).unwrap(), None);
        let journal = Journal::begin(&path, "me").unwrap();
        for id in ["a", "b"] {
            journal.begun(id).unwrap();
        }
        journal.ended("a", "{\"said\":\"250 ok\"}").unwrap();
        (&journal.file).write_all(b"= b torn").unwrap();
        let left = Journal::left(&path).unwrap().unwrap();
        assert_eq!(left.owner, "me");
        assert_eq!(left.whole, knows_its_boot());
        assert_eq!(left.begun.len(), 2);
        assert_eq!(left.ended.len(), 1);
        assert_eq!(left.ended["a"], "{\"said\":\"250 ok\"}");
        journal.close().unwrap();
        assert_eq!(Journal::left(&path).unwrap(), None);
    }
}
