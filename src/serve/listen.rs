//! Listening: connections taken, bounded in number and in time, and each request told who asks.
//!
//! Deliberate limits: HTTP/1.1 without TLS, which is the business of the proxy before it. A client
//! has seconds to send its head and its form, and a connection ends after minutes, however slowly its
//! client reads; so a thousand idle ones cost little and are gone soon.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use hyper::{body::Incoming, server::conn::http1, service::Service as _};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::current::Current;
use crate::fetch::{Network, contains};

/// How long a client may take to send the head of a request, the first and each further one.
const HEAD: Duration = Duration::from_secs(10);
/// After so long a connection is told to end.
const LONG: Duration = Duration::from_mins(5);
/// How long an answer may take to be read once its connection is to end.
const LAST: Duration = Duration::from_secs(5);
/// How many bytes the head of a request may have.
const LONGEST: usize = 32 * 1024;
/// Files that the process needs besides connections: the database, sources, mail servers.
const OWN: usize = 256;
/// The most connections, however many files the system allows.
const MOST: usize = 16_384;

/// Answers on a listener until `stop`; then answers what has begun.
pub(super) async fn listen(
    listener: TcpListener,
    router: Router,
    current: Current,
    stop: CancellationToken,
) {
    let seats = Arc::new(Semaphore::new(seats()));
    let tracker = TaskTracker::new();
    let mut told = false;
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = async {
                let seat = Arc::clone(&seats).acquire_owned().await;
                (seat, listener.accept().await)
            } => accepted,
        };
        match accepted {
            (Ok(seat), Ok((stream, peer))) => {
                let (router, current, stop) = (router.clone(), current.clone(), stop.clone());
                told = false;
                tracker.spawn(async move {
                    answer(stream, peer, router, current, stop).await;
                    drop(seat);
                });
            }
            (Ok(_), Err(e)) => {
                // Out of files, most likely: it passes when a connection ends.
                if !told {
                    tracing::error!("no connection can be taken: {e}");
                }
                told = true;
                sleep(Duration::from_millis(100)).await;
            }
            (Err(_), _) => break,
        }
    }
    tracker.close();
    let _ = timeout(LAST + Duration::from_secs(1), tracker.wait()).await;
}

async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    current: Current,
    stop: CancellationToken,
) {
    // An answer is one write; waiting for more to send with it only delays it.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let proxies = &current.works().settings.serve.proxies;
        let asker = asker(peer.ip(), request.headers(), proxies);
        let asker = SocketAddr::new(asker, peer.port());
        request.extensions_mut().insert(ConnectInfo(asker));
        router.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // A client that hangs up or sends nonsense is no failure of ours.
        _ = connection.as_mut() => return,
        () = sleep(LONG) => {}
        () = stop.cancelled() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(LAST, connection).await;
}

/// Who asks: the peer, or whom a proxy that we believe names as the one before it.
fn asker(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let believed = |address: IpAddr| proxies.iter().any(|proxy| contains(*proxy, address));
    let peer = peer.to_canonical();
    let mut asker = peer;
    let named: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    // Each proxy adds at the end whom it heard; what stands before the first stranger is hearsay.
    for name in named.iter().rev() {
        if !believed(asker) {
            break;
        }
        let Some(address) = address(name) else { break };
        asker = address;
    }
    asker
}

/// An address, with brackets and a port or without.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .map(|address| address.to_canonical())
}

/// How many connections may be open at once: what the system's limit of open files leaves.
fn seats() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok())
        .unwrap_or(1024);
    files.saturating_sub(OWN).clamp(64, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_proxies_are_believed() {
        let proxies: [Network; 2] = [
            ("127.0.0.1".parse().unwrap(), 32),
            ("2001:db8::".parse().unwrap(), 32),
        ];
        let who = |peer: &str, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            asker(peer.parse().unwrap(), &headers, &proxies).to_string()
        };
        assert_eq!(who("127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(who("::ffff:127.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(who("198.51.100.1", &["203.0.113.9"]), "198.51.100.1");
        assert_eq!(
            who("127.0.0.1", &["10.0.0.1, 203.0.113.9, 2001:db8::7"]),
            "203.0.113.9",
            "what a client wrote itself stands before whom the proxy heard"
        );
        assert_eq!(
            who("127.0.0.1", &["10.0.0.1", "203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(who("127.0.0.1", &["[2001:db9::1]:443"]), "2001:db9::1");
        for nonsense in ["unknown", "", ",,", "203.0.113.9; rm", "1.2.3"] {
            assert_eq!(who("127.0.0.1", &[nonsense]), "127.0.0.1", "{nonsense}");
        }
    }
}
