//! The outbox folder: a mail a file, while no server is set.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{Message, Outcome};

/// Lays a message into a folder as `EDITION-ADDRESS.eml`, whole or not at all.
///
/// The same delivery written twice is the same file, so a crash in between doubles nothing; another
/// message of that name, such as a second test copy, gets a number.
pub(super) async fn lay(folder: &Path, message: &Message) -> Outcome {
    let (folder, name, bytes) = (folder.to_owned(), name(message), message.bytes.clone());
    let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes)).await;
    match written {
        Ok(Ok(path)) => Outcome::Accepted(format!("written to {}", path.display())),
        Ok(Err(e)) => Outcome::OurFault(format!("the outbox cannot be written: {e}")),
        Err(e) => Outcome::OurFault(format!("the outbox could not be written: {e}")),
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let further = (2..).map(|number| folder.join(format!("{name}-{number}.eml")));
    let path = std::iter::once(folder.join(format!("{name}.eml")))
        .chain(further)
        .find(|path| {
            std::fs::read(path).map_or(true, |there| message_id(&there) == message_id(bytes))
        })
        .unwrap_or_else(|| folder.join(format!("{name}.eml")));
    file.persist(&path)?;
    Ok(path)
}

/// The line that tells one message from another.
fn message_id(message: &[u8]) -> Option<&[u8]> {
    message
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.trim_ascii().is_empty())
        .find(|line| {
            line.get(..11)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"message-id:"))
        })
}

fn name(message: &Message) -> String {
    let safe = |text: &str| -> String {
        text.chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-_.@+".contains(c) {
                    c
                } else {
                    '_'
                }
            })
            .take(100)
            .collect()
    };
    format!("{}-{}", safe(&message.name), safe(&message.to))
}
