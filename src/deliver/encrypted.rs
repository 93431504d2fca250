//! A stream under TLS, in the shape that lettre takes.

use std::{fmt, io, net::SocketAddr, pin::Pin, task};

use lettre::transport::smtp::{
    self,
    client::{AsyncTokioStream, TlsParameters},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream under TLS. lettre encrypts it; this only hands it back to lettre as
/// a stream of ours, as it opens none itself without Nagle's delay and writes no message uncopied.
pub(super) struct Encrypted(tokio_util::compat::Compat<Network>);

#[expect(
    deprecated,
    reason = "lettre has no other name for the stream that it encrypts"
)]
type Network = lettre::transport::smtp::client::AsyncNetworkStream;

impl Encrypted {
    pub(super) async fn handshake(
        stream: impl AsyncTokioStream + 'static,
        tls: TlsParameters,
    ) -> Result<Self, smtp::Error> {
        use tokio_util::compat::FuturesAsyncReadCompatExt;
        let mut network = Network::use_existing_tokio1(Box::new(stream));
        network.upgrade_tls(tls).await?;
        Ok(Self(network.compat()))
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted")
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
        bytes: &[u8],
    ) -> task::Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
