//! Days that a text names: deadlines and events, in seven languages, with the words that gave them.
//!
//! Deliberate limits: a day is only taken where a word beside it says what it is, and only if it is
//! not past for the item; a year that is not written is the one that makes the day come next.

use std::{cell::LazyCell, ops::Range, sync::LazyLock};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use regex::{Captures, Regex};

use crate::{
    model::{DatedFact, FactKind, LanguageCode},
    text::{MONTHS, latin_digits},
};

/// How much of a text is looked at.
const BEGINNING: usize = 6000;
/// How many days an item can name.
const MOST: usize = 6;
/// How far before a day the word may stand that says what the day is, in characters.
const REACH: usize = 48;

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    let mut names: Vec<&str> = MONTHS
        .iter()
        .flat_map(|names| names.iter().copied())
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let months = names.join("|");
    let to = r"(?:-|–|—|to|until|au|bis(?: zum)?|al|по|إلى|и|and|et|und|y)";
    let pattern = format!(
        r"(?ix)
        (?:\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?\s*{to}\s*)?
        \b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?\s*(?:de\s+|of\s+)?(?P<m>{months})\b\.?(?:,?\s*(?:de\s+|del\s+)?(?P<y>\d{{4}}))?
        | \b(?P<em>{months})\s+(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*(?:-|–|to)\s*(?P<ed2>\d{{1,2}}))?\b(?:,?\s*(?P<ey>\d{{4}}))?
        | (?:(?P<zy>\d{{4}})\s*年\s*)?(?P<zm>\d{{1,2}})\s*月\s*(?P<zd>\d{{1,2}})\s*日(?:\s*(?:-|–|至|到|~)\s*(?:(?P<zm2>\d{{1,2}})\s*月\s*)?(?P<zd2>\d{{1,2}})\s*日)?
        | \b(?P<iy>20\d{{2}})-(?P<im>\d{{2}})-(?P<id>\d{{2}})\b"
    );
    Regex::new(&pattern).expect("a pattern of ours")
});

static DEADLINE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(\b(by|until|till|before|deadline|due|no later than|not later than|closes?|closing|jusqu['’]au|avant le|d['’]ici (au|le)|date limite|au plus tard|clôture|bis( zum)?|frist|spätestens|einsendeschluss|anmeldeschluss|hasta el|antes del?|fecha límite|plazo|a más tardar|до|не позднее|срок|крайний срок)\b|截止|حتى|قبل|آخر موعد|أقصاه|بحلول)[^.!?。؟]*$",
    )
    .expect("a pattern of ours")
});

static DEADLINE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(之前|以前|前|截止|\((deadline|frist)\))").expect("a pattern of ours")
});

static EVENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|\P{L})(webinars?|conferences?|congress|forum|workshops?|seminars?|sessions?|meetings?|summit|symposium|exhibition|course|week|day|webinaire|conférence|congrès|atelier|séminaire|réunion|sommet|journée|konferenz|kongress|tagung|veranstaltung|seminar|workshop|sitzung|ausstellung|conferencia|congreso|foro|taller|seminario|jornadas?|reunión|cumbre|вебинар|конференци|конгресс|форум|семинар|сесси|заседани|саммит|выставк)|会议|大会|论坛|研讨会|峰会|培训|مؤتمر|منتدى|ندوة|ورشة|دورة|اجتماع|قمة",
    )
    .expect("a pattern of ours")
});

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[\s,]*(?:at|à|um|a las|в|،)?\s*(\d{1,2}([:.h]\d{2})?\s*(am|pm|uhr|h)?(\s*(UTC|GMT|CET|CEST|EST|EDT|PST|PDT|BST|MSK|(?:[A-Z][a-z]+ ){1,3}time))?)\b",
    )
    .expect("a pattern of ours")
});

/// The deadlines and event days of a text, in its order, deadlines first; `reference` is the item's own date.
pub fn dates(
    title: &str,
    text: &str,
    _language: Option<&LanguageCode>,
    reference: DateTime<Utc>,
) -> Vec<DatedFact> {
    let text = latin_digits(&format!(
        "{title}\n{}",
        &text[..text.floor_char_boundary(BEGINNING)]
    ));
    let event_words = LazyCell::new(|| EVENT.is_match(&text));
    let mut facts: Vec<DatedFact> = Vec::new();
    let windows = around_digits(&text);
    let found = windows.iter().flat_map(|window| {
        let days = DAY.captures_iter(&text[window.clone()]);
        days.map(move |found| (window.start, found))
    });
    for (offset, found) in found {
        let Some(whole) = found.get(0) else { continue };
        let place = offset + whole.start()..offset + whole.end();
        let Some((day, until)) = days(&found, reference) else {
            continue;
        };
        if until.unwrap_or(day) < reference.date_naive() {
            continue;
        }
        let before = before(&text, place.start);
        let deadline =
            DEADLINE_BEFORE.is_match(before) || DEADLINE_AFTER.is_match(&text[place.end..]);
        let what = match (deadline && until.is_none(), *event_words) {
            (true, _) => FactKind::Deadline,
            (false, true) => FactKind::Event,
            (false, false) => continue,
        };
        let time = time(&text[place.end..]);
        let fact = DatedFact {
            what,
            date: day,
            until,
            time,
            words: words(before, whole.as_str(), what),
        };
        if facts.len() < MOST
            && !facts
                .iter()
                .any(|known| known.what == what && known.date == day)
        {
            facts.push(fact);
        }
    }
    facts.sort_by_key(|fact| fact.what);
    facts
}

/// The parts of a text that may name a day: there is no day without a digit, and most texts have few.
fn around_digits(text: &str) -> Vec<Range<usize>> {
    let mut windows: Vec<Range<usize>> = Vec::new();
    for (at, _) in text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_digit())
    {
        let start = text.floor_char_boundary(at.saturating_sub(60));
        let end = text.ceil_char_boundary((at + 80).min(text.len()));
        match windows.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => windows.push(start..end),
        }
    }
    windows
}

/// The rest of the line before a place, as far as a word may stand from its day.
fn before(text: &str, at: usize) -> &str {
    let start = text[..at]
        .char_indices()
        .rev()
        .take(REACH)
        .last()
        .map_or(at, |(start, _)| start);
    let near = &text[start..at];
    near.rsplit('\n').next().unwrap_or(near)
}

/// The day that a match names, and the last one of a span.
fn days(found: &Captures<'_>, reference: DateTime<Utc>) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let number = |name: &str| {
        found
            .name(name)
            .and_then(|text| text.as_str().parse::<u32>().ok())
    };
    let year = |name: &str| {
        found
            .name(name)
            .and_then(|text| text.as_str().parse::<i32>().ok())
    };
    let month = |name: &str| {
        let word = found.name(name)?.as_str().to_lowercase();
        MONTHS
            .iter()
            .position(|names| names.contains(&word.as_str()))
            .and_then(|m| u32::try_from(m + 1).ok())
    };
    let of = |year: Option<i32>, month: u32, day: u32| match year {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day),
        None => next(month, day, reference),
    };
    if let Some(m) = month("m") {
        let last = of(year("y"), m, number("d")?)?;
        return Some(
            match number("d1").and_then(|first| NaiveDate::from_ymd_opt(last.year(), m, first)) {
                Some(first) if first < last => (first, Some(last)),
                _ => (last, None),
            },
        );
    }
    if let Some(m) = month("em") {
        let first = of(year("ey"), m, number("ed")?)?;
        let last = number("ed2").and_then(|last| NaiveDate::from_ymd_opt(first.year(), m, last));
        return Some((first, last.filter(|last| *last > first)));
    }
    if let Some(m) = number("zm") {
        let first = of(year("zy"), m, number("zd")?)?;
        let last = number("zd2").and_then(|last| {
            NaiveDate::from_ymd_opt(first.year(), number("zm2").unwrap_or(m), last)
        });
        return Some((first, last.filter(|last| *last > first)));
    }
    Some((
        NaiveDate::from_ymd_opt(year("iy")?, number("im")?, number("id")?)?,
        None,
    ))
}

/// The day as it comes next, looking back two months: an item may report on what has just begun.
fn next(month: u32, day: u32, reference: DateTime<Utc>) -> Option<NaiveDate> {
    let earliest = (reference - TimeDelta::days(60)).date_naive();
    (0..5)
        .filter_map(|years| NaiveDate::from_ymd_opt(earliest.year() + years, month, day))
        .find(|date| *date >= earliest)
}

fn time(after: &str) -> Option<String> {
    let found = TIME.captures(after)?.get(1)?.as_str().trim();
    // A bare number is a year, a page or a count.
    let is_time = found.contains([':', '.', 'h']) || found.chars().any(char::is_alphabetic);
    is_time.then(|| found.to_owned())
}

/// The words that gave a day: from the word that says what it is.
fn words(before: &str, day: &str, what: FactKind) -> String {
    let from = match what {
        FactKind::Deadline => DEADLINE_BEFORE
            .find(before)
            .map_or(before.len(), |found| found.start()),
        FactKind::Event => before.len(),
    };
    format!("{}{day}", &before[from..]).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        text: &str,
        reference: &str,
    ) -> Vec<(FactKind, String, Option<String>, Option<String>)> {
        dates(text, "", None, reference.parse().unwrap())
            .into_iter()
            .map(|fact| {
                (
                    fact.what,
                    fact.date.to_string(),
                    fact.until.map(|d| d.to_string()),
                    fact.time,
                )
            })
            .collect()
    }

    #[test]
    fn deadlines_are_read_in_seven_languages() {
        for text in [
            "Observers may answer the questionnaire by 4 December.",
            "Abstracts are due by December 4, 2026.",
            "Le questionnaire reste ouvert jusqu’au 4 décembre 2026.",
            "Einsendeschluss ist der 4. Dezember 2026.",
            "Los observadores pueden responder hasta el 4 de diciembre de 2026.",
            "Ответить можно до 4 декабря 2026 года.",
            "截止日期2026年12月4日。",
            "可在2026年12月4日之前答复问卷。",
            "ويمكن الرد حتى ٤ ديسمبر ٢٠٢٦.",
        ] {
            let facts = read(text, "2026-11-16T08:00:00Z");
            assert_eq!(facts.len(), 1, "{text}: {facts:?}");
            assert_eq!(
                (facts[0].0, facts[0].1.as_str()),
                (FactKind::Deadline, "2026-12-04"),
                "{text}"
            );
        }
    }

    #[test]
    fn spans_and_times_belong_to_events() {
        let facts = read(
            "La conférence a lieu du 9 au 24 novembre 2021",
            "2021-10-01T00:00:00Z",
        );
        assert_eq!(
            facts,
            [(
                FactKind::Event,
                "2021-11-09".into(),
                Some("2021-11-24".into()),
                None
            )]
        );
        let facts = read(
            "The webinar is on 13 July at 12pm New York time",
            "2020-07-06T00:00:00Z",
        );
        assert_eq!(
            facts,
            [(
                FactKind::Event,
                "2020-07-13".into(),
                None,
                Some("12pm New York time".into())
            )]
        );
        let facts = read(
            "The forum meets from 8 to 12 December 2026.",
            "2026-11-11T00:00:00Z",
        );
        assert_eq!(
            facts,
            [(
                FactKind::Event,
                "2026-12-08".into(),
                Some("2026-12-12".into()),
                None
            )]
        );
    }

    #[test]
    fn a_day_that_the_text_does_not_give_is_not_made_up() {
        for text in [
            "In May the committee met",
            "Since 4 March 2019 the law holds",
            "by 2030",
            "page 12, 40 members",
        ] {
            assert_eq!(read(text, "2026-11-16T00:00:00Z"), [], "{text}");
        }
    }
}
