//! Lines: text that must stay on one line and do nothing.

/// One clean line: white space collapsed; control characters, bidi controls, zero-width characters
/// and the invisible tag letters out.
///
/// What is dropped can turn a line round in a reader's list, hide words from a filter, or end a
/// header. Joiners stay between letters, where Persian and many emoji need them.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    add_line(text, &mut out);
    out
}

/// Adds a text as one clean line.
pub(super) fn add_line(text: &str, out: &mut String) {
    let start = out.len();
    let mut gap = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let plain = plain_length(rest.as_bytes());
        let (part, after) = rest.split_at(plain.max(c.len_utf8()));
        rest = after;
        let cleaned = clean(c);
        if plain == 0 && cleaned.is_none_or(char::is_whitespace) {
            gap |= cleaned.is_some();
            continue;
        }
        if std::mem::take(&mut gap) && out.len() > start {
            out.push(' ');
        }
        out.push_str(part);
    }
}

/// How much a text begins with that is one clean line of ASCII, as most of what is written is.
fn plain_length(text: &[u8]) -> usize {
    let graphic = |at: usize| text.get(at).is_some_and(u8::is_ascii_graphic);
    let mut at = 0;
    loop {
        if graphic(at) {
            at += 1;
        } else if at > 0 && text.get(at) == Some(&b' ') && graphic(at + 1) {
            at += 2;
        } else {
            return at;
        }
    }
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
        assert_eq!(line("  a  b c\u{a0}\u{a0}é é \u{200b} "), "a b c é é");
    }
}
