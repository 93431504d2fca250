//! `[[digest]]`: the newsletters, each with its schedule and what it takes.

use std::collections::HashMap;

use super::{
    Checks, ID_HELP,
    areas::Reading,
    document::{Found, Table},
    duration, is_id, known_areas, publication, sources,
};
use crate::model::{Digest, DigestId, Language, Overflow};

/// The folders and pages of the site, which no digest may be named as.
const TAKEN: [&str; 15] = [
    "areas",
    "calendar",
    "confirm",
    "data",
    "health",
    "healthz",
    "metrics",
    "preferences",
    "readyz",
    "search",
    "sources",
    "status",
    "stories",
    "subscribe",
    "unsubscribe",
];

pub(super) fn digests(
    top: &Table<'_>,
    language: Language,
    areas: &Reading,
    checks: &Checks<'_>,
) -> Vec<Digest> {
    // Each id with the line that it stands on.
    let mut ids: HashMap<String, usize> = HashMap::new();
    let mut digests = Vec::new();
    for table in top.tables("digest", "[[digest]]") {
        let id = table.required("id", "\"weekly\"");
        let title = table.required("title", "\"Library policy this week\"");
        let schedule = table.required("schedule", "\"0 7 * * MON\"");
        if let Some(schedule) = &schedule
            && let Err(sentence) = (checks.schedule)(&schedule.value)
        {
            let help =
                "minute, hour, day of the month, month, weekday: `0 7 * * MON` is Monday at seven"
                    .to_owned();
            table.error(schedule.span.clone(), sentence, Some(help));
        }
        if let Some(id) = &id {
            prove_id(&table, id, &mut ids);
        }
        let own_language = table.parsed("language", publication::language);
        let digest = Digest {
            id: DigestId::new(id.map(|id| id.value).unwrap_or_default()),
            title: title.map(|title| title.value).unwrap_or_default(),
            schedule: schedule.map(|schedule| schedule.value).unwrap_or_default(),
            areas: known_areas(&table, areas),
            languages: sources::languages(&table),
            language: own_language.map_or(language, |language| language.value),
            review: table.parsed("review", duration).map(|review| review.value),
            max_items: table
                .integer("max_items", 1..=500)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(40),
            max_per_source: table
                .integer("max_per_source", 1..=500)
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(6),
            max_per_section: table
                .integer("max_per_section", 1..=500)
                .and_then(|n| usize::try_from(n).ok()),
            overflow: overflow(&table),
            editors: publication::addresses(&table, "editors"),
            recipients: publication::addresses(&table, "recipients"),
        };
        table.finish();
        digests.push(digest);
    }
    digests
}

fn overflow(table: &Table<'_>) -> Overflow {
    let Some(word) = table.text("overflow") else {
        return Overflow::default();
    };
    match word.value.as_str() {
        "wait" => Overflow::Waits,
        "drop" => Overflow::LetGo,
        other => {
            let help = "`wait` keeps what does not fit for the next edition, `drop` lets it go";
            table.error(
                word.span,
                format!("`{other}` is no rule for what does not fit"),
                Some(help.to_owned()),
            );
            Overflow::default()
        }
    }
}

fn prove_id(table: &Table<'_>, id: &Found<String>, ids: &mut HashMap<String, usize>) {
    let error = |sentence: String, help: &str| {
        table.error(id.span.clone(), sentence, Some(help.to_owned()));
    };
    if !is_id(&id.value) {
        error(format!("`{}` cannot be an id", id.value), ID_HELP);
    }
    if TAKEN.contains(&id.value.as_str()) {
        let sentence = format!("`{}` is a folder of the archive", id.value);
        error(sentence, "take another id");
    }
    if let Some(line) = ids.insert(id.value.clone(), table.document.line(id.span.start)) {
        let sentence = format!("there is a digest `{}` already, on line {line}", id.value);
        error(sentence, "give each an id of its own");
    }
}
