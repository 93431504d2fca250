//! The matcher: a vocabulary compiled for each language, and what a text earns by it.
//!
//! A text is folded, cut into words, and each word stemmed in the text's language; the words are
//! joined by single spaces, and each asked for the terms that begin with it. So a term matches whole
//! words in any inflection, and its cost hardly grows with the vocabulary. In Chinese every sign is a word. In
//! Arabic the joined prefixes come off, in German a long term also matches inside a compound.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::OnceLock,
};

use super::{learned::Learned, terms::Terms};
use crate::model::{Area, AreaId, AreaTag, Evidence, Field, Language};

/// The score from which an item has an area.
pub const THRESHOLD: f64 = 0.5;
/// The share of the strongest area's sum that any other needs.
const BESIDE: f64 = 0.3;
/// Above this sum an area silences no more than at it: a title's word of weight 1 always counts.
const STRONG: f64 = 3.0;
/// The most pieces of evidence that are shown.
const EVIDENCE: usize = 8;
/// The most bytes of a body that are looked at: what an item is about stands at its beginning.
const BODY: usize = 8 * 1024;
/// The share of its worth that a term adds when it is seen in one more field.
const AGAIN: f64 = 0.3;
/// How much of a body stands for a summary that is missing, in bytes.
const LEAD: usize = 800;
/// What a term counts in the rest of a body.
const REST: f64 = 0.4;
/// The most that the rest of a body adds to an area; less than an area needs.
const SUPPORT: f64 = 0.5;

/// A text to be tagged.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its summary.
    pub summary: &'a str,
    /// The whole of it; may repeat the summary.
    pub body: &'a str,
    /// The source's own categories.
    pub categories: &'a [String],
    /// Its language; `None` tries the terms of all.
    pub language: Option<Language>,
}

/// A vocabulary, compiled.
#[derive(Debug)]
pub struct Matcher {
    areas: Vec<AreaId>,
    vocabulary: Vec<Area>,
    /// The terms of each language, and all for texts of unknown language; each is made when its first
    /// text comes, as few rounds bring texts in all languages, and many bring none.
    terms: BTreeMap<Option<Language>, OnceLock<Terms>>,
    /// What was learned beside the rules.
    learned: Option<Learned>,
}

impl Matcher {
    /// Takes a vocabulary, to be compiled for each language as texts come.
    pub fn new(areas: &[Area]) -> Self {
        let languages = Language::ALL.into_iter().map(Some).chain([None]);
        Self {
            areas: areas.iter().map(|area| area.id.clone()).collect(),
            vocabulary: areas.to_vec(),
            terms: languages
                .map(|language| (language, OnceLock::new()))
                .collect(),
            learned: None,
        }
    }

    /// The same with what was learned beside the rules.
    #[must_use]
    pub fn with(self, learned: Option<Learned>) -> Self {
        Self { learned, ..self }
    }

    /// What was learned beside the rules, if it is in use.
    pub fn learned(&self) -> Option<&Learned> {
        self.learned.as_ref()
    }

    fn terms(&self, language: Option<Language>) -> Option<&Terms> {
        let terms = self.terms.get(&language)?;
        Some(terms.get_or_init(|| Terms::new(&self.vocabulary, language)))
    }

    /// The areas, in the order of areas.toml.
    pub(super) fn areas(&self) -> &[AreaId] {
        &self.areas
    }

    /// The areas that a text earns, strongest first, each with its evidence.
    ///
    /// A term counts its weight: whole in the title, less in the summary, the categories and the
    /// body, and each term once in each field; a hit inside a longer one of its area does not count.
    /// The score is `1 - exp(-sum)`, so that evidence adds up and never passes 1; a term of weight 1
    /// in the title gives 0.63, in the summary 0.53. What a text only mentions beside something that
    /// it is plainly about is not given: an area needs a share of what the strongest one has. Terms
    /// that are marked `alone` count where no area is earned without them.
    pub fn tag(&self, text: &Text<'_>) -> Vec<AreaTag> {
        self.tag_with(text, self.learned.as_ref())
    }

    /// The same with other things learned, or none.
    pub(super) fn tag_with(&self, text: &Text<'_>, learned: Option<&Learned>) -> Vec<AreaTag> {
        let mut areas = self.earnings(text);
        let stems = learned.map(|_| self.stems(text)).unwrap_or_default();
        for (id, weights) in learned.iter().flat_map(|learned| &learned.areas) {
            let Some(area) = self.areas.iter().position(|known| known == id) else {
                continue;
            };
            let (sum, words) = weights.judge(&stems);
            let at = areas
                .iter()
                .position(|earnings| earnings.area == area)
                .unwrap_or_else(|| {
                    areas.push(Earnings::of(area, Vec::new()));
                    areas.len() - 1
                });
            areas[at].learn(sum, &words);
        }
        if !areas.iter().any(Earnings::is_earned) {
            areas.iter_mut().for_each(Earnings::count_alone);
        }
        let most = areas
            .iter()
            .map(|earnings| earnings.sum)
            .fold(0.0, f64::max)
            .min(STRONG);
        areas.retain(|earnings| earnings.is_earned() && earnings.sum >= most * BESIDE);
        areas.sort_by(|a, b| {
            b.sum
                .total_cmp(&a.sum)
                .then_with(|| self.areas[a.area].cmp(&self.areas[b.area]))
        });
        areas.iter().map(|earnings| self.tagged(earnings)).collect()
    }

    /// The stems of a text that the learned layer looks at.
    pub(super) fn stems(&self, text: &Text<'_>) -> BTreeSet<String> {
        let Some(terms) = self.terms(text.language) else {
            return BTreeSet::new();
        };
        let body = match text.summary.trim() {
            "" => &text.body[..text.body.floor_char_boundary(LEAD)],
            summary => summary,
        };
        [text.title, body]
            .iter()
            .flat_map(|text| terms.stems(text))
            .collect()
    }

    /// What the rules give each area for a text.
    pub(super) fn sums(&self, text: &Text<'_>) -> BTreeMap<AreaId, f64> {
        self.earnings(text)
            .into_iter()
            .map(|earnings| (self.areas[earnings.area].clone(), earnings.sum))
            .collect()
    }

    /// What a text holds for each area that it holds anything for.
    fn earnings<'a>(&'a self, text: &Text<'_>) -> Vec<Earnings<'a>> {
        let Some(terms) = self.terms(text.language) else {
            return Vec::new();
        };
        let body = &text.body[..text.body.floor_char_boundary(BODY)];
        // A body that begins with the summary would count it twice.
        let body = body
            .strip_prefix(text.summary.trim_end_matches('…'))
            .unwrap_or(body);
        let categories = text.categories.join(" . ");
        // Without a summary, the beginning of the body stands for it.
        let lead = if text.summary.trim().is_empty() {
            LEAD
        } else {
            0
        };
        let (lead, rest) = body.split_at(body.floor_char_boundary(lead));
        let fields = [
            (Field::Title, 1.0, text.title),
            (Field::Summary, 0.75, text.summary),
            (Field::Body, 0.75, lead),
            (Field::Category, 0.5, &categories),
            (Field::Body, REST, rest),
        ];
        let mut found: HashMap<(usize, &str, bool), Sight<'_>> = HashMap::new();
        for (field, field_worth, text) in fields {
            for entry in terms.search(text) {
                let worth = entry.weight * field_worth;
                found
                    .entry((entry.area, entry.form.as_str(), entry.alone))
                    .and_modify(|sight| sight.again(worth, field))
                    .or_insert(Sight {
                        term: &entry.term,
                        form: &entry.form,
                        worth,
                        field,
                        support: field_worth <= REST,
                        alone: entry.alone,
                    });
            }
        }
        let mut areas: BTreeMap<usize, Vec<Sight<'_>>> = BTreeMap::new();
        for ((area, ..), sight) in found {
            areas.entry(area).or_default().push(sight);
        }
        areas
            .into_iter()
            .map(|(area, sights)| Earnings::of(area, sights))
            .collect()
    }

    fn tagged(&self, earnings: &Earnings<'_>) -> AreaTag {
        // A word may count by itself and alone; it is named once.
        let mut named = HashSet::new();
        let counted = earnings
            .sights
            .iter()
            .filter(|sight| earnings.counts(sight) && named.insert(sight.form));
        let sights = counted.map(|sight| Evidence {
            term: sight.term.to_owned(),
            field: sight.field,
        });
        let learned = earnings.learned.iter().map(|word| Evidence {
            term: word.clone(),
            field: Field::Learned,
        });
        AreaTag {
            id: self.areas[earnings.area].clone(),
            score: (earnings.score() * 1000.0).round() / 1000.0,
            evidence: sights.take(EVIDENCE).chain(learned).collect(),
        }
    }
}

/// What a text holds for an area.
struct Earnings<'a> {
    area: usize,
    sum: f64,
    /// What the terms marked `alone` add, if nothing else is earned.
    alone: f64,
    /// Whether they do.
    is_alone: bool,
    /// Strongest first.
    sights: Vec<Sight<'a>>,
    /// The strongest words of the learned layer that speak for the area.
    learned: Vec<String>,
}

impl<'a> Earnings<'a> {
    fn of(area: usize, mut sights: Vec<Sight<'a>>) -> Self {
        // Sorted before they are added up, so that the same text always has the same score.
        sights.sort_by(|a, b| b.worth.total_cmp(&a.worth).then_with(|| a.term.cmp(b.term)));
        let sum = |alone: bool, support: bool| -> f64 {
            let sights = sights.iter();
            let sights = sights.filter(|sight| sight.alone == alone && sight.support == support);
            sights.map(|sight| sight.worth).sum()
        };
        // A long body holds a word or two of most areas, so it supports what its top says and no more.
        let (sum_beside, sum_alone) = (
            sum(false, false) + sum(false, true).min(SUPPORT),
            sum(true, false),
        );
        sights.retain(|sight| !(sight.alone && sight.support));
        Self {
            area,
            sum: sum_beside,
            alone: sum_alone,
            is_alone: false,
            sights,
            learned: Vec::new(),
        }
    }

    /// Adds what was learned, with the words that say so.
    fn learn(&mut self, sum: f64, words: &[(&str, f64)]) {
        self.sum += sum;
        self.learned = words.iter().map(|(word, _)| (*word).to_owned()).collect();
        self.learned.truncate(if sum > 0.0 { 3 } else { 0 });
    }

    /// Adds what counts where nothing else is earned.
    fn count_alone(&mut self) {
        self.sum += self.alone;
        self.is_alone = true;
    }

    fn counts(&self, sight: &Sight<'_>) -> bool {
        !sight.alone || self.is_alone
    }

    fn score(&self) -> f64 {
        1.0 - (-self.sum).exp()
    }

    fn is_earned(&self) -> bool {
        self.score() >= THRESHOLD
    }
}

/// A term as a text showed it.
struct Sight<'a> {
    term: &'a str,
    /// As texts are searched for it.
    form: &'a str,
    worth: f64,
    field: Field,
    /// Whether only the rest of a body showed it.
    support: bool,
    /// Whether it counts only where nothing else is earned.
    alone: bool,
}

impl Sight<'_> {
    /// A second sight in another field adds a little: it is not a mere mention then. In the same
    /// field the better one counts: a word may weigh more in company.
    fn again(&mut self, worth: f64, field: Field) {
        if field == self.field {
            self.worth = self.worth.max(worth);
        } else {
            self.worth += worth * AGAIN;
        }
    }
}
