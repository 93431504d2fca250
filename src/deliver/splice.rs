//! Splicing: a reader's token put into a body that is already encoded.
//!
//! A body is encoded once for all readers of a kind. Every token is as wide as its placeholder, so
//! the encoded body keeps its shape: in quoted-printable the token's letters are overwritten where
//! they stand (a soft line break may stand between them), in base64 the lines that hold a token are
//! encoded anew.

use std::ops::Range;

use lettre::message::{Body, header::ContentTransferEncoding};

use crate::model::TOKEN_PLACEHOLDER;

/// The bytes that one line of base64 carries (RFC 2045: 76 characters).
const LINE: usize = 57;

/// A body, encoded, with the places of its tokens.
#[derive(Clone, Debug)]
pub(super) struct Encoded {
    pub(super) body: Spliced,
    pub(super) encoding: ContentTransferEncoding,
}

/// Bytes with the places of the tokens in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Spliced {
    pub(super) bytes: Vec<u8>,
    places: Vec<Place>,
}

#[derive(Clone, Debug)]
enum Place {
    /// Where each letter of the token stands.
    Letters(Vec<usize>),
    /// Lines of base64 that hold tokens: where they stand, what they encode, where the tokens are in that.
    Lines {
        at: Range<usize>,
        raw: Vec<u8>,
        tokens: Vec<usize>,
    },
}

impl Place {
    /// The same place where bytes stand elsewhere; a place's own bytes never part.
    fn moved(&self, to: impl Fn(usize) -> usize) -> Self {
        match self {
            Self::Letters(at) => Self::Letters(at.iter().map(|at| to(*at)).collect()),
            Self::Lines { at, raw, tokens } => Self::Lines {
                at: to(at.start)..to(at.start) + at.len(),
                raw: raw.clone(),
                tokens: tokens.clone(),
            },
        }
    }

    fn range(&self) -> Range<usize> {
        match self {
            Self::Letters(at) => match (at.first(), at.last()) {
                (Some(first), Some(last)) => *first..last + 1,
                _ => 0..0,
            },
            Self::Lines { at, .. } => at.clone(),
        }
    }

    /// The bytes of its range with a token in place of the placeholder.
    fn filled(&self, bytes: &[u8], token: &str) -> Vec<u8> {
        let mut filled = bytes.to_vec();
        match self {
            Self::Letters(at) => {
                for (place, letter) in at.iter().zip(token.bytes()) {
                    filled[place - at[0]] = letter;
                }
            }
            Self::Lines { raw, tokens, .. } => {
                let mut raw = raw.clone();
                for found in tokens {
                    raw[*found..found + token.len()].copy_from_slice(token.as_bytes());
                }
                let lines = encode(MaybeText::Bytes(raw), ContentTransferEncoding::Base64);
                let length = lines.len().min(filled.len());
                filled[..length].copy_from_slice(&lines[..length]);
            }
        }
        filled
    }
}

impl Spliced {
    /// Adds another one's bytes, and its places with them.
    pub(super) fn append(&mut self, other: &Self) {
        let shift = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        let moved = other
            .places
            .iter()
            .map(|place| place.moved(|at| at + shift));
        self.places.extend(moved);
    }

    /// How many bytes stand before the first token: these are the same for every reader.
    pub(super) fn shared(&self) -> usize {
        let starts = self.places.iter().map(|place| place.range().start);
        starts.min().unwrap_or(self.bytes.len())
    }

    /// The same bytes as a signature reads them (RFC 6376 section 3.4.4): runs of blanks are one
    /// space, none ends a line, no empty line ends the body. A token holds no blank, so that the
    /// places only move.
    pub(super) fn relaxed(&self) -> Self {
        let mut bytes: Vec<u8> = Vec::with_capacity(self.bytes.len());
        // Where in the new bytes each of the old ones stands.
        let mut moved = Vec::with_capacity(self.bytes.len());
        for line in self.bytes.split_inclusive(|byte| *byte == b'\n') {
            for byte in line {
                if matches!(byte, b'\r' | b'\n') {
                    while bytes.last() == Some(&b' ') {
                        bytes.pop();
                    }
                }
                moved.push(bytes.len());
                match byte {
                    b' ' | b'\t' if bytes.last() == Some(&b' ') => {}
                    b' ' | b'\t' => bytes.push(b' '),
                    other => bytes.push(*other),
                }
            }
        }
        while bytes.ends_with(b"\r\n\r\n") {
            bytes.truncate(bytes.len() - 2);
        }
        let places = self.places.iter().map(|place| place.moved(|at| moved[at]));
        let places = places.collect();
        Self { bytes, places }
    }

    /// The bytes with a token in place of every placeholder, piece by piece and from one on that
    /// stands before the first token.
    ///
    /// The token must be as long as the placeholder and of letters and digits; `Template` sees to it.
    pub(super) fn pieces(&self, mut from: usize, token: &str, mut take: impl FnMut(&[u8])) {
        for place in &self.places {
            let range = place.range();
            take(&self.bytes[from..range.start]);
            from = range.end;
            take(&place.filled(&self.bytes[range], token));
        }
        take(&self.bytes[from..]);
    }
}

impl Encoded {
    /// Encodes a text in whichever of quoted-printable and base64 is shorter.
    pub(super) fn new(text: &str) -> Self {
        let text = super::clean::body(text);
        let foreign = text.bytes().filter(|b| !b.is_ascii() || *b == b'=').count();
        // Quoted-printable writes three characters for a foreign byte, base64 four for any three.
        if foreign * 6 > text.len() {
            Self::base64(text.as_bytes())
        } else {
            Self::quoted(text)
        }
    }

    fn quoted(text: String) -> Self {
        let encoding = ContentTransferEncoding::QuotedPrintable;
        let bytes = encode(MaybeText::Text(text), encoding);
        let places = letters(&bytes).into_iter().map(Place::Letters).collect();
        Self {
            body: Spliced { bytes, places },
            encoding,
        }
    }

    fn base64(raw: &[u8]) -> Self {
        let encoding = ContentTransferEncoding::Base64;
        let bytes = encode(MaybeText::Bytes(raw.to_vec()), encoding);
        let mut places: Vec<Place> = Vec::new();
        for found in memory_find(raw, TOKEN_PLACEHOLDER.as_bytes()) {
            let first = found / LINE;
            let last = (found + TOKEN_PLACEHOLDER.len() - 1) / LINE;
            let from = first * LINE;
            let to = ((last + 1) * LINE).min(raw.len());
            // Two tokens may share a line; then their lines are one place.
            if let Some(Place::Lines {
                at,
                raw: lines,
                tokens,
            }) = places.last_mut()
            {
                let start = at.start / 78 * LINE;
                if start + lines.len() > from {
                    lines.truncate(from.max(start) - start);
                    lines.extend_from_slice(&raw[from.max(start)..to]);
                    tokens.push(found - start);
                    at.end = line_end(to, bytes.len());
                    continue;
                }
            }
            places.push(Place::Lines {
                at: first * 78..line_end(to, bytes.len()),
                raw: raw[from..to].to_vec(),
                tokens: vec![found - from],
            });
        }
        Self {
            body: Spliced { bytes, places },
            encoding,
        }
    }
}

enum MaybeText {
    Text(String),
    Bytes(Vec<u8>),
}

fn encode(body: MaybeText, encoding: ContentTransferEncoding) -> Vec<u8> {
    let encoded = match body {
        MaybeText::Text(text) => Body::new_with_encoding(text, encoding),
        MaybeText::Bytes(bytes) => Body::new_with_encoding(bytes, encoding),
    };
    // Quoted-printable and base64 carry any bytes, so nothing is ever given back unencoded.
    encoded.map_or_else(|bytes| bytes, Body::into_vec)
}

/// The end of the encoded line that ends at raw byte `to`: without the line break of the last line.
fn line_end(to: usize, length: usize) -> usize {
    (to.div_ceil(LINE) * 78 - 2).min(length)
}

/// Where each letter of each placeholder stands in a quoted-printable body.
fn letters(bytes: &[u8]) -> Vec<Vec<usize>> {
    let token = TOKEN_PLACEHOLDER.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let mut at = Vec::with_capacity(token.len());
        let mut i = start;
        for letter in token {
            while bytes[i..].starts_with(b"=\r\n") {
                i += 3;
            }
            if bytes.get(i) != Some(letter) {
                break;
            }
            at.push(i);
            i += 1;
        }
        if at.len() == token.len() {
            start = i;
            found.push(at);
        } else {
            start += 1;
        }
    }
    found
}

fn memory_find(haystack: &[u8], needle: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = haystack[from..]
        .windows(needle.len())
        .position(|window| window == needle)
    {
        found.push(from + at);
        from += at + needle.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz234567";

    /// Every place a token can stand in must come out as if it had been encoded with the token.
    #[test]
    fn a_spliced_body_is_the_body_encoded_with_the_token() {
        for filler in ["x", "ж", "=", "字 "] {
            for before in 0..130 {
                for between in [0, 1, 20, 40, 200] {
                    let text = |token: &str| {
                        format!(
                            "{}{token}{}{token}\r\nend",
                            filler.repeat(before),
                            filler.repeat(between)
                        )
                    };
                    let encoded = Encoded::new(&text(TOKEN_PLACEHOLDER));
                    let mut spliced = Vec::new();
                    encoded
                        .body
                        .pieces(0, TOKEN, |piece| spliced.extend_from_slice(piece));
                    let expected = match encoded.encoding {
                        ContentTransferEncoding::Base64 => Encoded::base64(text(TOKEN).as_bytes()),
                        _ => Encoded::quoted(text(TOKEN)),
                    };
                    assert_eq!(
                        String::from_utf8_lossy(&spliced),
                        String::from_utf8_lossy(&expected.body.bytes),
                        "{filler:?} {before} {between}"
                    );
                }
            }
        }
    }

    /// What a signature reads must be the same whether blanks are gathered before or after splicing.
    #[test]
    fn splicing_and_relaxing_can_be_done_in_either_order() {
        for text in [
            format!("a  b \t c{TOKEN_PLACEHOLDER}  d   {TOKEN_PLACEHOLDER}\r\n\r\n\r\n"),
            format!("ж  ж  {TOKEN_PLACEHOLDER} жжж  жжж\r\n\r\n{TOKEN_PLACEHOLDER}"),
        ] {
            let whole = Encoded::new(&text).body;
            let mut spliced = Spliced::default();
            whole.pieces(0, TOKEN, |piece| spliced.bytes.extend_from_slice(piece));
            let mut relaxed = Vec::new();
            whole
                .relaxed()
                .pieces(0, TOKEN, |piece| relaxed.extend_from_slice(piece));
            assert_eq!(relaxed, spliced.relaxed().bytes);
            assert!(whole.shared() < whole.bytes.len());
        }
    }
}
