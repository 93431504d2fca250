//! `items explain`: why an item stands where it stands, as a colleague would say it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{Call, Exit};
use crate::{
    model::{AreaId, AreaTag, Digest, Evidence, FactKind, Field, LedgerState, Relation, Settings},
    schedule::Schedule,
    store::{ItemRow, LedgerRow, Store},
};

/// All that is known of why.
struct Reasons {
    row: ItemRow,
    /// The other items of its story.
    others: Vec<ItemRow>,
    ledger: Vec<LedgerRow>,
    corrections: Vec<(AreaId, bool, String, DateTime<Utc>)>,
}

/// Tells all of it, in words or as JSON.
pub(super) async fn explain(
    call: &Call,
    settings: &Settings,
    store: &Store,
    row: ItemRow,
) -> anyhow::Result<Exit> {
    let mut others = store.story(&row.story).await?;
    others.retain(|other| other.item.id != row.item.id);
    let reasons = Reasons {
        others,
        ledger: store.ledger(&row.story).await?,
        corrections: store.corrections(&row.item.id).await?,
        row,
    };
    let now = call.clock.now();
    if call.out.json {
        call.out.object(&reasons.json(settings, now))?;
        return Ok(Exit::Done);
    }
    let mut lines = reasons.head();
    let parts = [
        ("Story", reasons.story()),
        ("Areas", reasons.areas()),
        ("Dates", reasons.dates()),
        ("Digests", reasons.digests(settings, now)),
    ];
    for (name, part) in parts {
        lines.push(String::new());
        lines.push(name.to_owned());
        lines.extend(part.into_iter().map(|line| format!("  {line}")));
    }
    for line in lines {
        call.out.line(&line)?;
    }
    Ok(Exit::Done)
}

impl Reasons {
    fn head(&self) -> Vec<String> {
        let item = &self.row.item;
        let language = item.language.as_ref().map_or_else(
            || "in a language that its words do not tell".to_owned(),
            |code| format!("in {}", language(code.as_str())),
        );
        let mut lines = vec![item.title.clone()];
        lines.extend(item.url.as_ref().map(ToString::to_string));
        lines.push(format!(
            "{} of {}, {}, {language}",
            kind(item.kind.as_str()),
            self.row.source_name,
            day(item.effective),
        ));
        match item.published {
            None => lines.push(
                "The source gives no date, so the day on which it was first seen stands for it."
                    .to_owned(),
            ),
            Some(published) if published > item.effective => lines.push(format!(
                "The source says {}, which was still to come, so the day on which it was first seen stands for it.",
                day(published)
            )),
            Some(_) => {}
        }
        if let Some(changed) = self.row.changed {
            lines.push(format!("The source changed it on {}.", day(changed)));
        }
        lines
    }

    fn story(&self) -> Vec<String> {
        let row = &self.row;
        let with = row.of.as_ref().and_then(|of| {
            let other = self.others.iter().find(|other| other.item.id == *of)?;
            Some(format!("“{}” of {}", other.item.title, other.source_name))
        });
        let with = with.unwrap_or_else(|| "an item that is in another story now".to_owned());
        let mut lines = vec![match row.relation {
            Relation::New if row.decided_by.is_some() => {
                format!("It stands alone: {}.", row.reason)
            }
            Relation::New => {
                "It opened its story: nothing like it was there when it came.".to_owned()
            }
            Relation::Joined => format!("It is told with {with}: {}.", row.reason),
            relation => format!("It is {} {with}: {}.", is(relation), row.reason),
        }];
        if self.others.is_empty() {
            lines.push("No other item tells the same.".to_owned());
            return lines;
        }
        lines.push(
            match (row.lead, self.others.iter().find(|other| other.lead)) {
                (false, Some(lead)) => format!(
                    "The story is led by {}, {}.",
                    lead.source_name,
                    lead_reason(lead, row)
                ),
                _ if self
                    .others
                    .iter()
                    .all(|other| other.item.language == row.item.language) =>
                {
                    "It leads the story.".to_owned()
                }
                _ => "It leads the story for readers who read its language.".to_owned(),
            },
        );
        lines.push(format!(
            "The same is told by {}:",
            super::out::count(self.others.len(), "other item", "other items")
        ));
        for other in &self.others {
            let code = other.item.language.as_ref();
            lines.push(format!(
                "- {}{}: “{}” ({})",
                other.source_name,
                code.map_or_else(String::new, |code| format!(
                    ", in {}",
                    language(code.as_str())
                )),
                other.item.title,
                other_reason(other)
            ));
        }
        lines
    }

    fn areas(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.row.item.areas.iter().map(area).collect();
        if lines.is_empty() {
            lines.push(
                "None: it holds no term of areas.toml, or too few and too weak ones.".to_owned(),
            );
        }
        for (id, given, by, when) in &self.corrections {
            if !given {
                lines.push(format!("not {id}: {by} took it away on {}", day(*when)));
            }
        }
        lines
    }

    fn dates(&self) -> Vec<String> {
        let facts = self.row.item.dates.iter().map(|fact| {
            let what = match fact.what {
                FactKind::Deadline => "deadline",
                FactKind::Event => "takes place",
            };
            let until = fact
                .until
                .map(|until| format!(" to {}", until.format("%-d %B %Y")));
            let time = fact.time.as_ref().map(|time| format!(", {time}"));
            format!(
                "{what} {}{}{}: it says “{}”",
                fact.date.format("%-d %B %Y"),
                until.unwrap_or_default(),
                time.unwrap_or_default(),
                fact.words
            )
        });
        let lines: Vec<String> = facts.collect();
        if lines.is_empty() {
            vec!["None: it names no deadline and no day of an event to come.".to_owned()]
        } else {
            lines
        }
    }

    fn digests(&self, settings: &Settings, now: DateTime<Utc>) -> Vec<String> {
        settings
            .digests
            .iter()
            .map(|digest| format!("{}: {}", digest.id, self.digest(digest, settings, now)))
            .collect()
    }

    /// Why the item is in a digest or not.
    fn digest(&self, digest: &Digest, settings: &Settings, now: DateTime<Utc>) -> String {
        let item = &self.row.item;
        let Some(line) = self.ledger.iter().find(|line| line.digest == digest.id) else {
            return match (
                digest.areas.is_empty()
                    || item.areas.iter().any(|tag| digest.areas.contains(&tag.id)),
                &item.language,
            ) {
                (false, _) => format!(
                    "not in it, as it has none of its areas ({})",
                    listed(digest.areas.iter().map(AreaId::as_str))
                ),
                (true, Some(code))
                    if !digest.languages.is_empty() && !digest.languages.contains(code) =>
                {
                    format!(
                        "not in it, as it is in {} and the digest takes {}",
                        language(code.as_str()),
                        listed(digest.languages.iter().map(|code| language(code.as_str())))
                    )
                }
                _ => "not in it, as the item came before the digest was set up or before it had this area".to_owned(),
            };
        };
        let why = match line.why.as_str() {
            "" => String::new(),
            why => format!(", because {why}"),
        };
        let since = day(line.since);
        match &line.state {
            LedgerState::Waiting => {
                let next = Schedule::parse(&digest.schedule).ok().and_then(|schedule| {
                    schedule.upcoming(now, settings.publication.timezone).next()
                });
                let next = next.map_or_else(String::new, |next| {
                    let local = next.with_timezone(&settings.publication.timezone);
                    format!(
                        "; the next edition is due on {}",
                        local.format("%A %-d %B at %H:%M")
                    )
                });
                format!("waits for its next edition since {since}{why}{next}")
            }
            LedgerState::Held => format!("put off to a later edition on {since}{why}"),
            LedgerState::Dropped if line.why.is_empty() => {
                let oldest = self.others.iter().map(|other| other.item.effective).min();
                let reason = match oldest.filter(|oldest| *oldest < item.effective) {
                    _ if item.url.is_none() => "it has no address to link to".to_owned(),
                    Some(oldest) => format!(
                        "its story was {} old when it first came",
                        age(line.since - oldest)
                    ),
                    None => format!(
                        "it was {} old when it first came",
                        age(line.since - item.effective)
                    ),
                };
                format!("set aside on {since}, because {reason}")
            }
            LedgerState::Dropped => format!("set aside on {since}{why}"),
            LedgerState::In(edition) => format!("told in {edition}"),
        }
    }

    fn json(&self, settings: &Settings, now: DateTime<Utc>) -> Value {
        let item = &self.row.item;
        let digests: Map<String, Value> = settings
            .digests
            .iter()
            .map(|digest| {
                let said = self.digest(digest, settings, now);
                (digest.id.to_string(), said.into())
            })
            .collect();
        let member = |row: &ItemRow| {
            json!({ "item": row.item.id, "source": row.item.source, "title": row.item.title,
                "relation": row.relation, "reason": row.reason, "likeness": row.likeness })
        };
        let items: Vec<Value> = std::iter::once(&self.row)
            .chain(&self.others)
            .map(member)
            .collect();
        let corrections: Vec<Value> = self
            .corrections
            .iter()
            .map(
                |(area, given, by, at)| json!({ "area": area, "given": given, "by": by, "at": at }),
            )
            .collect();
        json!({ "id": item.id, "title": item.title, "language": item.language, "kind": item.kind,
            "story": self.row.story, "lead": self.row.lead, "relation": self.row.relation,
            "of": self.row.of, "reason": self.row.reason, "areas": item.areas, "corrections": corrections,
            "dates": item.dates, "digests": digests, "items": items })
    }
}

/// An area with what earned it, in words.
fn area(tag: &AreaTag) -> String {
    let seen = |wanted: Field| -> Vec<&Evidence> {
        let found = tag.evidence.iter().filter(|seen| seen.field == wanted);
        found.collect()
    };
    let quoted = |seen: &[&Evidence]| listed(seen.iter().map(|seen| format!("“{}”", seen.term)));
    let mut why = Vec::new();
    if let Some(person) = seen(Field::Person).first() {
        why.push(format!("given by a person ({})", person.term));
    }
    if let Some(source) = seen(Field::Source).first() {
        why.push(format!(
            "feeds.toml gives it to all items of {}",
            source.term
        ));
    }
    for (field, place) in [
        (Field::Title, "in the title"),
        (Field::Summary, "in the summary"),
        (Field::Body, "in the text"),
        (Field::Category, "among the source’s own categories"),
    ] {
        let found = seen(field);
        if !found.is_empty() {
            why.push(format!("{} {place}", quoted(&found)));
        }
    }
    let learned = seen(Field::Learned);
    if !learned.is_empty() {
        let words = quoted(&learned);
        why.push(format!("{words} by what was learned from labelled items"));
    }
    let sure = match tag.score {
        score if score >= 0.999 => String::new(),
        score => format!(" ({:.0} %)", score * 100.0),
    };
    format!("{}{sure}: {}", tag.id, why.join("; "))
}

/// How an item relates to the one that it was held against.
fn is(relation: Relation) -> &'static str {
    match relation {
        Relation::Known => "the same item again as",
        Relation::Copy => "a copy of",
        Relation::Update => "a newer version of",
        Relation::Translation => "a translation of",
        Relation::New | Relation::Joined => "told with",
    }
}

fn other_reason(other: &ItemRow) -> String {
    match other.relation {
        Relation::New => "it opened the story".to_owned(),
        Relation::Joined => other.reason.clone(),
        Relation::Known => format!("the same item again: {}", other.reason),
        Relation::Copy => format!("a copy: {}", other.reason),
        Relation::Update => format!("a newer version: {}", other.reason),
        Relation::Translation => format!("a translation: {}", other.reason),
    }
}

/// Why another item leads.
fn lead_reason(lead: &ItemRow, row: &ItemRow) -> &'static str {
    if lead.priority > row.priority {
        "whose priority in feeds.toml is higher"
    } else if lead.item.text.len() / 400 > row.item.text.len() / 400 {
        "whose text is fuller"
    } else {
        "whose date is the earlier one"
    }
}

/// `3 days`, `11 weeks`, `12 years`.
fn age(old: TimeDelta) -> String {
    let days = usize::try_from(old.num_days()).unwrap_or(0);
    match days {
        0..28 => super::out::count(days, "day", "days"),
        28..365 => super::out::count(days / 7, "week", "weeks"),
        _ => super::out::count(days / 365, "year", "years"),
    }
}

fn day(time: DateTime<Utc>) -> String {
    time.format("%-d %B %Y").to_string()
}

fn kind(kind: &str) -> &'static str {
    match kind {
        "event" => "An event",
        "call" => "A call",
        "publication" => "A publication",
        "newsletter" => "A newsletter",
        "job" => "A vacancy",
        "post" => "A blog post",
        _ => "News",
    }
}

/// The English name of a language, or its code.
fn language(code: &str) -> &str {
    match code {
        "ar" => "Arabic",
        "zh" => "Chinese",
        "en" => "English",
        "fr" => "French",
        "de" => "German",
        "ru" => "Russian",
        "es" => "Spanish",
        "pt" => "Portuguese",
        "it" => "Italian",
        "nl" => "Dutch",
        "pl" => "Polish",
        "tr" => "Turkish",
        "uk" => "Ukrainian",
        "fa" => "Persian",
        "ur" => "Urdu",
        "hi" => "Hindi",
        "ja" => "Japanese",
        "ko" => "Korean",
        other => other,
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: impl Iterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<String> = words.map(|word| word.as_ref().to_owned()).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
