//! Spans: "2 days ago", "gestern", "منذ يومين".

use std::sync::LazyLock;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use regex::Regex;

use super::{pattern, time};

/// Spans of time in words, folded.
const UNITS: [(&[&str], i64); 7] = [
    (
        &[
            "second",
            "seconde",
            "sekunde",
            "segundo",
            "секунд",
            "秒",
            "ثاني",
            "ثوان",
        ],
        1,
    ),
    (&["min", "минут", "分", "دقيق", "دقائق"], 60),
    (
        &[
            "hour",
            "heure",
            "stunde",
            "hora",
            "час",
            "小时",
            "时",
            "ساعه",
            "ساعات",
            "ساعتين",
        ],
        3600,
    ),
    (
        &[
            "day", "jour", "tag", "dia", "день", "дня", "дней", "天", "日", "يوم", "ايام",
        ],
        86_400,
    ),
    (
        &[
            "week",
            "semaine",
            "woche",
            "semana",
            "недел",
            "周",
            "星期",
            "اسبوع",
            "اسابيع",
        ],
        7 * 86_400,
    ),
    (
        &[
            "month",
            "mois",
            "monat",
            "mes",
            "месяц",
            "个月",
            "شهر",
            "اشهر",
        ],
        30 * 86_400,
    ),
    (
        &[
            "year",
            "an",
            "jahr",
            "ano",
            "год",
            "лет",
            "年",
            "سنه",
            "سنوات",
        ],
        365 * 86_400,
    ),
];

const AGO: [&str; 7] = ["ago", "il y a", "vor ", "hace", "назад", "前", "منذ"];
const TODAY: [&str; 8] = [
    "today",
    "just now",
    "aujourd",
    "heute",
    "hoy",
    "сегодня",
    "今天",
    "اليوم",
];
const YESTERDAY: [&str; 7] = [
    "yesterday",
    "hier",
    "gestern",
    "ayer",
    "вчера",
    "昨天",
    "امس",
];

static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(\d{1,3}|\ban?\b|\bone\b|\bune?\b|\bein(?:e[rmn]?)?\b)\s*([\p{L}]+)")
});

/// The moment that "2 days ago" or "yesterday at 14:00" names, in a folded text.
pub(super) fn ago(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&AGO) {
        // The Arabic dual has no number: "two days ago" is one word.
        let (count, unit) = match SPAN
            .captures_iter(text)
            .find(|found| unit(&found[2]).is_some())
        {
            Some(found) => (found[1].parse().unwrap_or(1), unit(&found[2])?),
            None if text.contains("يومين") => (2, 86_400),
            None => (1, text.split_whitespace().find_map(unit)?),
        };
        return now.checked_sub_signed(TimeDelta::seconds(unit.checked_mul(count)?));
    }
    let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let days = match () {
        () if says(&TODAY) => 0,
        () if says(&YESTERDAY) => 1,
        () => return None,
    };
    let (time, _) = time(text).unwrap_or((TimeDelta::zero(), ""));
    Some((midnight - TimeDelta::days(days) + time).min(now))
}

fn unit(word: &str) -> Option<i64> {
    let named = |names: &[&str]| {
        names.iter().any(|name| {
            let ending = word.strip_prefix(name);
            if name.len() > 3 || !name.is_ascii() {
                return ending.is_some();
            }
            // So short a name is often the beginning of another word.
            ending.is_some_and(|ending| matches!(ending, "" | "s" | "e" | "n" | "en" | "es"))
        })
    };
    // Longer names first: 个月 begins like nothing else, but 分 stands inside 分钟.
    UNITS
        .iter()
        .find(|(names, _)| named(names))
        .map(|(_, seconds)| *seconds)
}
