//! Schedules: when a digest is due, by crontab(5) in the publication's time zone.
//!
//! [`Schedule`] reads the five fields that people write and leaves the calendar to the `cron`
//! package, which counts weekdays otherwise (1 is Sunday there) and joins the two day fields by
//! "and" where crontab(5) says "or". Wall-clock times are listed first and set into the zone
//! afterwards, so each fires exactly once on both days of a clock change: one that the spring skips
//! fires when the gap ends, one that the autumn repeats fires the first time.
//!
//! Deliberate limits: minutes are the finest step, and years and seconds are not written.

use std::{fmt::Write as _, str::FromStr};

use chrono::{DateTime, Datelike, Days, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// How far back a missed time is looked for, nearest first; a year covers `0 7 1 1 *`.
const LOOK_BACK: [TimeDelta; 5] = [
    TimeDelta::hours(1),
    TimeDelta::days(1),
    TimeDelta::days(8),
    TimeDelta::days(32),
    TimeDelta::days(367),
];

/// A line of crontab(5), such as `0 7 * * MON`.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// One calendar, or two where both day fields are restricted: either may fire.
    calendars: Vec<Calendar>,
}

#[derive(Clone, Debug)]
struct Calendar {
    times: cron::Schedule,
    last_day_only: bool,
}

impl Schedule {
    /// Reads five fields (minute, hour, day of the month, month, weekday; names, lists, ranges,
    /// steps, `L` for the last day of the month) or `@hourly`, `@daily`, `@weekly`, `@monthly`,
    /// `@yearly`. 0 and 7 are Sunday, 1 is Monday.
    ///
    /// # Errors
    /// One sentence that says which field is wrong and what it takes.
    pub fn parse(line: &str) -> Result<Self, String> {
        let line = match line.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            line if line.starts_with('@') => {
                return Err(format!(
                    "`{line}` is not known; there are `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly`"
                ));
            }
            line => line,
        };
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            let count = fields.len();
            let noun = if count == 1 { "field" } else { "fields" };
            return Err(format!(
                "a schedule has five fields (minute, hour, day of the month, month, weekday), not {count} {noun}"
            ));
        };
        let minute = numbers(minute, "minute", 0, 59, &[])?;
        let hour = numbers(hour, "hour", 0, 23, &[])?;
        let month = numbers(month, "month", 1, 12, &MONTHS)?;
        let last_day_only = day.eq_ignore_ascii_case("L");
        let days = if last_day_only {
            list(&(28..=31).collect::<Vec<_>>())
        } else {
            numbers(day, "day of the month", 1, 31, &[])?
        };
        let weekdays = weekday_names(weekday)?;
        let calendar = |days: &str, weekdays: &str, last_day_only| {
            let line = format!("0 {minute} {hour} {days} {month} {weekdays}");
            cron::Schedule::from_str(&line)
                .map(|times| Calendar {
                    times,
                    last_day_only,
                })
                .map_err(|_| "it names no time that ever comes".to_owned())
        };
        let calendars = match (day.starts_with('*'), weekday.starts_with('*')) {
            (false, false) => {
                vec![
                    calendar(&days, "*", last_day_only)?,
                    calendar("*", &weekdays, false)?,
                ]
            }
            (_, true) => vec![calendar(&days, &weekdays, last_day_only)?],
            (true, false) => vec![calendar(&days, &weekdays, false)?],
        };
        let schedule = Self { calendars };
        if schedule
            .wall_times(DateTime::<Utc>::UNIX_EPOCH.naive_utc())
            .next()
            .is_none()
        {
            return Err("it names no day that ever comes, such as 30 February".to_owned());
        }
        Ok(schedule)
    }

    /// The times after `after`, each once, in order.
    pub fn upcoming(
        &self,
        after: DateTime<Utc>,
        zone: Tz,
    ) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        // A day earlier, as a time that the spring skips is set later than its wall-clock time.
        let from = after.with_timezone(&zone).naive_local() - TimeDelta::days(1);
        let mut last = after;
        self.wall_times(from).filter_map(move |wall| {
            let time = instant(wall, zone)?;
            (time > last).then(|| {
                last = time;
                time
            })
        })
    }

    /// The time that is due now: the latest one after `mark` (the last one that was dealt with) and
    /// not after `now`. However many were missed, only the latest is returned. `None` for `mark`
    /// means that none ever was: then it is due at once.
    pub fn due(
        &self,
        mark: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> Option<DateTime<Utc>> {
        let Some(mark) = mark else { return Some(now) };
        LOOK_BACK.into_iter().find_map(|back| {
            let from = mark.max(now - back);
            self.upcoming(from, zone)
                .take_while(|time| *time <= now)
                .last()
        })
    }

    fn wall_times(&self, after: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + '_ {
        let mut calendars: Vec<_> = self
            .calendars
            .iter()
            .map(|calendar| calendar.wall_times(after).peekable())
            .collect();
        std::iter::from_fn(move || {
            let next = calendars
                .iter_mut()
                .filter_map(|times| times.peek().copied())
                .min()?;
            for times in &mut calendars {
                times.next_if_eq(&next);
            }
            Some(next)
        })
    }
}

impl Calendar {
    fn wall_times(&self, after: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + '_ {
        self.times
            .after_owned(after.and_utc())
            .map(|time| time.naive_utc())
            .filter(|time| !self.last_day_only || is_last_day(*time))
    }
}

fn is_last_day(time: NaiveDateTime) -> bool {
    let day = time.date();
    day.checked_add_days(Days::new(1))
        .is_none_or(|next| next.month() != day.month())
}

/// The instant of a wall-clock time: the first of two, or the end of the gap that swallowed it.
fn instant(wall: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    (0..=26 * 60)
        .find_map(|minutes| {
            zone.from_local_datetime(&(wall + TimeDelta::minutes(minutes)))
                .earliest()
        })
        .map(|time| time.to_utc())
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// The weekdays of a field by name, as `cron` counts them from another day.
fn weekday_names(field: &str) -> Result<String, String> {
    if field == "*" {
        return Ok("*".to_owned());
    }
    let mut days = values(field, "weekday", 0, 7, &WEEKDAYS)?;
    for day in &mut days {
        *day %= 7;
    }
    days.sort_unstable();
    days.dedup();
    Ok(days
        .iter()
        .map(|day| WEEKDAYS[*day as usize])
        .collect::<Vec<_>>()
        .join(","))
}

fn numbers(field: &str, name: &str, from: u32, to: u32, names: &[&str]) -> Result<String, String> {
    if field == "*" {
        Ok("*".to_owned())
    } else {
        values(field, name, from, to, names).map(|v| list(&v))
    }
}

fn list(values: &[u32]) -> String {
    let mut text = String::new();
    for (i, value) in values.iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{value}");
    }
    text
}

/// All values that a field names: `*`, `3`, `MON`, `1-5`, `*/2`, `1-9/4`, and lists of these.
fn values(field: &str, name: &str, from: u32, to: u32, names: &[&str]) -> Result<Vec<u32>, String> {
    let wrong = |part: &str| {
        let words = if names.is_empty() {
            String::new()
        } else {
            format!(" or {} to {}", names[0], names[names.len() - 1])
        };
        format!("`{part}` is no {name}; it takes {from} to {to}{words}, lists, ranges and steps")
    };
    let value = |text: &str| {
        let by_name = names.iter().position(|n| n.eq_ignore_ascii_case(text));
        // Months count from 1 and weekdays from 0, as their smallest number says.
        let number = match by_name {
            Some(place) => u32::try_from(place).ok()? + from,
            None if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok()?,
            None => return None,
        };
        (from..=to).contains(&number).then_some(number)
    };
    let mut found = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (
                range,
                step.parse()
                    .ok()
                    .filter(|s| *s > 0)
                    .ok_or_else(|| wrong(part))?,
            ),
            None => (part, 1),
        };
        let (start, end) = if range == "*" {
            (from, to)
        } else if let Some((start, end)) = range.split_once('-') {
            let start = value(start).ok_or_else(|| wrong(part))?;
            let mut end = value(end).ok_or_else(|| wrong(part))?;
            if names.len() == 7 && end == 0 && start > 0 {
                end = 7; // SAT-SUN, FRI-0
            }
            (start, end)
        } else {
            let start = value(range).ok_or_else(|| wrong(part))?;
            (start, if part.contains('/') { to } else { start })
        };
        if start > end {
            return Err(wrong(part));
        }
        found.extend((start..=end).step_by(step));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Amsterdam;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn next(line: &str, after: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(line).unwrap();
        schedule
            .upcoming(at(after), Amsterdam)
            .take(count)
            .map(|t| t.format("%a %F %H:%M").to_string())
            .collect()
    }

    #[test]
    fn weekdays_count_as_crontab_counts_them() {
        let monday = ["Mon 2026-11-16 06:00"];
        for line in ["0 7 * * 1", "0 7 * * MON", "0 7 * * mon", "00 07 * * 1"] {
            assert_eq!(next(line, "2026-11-12T00:00:00Z", 1), monday, "{line}");
        }
        for line in ["0 7 * * 0", "0 7 * * 7", "0 7 * * SUN"] {
            assert_eq!(
                next(line, "2026-11-12T00:00:00Z", 1),
                ["Sun 2026-11-15 06:00"],
                "{line}"
            );
        }
        assert_eq!(
            next("0 7 * * 5-7", "2026-11-12T00:00:00Z", 4),
            [
                "Fri 2026-11-13 06:00",
                "Sat 2026-11-14 06:00",
                "Sun 2026-11-15 06:00",
                "Fri 2026-11-20 06:00"
            ]
        );
    }

    #[test]
    fn both_day_fields_mean_either() {
        assert_eq!(
            next("0 12 15 * FRI", "2026-11-12T00:00:00Z", 3),
            [
                "Fri 2026-11-13 11:00",
                "Sun 2026-11-15 11:00",
                "Fri 2026-11-20 11:00"
            ]
        );
    }

    #[test]
    fn the_last_day_is_the_months_own() {
        assert_eq!(
            next("0 7 L * *", "2027-01-31T12:00:00Z", 3),
            [
                "Sun 2027-02-28 06:00",
                "Wed 2027-03-31 05:00",
                "Fri 2027-04-30 05:00"
            ]
        );
    }

    #[test]
    fn a_clock_change_fires_once() {
        // 02:30 does not exist on 29 March 2026 in Amsterdam and comes twice on 25 October.
        assert_eq!(
            next("30 2 * * *", "2026-03-28T12:00:00Z", 2),
            ["Sun 2026-03-29 01:00", "Mon 2026-03-30 00:30"]
        );
        assert_eq!(
            next("30 2 * * *", "2026-10-24T12:00:00Z", 2),
            ["Sun 2026-10-25 00:30", "Mon 2026-10-26 01:30"]
        );
        let half_hourly = next("*/30 * * * *", "2026-10-25T00:10:00Z", 4);
        assert_eq!(
            half_hourly,
            [
                "Sun 2026-10-25 00:30",
                "Sun 2026-10-25 02:00",
                "Sun 2026-10-25 02:30",
                "Sun 2026-10-25 03:00"
            ]
        );
    }

    #[test]
    fn what_was_missed_is_due_once() {
        let weekly = Schedule::parse("0 7 * * MON").unwrap();
        let due = |mark, now| weekly.due(Some(at(mark)), at(now), Amsterdam);
        assert_eq!(due("2026-11-09T06:00:00Z", "2026-11-16T05:59:00Z"), None);
        assert_eq!(
            due("2026-11-09T06:00:00Z", "2026-11-16T06:00:00Z"),
            Some(at("2026-11-16T06:00:00Z"))
        );
        assert_eq!(
            due("2026-09-01T06:00:00Z", "2026-11-18T06:00:00Z"),
            Some(at("2026-11-16T06:00:00Z"))
        );
        assert_eq!(due("2026-11-16T06:00:00Z", "2026-11-16T06:00:00Z"), None);
        let yearly = Schedule::parse("@yearly").unwrap();
        assert_eq!(
            yearly.due(
                Some(at("2025-06-01T00:00:00Z")),
                at("2026-11-16T00:00:00Z"),
                Amsterdam
            ),
            Some(at("2025-12-31T23:00:00Z"))
        );
        assert_eq!(
            weekly.due(None, at("2026-11-12T00:00:00Z"), Amsterdam),
            Some(at("2026-11-12T00:00:00Z"))
        );
    }

    #[test]
    fn mistakes_are_named() {
        let error = |line| Schedule::parse(line).unwrap_err();
        assert_eq!(
            error("0 7 * MON"),
            "a schedule has five fields (minute, hour, day of the month, month, weekday), not 4 fields"
        );
        assert_eq!(
            error("0 25 * * *"),
            "`25` is no hour; it takes 0 to 23, lists, ranges and steps"
        );
        assert_eq!(
            error("0 7 * * MOO"),
            "`MOO` is no weekday; it takes 0 to 7 or SUN to SAT, lists, ranges and steps"
        );
        assert_eq!(
            error("0 7 30 2 *"),
            "it names no day that ever comes, such as 30 February"
        );
        assert!(error("@reboot").starts_with("`@reboot` is not known"));
        for line in [
            "*/0 * * * *",
            "5-1 * * * *",
            "-1 * * * *",
            "+1 * * * *",
            "1- * * * *",
            ", * * * *",
        ] {
            assert!(Schedule::parse(line).is_err(), "{line}");
        }
    }
}
