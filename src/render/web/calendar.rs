//! The calendar: deadlines and event days as iCalendar (RFC 5545), of one story or of many.

use std::collections::HashSet;

use chrono::Days;

use super::Site;
use crate::model::{FactKind, Telling};

/// A calendar file of what these stories name.
pub(super) fn calendar(site: &Site<'_>, tellings: &[Telling]) -> String {
    let words = site.words();
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//circular//EN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(&site.publication.title)),
    ];
    let host = site.publication.base_url.host_str().unwrap_or("localhost");
    let mut seen = HashSet::new();
    for telling in tellings {
        let story = &telling.story;
        for fact in &story.dates {
            let kind = match fact.what {
                FactKind::Deadline => "deadline",
                FactKind::Event => "event",
            };
            let uid = format!("{}-{kind}-{}@{host}", story.story, fact.date);
            if !seen.insert(uid.clone()) {
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
                format!("DTSTAMP:{}", telling.to.format("%Y%m%dT%H%M%SZ")),
                format!("DTSTART;VALUE=DATE:{}", fact.date.format("%Y%m%d")),
                format!("DTEND;VALUE=DATE:{}", end.format("%Y%m%d")),
                format!("SUMMARY:{}", escaped(&title)),
                format!(
                    "DESCRIPTION:{}",
                    escaped(&format!("{}\n{}", story.source_name, words.fact(fact)))
                ),
                format!("URL:{}", story.url.replace(['\r', '\n'], "")),
                "TRANSP:TRANSPARENT".to_owned(),
                "END:VEVENT".to_owned(),
            ]);
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
        .replace('\r', "")
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
