//! Reads every document of the corpus, where its folder stands beside the checkout, and holds what
//! comes out against what other readers got: titles, links, dates and counts.

use std::{collections::HashMap, fs, time::Instant};

use chrono::{DateTime, Utc};
use circular::{
    model::Entry,
    parse::{self, Document, ErrorKind, Parsed},
    text,
};

use crate::data;

/// One line of the manifest, by column.
type Row = HashMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut records = csv(text).into_iter();
    let header = records.next().unwrap_or_default();
    records
        .map(|record| header.iter().cloned().zip(record).collect())
        .collect()
}

/// RFC 4180, as far as the manifest needs it.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) =
        (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            c => field.push(c),
        }
    }
    records
}

fn squeeze(text: &str) -> String {
    text::fold(&text::line(&text::plain(text)))
        .split_whitespace()
        .collect()
}

/// What of an entry's title, link and date is not as the manifest has it.
fn differences(row: &Row, entry: Option<&Entry>) -> Vec<String> {
    let Some(entry) = entry else {
        return ["title", "link", "date"]
            .map(|what| format!("no {what}"))
            .into();
    };
    let (title, link, date) = (&row["first_title"], &row["first_link"], &row["first_date"]);
    let ours = entry
        .link
        .as_deref()
        .or(entry.guid.as_deref())
        .unwrap_or_default();
    let same_link =
        ours == link || ours.ends_with(link.trim_start_matches('/')) || same_address(ours, link);
    let wanted: Option<DateTime<Utc>> = date.parse().ok();
    let given = entry.published.or(entry.updated);
    let same_date = wanted.map(|d| d.timestamp()) == given.map(|d| d.timestamp());
    let checks = [
        (
            squeeze(title) == squeeze(&entry.title),
            format!("title `{title}` / `{}`", entry.title),
        ),
        (same_link, format!("link `{link}` / `{ours}`")),
        (same_date, format!("date `{date}` / `{given:?}`")),
    ];
    let wrong = checks.into_iter().filter(|(same, _)| !same);
    wrong.map(|(_, why)| why).collect()
}

fn same_address(a: &str, b: &str) -> bool {
    let of = |text: &str| text.parse::<url::Url>().map(|url| url.to_string()).ok();
    of(a).is_some() && of(a) == of(b)
}

#[test]
fn documents_read_as_other_readers_read_them() {
    let Some(folder) = data::folder() else { return };
    let manifest = fs::read_to_string(folder.join("feeds/MANIFEST.csv")).unwrap();
    let now = "2026-11-21T00:00:00Z".parse().unwrap();
    let (mut firsts, mut right_firsts, mut counts, mut right_counts) = (0, 0, 0, 0);
    let mut wrong_fields = 0;
    let mut slowest = (0.0_f64, String::new());
    for row in rows(&manifest) {
        let file = &row["file"];
        let bytes = fs::read(folder.join("feeds").join(file)).unwrap();
        let url = format!("http://127.0.0.1/{file}").parse().unwrap();
        let started = Instant::now();
        let parsed = parse::feed(&Document {
            bytes: &bytes,
            content_type: None,
            url: &url,
            now,
        });
        let took = started.elapsed().as_secs_f64();
        if took > slowest.0 {
            slowest = (took, file.clone());
        }
        let entries = parsed.as_ref().map_or(&[][..], |parsed| &parsed.entries);
        if !row["first_title"].is_empty()
            && !row["first_link"].is_empty()
            && !row["first_date"].is_empty()
        {
            firsts += 1;
            let differences = differences(&row, entries.first());
            wrong_fields += differences.len();
            right_firsts += i32::from(differences.is_empty());
            for why in differences {
                println!("{file}: {why} {}", error(&parsed));
            }
        }
        counts += 1;
        // The manifest allows more than one number where readers differ.
        let wanted = &row["entries"];
        if wanted
            .split(" or ")
            .any(|n| n.split(' ').next() == Some(&entries.len().to_string()))
        {
            right_counts += 1;
        } else {
            println!(
                "{file}: {} entries / {} {} ({})",
                row["entries"],
                entries.len(),
                error(&parsed),
                row["exercises"]
            );
        }
    }
    let (firsts_share, counts_share) = (
        f64::from(right_firsts) / f64::from(firsts),
        f64::from(right_counts) / f64::from(counts),
    );
    println!(
        "first entries: {right_firsts} of {firsts} ({firsts_share:.3}); counts: {right_counts} of {counts} ({counts_share:.3})"
    );
    let fields = f64::from(firsts) * 3.0;
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let right = 1.0 - wrong_fields as f64 / fields;
    println!("titles, links and dates: {right:.3} of {fields}");
    println!("slowest: {:.3} s, {}", slowest.0, slowest.1);
    assert!(firsts_share >= 0.95 && counts_share >= 0.95);
}

fn error(parsed: &Result<Parsed, parse::ParseError>) -> String {
    match parsed {
        Ok(parsed) => parsed.problems.join("; "),
        Err(e) if e.kind == ErrorKind::Empty => "empty".to_owned(),
        Err(e) => e.to_string(),
    }
}
