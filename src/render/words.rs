//! Words: labels with their placeholders filled in, plurals by CLDR, days as a language writes them.

use std::cell::RefCell;

use chrono::{Datelike, NaiveDate};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};

use crate::model::{DatedFact, FactKind, Labels, Language, LanguageCode, Look};

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    labels: Option<&'a Labels>,
    /// The language.
    pub language: Language,
}

impl<'a> Words<'a> {
    /// The words of a language in a look.
    pub fn new(look: &'a Look, language: Language) -> Self {
        Self {
            labels: look.labels.get(&language),
            language,
        }
    }

    /// A label without placeholders. A look is complete, so there always is one.
    pub fn get(&self, key: &str) -> &'a str {
        self.labels
            .and_then(|labels| labels.values.get(key))
            .map_or("", String::as_str)
    }

    /// A label with its placeholders filled in.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// A label that counts: `count.stories` for 2 is "2 stories".
    pub fn count(&self, key: &str, count: usize) -> String {
        let named = |category: &str| self.get(&format!("{key}.{category}"));
        let text = Some(named(category(self.language, count)))
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| named("other"));
        fill(text, &[("count", &self.number(count))])
    }

    /// A number in the language's digits.
    pub fn number(&self, number: impl std::fmt::Display) -> String {
        let digits: Vec<char> = self.get("date.digits").chars().collect();
        let own = |c: char| {
            c.to_digit(10)
                .and_then(|digit| digits.get(digit as usize).copied())
                .unwrap_or(c)
        };
        number.to_string().chars().map(own).collect()
    }

    /// A day: "16 November 2026".
    pub fn day(&self, date: NaiveDate) -> String {
        self.date("date.day", date)
    }

    /// A day without its year: "16 Nov".
    pub fn short_day(&self, date: NaiveDate) -> String {
        self.date("date.short", date)
    }

    /// A day as short as it is clear on another one: without its year where both have the same.
    pub fn day_near(&self, date: NaiveDate, other: NaiveDate) -> String {
        if date.year() == other.year() {
            self.short_day(date)
        } else {
            self.day(date)
        }
    }

    /// A day with its weekday.
    pub fn weekday(&self, date: NaiveDate) -> String {
        self.date("date.weekday", date)
    }

    fn date(&self, key: &str, date: NaiveDate) -> String {
        let weekday = date.weekday().num_days_from_monday() + 1;
        self.fill(
            key,
            &[
                ("day", &self.number(date.day())),
                ("month", self.get(&format!("date.months.{}", date.month()))),
                (
                    "month_short",
                    self.get(&format!("date.months_short.{}", date.month())),
                ),
                ("month_number", &self.number(date.month())),
                ("year", &self.number(date.year())),
                ("weekday", self.get(&format!("date.weekdays.{weekday}"))),
            ],
        )
    }

    /// What happens on a day: "Answer by 4 December 2026".
    pub fn fact(&self, fact: &DatedFact) -> String {
        let from = self.day(fact.date);
        let days = match fact.until {
            Some(until) => self.fill("date.span", &[("from", &from), ("to", &self.day(until))]),
            None => from,
        };
        let key = match fact.what {
            FactKind::Deadline => "edition.deadline",
            FactKind::Event => "edition.event",
        };
        let mut told = self.fill(key, &[("date", &days)]);
        if let Some(time) = &fact.time {
            told.push_str(", ");
            told.push_str(time);
        }
        told
    }

    /// The name of an item's language, where it is another than this one.
    pub fn other_language(&self, language: Option<&LanguageCode>) -> Option<String> {
        let language = language?;
        if language.language() == Some(self.language) {
            return None;
        }
        let name = language
            .language()
            .map_or("", |language| self.get(&format!("languages.{language}")));
        Some(if name.is_empty() {
            language.to_string()
        } else {
            name.to_owned()
        })
    }
}

/// Replaces `{name}` by its value; values are never read again.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.find('}').and_then(|end| {
            let (_, value) = values.iter().find(|(name, _)| *name == &rest[1..end])?;
            Some((*value, end + 1))
        });
        let (value, length) = known.unwrap_or(("{", 1));
        out.push_str(value);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

thread_local! {
    static RULES: RefCell<Vec<(Language, PluralRules)>> = const { RefCell::new(Vec::new()) };
}

/// The plural category of a whole number (CLDR, cardinal).
fn category(language: Language, count: usize) -> &'static str {
    RULES.with_borrow_mut(|rules| {
        let at = rules
            .iter()
            .position(|(known, _)| *known == language)
            .or_else(|| {
                let locale: Locale = language.code().parse().ok()?;
                rules.push((
                    language,
                    PluralRules::try_new((&locale).into(), PluralRulesOptions::default()).ok()?,
                ));
                Some(rules.len() - 1)
            });
        at.map_or("other", |at| match rules[at].1.category_for(count) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_the_language() {
        assert_eq!(category(Language::Ru, 21), "one");
        assert_eq!(category(Language::Ru, 3), "few");
        assert_eq!(category(Language::Ru, 12), "many");
        assert_eq!(category(Language::Ar, 2), "two");
        assert_eq!(category(Language::Ar, 11), "many");
        assert_eq!(category(Language::Zh, 1), "other");
        assert_eq!(category(Language::En, 1), "one");
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        assert_eq!(
            fill("{a} {b} {c}", &[("a", "{b}"), ("b", "x")]),
            "{b} x {c}"
        );
    }
}
