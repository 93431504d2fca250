//! The calendar: deadlines and event days of the newest editions as iCalendar (RFC 5545).

use chrono::Days;

use super::Site;
use crate::{model::FactKind, render::Words};

/// The calendar file.
pub(super) fn calendar(site: &Site<'_>) -> String {
    let words = Words::new(site.look, site.language());
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//circular//EN".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(&site.publication.title)),
    ];
    let host = site.publication.base_url.host_str().unwrap_or("localhost");
    let mut seen = Vec::new();
    for edition in site.editions {
        for story in edition.stories() {
            for fact in &story.dates {
                let kind = match fact.what {
                    FactKind::Deadline => "deadline",
                    FactKind::Event => "event",
                };
                let uid = format!("{}-{kind}-{}@{host}", story.story, fact.date);
                if seen.contains(&uid) {
                    continue;
                }
                // The end of an all-day event is the day after it.
                let end = fact
                    .until
                    .unwrap_or(fact.date)
                    .checked_add_days(Days::new(1))
                    .unwrap_or(fact.date);
                let title = match fact.what {
                    FactKind::Deadline => format!("{}: {}", words.get("kind.call"), story.title),
                    FactKind::Event => story.title.clone(),
                };
                lines.extend([
                    "BEGIN:VEVENT".to_owned(),
                    format!("UID:{uid}"),
                    format!("DTSTAMP:{}", edition.to.format("%Y%m%dT%H%M%SZ")),
                    format!("DTSTART;VALUE=DATE:{}", fact.date.format("%Y%m%d")),
                    format!("DTEND;VALUE=DATE:{}", end.format("%Y%m%d")),
                    format!("SUMMARY:{}", escaped(&title)),
                    format!(
                        "DESCRIPTION:{}",
                        escaped(&format!("{}\n{}", story.source_name, words.fact(fact)))
                    ),
                    format!("URL:{}", story.url),
                    "TRANSP:TRANSPARENT".to_owned(),
                    "END:VEVENT".to_owned(),
                ]);
                seen.push(uid);
            }
        }
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace('\n', "\\n")
}

/// A line in pieces of at most 75 bytes, as the format wants.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fold_between_letters() {
        let folded = folded(&format!("SUMMARY:{}", "图书馆".repeat(20)));
        assert!(
            folded.split("\r\n").all(|line| line.len() <= 75),
            "{folded}"
        );
        assert_eq!(escaped("a, b; c\nd\\"), "a\\, b\\; c\\nd\\\\");
    }
}
