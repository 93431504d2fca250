//! What may stand in a header: nothing that ends a line, turns a line round, hides, or is read as an
//! encoded word.

use std::borrow::Cow;

/// The most characters of one word, as a line can be folded between words only.
const WORD: usize = 200;
/// The most characters of a value.
const VALUE: usize = 800;

/// A text on one line without C0, C1, DEL, bidi controls, line separators and invisible signs, and
/// of a length that can be folded.
///
/// A CRLF in a display name would break the message in two, an override would turn the line round in
/// the reader's list, and `=?utf-8?…?=` would be read as what it encodes.
pub fn header_text(text: &str) -> String {
    let kept: String = text
        .chars()
        .take(4 * VALUE)
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !hidden(*c))
        .collect();
    let kept = kept.replace("=?", "= ?");
    let mut line = String::with_capacity(kept.len());
    for word in kept.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        let mut letters = word.chars();
        line.extend(letters.by_ref().take(WORD));
        if letters.next().is_some() {
            line.push('\u{2026}');
        }
    }
    match line.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}\u{2026}", line[..end].trim_end()),
        None => line,
    }
}

/// An address of the web or a `mailto:` as it may stand between angle brackets.
pub(super) fn bracketed(address: &str) -> String {
    let plain = |c: &char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\');
    format!("<{}>", address.chars().filter(plain).collect::<String>())
}

/// Signs without a shape that a person would miss: direction, joining of words, tags, the byte order mark.
fn hidden(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The domain of a mail address.
pub fn mailbox_domain(address: &str) -> Option<&str> {
    address
        .rsplit_once('@')
        .map(|(_, domain)| domain)
        .filter(|domain| !domain.is_empty())
}

/// An address with its domain in A-labels, as every server takes it (RFC 5890).
pub(super) fn ascii_domain(address: &str) -> Cow<'_, str> {
    match address.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => {
            match url::Host::parse(domain) {
                Ok(domain) => Cow::Owned(format!("{local}@{domain}")),
                // It is refused as an address soon.
                Err(_) => Cow::Borrowed(address),
            }
        }
        _ => Cow::Borrowed(address),
    }
}

/// A body with CRLF line ends only, and without NUL and lone CR, which no server need carry.
pub(super) fn body(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace(['\r', '\0'], "")
        .replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_header_ends_or_turns_the_line() {
        assert_eq!(
            header_text("Board\r\nBcc: all@example.org"),
            "Board Bcc: all@example.org"
        );
        assert_eq!(
            header_text("a\u{202e}b\u{2066}c\u{85}d\u{1b}[31m"),
            "abc d [31m"
        );
        assert_eq!(header_text("=?utf-8?b?QUJD?="), "= ?utf-8?b?QUJD?=");
        assert_eq!(header_text(&"x".repeat(1200)).chars().count(), WORD + 1);
        assert_eq!(header_text(&"x ".repeat(1200)).chars().count(), VALUE);
        assert_eq!(ascii_domain("b@bücher.example"), "b@xn--bcher-kva.example");
        assert_eq!(
            bracketed("https://a.example/?q=<x>\r\nBcc: b"),
            "<https://a.example/?q=xBcc:b>"
        );
    }
}
