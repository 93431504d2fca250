//! Days as texts write them, in seven languages, without asking yet what happens on them.

use std::{ops::Range, sync::LazyLock};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use regex::{Captures, Regex};

use crate::{
    model::{Language, LanguageCode},
    text::MONTHS,
};

/// A day, or a span of days, as written; the year may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where it stands.
    pub(super) place: Range<usize>,
    /// The day before the month of the last one, where one month stands for both: the 8 of `8 to 12 May`.
    first: Option<u32>,
    year: Option<i32>,
    month: u32,
    day: u32,
    /// The last day where another month stands before it: `28 May to 2 June`.
    last: Option<Box<Mention>>,
}

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    let mut names: Vec<&str> = MONTHS
        .iter()
        .flat_map(|names| names.iter().copied())
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    // Some names of months are two words, and the pattern passes over spaces.
    let months = names.join("|").replace(' ', r"\s");
    let to = r"(?:-|–|—|/|to|until|till|through|and|&|au|et|bis(?:\ zum)?|und|al|hasta\ el|y|по|и|إلى|الى|حتى|و)";
    let nth = r"(?:st|nd|rd|th|er|e|\.?[ºª°]|\.)?";
    let pattern = format!(
        r"(?ix)
        (?:\b(?P<d1>\d{{1,2}}){nth}\s*{to}\s*(?:the\s+|le\s+|el\s+)?)?
        \b(?P<d>\d{{1,2}}){nth}\s*(?:de\s+|of\s+|من\s+)?(?P<m>{months})\b\.?(?:/(?:{months})\b)?(?:,?\s*(?:de\s+|del\s+)?(?P<y>\d{{4}})\b)?
        | \b(?P<em>{months})\b\.?\s+(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*(?:-|–|—|to|and|through)\s*(?P<ed2>\d{{1,2}})(?:st|nd|rd|th)?)?\b(?:,?\s*(?P<ey>\d{{4}})\b)?
        | (?:(?P<zy>\d{{4}})\s*年\s*)?(?P<zm>\d{{1,2}})\s*月\s*(?P<zd>\d{{1,2}})\s*(?:日|号)?(?:\s*(?:-|–|—|－|至|到|~|～)\s*(?P<zd2>\d{{1,2}})\s*(?:日|号))?
        | \b(?P<iy>20\d{{2}})(?:-(?P<im>\d{{1,2}})-|/(?P<im2>\d{{1,2}})/|\.(?P<im3>\d{{1,2}})\.)(?P<id>\d{{1,2}})\b
        | (?:\b(?P<nd1>\d{{1,2}})\.?\s*[-–]\s*)?\b(?P<nd>\d{{1,2}})(?:\.\s?(?P<nm>\d{{1,2}})\.\s?|/(?P<nm2>\d{{1,2}})/)(?P<ny>20\d{{2}})\b"
    );
    Regex::new(&pattern).expect("a pattern of ours")
});

/// What stands between the first day and the last of a span.
static TO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:\([^)]{1,12}\)\s*|г\.?\s*|года\s*|م\s*)?(?:-|–|—|－|~|～|to|until|till|through|au|jusqu['’]au|bis(?: zum)?|al|hasta el|по|до|إلى|الى|حتى|至|到)\s*(?:the |le |el |\w{2,10}, ?)?$")
        .expect("a pattern of ours")
});

/// The days of a text, in order; spans over two months are one.
pub(super) fn mentions(text: &str, language: Option<&LanguageCode>) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    for window in around_digits(text) {
        for found in DAY.captures_iter(&text[window.clone()]) {
            let Some(whole) = found.get(0) else { continue };
            let place = window.start + whole.start()..window.start + whole.end();
            if is_no_day(text, &place) {
                continue;
            }
            let Some(mention) = read(&found, place, language) else {
                continue;
            };
            match mentions.last_mut() {
                Some(before)
                    if before.last.is_none()
                        && text
                            .get(before.place.end..mention.place.start)
                            .is_some_and(|between| TO.is_match(between)) =>
                {
                    before.place.end = mention.place.end;
                    before.last = Some(Box::new(mention));
                }
                _ => mentions.push(mention),
            }
        }
    }
    mentions
}

/// `12 may apply`, `in May 12 states`, and what stands within a longer number, an address or a price.
fn is_no_day(text: &str, place: &Range<usize>) -> bool {
    let words = &text[place.clone()];
    let verb = words
        .split(|c: char| !c.is_alphabetic())
        .any(|word| matches!(word, "may" | "march"));
    let count = words.starts_with(char::is_alphabetic)
        && !words.contains(',')
        && ["in ", "In ", "since ", "Since "]
            .iter()
            .any(|word| text[..place.start].ends_with(word));
    let within =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '=' | '€' | '$' | '£');
    let number = words.starts_with(|c: char| c.is_ascii_digit())
        && text[..place.start].ends_with(|c: char| c.is_ascii() && within(c));
    let goes_on = words.ends_with(|c: char| c.is_ascii_digit())
        && text[place.end..].starts_with(|c: char| c.is_ascii() && within(c) && c != '-');
    let version = text[place.end..]
        .strip_prefix('.')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    verb || count || number || goes_on || version
}

/// The parts of a text that may name a day: there is no day without a digit, and most texts have few.
fn around_digits(text: &str) -> Vec<Range<usize>> {
    let mut windows: Vec<Range<usize>> = Vec::new();
    let digits = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_digit());
    for (at, _) in digits {
        let start = text.floor_char_boundary(at.saturating_sub(60));
        let end = text.ceil_char_boundary((at + 80).min(text.len()));
        match windows.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => windows.push(start..end),
        }
    }
    windows
}

fn read(
    found: &Captures<'_>,
    place: Range<usize>,
    language: Option<&LanguageCode>,
) -> Option<Mention> {
    let number = |name: &str| found.name(name)?.as_str().parse::<u32>().ok();
    let year = |name: &str| found.name(name)?.as_str().parse::<i32>().ok();
    let month = |name: &str| {
        let word = found.name(name)?.as_str().to_lowercase();
        let at = MONTHS
            .iter()
            .position(|names| names.contains(&word.as_str()))?;
        u32::try_from(at + 1).ok()
    };
    let mention = |first, year, month, day| Mention {
        place: place.clone(),
        first,
        year,
        month,
        day,
        last: None,
    };
    if let Some(m) = month("m") {
        return Some(mention(number("d1"), year("y"), m, number("d")?));
    }
    if let Some(m) = month("em") {
        let day = number("ed")?;
        let (first, day) = number("ed2").map_or((None, day), |last| (Some(day), last));
        return Some(mention(first, year("ey"), m, day));
    }
    if let Some(m) = number("zm") {
        let day = number("zd")?;
        let (first, day) = number("zd2").map_or((None, day), |last| (Some(day), last));
        return Some(mention(first, year("zy"), m, day));
    }
    if let Some(day) = number("id") {
        let m = number("im").or(number("im2")).or(number("im3"))?;
        return Some(mention(None, year("iy"), m, day));
    }
    let (day, m) = (number("nd")?, number("nm").or(number("nm2"))?);
    // In English 4/12/2026 may be in April or in December: a day that is in doubt is none.
    let doubtful = language.is_none_or(|code| code.language() == Some(Language::En));
    if found.name("nm2").is_some() && doubtful && day != m {
        return match (day > 12, m > 12) {
            (true, false) => Some(mention(None, year("ny"), m, day)),
            (false, true) => Some(mention(None, year("ny"), day, m)),
            _ => None,
        };
    }
    Some(mention(number("nd1"), year("ny"), m, day))
}

impl Mention {
    /// Whether the text gives the year.
    pub(super) fn has_year(&self) -> bool {
        self.end().year.is_some()
    }

    fn end(&self) -> &Self {
        self.last.as_deref().unwrap_or(self)
    }

    /// The day, and the last one of a span. A year that is not written is the one that makes the last
    /// day come next, looking back two months: an item may report on what has just begun.
    pub(super) fn days(&self, reference: DateTime<Utc>) -> Option<(NaiveDate, Option<NaiveDate>)> {
        let end = self.end();
        let last = match end.year {
            Some(year) => NaiveDate::from_ymd_opt(year, end.month, end.day)?,
            None => next(end.month, end.day, reference)?,
        };
        let (month, day) = if self.last.is_some() {
            (self.month, self.first.unwrap_or(self.day))
        } else {
            match self.first {
                Some(first) => (self.month, first),
                None => return Some((last, None)),
            }
        };
        let mut first = NaiveDate::from_ymd_opt(self.year.unwrap_or(last.year()), month, day)?;
        if first > last && self.year.is_none() {
            first = first.with_year(last.year() - 1)?;
        }
        let span = (last - first).num_days();
        match span {
            1..=400 => Some((first, Some(last))),
            _ => Some((last, None)),
        }
    }
}

fn next(month: u32, day: u32, reference: DateTime<Utc>) -> Option<NaiveDate> {
    let earliest = (reference - TimeDelta::days(60)).date_naive();
    (0..5)
        .filter_map(|years| NaiveDate::from_ymd_opt(earliest.year() + years, month, day))
        .find(|date| *date >= earliest)
}
