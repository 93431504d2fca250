//! The guard: which addresses may be asked.
//!
//! A source's address, and every redirect of it, comes from outside; without a guard it could make
//! us ask the machine's own services or a cloud's metadata. Names are checked after resolving, at the
//! moment of connecting, so that a name which changes its mind in between gains nothing.
//! The ranges are those of the IANA special-purpose registries (RFC 6890 and its updates).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// An address and the length of its prefix.
pub type Network = (IpAddr, u8);

/// Resolves names to addresses that may be asked.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    allowed: Vec<Network>,
}

impl Guard {
    pub(super) fn new(allowed: &[Network]) -> Self {
        Self {
            allowed: allowed.to_vec(),
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        is_public(address)
            || self
                .allowed
                .iter()
                .any(|network| contains(*network, address))
    }

    /// Checks a host that is written as an address: a resolver is not asked for those.
    pub(super) fn allows_literal(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                all.filter(|address| guard.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err("not a public address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address lies in a network; IPv4 within IPv6 is IPv4.
pub fn contains((network, prefix): Network, address: IpAddr) -> bool {
    match (network, address.to_canonical()) {
        (IpAddr::V4(network), IpAddr::V4(address)) => same_prefix_v4(network, address, prefix),
        (IpAddr::V6(network), IpAddr::V6(address)) => same_prefix_v6(network, address, prefix),
        _ => false,
    }
}

fn same_prefix_v4(a: Ipv4Addr, b: Ipv4Addr, prefix: u8) -> bool {
    prefix == 0 || (a.to_bits() ^ b.to_bits()) >> (32 - u32::from(prefix.min(32))) == 0
}

fn same_prefix_v6(a: Ipv6Addr, b: Ipv6Addr, prefix: u8) -> bool {
    prefix == 0 || (a.to_bits() ^ b.to_bits()) >> (128 - u32::from(prefix.min(128))) == 0
}

/// Whether an address belongs to the public Internet.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    const SPECIAL: [(Ipv4Addr, u8); 15] = [
        (Ipv4Addr::UNSPECIFIED, 8),           // this network
        (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
        (Ipv4Addr::new(100, 64, 0, 0), 10),   // carriers' own (RFC 6598)
        (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
        (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, clouds' metadata
        (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
        (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
        (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
        (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays
        (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
        (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks
        (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
        (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
        (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
        (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, broadcast
    ];
    // Alibaba's metadata service stands inside a public range.
    address != Ipv4Addr::new(100, 100, 100, 200)
        && !SPECIAL
            .iter()
            .any(|(network, prefix)| same_prefix_v4(*network, address, *prefix))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056) carry an IPv4 address that the packet ends at.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(embedded(high, low))
        }
        // Only 2000::/3 is given out to the public; within it, parts are not.
        [first, second, ..] => {
            (0x2000..0x4000).contains(&first)
                && !(first == 0x2001 && second < 0x0200) // Teredo, ORCHID, benchmarks
                && !(first == 0x2001 && second == 0x0db8) // documentation
                && !(first == 0x3fff && second < 0x1000) // documentation (RFC 9637)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_asked() {
        for public in [
            "8.8.8.8",
            "151.101.1.69",
            "2606:4700::6810:84e5",
            "64:ff9b::8.8.8.8",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for special in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "3fff::1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
    }

    #[test]
    fn a_listed_network_is_let_through() {
        let guard = Guard::new(&[
            ("127.0.0.1".parse().unwrap(), 32),
            ("fd00::".parse().unwrap(), 8),
        ]);
        let allows = |url: &str| guard.allows_literal(&url.parse().unwrap());
        assert!(allows("http://127.0.0.1/"));
        assert!(
            allows("http://2130706433/"),
            "the parser knows the decimal form"
        );
        assert!(allows("http://[::ffff:127.0.0.1]/"));
        assert!(allows("http://[fd12::1]/"));
        assert!(!allows("http://127.0.0.2/"));
        assert!(!allows("http://0x7f.0.0.2/"));
        assert!(!allows("http://[::1]/"));
    }
}
