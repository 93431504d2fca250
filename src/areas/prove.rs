//! Proving: a vocabulary held against its own examples, so that a change to a term is tested like code.

use std::fmt;

use super::{Matcher, Text};
use crate::model::{Area, AreaId, Example};

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
