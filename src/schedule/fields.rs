//! The five fields of a line of crontab(5), each read into the values that it names.

use std::fmt::Write as _;

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// A line, read; every field as a list of numbers or `*`, the weekdays by name, as `cron` counts
/// them from another day.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) minute: String,
    pub(super) hour: String,
    pub(super) days: Days,
    /// Where the last day of the month is among the days: the others.
    pub(super) last_day: Option<Vec<u32>>,
    pub(super) month: String,
    pub(super) weekdays: Days,
}

/// One of the two fields that name days.
#[derive(Debug)]
pub(super) struct Days {
    pub(super) values: String,
    /// Whether it begins with anything but a star, and so counts beside the other.
    pub(super) restricts: bool,
}

impl Fields {
    /// Reads the five fields, or one of the names that stand for them.
    pub(super) fn read(line: &str) -> Result<Self, String> {
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
        let (days, last_day) = days_of_month(day)?;
        Ok(Self {
            minute,
            hour,
            days: Days {
                values: days,
                restricts: !day.starts_with('*'),
            },
            last_day,
            month,
            weekdays: Days {
                values: weekday_names(weekday)?,
                restricts: !weekday.starts_with('*'),
            },
        })
    }
}

/// The days of the month; with `L` among them every day that can be the last one, and the others.
fn days_of_month(field: &str) -> Result<(String, Option<Vec<u32>>), String> {
    const NAME: &str = "day of the month";
    let is_last = |part: &&str| part.eq_ignore_ascii_case("L");
    if !field.split(',').any(|part| is_last(&part)) {
        return Ok((numbers(field, NAME, 1, 31, &[])?, None));
    }
    let others: Vec<&str> = field.split(',').filter(|part| !is_last(part)).collect();
    let others = if others.is_empty() {
        Vec::new()
    } else {
        values(&others.join(","), NAME, 1, 31, &[])?
    };
    let mut days: Vec<u32> = others.iter().copied().chain(28..=31).collect();
    days.sort_unstable();
    days.dedup();
    Ok((list(&days), Some(others)))
}

/// The weekdays of a field by name.
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
