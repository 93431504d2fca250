//! The matcher: a vocabulary compiled into one automaton over stems.
//!
//! A text is folded, cut into words, and each word stemmed in the text's language; the words are
//! joined by single spaces and searched once for all terms. So a term matches whole words in any
//! inflection, and its cost does not grow with the vocabulary. In Chinese every sign is a word. In
//! Arabic the joined prefixes come off, in German a long term also matches inside a compound.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{
    model::{Area, AreaId, AreaTag, Evidence, Field, Language},
    text::{fold, stem, words},
};

/// The score from which an item has an area.
pub const THRESHOLD: f64 = 0.5;
/// The score that an area which yields needs where another one is earned.
const YIELDING: f64 = 0.8;
/// How many words around a term its company is looked for.
const NEAR: usize = 12;
/// The most bytes of a body that are looked at: what an item is about stands at its beginning.
const BODY: usize = 8 * 1024;
/// A German term of so many letters also counts inside a compound.
const COMPOUND: usize = 7;

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
    /// Which of them yield.
    yields: Vec<bool>,
    /// One automaton for each language, and one for texts of unknown language.
    automata: BTreeMap<Option<Language>, Automaton>,
}

#[derive(Debug)]
struct Automaton {
    language: Option<Language>,
    search: AhoCorasick,
    /// What each pattern stands for.
    entries: Vec<Vec<Entry>>,
    compounds: bool,
}

#[derive(Debug)]
struct Entry {
    area: usize,
    /// As areas.toml writes it.
    term: String,
    weight: f64,
    near: Vec<String>,
    except: Vec<String>,
    compound: bool,
}

impl Matcher {
    /// Compiles a vocabulary.
    pub fn new(areas: &[Area]) -> Self {
        let languages = Language::ALL.into_iter().map(Some).chain([None]);
        Self {
            areas: areas.iter().map(|area| area.id.clone()).collect(),
            yields: areas.iter().map(|area| area.yields).collect(),
            automata: languages
                .map(|language| (language, Automaton::new(areas, language)))
                .collect(),
        }
    }

    /// The areas that a text earns, strongest first, each with its evidence.
    ///
    /// A term counts its weight: whole in the title, less in the summary, the categories and the
    /// body, and each term once in each field. The score is `1 - exp(-sum)`, so that evidence adds
    /// up and never passes 1; a term of weight 1 in the title gives 0.63.
    pub fn tag(&self, text: &Text<'_>) -> Vec<AreaTag> {
        let Some(automaton) = self.automata.get(&text.language) else {
            return Vec::new();
        };
        let body = &text.body[..text.body.floor_char_boundary(BODY)];
        // A body that begins with the summary would count it twice.
        let body = body
            .strip_prefix(text.summary.trim_end_matches('…'))
            .unwrap_or(body);
        let mut fields: Vec<(Field, f64, &str)> = vec![
            (Field::Title, 1.0, text.title),
            (Field::Summary, 0.75, text.summary),
            (Field::Body, 0.4, body),
        ];
        let categories = text.categories.join(" . ");
        fields.push((Field::Category, 0.7, &categories));
        let mut found: HashMap<(usize, &str), (f64, Field)> = HashMap::new();
        for (field, worth, text) in fields {
            automaton.search(text, |entry| {
                let sight = found
                    .entry((entry.area, entry.term.as_str()))
                    .or_insert((0.0, field));
                // A second sight in another field adds a little: it is not a mere mention then.
                let worth = entry.weight * worth;
                if sight.0 == 0.0 {
                    *sight = (worth, field);
                } else if field != sight.1 {
                    sight.0 += worth * 0.3;
                }
            });
        }
        let mut sums: BTreeMap<usize, (f64, Vec<(f64, Evidence)>)> = BTreeMap::new();
        for ((area, term), (worth, field)) in found {
            let (sum, evidence) = sums.entry(area).or_default();
            *sum += worth;
            evidence.push((
                worth,
                Evidence {
                    term: term.to_owned(),
                    field,
                },
            ));
        }
        let score = |sum: f64| 1.0 - (-sum).exp();
        let earned = sums
            .iter()
            .any(|(area, (sum, _))| !self.yields[*area] && score(*sum) >= THRESHOLD);
        let mut tags: Vec<AreaTag> = sums
            .into_iter()
            .filter_map(|(area, (sum, mut evidence))| {
                let score = score(sum);
                let bar = if self.yields[area] && earned {
                    YIELDING
                } else {
                    THRESHOLD
                };
                evidence.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.term.cmp(&b.1.term)));
                (score >= bar).then(|| AreaTag {
                    id: self.areas[area].clone(),
                    score: (score * 1000.0).round() / 1000.0,
                    evidence: evidence
                        .into_iter()
                        .map(|(_, evidence)| evidence)
                        .take(8)
                        .collect(),
                })
            })
            .collect();
        tags.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
        tags
    }
}

impl Automaton {
    fn new(areas: &[Area], language: Option<Language>) -> Self {
        let mut patterns: HashMap<String, Vec<Entry>> = HashMap::new();
        for (area, terms) in areas.iter().map(|area| &area.terms).enumerate() {
            for term in terms {
                // A text of unknown language is held against all terms, each by its own letters.
                if language.is_some() && term.language.is_some() && term.language != language {
                    continue;
                }
                let form = |text: &str| normal(text, language);
                let pattern = form(&term.text);
                if pattern.trim().is_empty() {
                    continue;
                }
                let letters = pattern.trim().chars().count();
                let entry = Entry {
                    area,
                    term: term.text.clone(),
                    weight: term.weight,
                    near: term
                        .near
                        .iter()
                        .map(|company| form(&company.text))
                        .collect(),
                    except: term.except.iter().map(|text| form(text)).collect(),
                    compound: language == Some(Language::De)
                        && term.language == Some(Language::De)
                        && letters >= COMPOUND
                        && !pattern.trim().contains(' '),
                };
                let known = patterns.entry(pattern).or_default();
                // Forms of one word (library, libraries) are one term, the stronger of the two.
                let same = known.iter_mut().find(|other| {
                    other.area == area && other.near.is_empty() && entry.near.is_empty()
                });
                match same {
                    Some(other) => {
                        let except = std::mem::take(&mut other.except);
                        if entry.weight > other.weight {
                            *other = entry;
                        }
                        other.except.extend(except);
                    }
                    None => known.push(entry),
                }
            }
        }
        let mut patterns: Vec<(String, Vec<Entry>)> = patterns.into_iter().collect();
        patterns.sort_by(|a, b| a.0.cmp(&b.0));
        let compounds = language == Some(Language::De);
        // Compounds are found by their bare letters, whole words by the spaces around them.
        let needles = patterns.iter().map(|(pattern, entries)| {
            if entries.iter().any(|entry| entry.compound) {
                pattern.trim().to_owned()
            } else {
                pattern.clone()
            }
        });
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles)
            .unwrap_or_else(|_| AhoCorasick::new([""; 0]).expect("an empty automaton"));
        Self {
            language,
            search,
            entries: patterns.into_iter().map(|(_, entries)| entries).collect(),
            compounds,
        }
    }

    fn search<'a>(&'a self, text: &str, mut found: impl FnMut(&'a Entry)) {
        if text.trim().is_empty() {
            return;
        }
        let normal = normal(text, self.language);
        let mut hits: Vec<(Range<usize>, &Entry)> = Vec::new();
        for hit in self.search.find_overlapping_iter(&normal) {
            for entry in &self.entries[hit.pattern().as_usize()] {
                let whole = !self.compounds || is_whole(&normal, hit.start(), hit.end());
                if (whole || entry.compound)
                    && !entry.is_excepted(&normal, hit.start(), hit.end())
                    && entry.has_company(&normal, hit.start(), hit.end())
                {
                    hits.push((hit.range(), entry));
                }
            }
        }
        // "cultural heritage" is not "heritage" once more: of two hits in one place the longer counts.
        hits.sort_by_key(|(place, _)| (place.start, Reverse(place.end)));
        let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
        for (place, entry) in hits {
            let end = ends.entry(entry.area).or_default();
            if place.end > *end {
                *end = place.end;
                found(entry);
            }
        }
    }
}

impl Entry {
    /// Whether the hit stands inside a phrase in which the term means something else.
    fn is_excepted(&self, text: &str, start: usize, end: usize) -> bool {
        self.except.iter().any(|phrase| {
            let from = text.floor_char_boundary(start.saturating_sub(phrase.len()));
            let to = text.ceil_char_boundary((end + phrase.len()).min(text.len()));
            text[from..to]
                .match_indices(phrase.as_str())
                .any(|(at, _)| {
                    let at = from + at;
                    at <= start && end <= at + phrase.len()
                })
        })
    }

    /// Whether one of the words that the term needs stands near.
    fn has_company(&self, text: &str, start: usize, end: usize) -> bool {
        if self.near.is_empty() {
            return true;
        }
        let before = text[..start]
            .rmatch_indices(' ')
            .nth(NEAR)
            .map_or(0, |(at, _)| at);
        let after = text[end..]
            .match_indices(' ')
            .nth(NEAR)
            .map_or(text.len(), |(at, _)| end + at + 1);
        let around = &text[before..after];
        self.near.iter().any(|word| around.contains(word.as_str()))
    }
}

fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let before = text.as_bytes().get(start).is_none_or(|b| *b == b' ')
        || start == 0
        || text.as_bytes()[start - 1] == b' ';
    let after =
        end == text.len() || text.as_bytes()[end - 1] == b' ' || text.as_bytes()[end] == b' ';
    before && after
}

/// A text as the automata see it: folded stems, each with a space on both sides.
fn normal(text: &str, language: Option<Language>) -> String {
    let folded = fold(text);
    let mut normal = String::with_capacity(folded.len() + 8);
    normal.push(' ');
    // French and Italian words lose their ends before a vowel: l'accès, d'auteur.
    let apart = folded.replace('\'', " ");
    for word in words(&apart) {
        let first = word.text.chars().next().unwrap_or(' ');
        if is_han(first) {
            for sign in word.text.chars() {
                normal.push(sign);
                normal.push(' ');
            }
        } else if is_arabic(first) {
            let bare = without_prefix(word.text);
            normal.push_str(&stem(
                bare,
                language
                    .or(Some(Language::Ar))
                    .filter(|l| *l == Language::Ar),
            ));
            normal.push(' ');
        } else {
            normal.push_str(&stem(word.text, language));
            normal.push(' ');
        }
    }
    normal
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

fn is_arabic(c: char) -> bool {
    matches!(u32::from(c), 0x600..=0x6ff | 0x750..=0x77f)
}

/// An Arabic word without the conjunctions, prepositions and the article that are written joined to it.
fn without_prefix(word: &str) -> &str {
    let long = |rest: &str| rest.chars().count() >= 3;
    let mut bare = word;
    // In ل and ال before a ل of the word's own, one of the three is not written.
    if let Some(rest) = word
        .strip_prefix("لل")
        .filter(|rest| rest.chars().count() == 2)
    {
        return &word[word.len() - rest.len() - "ل".len()..];
    }
    for prefix in ["وال", "فال", "بال", "كال", "لل", "ال"] {
        if let Some(rest) = bare.strip_prefix(prefix).filter(|rest| long(rest)) {
            return rest;
        }
    }
    for prefix in ["و", "ب", "ل"] {
        if let Some(rest) = bare
            .strip_prefix(prefix)
            .filter(|rest| rest.chars().count() >= 4)
        {
            bare = rest;
            break;
        }
    }
    bare
}
