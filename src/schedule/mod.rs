//! Schedules: when a digest is due, by crontab(5) in the publication's time zone.
//!
//! [`Schedule`] reads the five fields that people write and leaves the calendar to the `cron`
//! package, which counts weekdays otherwise (1 is Sunday there) and joins the two day fields by
//! "and" where crontab(5) says "or". Wall-clock times are listed first and set into the zone
//! afterwards, so each fires exactly once on both days of a clock change: one that the spring skips
//! fires when the gap ends, one that the autumn repeats fires the first time.
//!
//! The clock may be put forward or back: times that were passed over are one missed time, times that
//! come again do not fire again, and a mark that was made under a clock far ahead is found out
//! ([`Schedule::is_ahead`]).
//!
//! Deliberate limits: minutes are the finest step, and years and seconds are not written. An hour
//! that the autumn repeats is one hour: what fires in it fires the first time round only.

mod fields;

use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use fields::Fields;

/// How far back a missed time is looked for, nearest first; a year covers `0 7 1 1 *`, and eight
/// years cover 29 February.
const LOOK_BACK: [TimeDelta; 6] = [
    TimeDelta::hours(1),
    TimeDelta::days(1),
    TimeDelta::days(8),
    TimeDelta::days(32),
    TimeDelta::days(367),
    TimeDelta::days(8 * 366),
];

/// A mark that lies so far ahead of the clock is believed all the same: clocks are put right by
/// hours and days, and a digest is rather late than twice.
const BELIEVED: TimeDelta = TimeDelta::days(2);

/// A line of crontab(5), such as `0 7 * * MON`.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// One calendar, or two where both day fields are restricted: either may fire.
    calendars: Vec<Calendar>,
}

#[derive(Clone, Debug)]
struct Calendar {
    times: cron::Schedule,
    /// Where the last day of the month is asked for: the days that are asked for besides.
    last_day: Option<Vec<u32>>,
}

impl Schedule {
    /// Reads five fields (minute, hour, day of the month, month, weekday; names, lists, ranges,
    /// steps, `L` for the last day of the month) or `@hourly`, `@daily`, `@weekly`, `@monthly`,
    /// `@yearly`. 0 and 7 are Sunday, 1 is Monday.
    ///
    /// # Errors
    /// One sentence that says which field is wrong and what it takes.
    pub fn parse(line: &str) -> Result<Self, String> {
        let Fields {
            minute,
            hour,
            days,
            last_day,
            month,
            weekdays,
        } = Fields::read(line)?;
        let calendar = |days: &str, weekdays: &str, last_day: Option<Vec<u32>>| {
            let line = format!("0 {minute} {hour} {days} {month} {weekdays}");
            cron::Schedule::from_str(&line)
                .map(|times| Calendar { times, last_day })
                .map_err(|_| "it names no time that ever comes".to_owned())
        };
        // Two day fields mean "either", unless one of them begins with a star.
        let calendars = match (days.restricts, weekdays.restricts) {
            (true, true) => vec![
                calendar(&days.values, "*", last_day)?,
                calendar("*", &weekdays.values, None)?,
            ],
            _ => vec![calendar(&days.values, &weekdays.values, last_day)?],
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

    /// Whether a mark was made under a clock that ran so far ahead that it would silence the digest:
    /// it lies days ahead of `now`, beyond the next time. Who finds one puts it back to `now`.
    pub fn is_ahead(&self, mark: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> bool {
        mark > now + BELIEVED
            && self
                .upcoming(now, zone)
                .next()
                .is_some_and(|next| next < mark)
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
            .filter(|time| match &self.last_day {
                Some(others) => is_last_day(*time) || others.contains(&time.day()),
                None => true,
            })
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
