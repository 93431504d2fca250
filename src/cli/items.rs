//! `items …`: list, show, explain, correct, search.

use anyhow::Context;
use chrono::{NaiveTime, TimeZone};
use serde_json::{Map, Value, json};

use super::{
    Call, Exit,
    args::{ItemsCommand, ItemsFilter},
    explain::explain,
    out::table,
};
use crate::{
    model::{AreaId, Item, ItemId, Settings, SourceId},
    store::{ItemFilter, ItemRow, Store},
};

pub(crate) async fn items(call: &Call, command: ItemsCommand) -> anyhow::Result<Exit> {
    match command {
        ItemsCommand::List(filter) => list(call, &filter).await,
        ItemsCommand::Show { id } => {
            let (_, store) = call.reading().await?;
            show(call, &named(&store, &id).await?)
        }
        ItemsCommand::Explain { id } => {
            let (settings, store) = call.reading().await?;
            let row = named(&store, &id).await?;
            explain(call, &settings, &store, row).await
        }
        ItemsCommand::Tag { id, changes } => tag(call, &id, &changes).await,
        ItemsCommand::Split { id } => {
            let store = call.writing().await?;
            let row = named(&store, &id).await?;
            let story = store
                .split(&row.item.id, "the command line", call.clock.now())
                .await?;
            call.out
                .line(&format!("{} tells its own story now: {story}", row.item.id))?;
            Ok(Exit::Done)
        }
        ItemsCommand::Join { id, other } => {
            let store = call.writing().await?;
            let (row, other) = (named(&store, &id).await?, named(&store, &other).await?);
            store
                .join(
                    &row.story,
                    &other.story,
                    "the command line",
                    call.clock.now(),
                )
                .await?;
            call.out.line(&format!(
                "{} is in the story {} now",
                row.item.id, other.story
            ))?;
            Ok(Exit::Done)
        }
        ItemsCommand::Search { words, limit } => {
            let (_, store) = call.reading().await?;
            let filter = ItemFilter {
                text: Some(words.join(" ")),
                limit: limit as usize,
                ..ItemFilter::default()
            };
            print(call, &store.items(&filter).await?)
        }
    }
}

async fn list(call: &Call, filter: &ItemsFilter) -> anyhow::Result<Exit> {
    let (settings, store) = call.reading().await?;
    if let Some(area) = &filter.area {
        area_of(&settings, area)?;
    }
    let since = filter.since.and_then(|day| {
        let midnight = day.and_time(NaiveTime::MIN);
        settings
            .publication
            .timezone
            .from_local_datetime(&midnight)
            .earliest()
            .map(|time| time.to_utc())
    });
    let filter = ItemFilter {
        source: filter.source.as_ref().map(SourceId::new),
        area: filter.area.as_ref().map(AreaId::new),
        since,
        limit: filter.limit as usize,
        ..ItemFilter::default()
    };
    print(call, &store.items(&filter).await?)
}

fn print(call: &Call, rows: &[ItemRow]) -> anyhow::Result<Exit> {
    if call.out.json {
        for row in rows {
            call.out.object(&row_json(row))?;
        }
        return Ok(Exit::Done);
    }
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let areas: Vec<&str> = row.item.areas.iter().map(|tag| tag.id.as_str()).collect();
            vec![
                row.item.id.as_str()[..10].to_owned(),
                row.item.effective.format("%F").to_string(),
                row.item.source.to_string(),
                row.item.title.chars().take(70).collect(),
                areas.join(" "),
            ]
        })
        .collect();
    for line in table(&lines) {
        call.out.line(&line)?;
    }
    if rows.is_empty() {
        call.out.say("there are no such items");
    }
    Ok(Exit::Done)
}

/// The item of an id, or of the beginning of one.
async fn named(store: &Store, id: &str) -> anyhow::Result<ItemRow> {
    let ids = store.items_beginning(id).await?;
    match ids.as_slice() {
        [one] => store
            .item(one)
            .await?
            .with_context(|| format!("there is no item `{id}`")),
        [] => anyhow::bail!("there is no item `{id}`; `circular items list` names them"),
        _ => anyhow::bail!("more than one item begins with `{id}`: give more of it"),
    }
}

fn area_of(settings: &Settings, id: &str) -> anyhow::Result<AreaId> {
    let known = settings.areas.iter().find(|area| area.id.as_str() == id);
    known.map(|area| area.id.clone()).with_context(|| {
        let all: Vec<&str> = settings.areas.iter().map(|area| area.id.as_str()).collect();
        format!("there is no area `{id}`; areas.toml has {}", all.join(", "))
    })
}

/// An item by itself, in the shape of `items list --json`.
pub(crate) fn json(item: &Item) -> Value {
    json!({
        "id": item.id, "source": item.source, "url": item.url, "title": item.title, "summary": item.summary,
        "language": item.language, "kind": item.kind, "published": item.published, "first_seen": item.first_seen,
        "effective": item.effective, "areas": item.areas, "dates": item.dates, "authors": item.authors,
        "categories": item.categories, "image": item.image, "enclosures": item.enclosures,
    })
}

/// An item with its place, as the interface has it.
fn row_json(row: &ItemRow) -> Value {
    let ledger: Map<String, Value> = row
        .ledger
        .iter()
        .map(|(digest, state)| (digest.to_string(), state.as_str().into()))
        .collect();
    let mut value = json(&row.item);
    if let Some(object) = value.as_object_mut() {
        object.extend([
            ("section".to_owned(), row.section.clone().into()),
            ("story".to_owned(), row.story.as_str().into()),
            ("lead".to_owned(), row.lead.into()),
            (
                "same_as".to_owned(),
                row.same_as
                    .iter()
                    .map(ItemId::as_str)
                    .collect::<Vec<_>>()
                    .into(),
            ),
            ("relation".to_owned(), row.relation.as_str().into()),
            ("reason".to_owned(), row.reason.clone().into()),
            ("ledger".to_owned(), ledger.into()),
        ]);
    }
    value
}

fn show(call: &Call, row: &ItemRow) -> anyhow::Result<Exit> {
    if call.out.json {
        let mut value = row_json(row);
        value["text"] = row.item.text.clone().into();
        call.out.object(&value)?;
        return Ok(Exit::Done);
    }
    let item = &row.item;
    call.out.line(&item.title)?;
    if let Some(url) = &item.url {
        call.out.line(url.as_str())?;
    }
    let language = item
        .language
        .as_ref()
        .map_or("unknown language", |language| language.as_str());
    call.out.line(&format!(
        "{}, {}, {language}, {}",
        row.source_name,
        item.effective.format("%F %H:%M"),
        item.kind.as_str()
    ))?;
    for tag in &item.areas {
        let terms: Vec<&str> = tag.evidence.iter().map(|seen| seen.term.as_str()).collect();
        call.out.line(&format!(
            "{} {:.2}: {}",
            tag.id,
            tag.score,
            terms.join(", ")
        ))?;
    }
    for fact in &item.dates {
        let what = serde_json::to_value(fact.what)?;
        call.out.line(&format!(
            "{} {}: {}",
            what.as_str().unwrap_or_default(),
            fact.date,
            fact.words
        ))?;
    }
    call.out.line("")?;
    call.out.line(if item.text.is_empty() {
        &item.summary
    } else {
        &item.text
    })?;
    Ok(Exit::Done)
}

async fn tag(call: &Call, id: &str, changes: &[String]) -> anyhow::Result<Exit> {
    let settings = call.settings()?;
    let (mut given, mut taken) = (Vec::new(), Vec::new());
    for change in changes {
        match change.split_at_checked(1) {
            Some(("+", area)) => given.push(area_of(&settings, area)?),
            Some(("-", area)) => taken.push(area_of(&settings, area)?),
            _ => anyhow::bail!("`{change}` is no correction: write `+copyright` or `-sdg`"),
        }
    }
    let store = Store::open(&settings.paths.database).await?;
    let row = named(&store, id).await?;
    let areas = store
        .correct(
            &row.item.id,
            &given,
            &taken,
            "the command line",
            call.clock.now(),
        )
        .await?;
    if call.out.json {
        call.out
            .object(&json!({ "id": row.item.id, "areas": areas }))?;
    } else {
        let areas: Vec<&str> = areas.iter().map(|tag| tag.id.as_str()).collect();
        call.out
            .line(&format!("{}: {}", row.item.id, areas.join(", ")))?;
    }
    Ok(Exit::Done)
}
