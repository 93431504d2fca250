//! Retry-After and freshness: what a server says about when to come again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

/// The longest that a server can put us off: a week.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// `Retry-After` in either form (RFC 9110, section 10.2.3): seconds or a date.
pub(super) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            // Measured by the server's own clock where it tells it, as ours may differ.
            let now = date(headers, &DATE).unwrap_or(now);
            (http_date(text)? - now).to_std().unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(LONGEST))
}

/// For how long the answer stays fresh (RFC 9111): max-age, else Expires.
pub(super) fn fresh_for(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let control = text(headers, &CACHE_CONTROL)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut directives = control.split(',').map(str::trim);
    if directives
        .clone()
        .any(|directive| matches!(directive, "no-cache" | "no-store"))
    {
        return None;
    }
    let max_age = directives.find_map(|d| {
        d.strip_prefix("max-age=")?
            .trim_matches('"')
            .parse::<u64>()
            .ok()
    });
    let fresh = match max_age {
        Some(seconds) => {
            let age = text(headers, &AGE)
                .and_then(|age| age.parse::<u64>().ok())
                .unwrap_or(0);
            Duration::from_secs(seconds.saturating_sub(age))
        }
        None => (date(headers, &EXPIRES)? - date(headers, &DATE).unwrap_or(now))
            .to_std()
            .ok()?,
    };
    Some(fresh.min(LONGEST))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<DateTime<Utc>> {
    text(headers, name).and_then(http_date)
}

/// A date of HTTP: RFC 1123's form, and the two that RFC 9110 asks to accept as well.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let naive = |format: &str| {
        chrono::NaiveDateTime::parse_from_str(text, format)
            .ok()
            .map(|time| time.and_utc())
    };
    DateTime::parse_from_rfc2822(text)
        .map(|time| time.to_utc())
        .ok()
        .or_else(|| naive("%A, %d-%b-%y %H:%M:%S GMT"))
        .or_else(|| naive("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = "2026-11-16T07:00:00Z".parse().unwrap();
        let wait = |text: &str| {
            retry_after(&headers(&[(RETRY_AFTER, text)]), now).map(|wait| wait.as_secs())
        };
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Mon, 16 Nov 2026 07:05:00 GMT"), Some(300));
        assert_eq!(wait("Mon, 16 Nov 2026 06:00:00 GMT"), Some(0));
        assert_eq!(wait("99999999999"), Some(7 * 86_400));
        assert_eq!(wait("soon"), None);
    }

    #[test]
    fn freshness_is_what_is_left_of_it() {
        let now = "2026-11-16T07:30:00Z".parse().unwrap();
        let fresh = |pairs: &[(HeaderName, &str)]| {
            fresh_for(&headers(pairs), now).map(|fresh| fresh.as_secs())
        };
        assert_eq!(
            fresh(&[(CACHE_CONTROL, "public, max-age=3600"), (AGE, "600")]),
            Some(3000)
        );
        assert_eq!(fresh(&[(CACHE_CONTROL, "no-cache, max-age=3600")]), None);
        assert_eq!(
            fresh(&[
                (DATE, "Mon, 16 Nov 2026 07:00:00 GMT"),
                (EXPIRES, "Mon, 16 Nov 2026 08:00:00 GMT")
            ]),
            Some(3600)
        );
        let without_date = [(EXPIRES, "Mon, 16 Nov 2026 08:00:00 GMT")];
        assert_eq!(fresh(&without_date), Some(1800));
        assert_eq!(fresh(&[(EXPIRES, "0")]), None);
    }
}
