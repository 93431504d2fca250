//! Limits: how many may sign up from one network, and over the form as a whole.
//!
//! Each is a bucket that holds what an hour brings and fills up steadily. What one address is mailed is
//! limited by the database, which remembers it.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Mutex,
    time::Instant,
};

/// How many sign-ups an hour one network may make: a room of people at a meeting.
const NETWORK: f64 = 30.0;
/// How many sign-ups an hour the form takes.
const FORM: f64 = 600.0;
/// How many networks are remembered.
const NETWORKS: usize = 20_000;

/// A network that one party is likely to hold whole: /24 of IPv4, /56 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Network(u64);

impl Network {
    pub(super) fn of(address: IpAddr) -> Self {
        let address = match address.to_canonical() {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        let bits = Ipv6Addr::to_bits(address);
        if address.to_ipv4_mapped().is_some() {
            // Mapped addresses all begin alike: what tells them apart stands in the last 32 bits.
            let low = u64::try_from(bits & 0xffff_ffff).unwrap_or_default();
            return Self(low >> 8);
        }
        Self(u64::try_from(bits >> 64).unwrap_or_default() >> 8 | 1 << 63)
    }
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn full(most: f64, at: Instant) -> Self {
        Self { left: most, at }
    }

    fn refill(&mut self, most: f64, now: Instant) {
        let hours = now.saturating_duration_since(self.at).as_secs_f64() / 3600.0;
        self.left = (self.left + hours * most).min(most);
        self.at = now;
    }
}

/// Who has signed up of late.
#[derive(Debug, Default)]
pub(super) struct Limits {
    buckets: Mutex<(Option<Bucket>, HashMap<Network, Bucket>)>,
}

impl Limits {
    /// Whether one more sign-up from the network is taken now.
    pub(super) fn admit(&self, network: Network, now: Instant) -> bool {
        let Ok(mut buckets) = self.buckets.lock() else {
            return false;
        };
        let (form, networks) = &mut *buckets;
        let form = form.get_or_insert(Bucket::full(FORM, now));
        form.refill(FORM, now);
        if networks.len() >= NETWORKS {
            // So many networks in so short a time are one party: the form's own limit holds them.
            networks.clear();
        }
        let own = networks
            .entry(network)
            .or_insert(Bucket::full(NETWORK, now));
        own.refill(NETWORK, now);
        let admitted = form.left >= 1.0 && own.left >= 1.0;
        if admitted {
            form.left -= 1.0;
            own.left -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_network_and_the_form_have_their_fill_and_empty_slowly() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.250"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("2001:db8:0:1200::1"), network("2001:db8:0:12ff::9"));
        assert_ne!(network("2001:db8:0:1200::1"), network("2001:db8:0:1300::1"));

        let limits = Limits::default();
        let start = Instant::now();
        let one = network("192.0.2.1");
        let taken = (0..10_000).filter(|_| limits.admit(one, start)).count();
        assert_eq!(taken, 30);
        assert!(limits.admit(network("192.0.3.1"), start));
        let later = start + Duration::from_mins(10);
        assert_eq!((0..100).filter(|_| limits.admit(one, later)).count(), 5);
        let many =
            (0..2000_u32).map(|n| Network::of(IpAddr::from((0x0a00_0000 + n * 256).to_be_bytes())));
        let taken = many.filter(|network| limits.admit(*network, later)).count();
        assert!((550..=600).contains(&taken), "{taken}");
    }
}
