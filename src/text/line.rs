//! Lines: text that must stay on one line and do nothing.

/// One clean line: white space collapsed; control characters, bidi controls, zero-width characters
/// and the invisible tag letters out.
///
/// What is dropped can turn a line round in a reader's list, hide words from a filter, or end a
/// header. Joiners stay between letters, where Persian and many emoji need them.
pub fn line(text: &str) -> String {
    if is_clean(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().filter_map(clean) {
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else {
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// Whether a text is one clean line of ASCII already, as most are.
pub(super) fn is_clean(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edges = [bytes.first(), bytes.last()];
    edges.iter().all(|edge| *edge != Some(&b' '))
        && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
        && !bytes.windows(2).any(|pair| pair == b"  ")
}

/// A character as it may be shown: `None` for one that only does something, a space for one that
/// would break the line.
pub fn clean(c: char) -> Option<char> {
    match c {
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffc}'
        | '\u{e0000}'..='\u{e007f}' => None,
        '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => Some(' '),
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_does_nothing_but_read() {
        assert_eq!(
            line("  a\r\n\tb\u{1b}[31m\u{202e}c\u{200b}d\u{feff} \u{e0041} "),
            "a b [31mcd"
        );
        assert_eq!(line("\u{2066}x\u{2069}\u{2028}y\u{85}z"), "x y z");
        assert_eq!(line("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(line(""), "");
    }
}
