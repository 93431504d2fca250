//! Secrets: random words, and hashes that tell nothing of what they were made from.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use sqlx::{Any, Transaction};

use super::{Result, StoreError};

/// Under what the key for addresses is noted.
const KEY: &str = "address-key";

/// Letters and digits from the system's source of randomness, 5.17 bits each.
pub(super) fn random(length: usize) -> Result<String> {
    const SIGNS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::Failed(format!("no randomness, {error}")))?;
        // 252 is a whole number of times 36: larger bytes would favour the first signs.
        for byte in bytes.iter().filter(|byte| **byte < 252) {
            if text.len() < length {
                text.push(char::from(SIGNS[usize::from(byte % 36)]));
            }
        }
    }
    Ok(text)
}

/// The hash that a token is found by. A token is random and long, so no key and no salt is needed.
pub(super) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The key that addresses are hashed with: 186 random bits, made once for a database. Without it,
/// hashes of addresses can be undone by trying addresses.
pub(super) async fn address_key(transaction: &mut Transaction<'_, Any>) -> Result<AddressKey> {
    sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(KEY)
        .bind(random(36)?)
        .execute(&mut **transaction)
        .await?;
    let key: String = sqlx::query_scalar("SELECT value FROM meta WHERE key = $1")
        .bind(KEY)
        .fetch_one(&mut **transaction)
        .await?;
    Ok(AddressKey(key))
}

/// The key that addresses are hashed with.
pub(super) struct AddressKey(String);

impl AddressKey {
    /// The keyed hash of an address (HMAC-SHA-256, RFC 2104), the same whatever its case.
    pub(super) fn hash(&self, address: &str) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes())
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        mac.update(fold_address(address).as_bytes());
        Ok(hex(&mac.finalize().into_bytes()))
    }
}

/// One reader an address: the domain never minds case, and no server in use minds it before the `@`.
pub(super) fn fold_address(address: &str) -> String {
    address.trim().to_lowercase()
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
