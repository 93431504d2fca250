//! Packing: bodies as servers pack them, unpacked within a limit.
//!
//! The HTTP client could do this as it reads, but only by the letter: servers send bare deflate for
//! `deflate`, plain text under the label `gzip`, and gzip under none. So the bytes are looked at.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// What a request says that it takes.
pub(super) const ACCEPTED: &str = "gzip, br, zstd, deflate";
/// The most packings of one body, one inside the other.
const MOST: usize = 3;
/// No feed is packed to less than a thousandth; a body that is was made to fill memory.
const RATIO: u64 = 1000;

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
    let unpacked = match name {
        // A label without its packing: the text is what it looks like.
        "gzip" | "x-gzip" | "deflate" if is_text(bytes) => return Ok(body),
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(bytes), limit),
        "deflate" if is_zlib(bytes) => read(ZlibDecoder::new(bytes), limit),
        "deflate" => read(DeflateDecoder::new(bytes), limit),
        "br" => read(brotli::Decompressor::new(bytes, 16 * 1024), limit),
        "zstd" => match zstd::Decoder::new(bytes) {
            Ok(decoder) => read(decoder, limit),
            Err(_) => Err(Unpackable::Broken),
        },
        _ => Err(Unpackable::Unknown(name.to_owned())),
    }?;
    Ok(unpacked)
}

fn read(mut packed: impl Read, limit: u64) -> Result<Vec<u8>, Unpackable> {
    let mut body = Vec::new();
    let read = io::copy(&mut (&mut packed).take(limit + 1), &mut body);
    match read {
        Ok(length) if length > limit => Err(Unpackable::TooLarge),
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
