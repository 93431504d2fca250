//! Dates as feeds and pages write them: RFC 3339, RFC 2822, their many neighbours, month names in
//! the seven languages and a few more, numbers in either order, and "2 days ago".
//!
//! Deliberate limits: without a zone a time is UTC; `06/07/2020` is the sixth of July unless it
//! cannot be, or an `am` or `pm` beside it shows an American hand.

mod ago;

use std::{collections::HashMap, sync::LazyLock};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use regex::{Captures, Regex};

use crate::text::{MONTHS, fold, latin_digits};

/// The most bytes of a text that are looked at.
const LONGEST: usize = 240;

/// Names of months that only feeds of further languages use, and short ones.
const MORE_MONTHS: [&[&str]; 12] = [
    &["ene", "gen", "gennaio", "janeiro", "januari", "янв", "janv"],
    &[
        "fev",
        "feb",
        "febbraio",
        "fevereiro",
        "februari",
        "фев",
        "fevr",
    ],
    &["marco", "maart", "mrt", "мар"],
    &["avr", "abr", "aprile", "апр"],
    &["mag", "maggio", "maio", "mei", "maj"],
    &["giu", "giugno", "junho", "июн"],
    &["juil", "lug", "luglio", "julho", "июл"],
    &["ago", "augustus", "agosto", "авг"],
    &["set", "settembre", "setembro", "сен", "сент"],
    &["out", "ott", "ottobre", "outubro", "okt", "окт"],
    &["nov", "novembro", "ноя", "нояб"],
    &["dez", "dic", "dicembre", "dezembro", "дек", "dezember"],
];

static NAMES: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (number, (known, more)) in (1..).zip(MONTHS.iter().zip(&MORE_MONTHS)) {
        names.extend(known.iter().chain(*more).map(|name| (fold(name), number)));
    }
    names
});

fn pattern(text: &str) -> Regex {
    let mut names: Vec<&str> = NAMES.keys().map(String::as_str).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    Regex::new(&text.replace("MONTH", &names.join("|"))).expect("a pattern of ours")
}

/// The shapes of a day, the surest first; groups `y`, `m` (number), `n` (name), `d`, and `a`, `b` for numbers of unknown order.
static SHAPES: LazyLock<[Regex; 8]> = LazyLock::new(|| {
    [
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月(?:\s*(?P<d>\d{1,2})\s*日)?",
        r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:\b|t)",
        r"\b(?P<d>\d{1,2})(?:st|nd|rd|th|er|o|\.)?[\s-]*(?:de\s+|of\s+)?(?P<n>MONTH)\b[.,]?[\s-]*(?:de\s+|del\s+)?(?P<y>\d{4}|\d{2})?\b",
        r"\b(?P<n>MONTH)\b\.?\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s*(?P<y>\d{4})\b)?",
        r"\b(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4}|\d{2})\b",
        r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:t|\b)",
        r"\b(?P<n>MONTH)\b\.?,?\s*(?:de\s+|del\s+)?(?P<y>\d{4})\b",
        r"^(?P<y>\d{4})(?:-(?P<m>\d{2}))?$",
    ]
    .map(pattern)
});

static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b((?:19|20)\d{2})\b"));

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|[\s,t(-])(?P<h>\d{1,2})(?:[:h](?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?|\.(?P<m2>\d{2})\s*uhr)\s*(?P<half>[ap]\.?m\b\.?|上午|下午)?",
    )
});

static COMPACT_TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^t?(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?(?:\b|z)"));

static HOURS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?P<h>\d{1,2})\s*(?P<half>[ap]\.?m\b)"));

static OFFSET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\d|\s|z|gmt|utc|^)(?P<sign>[+-]|−)(?P<h>\d{1,2}):?(?P<m>\d{2})?\s*(?:\(|$|\s\d{4}$|[a-z]{3}$)",
    )
});

/// Zones by name (RFC 822, section 5, and what else is met), in minutes from UTC.
const ZONES: [(&str, i64); 28] = [
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("hst", -600),
    ("brt", -180),
    ("art", -180),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("sast", 120),
    ("msk", 180),
    ("ist", 330),
    ("sgt", 480),
    ("jst", 540),
    ("aest", 600),
    ("nzst", 720),
];

/// The moment that a text names; `now` is what "2 days ago" counts from.
pub fn date(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let text = &text[..text.floor_char_boundary(LONGEST)];
    if let Ok(exact) =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text))
    {
        return Some(exact.to_utc());
    }
    let text = fold(&latin_digits(text));
    let text = text.trim();
    epoch(text)
        .or_else(|| absolute(text))
        .or_else(|| ago::ago(text, now))
}

fn epoch(text: &str) -> Option<DateTime<Utc>> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        10 => DateTime::from_timestamp(text.parse().ok()?, 0),
        13 => DateTime::from_timestamp_millis(text.parse().ok()?),
        _ => None,
    }
}

fn absolute(text: &str) -> Option<DateTime<Utc>> {
    let found = |shape: &Regex| {
        let captures = shape.captures(text)?;
        let whole = captures.get(0)?.range();
        Some((day(&captures, text)?, whole))
    };
    let (day, place) = SHAPES.iter().find_map(found)?;
    let (before, after) = (&text[..place.start], &text[place.end..]);
    let (time, rest) = time(after)
        .or_else(|| time(before).map(|(time, _)| (time, after)))
        .unwrap_or((TimeDelta::zero(), ""));
    let local = day.and_time(NaiveTime::MIN).checked_add_signed(time)?;
    let offset = offset(rest.trim()).unwrap_or_default();
    Some(
        local
            .checked_sub_signed(TimeDelta::minutes(offset))?
            .and_utc(),
    )
}

fn day(captures: &Captures<'_>, text: &str) -> Option<NaiveDate> {
    let number = |name: &str| {
        captures
            .name(name)
            .and_then(|found| found.as_str().parse::<u32>().ok())
    };
    let year = captures
        .name("y")
        .map(|found| found.as_str())
        .or_else(|| YEAR.find(text).map(|found| found.as_str()))?;
    let year = match (year.len(), year.parse::<i32>().ok()?) {
        (2, year @ 0..70) => 2000 + year,
        (2, year) => 1900 + year,
        (_, year) => year,
    };
    if let (Some(a), Some(b)) = (number("a"), number("b")) {
        let american = b > 12 || (a <= 12 && text.contains('/') && HALF.is_match(text));
        let (day, month) = if american { (b, a) } else { (a, b) };
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let month = number("m")
        .or_else(|| NAMES.get(captures.name("n")?.as_str()).copied())
        .unwrap_or(1);
    NaiveDate::from_ymd_opt(year, month, number("d").unwrap_or(1))
}

static HALF: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d\s*[ap]\.?m\b"));

/// The time of day that a text names, and what follows it.
fn time(text: &str) -> Option<(TimeDelta, &str)> {
    let captures = TIME
        .captures(text)
        .or_else(|| COMPACT_TIME.captures(text))
        .or_else(|| HOURS.captures(text))?;
    let number = |name: &str| {
        captures
            .name(name)
            .and_then(|found| found.as_str().parse::<i64>().ok())
    };
    let hour = number("h")?;
    let minute = number("m").or_else(|| number("m2")).unwrap_or(0);
    // A leap second is told a second early.
    let second = number("s").unwrap_or(0).min(59);
    let half = captures.name("half").map_or("", |found| found.as_str());
    let hour = match (half.chars().next(), hour) {
        (Some('p' | '下'), 1..=11) => hour + 12,
        (Some('a' | '上'), 12) => 0,
        _ => hour,
    };
    let rest = &text[captures.get(0)?.end()..];
    (hour <= 24 && minute < 60)
        .then(|| (TimeDelta::seconds(hour * 3600 + minute * 60 + second), rest))
}

/// The zone that a text begins with, in minutes from UTC.
fn offset(text: &str) -> Option<i64> {
    if let Some(captures) = OFFSET.captures(text) {
        let hours: i64 = captures.name("h")?.as_str().parse().ok()?;
        let minutes: i64 = captures
            .name("m")
            .map_or(Ok(0), |found| found.as_str().parse())
            .ok()?;
        let offset = hours * 60 + minutes;
        let sign = if captures.name("sign")?.as_str() == "+" {
            1
        } else {
            -1
        };
        return (offset <= 15 * 60).then_some(offset * sign);
    }
    let name: String = text
        .chars()
        .skip_while(|c| !c.is_alphabetic())
        .take_while(|c| c.is_alphabetic())
        .collect();
    ZONES
        .iter()
        .find(|(zone, _)| *zone == name)
        .map(|(_, minutes)| *minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let now = "2026-11-16T08:30:00Z".parse().unwrap();
        date(text, now).map_or_else(
            || "none".to_owned(),
            |date| date.format("%FT%TZ").to_string(),
        )
    }

    #[test]
    fn dates_of_feeds_are_read() {
        for (text, wanted) in [
            ("Mon, 16 Nov 2026 07:00:00 +0100", "2026-11-16T06:00:00Z"),
            ("16 Nov 26 07:00 EST", "2026-11-16T12:00:00Z"),
            ("2026-11-16T07:00:00.123+01:00", "2026-11-16T06:00:00Z"),
            ("2026-11-16 07:00:00", "2026-11-16T07:00:00Z"),
            ("2026-11-16T07:00:00-0800", "2026-11-16T15:00:00Z"),
            ("2026-11-16T07:00Z", "2026-11-16T07:00:00Z"),
            ("20261116T070000Z", "2026-11-16T07:00:00Z"),
            ("2026-11", "2026-11-01T00:00:00Z"),
            ("2026", "2026-01-01T00:00:00Z"),
            ("Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06Z"),
            ("Thu, 31 Dec 2026 24:00:00 GMT", "2027-01-01T00:00:00Z"),
            ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40Z"),
            ("1794812400", "2026-11-16T07:00:00Z"),
            ("Thu, 07 Dec 17 10:00:29 -0800", "2017-12-07T18:00:29Z"),
            ("not a date", "none"),
            ("", "none"),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn dates_of_pages_are_read_in_seven_languages() {
        for (text, wanted) in [
            ("06/07/2020 - 15:59", "2020-07-06T15:59:00Z"),
            ("7/13/2020 3:05 PM", "2020-07-13T15:05:00Z"),
            ("November 16, 2026", "2026-11-16T00:00:00Z"),
            ("le 16 novembre 2026 à 9h30", "2026-11-16T09:30:00Z"),
            ("16. März 2026, 10.15 Uhr", "2026-03-16T10:15:00Z"),
            ("16 de noviembre de 2026", "2026-11-16T00:00:00Z"),
            ("16 ноября 2026 г., 12:00", "2026-11-16T12:00:00Z"),
            ("2026年11月16日 10:00", "2026-11-16T10:00:00Z"),
            ("١٦ نوفمبر ٢٠٢٦", "2026-11-16T00:00:00Z"),
            ("16 تشرين الثاني 2026", "2026-11-16T00:00:00Z"),
            ("16.11.2026", "2026-11-16T00:00:00Z"),
            ("November 2026", "2026-11-01T00:00:00Z"),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn spans_count_from_now() {
        for text in [
            "2 days ago",
            "il y a 2 jours",
            "vor 2 Tagen",
            "hace 2 días",
            "2 дня назад",
            "2天前",
            "منذ يومين",
        ] {
            assert_eq!(read(text), "2026-11-14T08:30:00Z", "{text}");
        }
        for text in [
            "an hour ago",
            "il y a une heure",
            "vor einer Stunde",
            "1 час назад",
            "1小时前",
        ] {
            assert_eq!(read(text), "2026-11-16T07:30:00Z", "{text}");
        }
        assert_eq!(read("yesterday at 14:00"), "2026-11-15T14:00:00Z");
        assert_eq!(read("3 months ago"), "2026-08-18T08:30:00Z");
        assert_eq!(read("heute"), "2026-11-16T00:00:00Z");
    }
}
