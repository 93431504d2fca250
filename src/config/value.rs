//! Values with units: durations, sizes, rates, networks, addresses.

use std::{fmt, net::IpAddr, time::Duration};

use url::Url;

use crate::{model::LanguageCode, text};

/// A text that does not mean what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// What is wrong with it, with the text in backticks.
    pub sentence: String,
    /// How it is written.
    pub help: Option<String>,
    /// Whether the text holds a secret, so that its line is not shown.
    pub(super) secret: bool,
}

impl Misread {
    pub(super) fn new(sentence: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            help: Some(help.into()),
            secret: false,
        }
    }
}

impl From<String> for Misread {
    fn from(sentence: String) -> Self {
        Self {
            sentence,
            help: None,
            secret: false,
        }
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Misread {}

/// Reads `30s`, `15m`, `6h`, `7d`.
///
/// # Errors
/// A sentence that says how it is written.
pub fn duration(text: &str) -> Result<Duration, Misread> {
    let wrong = || {
        Misread::new(
            format!("`{text}` is no duration"),
            "write a number and `s`, `m`, `h` or `d`, such as `6h`",
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let total = number
        .checked_mul(seconds)
        .filter(|total| (1..=86_400 * 3660).contains(total))
        .ok_or_else(wrong)?;
    Ok(Duration::from_secs(total))
}

/// Reads `90d`, `26w`, `2y`: an age from 30 days on; a year has 365 days.
pub(super) fn age(text: &str) -> Result<Duration, Misread> {
    let wrong = || {
        Misread::new(
            format!("`{text}` is no age of 30 days or more"),
            "write a number and `d`, `w` or `y`, such as `2y`",
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let days = match unit {
        "d" => 1,
        "w" => 7,
        "y" => 365,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(days)
        .filter(|days| (30..=365 * 100).contains(days))
        .map(|days| Duration::from_secs(days * 86_400))
        .ok_or_else(wrong)
}

/// Reads `500KB`, `10MB`; in bytes.
///
/// # Errors
/// A sentence that says how it is written.
pub fn size(text: &str) -> Result<u64, Misread> {
    let wrong = || {
        Misread::new(
            format!("`{text}` is no size from 1 KB to 1 GB"),
            "write a number and `KB` or `MB`, such as `10MB`",
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let bytes = match unit {
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(bytes)
        .filter(|total| (1_000..=1_000_000_000).contains(total))
        .ok_or_else(wrong)
}

/// Reads `20/s`, `600/m`; in messages a second.
///
/// # Errors
/// A sentence that says how it is written.
pub fn rate(text: &str) -> Result<f64, Misread> {
    let wrong = || {
        Misread::new(
            format!("`{text}` is no rate"),
            "write a number and `/s`, `/m` or `/h`, such as `20/s`",
        )
    };
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let seconds = match unit {
        "/s" => 1,
        "/m" => 60,
        "/h" => 3600,
        _ => return Err(wrong()),
    };
    let number = u32::try_from(number)
        .ok()
        .filter(|n| *n > 0)
        .ok_or_else(wrong)?;
    Ok(f64::from(number) / f64::from(seconds))
}

fn split(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

/// Reads `10.0.0.0/8` or a single address.
pub(super) fn network(text: &str) -> Result<(IpAddr, u8), Misread> {
    let wrong = || {
        Misread::new(
            format!("`{text}` is no network"),
            "write an address and the length of its prefix, such as `10.0.0.0/8`",
        )
    };
    let (address, prefix) = text
        .split_once('/')
        .map_or((text, None), |(a, p)| (a, Some(p)));
    let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        None => longest,
        Some(prefix) => prefix
            .trim()
            .parse()
            .ok()
            .filter(|p| *p <= longest)
            .ok_or_else(wrong)?,
    };
    Ok((address, prefix))
}

/// Reads an address of the web.
pub(super) fn web_address(text: &str) -> Result<Url, Misread> {
    const HELP: &str = "write it whole, such as `https://example.org/feed`";
    let url = Url::parse(text.trim())
        .map_err(|e| Misread::new(format!("`{text}` is no web address: {e}"), HELP))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        // `example.org:8080/feed` is read as an address of the scheme `example.org`.
        scheme if scheme.contains('.') || scheme == "localhost" => {
            Err(Misread::new(format!("`{text}` is no web address"), HELP))
        }
        scheme => Err(Misread::new(
            format!("`{text}` is of the scheme `{scheme}`"),
            "only `http` and `https` are read",
        )),
    }
}

/// Reads the code of any language.
pub(super) fn language_code(text: &str) -> Result<LanguageCode, Misread> {
    // Three letters are good for languages that have no two; these have, and feeds write those.
    const SHORT: [(&str, &str); 11] = [
        ("ara", "ar"),
        ("chi", "zh"),
        ("deu", "de"),
        ("eng", "en"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("ger", "de"),
        ("por", "pt"),
        ("rus", "ru"),
        ("spa", "es"),
        ("zho", "zh"),
    ];
    let wrong = |code: &str| {
        Misread::new(
            format!("`{text}` is no code of a language"),
            format!("write two letters, such as `{code}`"),
        )
    };
    let code = LanguageCode::parse(text).ok_or_else(|| wrong("en"))?;
    match SHORT.iter().find(|(long, _)| *long == code.as_str()) {
        Some((_, short)) => Err(wrong(short)),
        None => Ok(code),
    }
}

/// Reads a mail address into the form that is stored: its domain in A-labels, nothing in it that
/// ends a header.
pub fn mail_address(text: &str) -> Result<String, Misread> {
    text::mail_address(text).ok_or_else(|| {
        Misread::new(
            format!("`{}` is no mail address", text.trim()),
            "write it as `board@example.org`",
        )
    })
}

/// Reads `Name <address>` or a bare address.
pub(super) fn mailbox(text: &str) -> Result<(String, String), Misread> {
    match text
        .trim()
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    {
        Some((name, address)) => Ok((
            name.trim().trim_matches('"').trim().to_owned(),
            mail_address(address)?,
        )),
        None => Ok((String::new(), mail_address(text)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read() {
        assert_eq!(duration("6h"), Ok(Duration::from_hours(6)));
        assert_eq!(size("10MB"), Ok(10_000_000));
        assert_eq!(rate("600/m"), Ok(10.0));
        for wrong in [
            "",
            "h",
            "6",
            "6 weeks",
            "-1h",
            "0s",
            "99999999999999999999d",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            duration("soon").unwrap_err().to_string(),
            "`soon` is no duration: write a number and `s`, `m`, `h` or `d`, such as `6h`"
        );
    }

    #[test]
    fn ages_are_read() {
        assert_eq!(age("2y"), Ok(Duration::from_hours(2 * 365 * 24)));
        assert_eq!(age("26w"), Ok(Duration::from_hours(182 * 24)));
        for wrong in ["", "2", "29d", "2h", "101y", "-1y", "99999999999999999999y"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn mail_addresses_cannot_break_a_header() {
        assert_eq!(
            mailbox("Library Circular <circular@example.org>"),
            Ok((
                "Library Circular".to_owned(),
                "circular@example.org".to_owned()
            ))
        );
        for wrong in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c",
            "a@b\r\nBcc: c@d",
            "a@b>",
            "<a@b",
            "a@b@c",
        ] {
            assert!(mail_address(wrong).is_err(), "{wrong:?}");
        }
    }
}
