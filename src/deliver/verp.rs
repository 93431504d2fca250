//! Tokens in addresses (VERP): a bounce comes back to an address that only we can have written.
//!
//! A token names a delivery and what the address is for, and carries a keyed hash of both, so that
//! a report is trusted by where it arrives and never by what it says. Letters are small, as some
//! servers fold case.

use ring::hmac;

use crate::model::DeliveryId;

/// The letters of the hash in a token: 64 bits, checked at the rate of mail.
const SEAL: usize = 16;

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Reports of what became of the delivery
    Bounce,
    /// The reader's word that they want out
    Unsubscribe,
}

/// Writes and reads tokens.
#[derive(Clone, Debug)]
pub struct Verp {
    key: hmac::Key,
}

impl Verp {
    /// With a secret that stays the same as long as bounces may come.
    pub fn new(secret: &str) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
        }
    }

    /// The token: letters and digits.
    pub fn token(&self, way: Way, delivery: &DeliveryId) -> String {
        let letter = match way {
            Way::Bounce => 'b',
            Way::Unsubscribe => 'u',
        };
        let named = format!("{letter}{delivery}");
        let seal = self.seal(&named);
        named + &seal
    }

    /// `bounces@example.org` with the token after its local part.
    pub fn address(&self, base: &str, way: Way, delivery: &DeliveryId) -> String {
        let token = self.token(way, delivery);
        match base.rsplit_once('@') {
            Some((local, domain)) => format!("{local}+{token}@{domain}"),
            None => base.to_owned(),
        }
    }

    /// The first token of ours in a text, whatever stands around it.
    pub fn find(&self, text: &str, way: Way) -> Option<DeliveryId> {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| (SEAL + 2..=SEAL + 64).contains(&word.len()))
            .find_map(|word| self.read(&word.to_ascii_lowercase(), way))
    }

    fn read(&self, token: &str, way: Way) -> Option<DeliveryId> {
        let (named, seal) = token.split_at(token.len() - SEAL);
        let letter = match way {
            Way::Bounce => 'b',
            Way::Unsubscribe => 'u',
        };
        let id = named.strip_prefix(letter)?;
        (self.seal(named) == seal).then(|| DeliveryId::new(id))
    }

    fn seal(&self, named: &str) -> String {
        let tag = hmac::sign(&self.key, named.as_bytes());
        let mut seal = String::with_capacity(SEAL);
        for byte in &tag.as_ref()[..SEAL / 2] {
            seal.push_str(&format!("{byte:02x}"));
        }
        seal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_tokens_are_read() {
        let verp = Verp::new("secret");
        let id = DeliveryId::new("0123456789abcdef0123");
        let address = verp.address("bounces@example.org", Way::Bounce, &id);
        let (local, domain) = address.split_once('@').unwrap();
        assert_eq!(domain, "example.org");
        assert!(local.len() <= 64 && local.starts_with("bounces+b"));
        let text = format!("Return-Path: <{}>", address.to_uppercase());
        assert_eq!(verp.find(&text, Way::Bounce), Some(id.clone()));
        assert_eq!(verp.find(&text, Way::Unsubscribe), None);
        assert_eq!(Verp::new("other").find(&text, Way::Bounce), None);
        let token = verp.token(Way::Bounce, &id);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'7' { b'8' } else { b'7' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(verp.find(&forged, Way::Bounce), None, "{forged}");
            assert_eq!(verp.find(&token[..at], Way::Bounce), None);
        }
    }
}
