//! Packing: bodies as servers pack them, unpacked within a limit.
//!
//! The HTTP client could do this as it reads, but only by the letter: servers send bare deflate for
//! `deflate`, plain text under the label `gzip`, and gzip under none. So the bytes are looked at.

use std::io::Read;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::{FailureKind, FetchError};

/// What a request says that it takes.
pub(super) const ACCEPTED: &str = "gzip, br, zstd, deflate";
/// The most packings of one body, one inside the other.
const MOST: usize = 3;
/// No feed is packed to less than a thousandth; a body that is was made to fill memory.
const RATIO: u64 = 1000;
/// How much longer than its packing a feed is, mostly.
const USUAL: usize = 6;

/// A body as it came, which is a sixth of what it unpacks to: what waits to be read waits packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    pub(super) bytes: Vec<u8>,
    /// `Content-Encoding`.
    pub(super) encoding: Option<String>,
    /// The most bytes that it may unpack to.
    pub(super) limit: u64,
}

impl Packed {
    /// The whole body; this fills a core for a while.
    ///
    /// # Errors
    /// When it is too large, damaged, or packed as nobody asked for.
    pub fn unpack(self) -> Result<Vec<u8>, FetchError> {
        let limit = self.limit;
        unpack(self.bytes, self.encoding.as_deref(), limit).map_err(|why| why.told(limit))
    }
}

/// Why a body could not be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unpackable {
    /// It is larger than the limit
    TooLarge,
    /// It is cut or damaged
    Broken,
    /// It is packed in a way that was not asked for
    Unknown(String),
}

impl Unpackable {
    /// The sentence for it under a limit.
    pub(super) fn told(&self, limit: u64) -> FetchError {
        let (kind, sentence) = match self {
            Self::TooLarge => (
                FailureKind::TooLarge,
                format!(
                    "the document is larger than {limit} bytes: raise `max_size` of [fetch] if it is meant"
                ),
            ),
            Self::Broken => (
                FailureKind::Protocol,
                "the packed answer is cut or damaged".to_owned(),
            ),
            Self::Unknown(name) => (
                FailureKind::Protocol,
                format!("the answer is packed as `{name}`, which nobody asked for"),
            ),
        };
        FetchError::new(kind, true, sentence)
    }
}

/// Undoes the packings that `Content-Encoding` names, the last first (RFC 9110, section 8.4).
pub(super) fn unpack(
    body: Vec<u8>,
    encoding: Option<&str>,
    limit: u64,
) -> Result<Vec<u8>, Unpackable> {
    let limit = limit.min((body.len() as u64).saturating_mul(RATIO).max(64 * 1024));
    let names: Vec<String> = encoding
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    if names.len() > MOST {
        return Err(Unpackable::Unknown(names.join(", ")));
    }
    names
        .iter()
        .rev()
        .try_fold(body, |body, name| once(body, name, limit))
}

fn once(body: Vec<u8>, name: &str, limit: u64) -> Result<Vec<u8>, Unpackable> {
    let bytes = body.as_slice();
    let usual = (bytes.len() * USUAL).min(usize::try_from(limit).unwrap_or(usize::MAX));
    let unpacked = match name {
        // A label without its packing: the text is what it looks like.
        "gzip" | "x-gzip" | "deflate" if is_text(bytes) => return Ok(body),
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(bytes), usual, limit),
        "deflate" if is_zlib(bytes) => read(ZlibDecoder::new(bytes), usual, limit),
        "deflate" => read(DeflateDecoder::new(bytes), usual, limit),
        "br" => read(brotli::Decompressor::new(bytes, 16 * 1024), usual, limit),
        "zstd" => match zstd::Decoder::with_buffer(bytes) {
            Ok(decoder) => read(decoder, usual, limit),
            Err(_) => Err(Unpackable::Broken),
        },
        _ => Err(Unpackable::Unknown(name.to_owned())),
    }?;
    Ok(unpacked)
}

fn read(packed: impl Read, usual: usize, limit: u64) -> Result<Vec<u8>, Unpackable> {
    let mut body = Vec::with_capacity(usual);
    match packed.take(limit + 1).read_to_end(&mut body) {
        Ok(length) if length as u64 > limit => Err(Unpackable::TooLarge),
        Ok(_) => Ok(body),
        Err(_) => Err(Unpackable::Broken),
    }
}

/// Whether a body begins as XML, HTML or JSON does, perhaps after a byte order mark.
fn is_text(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start().first(), Some(b'<' | b'{' | b'['))
}

/// The two bytes before zlib's data (RFC 1950, section 2.2).
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn packings_are_undone_in_turn_and_labels_that_lie_are_seen_through() {
        let twice = gzip(&gzip(b"<rss/>"));
        assert_eq!(unpack(twice, Some("gzip, x-gzip"), 100).unwrap(), b"<rss/>");
        assert_eq!(
            unpack(b" <rss/>".to_vec(), Some("gzip"), 100).unwrap(),
            b" <rss/>"
        );
        assert_eq!(
            unpack(b"<rss/>".to_vec(), Some("identity"), 100).unwrap(),
            b"<rss/>"
        );
        assert_eq!(
            unpack(b"x".to_vec(), Some("compress"), 100),
            Err(Unpackable::Unknown("compress".to_owned()))
        );
    }

    #[test]
    fn a_bomb_stops_at_the_limit_and_a_cut_is_seen() {
        let bomb = gzip(&vec![b' '; 10_000_000]);
        assert_eq!(
            unpack(bomb.clone(), Some("gzip"), 1_000_000),
            Err(Unpackable::TooLarge)
        );
        let feed = gzip(b"<rss><channel><title>a whole feed</title></channel></rss>");
        let cut = feed[..feed.len() - 9].to_vec();
        assert_eq!(
            unpack(cut, Some("gzip"), 1_000_000),
            Err(Unpackable::Broken)
        );
    }
}
