//! Encoding: bytes made into text, whatever they are labelled.

use std::{borrow::Cow, io::Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::MultiGzDecoder;

/// How far the XML declaration or a `meta` element may be from the beginning.
const PROLOG: usize = 1024;

/// The most bytes that a packed document is unpacked to.
const LARGEST: u64 = 20 * 1024 * 1024;

/// A document that was packed once more than its server says, unpacked.
pub(super) fn unpacked(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Cow::Borrowed(bytes);
    }
    let mut inside = Vec::new();
    // What could be unpacked before an error is a document that ends early.
    let _ = MultiGzDecoder::new(bytes)
        .take(LARGEST)
        .read_to_end(&mut inside);
    Cow::Owned(inside)
}

/// The text of a document, and a sentence if its label was wrong.
///
/// A byte order mark is believed first. Then come bytes that are UTF-8 by their own form, which
/// hardly happens by chance; then the charset of HTTP, that of the document, and a guess by the
/// bytes (RFC 7303 has the order, and practice the exception).
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
) -> (Cow<'a, str>, Option<String>) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[mark..]).0, None);
    }
    if let Some(encoding) = wide(bytes) {
        return (encoding.decode_without_bom_handling(bytes).0, None);
    }
    let declared = || {
        content_type
            .and_then(charset)
            .into_iter()
            .chain(prolog(bytes))
            .find_map(|label| Encoding::for_label(label.as_bytes()))
    };
    if let Ok(text) = std::str::from_utf8(bytes) {
        // ISO-2022 and its like hide behind plain ASCII.
        let stateful = bytes.contains(&0x1b).then(|| {
            declared()
                .filter(|encoding| *encoding != UTF_8)
                .unwrap_or_else(|| guess(bytes))
        });
        return match stateful.filter(|encoding| !encoding.is_ascii_compatible()) {
            Some(encoding) => (encoding.decode_without_bom_handling(bytes).0, None),
            None => (Cow::Borrowed(text), None),
        };
    }
    match declared() {
        Some(encoding) if encoding == UTF_8 => mixed(bytes),
        Some(encoding) => {
            let (text, wrong) = encoding.decode_without_bom_handling(bytes);
            if wrong && encoding != guess(bytes) {
                let (guessed, still_wrong) = guess(bytes).decode_without_bom_handling(bytes);
                if !still_wrong {
                    let problem = format!(
                        "it is labelled `{}` and is not in it; read as `{}`",
                        encoding.name(),
                        guess(bytes).name()
                    );
                    return (guessed, Some(problem));
                }
            }
            (text, None)
        }
        None => {
            let encoding = guess(bytes);
            (encoding.decode_without_bom_handling(bytes).0, None)
        }
    }
}

/// UTF-16 without a mark: the first sign of any document is ASCII.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes.get(..4)? {
        [b'<' | b'{', 0, _, 0] => Some(UTF_16LE),
        [0, b'<' | b'{', 0, _] => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-8 with bytes of something older in it: those are read as the Latin letters that they mostly are.
fn mixed(bytes: &[u8]) -> (Cow<'_, str>, Option<String>) {
    let guessed = guess(bytes);
    if guessed != UTF_8 && guessed != WINDOWS_1252 {
        let (text, wrong) = guessed.decode_without_bom_handling(bytes);
        let valid: usize = bytes
            .utf8_chunks()
            .map(|chunk| chunk.valid().chars().filter(|c| !c.is_ascii()).count())
            .sum();
        if !wrong && valid == 0 {
            let problem = format!("it is labelled `UTF-8` and is in `{}`", guessed.name());
            return (text, Some(problem));
        }
    }
    let mut text = String::with_capacity(bytes.len());
    let mut strange = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            strange += 1;
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
        }
    }
    let problem = format!(
        "{strange} {} not UTF-8 and {} read as Western European",
        if strange == 1 {
            "place is"
        } else {
            "places are"
        },
        if strange == 1 { "was" } else { "were" },
    );
    (Cow::Owned(text), Some(problem))
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(64 * 1024)], true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The charset parameter of a media type.
fn charset(content_type: &str) -> Option<String> {
    let (_, rest) = content_type.split_once("charset=").or_else(|| {
        let lower = content_type.to_ascii_lowercase();
        let at = lower.find("charset=")?;
        content_type.split_at_checked(at + 8)
    })?;
    let label = rest.trim_start_matches(['"', '\'', ' ']);
    let label = label.split(['"', '\'', ';', ' ', ',']).next()?;
    (!label.is_empty()).then(|| label.to_owned())
}

/// What the XML declaration or a `meta` element says.
fn prolog(bytes: &[u8]) -> Option<String> {
    let start: String = bytes
        .iter()
        .take(PROLOG)
        .map(|byte| char::from(*byte).to_ascii_lowercase())
        .collect();
    let rest = start
        .split_once("encoding=")
        .filter(|(before, _)| before.contains("<?xml"))
        .map(|(_, rest)| rest);
    match rest {
        Some(rest) => rest
            .trim_start_matches(['"', '\''])
            .split(['"', '\'', '?', ' '])
            .next()
            .map(str::to_owned),
        None => charset(&start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], content_type: Option<&str>) -> String {
        decode(bytes, content_type).0.into_owned()
    }

    #[test]
    fn every_label_has_its_place_in_the_order_of_trust() {
        let cyrillic = |label: &str| {
            let mut bytes = format!("<?xml version=\"1.0\" encoding=\"{label}\"?><t>").into_bytes();
            bytes.extend(b"\xcf\xf0\xe8\xe2\xe5\xf2"); // "Привет" in windows-1251
            bytes
        };
        assert!(read(&cyrillic("windows-1251"), None).ends_with("Привет"));
        let http = Some("text/xml; charset=\"windows-1251\"");
        assert!(read(&cyrillic("iso-8859-1"), http).ends_with("Привет"));
        assert!(read("\u{feff}<t>é".as_bytes(), Some("text/xml; charset=koi8-r")).ends_with('é'));
        assert!(read("<?xml encoding='iso-8859-1'?><t>Café".as_bytes(), None).ends_with("Café"));
    }

    #[test]
    fn utf_16_needs_no_mark() {
        let little: Vec<u8> = "<t>ж</t>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = "<t>ж</t>"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(read(&little, None), "<t>ж</t>");
        assert_eq!(read(&big, None), "<t>ж</t>");
    }

    #[test]
    fn one_latin_byte_does_not_spoil_the_rest() {
        let (text, problem) = decode(
            b"<?xml encoding='utf-8'?><t>caf\xe9, \xd0\xb6</t>",
            Some("text/xml"),
        );
        assert!(text.ends_with("café, ж</t>"), "{text}");
        assert_eq!(
            problem.as_deref(),
            Some("1 place is not UTF-8 and was read as Western European")
        );
    }
}
