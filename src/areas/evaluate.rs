//! Measuring: precision, recall and F1 of the areas on labelled items.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Matcher, Text};
use crate::model::{Area, AreaId, Language};

/// One labelled item: a line of an evaluation file. Further keys are passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct Labelled {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its summary.
    #[serde(default)]
    pub summary: String,
    /// Its language.
    #[serde(default)]
    pub lang: String,
    /// The areas that a reader gave it.
    #[serde(default)]
    pub policy_areas: Vec<AreaId>,
}

impl Labelled {
    /// What is tagged of it.
    pub(super) fn text(&self) -> Text<'_> {
        Text {
            title: &self.title,
            summary: &self.summary,
            body: "",
            categories: &[],
            language: Language::from_tag(&self.lang),
        }
    }
}

/// What a measuring came to; serialises to `areas eval --json`.
#[derive(Clone, Debug, Serialize)]
pub struct Scores {
    /// How many items were measured.
    pub items: usize,
    /// Over all decisions.
    pub micro: Counts,
    /// The mean of the areas.
    #[serde(rename = "macro")]
    pub macro_: Mean,
    /// Per area.
    pub areas: BTreeMap<AreaId, Counts>,
    /// Per language, over all decisions.
    pub languages: BTreeMap<String, Counts>,
}

/// Decisions, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Given by both
    pub right: usize,
    /// Given by us alone
    pub wrong: usize,
    /// Given by the reader alone
    pub missed: usize,
}

/// The mean of the areas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Mean {
    /// How much of what we give is right
    pub precision: f64,
    /// How much of what is right we give
    pub recall: f64,
    /// Their harmonic mean
    pub f1: f64,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a few million decisions at the most"
)]
impl Counts {
    /// How much of what we give is right.
    pub fn precision(&self) -> f64 {
        ratio(self.right as f64, (self.right + self.wrong) as f64)
    }

    /// How much of what is right we give.
    pub fn recall(&self) -> f64 {
        ratio(self.right as f64, self.support() as f64)
    }

    /// Their harmonic mean.
    pub fn f1(&self) -> f64 {
        ratio(
            2.0 * self.right as f64,
            (2 * self.right + self.wrong + self.missed) as f64,
        )
    }

    /// How often the reader gave it.
    pub fn support(&self) -> usize {
        self.right + self.missed
    }

    /// These decisions and those.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            right: self.right + other.right,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }

    pub(super) fn count(&mut self, given: bool, wanted: bool) {
        match (given, wanted) {
            (true, true) => self.right += 1,
            (true, false) => self.wrong += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        }
    }
}

impl Serialize for Counts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Counts", 4)?;
        out.serialize_field("precision", &self.precision())?;
        out.serialize_field("recall", &self.recall())?;
        out.serialize_field("f1", &self.f1())?;
        out.serialize_field("support", &self.support())?;
        out.end()
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// Measures a vocabulary on labelled items.
pub fn evaluate(matcher: &Matcher, areas: &[Area], items: &[Labelled]) -> Scores {
    let mut per_area: BTreeMap<AreaId, Counts> = areas
        .iter()
        .map(|area| (area.id.clone(), Counts::default()))
        .collect();
    let mut languages: BTreeMap<String, Counts> = BTreeMap::new();
    let mut micro = Counts::default();
    for item in items {
        let tags = matcher.tag(&item.text());
        let given: BTreeSet<&AreaId> = tags.iter().map(|tag| &tag.id).collect();
        for (id, counts) in &mut per_area {
            let (given, wanted) = (given.contains(id), item.policy_areas.contains(id));
            counts.count(given, wanted);
            micro.count(given, wanted);
            languages
                .entry(item.lang.clone())
                .or_default()
                .count(given, wanted);
        }
    }
    let seen: Vec<&Counts> = per_area
        .values()
        .filter(|counts| counts.support() > 0)
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a handful of areas")]
    let mean = |of: fn(&Counts) -> f64| {
        ratio(
            seen.iter().map(|counts| of(counts)).sum(),
            seen.len() as f64,
        )
    };
    Scores {
        items: items.len(),
        micro,
        macro_: Mean {
            precision: mean(Counts::precision),
            recall: mean(Counts::recall),
            f1: mean(Counts::f1),
        },
        areas: per_area,
        languages,
    }
}
