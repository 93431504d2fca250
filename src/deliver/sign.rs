//! DKIM signatures (RFC 6376, RFC 8463), relaxed/relaxed, by RSA and Ed25519.
//!
//! A mail is signed thousands of times with another token in it, so whatever is the same for every
//! reader is made canonical and hashed once: [`Sealed`]. The signatures themselves are ring's.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::{
    digest::{Context, SHA256},
    rand::SystemRandom,
    signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls::pki_types::{PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, pem::PemObject};

use super::{LetterError, splice::Spliced};
use crate::model::Dkim;

/// Whether a text is a key to sign with; the error is the end of a sentence about its file.
///
/// # Errors
/// When it is none.
pub fn check_key(text: &str) -> Result<(), String> {
    let wrong = "holds neither PEM of an RSA or Ed25519 key nor 32 bytes in base64";
    Key::read(text).map(|_| ()).ok_or_else(|| wrong.to_owned())
}

/// One key with the name it is found by.
#[derive(Debug)]
pub(super) struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

#[derive(Debug)]
enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// The canonical headers of one message, in the order in which the signature names them.
#[derive(Clone, Debug, Default)]
pub(super) struct SignedHeaders {
    names: String,
    text: String,
}

/// A body made ready to be hashed: canonical, and hashed as far as all readers share it.
#[derive(Clone)]
pub(super) struct Sealed {
    /// The canonical body, where it is not the body itself.
    relaxed: Option<Spliced>,
    shared: usize,
    begun: Context,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

impl Signer {
    pub(super) fn new(dkim: &Dkim) -> Result<Self, LetterError> {
        Ok(Self {
            domain: dkim.domain.clone(),
            selector: dkim.selector.clone(),
            key: Key::read(&dkim.key).ok_or(LetterError::Key)?,
        })
    }

    /// The whole `DKIM-Signature` header.
    pub(super) fn header(
        &self,
        headers: &SignedHeaders,
        body_hash: &str,
    ) -> Result<String, LetterError> {
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        let Self {
            domain, selector, ..
        } = self;
        let values = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed; d={domain}; s={selector};\r\n \
             h={};\r\n bh={body_hash};\r\n b=",
            headers.names
        );
        let mut text = headers.text.clone();
        text.push_str("dkim-signature:");
        text.push_str(&relaxed(&values));
        let signature = BASE64.encode(self.key.sign(text.as_bytes())?);
        let mut header = format!("DKIM-Signature: {values}");
        for (number, line) in signature.as_bytes().chunks(72).enumerate() {
            if number > 0 {
                header.push_str("\r\n ");
            }
            header.push_str(&String::from_utf8_lossy(line));
        }
        header.push_str("\r\n");
        Ok(header)
    }
}

impl Key {
    /// PEM of PKCS#1 or PKCS#8, or the 32 bytes of an Ed25519 key in base64.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.starts_with("-----BEGIN") {
            let seed = BASE64.decode(text).ok()?;
            return Ed25519KeyPair::from_seed_unchecked(&seed)
                .ok()
                .map(Self::Ed25519);
        }
        if let Ok(der) = PrivatePkcs1KeyDer::from_pem_slice(text.as_bytes()) {
            let key = RsaKeyPair::from_der(der.secret_pkcs1_der()).ok()?;
            return Some(Self::Rsa(Box::new(key)));
        }
        let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok()?;
        let der = der.secret_pkcs8_der();
        RsaKeyPair::from_pkcs8(der)
            .map(|key| Self::Rsa(Box::new(key)))
            .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Self::Ed25519))
            .ok()
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, LetterError> {
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    text,
                    &mut signature,
                )
                .map_err(|_| LetterError::Key)?;
                Ok(signature)
            }
            // RFC 8463: what is signed is the hash of the headers.
            Self::Ed25519(key) => {
                let hash = ring::digest::digest(&SHA256, text);
                Ok(key.sign(hash.as_ref()).as_ref().to_vec())
            }
        }
    }
}

impl SignedHeaders {
    /// Adds one header, `Name: value` with its line end, folded or not.
    pub(super) fn add(&mut self, header: &str) {
        let Some((name, value)) = header.split_once(':') else {
            return;
        };
        self.named(name);
        self.text.push_str(&name.to_ascii_lowercase());
        self.text.push(':');
        self.text.push_str(&relaxed(value));
        self.text.push_str("\r\n");
    }

    /// Names a header once more than it is there, so that nobody adds a second one.
    pub(super) fn close(&mut self, name: &str) {
        self.named(name);
    }

    fn named(&mut self, name: &str) {
        if !self.names.is_empty() {
            self.names.push(':');
            let line = self.names.rsplit('\n').next().map_or(0, str::len);
            if line + name.len() > 70 {
                self.names.push_str("\r\n  ");
            }
        }
        self.names.push_str(name);
    }
}

impl Sealed {
    pub(super) fn new(body: &Spliced) -> Self {
        let relaxed = body.relaxed();
        let shared = relaxed.shared();
        let mut begun = Context::new(&SHA256);
        begun.update(&relaxed.bytes[..shared]);
        Self {
            relaxed: (relaxed.bytes != body.bytes).then_some(relaxed),
            shared,
            begun,
        }
    }

    /// The hash of the body with a reader's token in it, in base64; `body` is the one that this was made of.
    pub(super) fn hash(&self, body: &Spliced, token: &str) -> String {
        let mut hash = self.begun.clone();
        let canonical = self.relaxed.as_ref().unwrap_or(body);
        canonical.pieces(self.shared, token, |piece| hash.update(piece));
        BASE64.encode(hash.finish())
    }
}

/// A header's value on one line, runs of blanks one space, none at either end (RFC 6376 section 3.4.2).
fn relaxed(value: &str) -> String {
    let mut line = String::with_capacity(value.len());
    for word in value.split([' ', '\t', '\r', '\n']) {
        if !word.is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    line
}
