//! Between rows and words: how times, lists and whole items stand in columns.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{Row as _, any::AnyRow};
use url::Url;

use super::{Result, StoreError};
use crate::model::{
    Alternate, Enclosure, Item, ItemId, Kind, LanguageCode, Relation, SourceId, StoryId,
};

/// The columns of an item of `items i`, in the order in which [`Columns::item`] reads them.
pub(super) const ITEM: &str = "i.id, i.source, i.identity, i.url, i.title, i.summary, i.body, \
    i.language, i.kind, i.published, i.first_seen, i.effective, i.details, i.areas, i.dates";

/// What of an item is rarely there and never asked for by itself.
#[derive(Serialize, Deserialize, Default, PartialEq)]
pub(super) struct Details {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) authors: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) categories: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<Url>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) enclosures: Vec<Enclosure>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) alternates: Vec<Alternate>,
}

impl Details {
    pub(super) fn of(item: &Item) -> Self {
        Self {
            authors: item.authors.clone(),
            categories: item.categories.clone(),
            image: item.image.clone(),
            enclosures: item.enclosures.clone(),
            alternates: item.alternates.clone(),
        }
    }
}

pub(super) fn to_ms(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

pub(super) fn from_ms(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
}

/// JSON, or nothing where there is nothing to say.
pub(super) fn to_json<T: Serialize + Default + PartialEq>(value: &T) -> String {
    if *value == T::default() {
        return String::new();
    }
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn from_json<T: DeserializeOwned + Default>(text: &str) -> Result<T> {
    if text.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// An unknown word in a column: written by a later program, or by hand.
pub(super) fn strange(what: &str, word: &str) -> StoreError {
    StoreError::Damaged(format!("`{word}` is no {what}"))
}

/// A non-negative number as a count.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A count as a number.
pub(super) fn number(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// Reads a row from left to right.
pub(super) struct Columns<'a> {
    row: &'a AnyRow,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(super) fn of(row: &'a AnyRow) -> Self {
        Self { row, next: 0 }
    }

    fn step(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    pub(super) fn text(&mut self) -> Result<&'a str> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }

    pub(super) fn string(&mut self) -> Result<String> {
        Ok(self.text()?.to_owned())
    }

    pub(super) fn maybe_text(&mut self) -> Result<Option<&'a str>> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }

    pub(super) fn maybe_string(&mut self) -> Result<Option<String>> {
        Ok(self.maybe_text()?.map(str::to_owned))
    }

    pub(super) fn number(&mut self) -> Result<i64> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }

    pub(super) fn maybe_number(&mut self) -> Result<Option<i64>> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }

    pub(super) fn double(&mut self) -> Result<f64> {
        let at = self.step();
        Ok(self.row.try_get(at)?)
    }

    pub(super) fn time(&mut self) -> Result<DateTime<Utc>> {
        Ok(from_ms(self.number()?))
    }

    pub(super) fn maybe_time(&mut self) -> Result<Option<DateTime<Utc>>> {
        Ok(self.maybe_number()?.map(from_ms))
    }

    pub(super) fn maybe_url(&mut self) -> Result<Option<Url>> {
        self.maybe_text()?
            .map(|text| Url::parse(text).map_err(|_| strange("address", text)))
            .transpose()
    }

    pub(super) fn language(&mut self) -> Result<Option<LanguageCode>> {
        Ok(self.maybe_text()?.and_then(LanguageCode::parse))
    }

    pub(super) fn kind(&mut self) -> Result<Kind> {
        let word = self.text()?;
        Kind::parse(word).ok_or_else(|| strange("kind", word))
    }

    pub(super) fn relation(&mut self) -> Result<Relation> {
        let word = self.text()?;
        Relation::parse(word).ok_or_else(|| strange("relation", word))
    }

    pub(super) fn story(&mut self) -> Result<StoryId> {
        Ok(StoryId::new(self.text()?))
    }

    /// The columns of [`ITEM`].
    pub(super) fn item(&mut self) -> Result<Item> {
        let id = ItemId::new(self.text()?);
        let source = SourceId::new(self.text()?);
        let key = self.string()?;
        let url = self.maybe_url()?;
        let title = self.string()?;
        let summary = self.string()?;
        let text = self.string()?;
        let language = self.language()?;
        let kind = self.kind()?;
        let published = self.maybe_time()?;
        let first_seen = self.time()?;
        let effective = self.time()?;
        let details: Details = from_json(self.text()?)?;
        let areas = from_json(self.text()?)?;
        let dates = from_json(self.text()?)?;
        Ok(Item {
            id,
            source,
            key,
            url,
            title,
            summary,
            text,
            language,
            kind,
            published,
            first_seen,
            effective,
            authors: details.authors,
            categories: details.categories,
            image: details.image,
            enclosures: details.enclosures,
            alternates: details.alternates,
            areas,
            dates,
        })
    }
}
