//! Proving: a vocabulary held against its own examples, so that a change to a term is tested like code.

use std::{
    collections::{BTreeMap, HashSet, btree_map::Entry},
    fmt,
};

use super::{
    Matcher, Text,
    normal::{acronyms, normal},
};
use crate::model::{Area, AreaId, Example, Language, Term};

/// An example that a vocabulary fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// The area.
    pub area: AreaId,
    /// The text.
    pub text: String,
    /// Whether it must earn the area and does not; otherwise it must not and does.
    pub missing: bool,
    /// What earned it, where it must not.
    pub because: Vec<String>,
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.missing {
            write!(
                f,
                "the example `{}` does not earn `{}`: add a term that it holds",
                self.text, self.area
            )
        } else {
            let because = self.because.join("`, `");
            write!(
                f,
                "the counterexample `{}` earns `{}` by `{because}`: narrow that term",
                self.text, self.area
            )
        }
    }
}

/// Two terms of one list that are found alike, so that the lighter one says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins {
    /// The area.
    pub area: AreaId,
    /// The list; `None` is `all`.
    pub language: Option<Language>,
    /// The one that was written first.
    pub first: String,
    /// The other one.
    pub second: String,
}

impl fmt::Display for Twins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = self.language.map_or("all", Language::code);
        write!(
            f,
            "`{}` and `{}` under `{list}` of `{}` are found alike: keep one of them",
            self.first, self.second, self.area
        )
    }
}

/// What two terms that are found alike have in common: list, form, company, and whether they count alone.
type Likeness<'a> = (Option<Language>, String, Vec<&'a str>, bool);

/// The terms of a vocabulary that are found like another one of their list, in the same company.
pub fn twins(areas: &[Area]) -> Vec<Twins> {
    let mut capitals: BTreeMap<Option<Language>, HashSet<String>> = BTreeMap::new();
    let mut twins = Vec::new();
    for area in areas {
        let mut seen: BTreeMap<Likeness<'_>, &Term> = BTreeMap::new();
        for term in &area.terms {
            let capitals = capitals
                .entry(term.language)
                .or_insert_with(|| acronyms(areas, term.language));
            let form = normal(&term.text, term.language, capitals);
            let company = term.near.iter().map(|near| near.text.as_str()).collect();
            match seen.entry((term.language, form, company, term.alone)) {
                Entry::Occupied(first) => twins.push(Twins {
                    area: area.id.clone(),
                    language: term.language,
                    first: first.get().text.clone(),
                    second: term.text.clone(),
                }),
                Entry::Vacant(place) => {
                    place.insert(term);
                }
            }
        }
    }
    twins
}

impl Matcher {
    /// The examples and counterexamples that the vocabulary fails.
    pub fn prove(&self, areas: &[Area]) -> Vec<Unproven> {
        let mut unproven = Vec::new();
        for area in areas {
            let examples = area.examples.iter().map(|example| (example, true));
            let counterexamples = area.counterexamples.iter().map(|example| (example, false));
            for (example, wanted) in examples.chain(counterexamples) {
                let tag = self
                    .tag(&text(example))
                    .into_iter()
                    .find(|tag| tag.id == area.id);
                if tag.is_some() != wanted {
                    unproven.push(Unproven {
                        area: area.id.clone(),
                        text: example.text.clone(),
                        missing: wanted,
                        because: tag
                            .into_iter()
                            .flat_map(|tag| tag.evidence)
                            .map(|seen| seen.term)
                            .collect(),
                    });
                }
            }
        }
        unproven
    }
}

fn text(example: &Example) -> Text<'_> {
    Text {
        title: &example.text,
        summary: "",
        body: "",
        categories: &[],
        language: Some(example.language),
    }
}
