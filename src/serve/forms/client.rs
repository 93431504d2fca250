//! Whose network a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};

use super::limits::Network;

/// The network of a request: that of the other end of the connection, or, where that is a server on
/// this machine that passes requests on, the last one which it names in `X-Forwarded-For`.
pub(super) struct Client(pub(super) Network);

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        let named = || {
            let value = parts
                .headers
                .get_all("x-forwarded-for")
                .iter()
                .next_back()?;
            value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        let address: IpAddr = if peer.to_canonical().is_loopback() {
            named().unwrap_or(peer)
        } else {
            peer
        };
        Ok(Self(Network::of(address)))
    }
}
