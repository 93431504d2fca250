//! Notify: word to the service manager, in the protocol of `sd_notify(3)`: ready, alive, stopping.
//!
//! Deliberate limit: where no manager asked for it (`NOTIFY_SOCKET`), nothing is said.

use std::{env, time::Duration};

/// The way to the service manager.
#[derive(Clone, Debug)]
pub(super) struct Notify {
    socket: Option<String>,
    watchdog: Option<Duration>,
}

impl Notify {
    /// What the environment asks for.
    pub(super) fn from_environment() -> Self {
        let number = |name| {
            env::var(name)
                .ok()
                .and_then(|text| text.parse::<u64>().ok())
        };
        let ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        Self {
            socket: env::var("NOTIFY_SOCKET").ok(),
            watchdog: number("WATCHDOG_USEC")
                .filter(|_| ours)
                .map(Duration::from_micros),
        }
    }

    /// How often the manager wants to hear that we live: half of its patience.
    pub(super) fn beat(&self) -> Option<Duration> {
        self.watchdog.map(|patience| patience / 2)
    }

    /// Says something, such as `READY=1`. That nobody listens changes nothing.
    pub(super) fn say(&self, words: &str) {
        if let Some(socket) = &self.socket
            && let Err(e) = send(socket, words)
        {
            tracing::debug!("the service manager does not hear `{words}`: {e}");
        }
    }
}

#[cfg(target_os = "linux")]
fn send(socket: &str, words: &str) -> std::io::Result<()> {
    use std::os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixDatagram},
    };
    // A name that begins with `@` has no file.
    let address = match socket.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(words.as_bytes(), &address)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn send(_socket: &str, _words: &str) -> std::io::Result<()> {
    Ok(())
}
