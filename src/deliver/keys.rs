//! Keys to sign with, made here, and the DNS record that publishes them (RFC 6376 section 3.6.1).

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::signature::{Ed25519KeyPair, KeyPair};
use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding},
    pkcs8::{DecodePrivateKey, EncodePublicKey},
};

/// The bits of an RSA key: receivers take no fewer than 1,024, and a longer one makes no record that
/// every DNS form takes.
const BITS: usize = 2048;
/// The most bytes of one string of a TXT record.
const STRING: usize = 255;

/// The two kinds of keys that receivers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Every receiver checks it
    Rsa,
    /// Short and quick; few receivers check it yet, so it goes beside an RSA key
    Ed25519,
}

impl KeyKind {
    /// The word of the record's `k=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// What is published of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// What kind of key it is.
    pub kind: KeyKind,
    /// The text of the TXT record.
    pub value: String,
}

impl KeyRecord {
    /// The record's text in strings that a TXT record takes, each in quotes.
    pub fn strings(&self) -> String {
        let chunks = self.value.as_bytes().chunks(STRING);
        let strings: Vec<String> = chunks
            .map(|chunk| format!("\"{}\"", String::from_utf8_lossy(chunk)))
            .collect();
        strings.join(" ")
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be written or read
    #[error("`{0}` {1}")]
    File(String, io::Error),
    /// The file holds something else
    #[error(
        "`{0}` holds no key to sign with: neither PEM of an RSA or Ed25519 key nor 32 bytes in base64"
    )]
    Strange(String),
    /// There is no randomness, or none that makes a key
    #[error("no key can be made: {0}")]
    Made(String),
}

/// Makes a key and writes it into a new file that only its owner may read; an old one stays.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn make_key(kind: KeyKind, file: &Path) -> Result<KeyRecord, KeyError> {
    let name = file.display().to_string();
    let wrong = |e: io::Error| KeyError::File(name.clone(), e);
    if let Some(folder) = file.parent().filter(|folder| !folder.exists()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(wrong)?;
    }
    let text = match kind {
        KeyKind::Rsa => {
            let made = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BITS)
                .map_err(|e| KeyError::Made(e.to_string()))?;
            let pem = made.to_pkcs1_pem(LineEnding::LF);
            pem.map_err(|e| KeyError::Made(e.to_string()))?.to_string()
        }
        KeyKind::Ed25519 => {
            let mut seed = [0_u8; 32];
            getrandom::fill(&mut seed).map_err(|e| KeyError::Made(e.to_string()))?;
            format!("{}\n", BASE64.encode(seed))
        }
    };
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut key = options.open(file).map_err(wrong)?;
    key.write_all(text.as_bytes()).map_err(wrong)?;
    key.sync_all().map_err(wrong)?;
    record(&text).ok_or(KeyError::Strange(name))
}

/// The record of a key that is there.
///
/// # Errors
/// When the file cannot be read or holds no key.
pub fn read_key(file: &Path) -> Result<KeyRecord, KeyError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|e| KeyError::File(name.clone(), e))?;
    record(&text).ok_or(KeyError::Strange(name))
}

fn record(text: &str) -> Option<KeyRecord> {
    let text = text.trim();
    let (kind, public) = if !text.starts_with("-----BEGIN") {
        let seed = BASE64.decode(text).ok()?;
        (
            KeyKind::Ed25519,
            public(&Ed25519KeyPair::from_seed_unchecked(&seed).ok()?),
        )
    } else if let Ok(key) =
        RsaPrivateKey::from_pkcs1_pem(text).or_else(|_| RsaPrivateKey::from_pkcs8_pem(text))
    {
        let der = RsaPublicKey::from(&key).to_public_key_der().ok()?;
        (KeyKind::Rsa, der.as_bytes().to_vec())
    } else {
        use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
        let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok()?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).ok()?;
        (KeyKind::Ed25519, public(&key))
    };
    Some(KeyRecord {
        kind,
        value: format!("v=DKIM1; k={}; p={}", kind.as_str(), BASE64.encode(public)),
    })
}

fn public(key: &Ed25519KeyPair) -> Vec<u8> {
    key.public_key().as_ref().to_vec()
}
