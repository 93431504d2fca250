//! Schedules, held against an oracle that knows nothing but the calendar: every minute of the wall
//! clock is looked at by itself, in many zones, around every change of the clock.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use circular::schedule::Schedule;
use proptest::prelude::*;

/// Zones with whole hours, half hours, a change at midnight, a double change, a day that never was.
const ZONES: [Tz; 12] = [
    Tz::UTC,
    Tz::Europe__Amsterdam,
    Tz::Europe__London,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,
    Tz::America__St_Johns,
    Tz::Africa__Casablanca,
    Tz::Asia__Kathmandu,
    Tz::Asia__Beirut,
    Tz::Australia__Lord_Howe,
    Tz::Pacific__Apia,
    Tz::Antarctica__Troll,
];

/// What a field names, by the plainest reading.
fn names(field: &str, value: u32, names: &[&str], first: u32, weekday: bool) -> bool {
    let number = |text: &str| {
        names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text))
            .map_or_else(
                || text.parse().unwrap(),
                |at| u32::try_from(at).unwrap() + first,
            )
    };
    let last = match names.len() {
        12 => 12,
        7 => 7,
        _ => 59,
    };
    field.split(',').any(|part| {
        let (range, step) = part
            .split_once('/')
            .map_or((part, 1), |(range, step)| (range, step.parse().unwrap()));
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from), number(to)),
            None if range == "*" => (first, last),
            None if part.contains('/') => (number(range), last),
            None => (number(range), number(range)),
        };
        let hit = |value: u32| (from..=to).contains(&value) && (value - from).is_multiple_of(step);
        hit(value) || (weekday && value == 0 && hit(7))
    })
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

fn fires(line: &str, wall: NaiveDateTime) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let month_ends = (wall.date() + TimeDelta::days(1)).month() != wall.month();
    let day = fields[2].split(',').any(|part| {
        (part == "L" && month_ends) || (part != "L" && names(part, wall.day(), &[], 1, false))
    });
    let weekday = names(
        fields[4],
        wall.weekday().num_days_from_sunday(),
        &WEEKDAYS,
        0,
        true,
    );
    let either = !fields[2].starts_with('*') && !fields[4].starts_with('*');
    names(fields[0], wall.minute(), &[], 0, false)
        && names(fields[1], wall.hour(), &[], 0, false)
        && names(fields[3], wall.month(), &MONTHS, 1, false)
        && if either {
            day || weekday
        } else {
            day && weekday
        }
}

/// Every instant at which a line fires between two: each minute of the wall clock by itself, set
/// into the zone, the first time round where it comes twice, at the end of the gap where it never does.
fn oracle(line: &str, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let start = from.with_timezone(&zone).naive_local() - TimeDelta::days(2);
    let start = start.with_second(0).unwrap();
    let minutes = (to - from).num_minutes() + 4 * 24 * 60;
    let mut found: Vec<DateTime<Utc>> = (0..minutes)
        .map(|minute| start + TimeDelta::minutes(minute))
        .filter(|wall| fires(line, *wall))
        .map(|wall| {
            let mut wall = wall;
            loop {
                if let Some(time) = zone.from_local_datetime(&wall).earliest() {
                    return time.to_utc();
                }
                wall += TimeDelta::minutes(1);
            }
        })
        .filter(|time| from < *time && *time <= to)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn part(lowest: u32, highest: u32) -> impl Strategy<Value = String> {
    prop_oneof![
        (lowest..=highest).prop_map(|a| a.to_string()),
        (lowest..=highest, lowest..=highest).prop_map(|(a, b)| format!(
            "{}-{}",
            a.min(b),
            a.max(b)
        )),
        (lowest..=highest, lowest..=highest, 1..9_u32).prop_map(|(a, b, step)| format!(
            "{}-{}/{step}",
            a.min(b),
            a.max(b)
        )),
    ]
}

fn field(lowest: u32, highest: u32) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("*".to_owned()),
        1 => (1..9_u32).prop_map(|step| format!("*/{step}")),
        4 => prop::collection::vec(part(lowest, highest), 1..3).prop_map(|parts| parts.join(",")),
    ]
}

fn line() -> impl Strategy<Value = String> {
    let day = prop_oneof![
        6 => field(1, 31),
        1 => Just("L".to_owned()),
        1 => part(1, 31).prop_map(|part| format!("{part},L")),
    ];
    let month = prop_oneof![6 => Just("*".to_owned()), 1 => field(1, 12), 1 => Just("mar,Oct-dec".to_owned())];
    let weekday =
        prop_oneof![4 => field(0, 7), 1 => Just("mon-FRI".to_owned()), 1 => Just("SUN".to_owned())];
    // Minutes and hours near the changes of the clock are asked for often.
    let minute = prop_oneof![3 => Just("30".to_owned()), 1 => field(0, 59)];
    let hour = prop_oneof![2 => Just("0-3".to_owned()), 2 => field(0, 23)];
    (minute, hour, day, month, weekday).prop_map(|(minute, hour, day, month, weekday)| {
        format!("{minute} {hour} {day} {month} {weekday}")
    })
}

/// Instants, half of them within two days of a change of the clock of 2026, or of the day that
/// Samoa left out.
fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    let changes = [
        "2026-03-08T07:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-04-04T15:00:00Z",
        "2026-10-03T15:30:00Z",
        "2011-12-30T10:00:00Z",
        "2026-03-28T22:00:00Z",
    ];
    let near = (0..changes.len(), -2880..2880_i64).prop_map(move |(at, minutes)| {
        changes[at].parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
    });
    let any = (0..40 * 365 * 24 * 60_i64)
        .prop_map(|minute| DateTime::from_timestamp(946_684_800 + minute * 60, 0).unwrap());
    prop_oneof![1 => near, 1 => any]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn times_are_those_of_the_calendar(line in line(), zone in 0..ZONES.len(), after in instant()) {
        let zone = ZONES[zone];
        let Ok(schedule) = Schedule::parse(&line) else { return Ok(()) };
        let until = after + TimeDelta::days(3);
        let times: Vec<_> = schedule.upcoming(after, zone).take_while(|time| *time <= until).collect();
        prop_assert_eq!(times, oracle(&line, zone, after, until), "{} in {}", line, zone);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn each_time_is_due_once_however_the_clock_is_looked_at(
        line in line(), zone in 0..ZONES.len(), start in instant(),
        looks in prop::collection::vec((1..400_i64, 0..6_u8), 5..40),
    ) {
        let zone = ZONES[zone];
        let Ok(schedule) = Schedule::parse(&line) else { return Ok(()) };
        let (mut now, mut mark, mut seen) = (start, start, start);
        for (minutes, kind) in looks {
            match kind {
                // now and then the clock is put back, or the program was away for days
                0 => now -= TimeDelta::minutes(minutes / 3),
                1 => now += TimeDelta::minutes(minutes * 20),
                _ => now += TimeDelta::minutes(minutes),
            }
            let due = schedule.due(Some(mark), now, zone);
            if now <= seen {
                prop_assert_eq!(due, None, "what comes again does not fire again");
                continue;
            }
            let passed = oracle(&line, zone, mark.max(now - TimeDelta::days(8)), now);
            prop_assert_eq!(due, passed.last().copied(), "{} in {} at {}", line, zone, now);
            if let Some(due) = due {
                prop_assert!(due > mark && due <= now);
                mark = due;
            }
            seen = now;
        }
    }
}

#[test]
fn a_mark_from_a_clock_far_ahead_is_found_out() {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let daily = Schedule::parse("0 7 * * *").unwrap();
    let now = at("2026-11-16T12:00:00Z");
    assert!(daily.is_ahead(at("2031-01-01T07:00:00Z"), now, Tz::UTC));
    assert!(!daily.is_ahead(at("2026-11-17T07:00:00Z"), now, Tz::UTC));
    let yearly = Schedule::parse("@yearly").unwrap();
    assert!(
        !yearly.is_ahead(at("2027-01-01T00:00:00Z"), now, Tz::UTC),
        "the next time may be dealt with already, however far it is"
    );
}

#[test]
fn the_last_day_stands_beside_others() {
    let schedule = Schedule::parse("0 7 15,L 2,4 *").unwrap();
    let from = "2027-12-31T00:00:00Z".parse().unwrap();
    let days: Vec<String> = schedule
        .upcoming(from, Tz::UTC)
        .take(4)
        .map(|time| time.format("%F").to_string())
        .collect();
    assert_eq!(
        days,
        ["2028-02-15", "2028-02-29", "2028-04-15", "2028-04-30"]
    );
}

#[test]
fn a_leap_day_that_was_missed_is_found_after_years() {
    let schedule = Schedule::parse("0 7 29 2 *").unwrap();
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let due = schedule.due(
        Some(at("2024-02-29T07:00:00Z")),
        at("2030-06-01T00:00:00Z"),
        Tz::UTC,
    );
    assert_eq!(due, Some(at("2028-02-29T07:00:00Z")));
}
