//! What may stand in a header: nothing that ends a line, turns a line round or hides.

/// A text on one line without C0, C1, DEL, bidi controls or line separators.
///
/// A CRLF in a display name would break the message in two, and an override would turn the line
/// round in the reader's list.
pub fn header_text(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The domain of a mail address.
pub fn mailbox_domain(address: &str) -> Option<&str> {
    address
        .rsplit_once('@')
        .map(|(_, domain)| domain)
        .filter(|domain| !domain.is_empty())
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
    }
}
