//! The stream to a mail server: lettre talks on it, and messages go out on it as they are. What lettre
//! writes it copies, and a message is some thousand times as long as a command.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task,
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream to a mail server; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Stream(Arc<Mutex<Shared>>);

#[derive(Debug)]
struct Shared {
    stream: Box<dyn AsyncTokioStream>,
    /// What is read before anything that the server says.
    before: &'static [u8],
}

impl Stream {
    /// A stream on which the server will greet.
    pub(super) fn new(stream: impl AsyncTokioStream + 'static) -> Self {
        Self::after(b"", stream)
    }

    /// A stream on which the server has greeted, as it does no second time after STARTTLS (RFC 3207
    /// section 4.2); lettre waits for a greeting.
    pub(super) fn greeted(stream: impl AsyncTokioStream + 'static) -> Self {
        Self::after(b"220 encrypted\r\n", stream)
    }

    fn after(before: &'static [u8], stream: impl AsyncTokioStream + 'static) -> Self {
        let stream = Box::new(stream);
        Self(Arc::new(Mutex::new(Shared { stream, before })))
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes bytes that stand in several places, in as few calls of the system as can be.
    pub(super) async fn write(&self, parts: &[&[u8]]) -> io::Result<()> {
        // Under TLS each part would be a record and a packet of its own.
        let whole = (!self.shared().stream.is_write_vectored()).then(|| parts.concat());
        let mut slices: Vec<IoSlice<'_>> = match &whole {
            Some(whole) => vec![IoSlice::new(whole)],
            None => parts.iter().map(|part| IoSlice::new(part)).collect(),
        };
        let mut rest = slices.as_mut_slice();
        while !rest.is_empty() {
            let written = std::future::poll_fn(|cx| {
                Pin::new(&mut *self.shared().stream).poll_write_vectored(cx, rest)
            });
            match written.await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => IoSlice::advance_slices(&mut rest, written),
            }
        }
        std::future::poll_fn(|cx| Pin::new(&mut *self.shared().stream).poll_flush(cx)).await
    }
}

impl AsyncTokioStream for Stream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.shared().stream.peer_addr()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> task::Poll<io::Result<()>> {
        let mut shared = self.shared();
        if shared.before.is_empty() {
            return Pin::new(&mut *shared.stream).poll_read(cx, buffer);
        }
        let (now, later) = shared
            .before
            .split_at(shared.before.len().min(buffer.remaining()));
        buffer.put_slice(now);
        shared.before = later;
        task::Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        bytes: &[u8],
    ) -> task::Poll<io::Result<usize>> {
        Pin::new(&mut *self.shared().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<io::Result<()>> {
        Pin::new(&mut *self.shared().stream).poll_flush(cx)
    }

    fn poll_shutdown(
        self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut *self.shared().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    #[tokio::test]
    async fn a_greeting_is_read_first_and_parts_are_written_whole() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (mut there, _) = listener.accept().await.unwrap();
        let mut stream = Stream::greeted(here);
        there.write_all(b"250 hello\r\n").await.unwrap();
        let mut read = [0; 26];
        stream.read_exact(&mut read[..5]).await.unwrap();
        stream.read_exact(&mut read[5..]).await.unwrap();
        assert_eq!(&read, b"220 encrypted\r\n250 hello\r\n");

        // More than the system takes at once.
        let long = vec![b'x'; 8_000_000];
        let reader = tokio::spawn(async move {
            let mut all = Vec::new();
            there.read_to_end(&mut all).await.map(|_| all)
        });
        stream.write(&[b"a", &long, b"", b"z"]).await.unwrap();
        stream.shutdown().await.unwrap();
        let all = reader.await.unwrap().unwrap();
        assert_eq!(all.len(), long.len() + 2);
        assert!(all.starts_with(b"ax") && all.ends_with(b"xz"));
    }
}
