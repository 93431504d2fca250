//! Mailers: where messages go. A closed set, as an enum: a server, a folder.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Message, Outcome, folder, smtp::Connection};
use crate::model::{MailSettings, Server};

/// Where messages go.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// To a mail server
    Smtp {
        /// The server
        server: Server,
        /// Authorities that are trusted for it besides the usual ones, as PEM
        ca: Option<String>,
        /// How long each step may take
        patience: Duration,
    },
    /// Into a folder, as files
    Folder(PathBuf),
}

/// Why no session could be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct MailerError {
    /// One sentence.
    pub sentence: String,
    /// Whether a later try may succeed; otherwise a person must look.
    pub transient: bool,
}

/// An open way to hand messages over, one after the other.
#[derive(Debug)]
pub enum Session {
    /// A connection to a mail server
    Smtp(Box<Connection>),
    /// A folder
    Folder(PathBuf),
}

impl Mailer {
    /// The server of the settings, or the folder where none is set.
    pub fn new(settings: &MailSettings, outbox: &Path) -> Self {
        match &settings.server {
            Some(server) => Self::Smtp {
                server: server.clone(),
                ca: settings.ca.clone(),
                patience: settings.timeout,
            },
            None => Self::Folder(outbox.to_owned()),
        }
    }

    /// Opens a session: connects, encrypts and logs in where there is a server.
    ///
    /// # Errors
    /// One sentence that says what the server or the network said.
    pub async fn open(&self) -> Result<Session, MailerError> {
        Ok(match self {
            Self::Smtp {
                server,
                ca,
                patience,
            } => Session::Smtp(Box::new(
                Connection::open(server, ca.as_deref(), *patience).await?,
            )),
            Self::Folder(folder) => Session::Folder(folder.clone()),
        })
    }
}

impl Session {
    /// Asks whether a message is taken.
    ///
    /// # Errors
    /// How it ended where it is not; nothing arrived then.
    pub async fn offer(&mut self, message: &Message) -> Result<(), Outcome> {
        match self {
            Self::Smtp(connection) => connection.offer(message).await,
            Self::Folder(_) => Ok(()),
        }
    }

    /// Hands over a message that was offered; from here on it may arrive without our knowing. `next`
    /// is what will be offered after it, if that is known: asking for it may go along.
    pub async fn hand_over(&mut self, message: &Message, next: Option<&Message>) -> Outcome {
        match self {
            Self::Smtp(connection) => connection.hand_over(message, next).await,
            Self::Folder(folder) => folder::lay(folder, message).await,
        }
    }

    /// Hands one message over, whole.
    pub async fn send(&mut self, message: &Message) -> Outcome {
        match self.offer(message).await {
            Ok(()) => self.hand_over(message, None).await,
            Err(outcome) => outcome,
        }
    }

    /// Whether the session can go on; a broken one is to be replaced.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Smtp(connection) => connection.is_open(),
            Self::Folder(_) => true,
        }
    }

    /// Says goodbye.
    pub async fn close(self) {
        if let Self::Smtp(connection) = self {
            connection.close().await;
        }
    }
}
