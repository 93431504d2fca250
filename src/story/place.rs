//! Placing: a new item held against each candidate, and put with the one it is nearest to.

use chrono::TimeDelta;

use super::{
    Candidate,
    fingerprint::{Fingerprint, containment, overlap},
    formula::is_formulaic,
    keys::symbols,
};
use crate::{
    model::{Item, Kind, Placement, Relation, StoryId},
    text,
};

/// The most candidates that one item is held against.
const MOST: usize = 200;
/// Copies come within so many days of each other.
const COPY_DAYS: i64 = 14;
/// Translations come within so many days of each other.
const TRANSLATION_DAYS: i64 = 10;

/// Where a new item belongs: with one of the candidates, or in a story of its own.
pub fn place(item: &Item, section: &str, candidates: &[Candidate]) -> Placement {
    let mut candidates = candidates
        .iter()
        .filter(|candidate| !candidate.split && candidate.id != item.id)
        .take(MOST)
        .peekable();
    if candidates.peek().is_none() {
        return opened(item);
    }
    let subject = Subject::new(item, section);
    let best = candidates
        .filter_map(|candidate| subject.against(candidate).map(|found| (found, candidate)))
        .max_by(|(a, x), (b, y)| {
            a.likeness
                .total_cmp(&b.likeness)
                .then_with(|| y.effective.cmp(&x.effective))
        });
    match best {
        Some((found, candidate)) => Placement {
            story: candidate.story.clone(),
            relation: found.relation,
            of: Some(candidate.id.clone()),
            likeness: found.likeness,
            reason: found.reason,
        },
        None => opened(item),
    }
}

/// A story of the item's own.
fn opened(item: &Item) -> Placement {
    Placement {
        story: StoryId::new(item.id.as_str()),
        relation: Relation::New,
        of: None,
        likeness: 0.0,
        reason: "nothing like it was there".to_owned(),
    }
}

/// How an item relates to a candidate.
struct Found {
    relation: Relation,
    likeness: f64,
    reason: String,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every caller answers with an option"
)]
fn found(relation: Relation, likeness: f64, reason: impl Into<String>) -> Option<Found> {
    Some(Found {
        relation,
        likeness,
        reason: reason.into(),
    })
}

/// The new item with what is worked out of it once.
struct Subject<'a> {
    item: &'a Item,
    section: &'a str,
    url: Option<String>,
    print: Fingerprint,
    formulaic: bool,
}

impl<'a> Subject<'a> {
    fn new(item: &'a Item, section: &'a str) -> Self {
        Self {
            item,
            section,
            url: item.url.as_ref().map(text::identity),
            print: Fingerprint::of(&item.title, &item.text),
            formulaic: is_formulaic(&item.title)
                || matches!(item.kind, Kind::Newsletter | Kind::Job),
        }
    }

    fn against(&self, candidate: &Candidate) -> Option<Found> {
        let their_url = candidate.url.as_ref().map(text::identity);
        let days = self.days(candidate);
        if self.url.is_some() && self.url == their_url {
            return if candidate.source == self.item.source {
                found(Relation::Known, 1.0, "the same address under another guid")
            } else {
                found(
                    Relation::Copy,
                    1.0,
                    format!("the same address in `{}`", candidate.source),
                )
            };
        }
        let other_language = match (&self.item.language, &candidate.language) {
            (Some(ours), Some(theirs)) => ours != theirs,
            _ => false,
        };
        if other_language {
            return self.translation(candidate, their_url.as_deref(), days);
        }
        let their = Fingerprint::of(&candidate.title, &candidate.text);
        if self.item.source == candidate.source {
            return self.same_source(candidate, &their, days);
        }
        if self.item.key == candidate.key && self.item.key.len() >= 12 {
            return found(
                Relation::Copy,
                0.99,
                format!("the same guid in `{}`", candidate.source),
            );
        }
        self.elsewhere(candidate, &their, days)
    }

    fn days(&self, candidate: &Candidate) -> i64 {
        let apart: TimeDelta = self.item.effective - candidate.effective;
        apart.num_days().abs()
    }

    /// Within one source: a feed that gave all its items new guids and addresses, or told one anew.
    fn same_source(&self, candidate: &Candidate, their: &Fingerprint, days: i64) -> Option<Found> {
        let title = overlap(&self.print.title, &their.title);
        let text = self.text_likeness(their);
        let same_words = self.print.title == their.title && self.print.numbers == their.numbers;
        if same_words
            && text.is_none_or(|text| text >= 0.9)
            && days == 0
            && self.item.effective == candidate.effective
        {
            return found(
                Relation::Known,
                0.98,
                "the same title, text and date under another address",
            );
        }
        let text = text?;
        let update =
            title >= 0.8 && text >= 0.8 && self.print.numbers == their.numbers && days <= 7;
        if update && !self.formulaic {
            return found(
                Relation::Update,
                0.9 * text,
                "nearly the same text in the same source",
            );
        }
        None
    }

    /// Between sources of one language: cross-posts, syndication, mirrors, press releases.
    fn elsewhere(&self, candidate: &Candidate, their: &Fingerprint, days: i64) -> Option<Found> {
        if days > COPY_DAYS || self.print.numbers != their.numbers && self.numbers_conflict(their) {
            return None;
        }
        let title = overlap(&self.print.title, &their.title);
        let text = self.text_likeness(their);
        if self.formulaic || is_formulaic(&candidate.title) {
            // Only word for word: a series says the same every time.
            let same = text.is_some_and(|text| text >= 0.95)
                && self.print.title == their.title
                && days <= 2;
            return same
                .then(|| {
                    found(
                        Relation::Copy,
                        0.9,
                        format!("the same words in `{}`", candidate.source),
                    )
                })
                .flatten();
        }
        let words = self.print.title.len().min(their.title.len());
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let text_share = text.unwrap_or(0.0);
        let reason = if text_share >= 0.75 && (title >= 0.15 || text_share >= 0.9) {
            format!(
                "{} of the text is in `{}`",
                percent(text_share),
                candidate.source
            )
        } else if title >= 0.9 && words >= 4 && text.is_none_or(|text| text >= 0.15) {
            format!("the same title in `{}`", candidate.source)
        } else if title >= 0.55 && words >= 5 && text_share >= 0.4 {
            format!(
                "{} of the title and {} of the text are in `{}`",
                percent(title),
                percent(text_share),
                candidate.source
            )
        } else {
            return None;
        };
        let likeness = (0.4 * title + 0.6 * text.unwrap_or(title)).min(0.97);
        let nearly = text.is_some_and(|text| text < 0.95) && self.section == candidate.section;
        found(
            if nearly {
                Relation::Update
            } else {
                Relation::Copy
            },
            likeness,
            reason,
        )
    }

    /// Whether the titles name different numbers, so that they are two of a series.
    fn numbers_conflict(&self, their: &Fingerprint) -> bool {
        let only_ours = self.print.numbers.difference(&their.numbers).count();
        let only_theirs = their.numbers.difference(&self.print.numbers).count();
        only_ours > 0 && only_theirs > 0
    }

    /// How much of the shorter text is in the longer one; `None` where one is too short to tell.
    fn text_likeness(&self, their: &Fingerprint) -> Option<f64> {
        let enough = self.print.text.len() >= 8 && their.text.len() >= 8;
        enough.then(|| containment(&self.print.text, &their.text))
    }

    /// Between languages: what links, addresses, symbols and pictures say.
    fn translation(
        &self,
        candidate: &Candidate,
        their_url: Option<&str>,
        days: i64,
    ) -> Option<Found> {
        if days > TRANSLATION_DAYS {
            return None;
        }
        let names = |alternates: &[crate::model::Alternate], url: Option<&str>| {
            let same = |alternate: &crate::model::Alternate| {
                alternate
                    .url
                    .parse()
                    .is_ok_and(|other| Some(text::identity(&other).as_str()) == url)
            };
            url.is_some() && alternates.iter().any(same)
        };
        if names(&self.item.alternates, their_url)
            || names(&candidate.alternates, self.url.as_deref())
        {
            return found(
                Relation::Translation,
                0.97,
                "one names the other as its translation",
            );
        }
        let common = |url: Option<&str>| url.and_then(text::without_language);
        if let (Some((ours, our_language)), Some((theirs, their_language))) =
            (common(self.url.as_deref()), common(their_url))
        {
            let telling = ours.chars().any(|c| c.is_ascii_digit())
                || ours.rsplit('/').next().is_some_and(|slug| slug.len() >= 16);
            if ours == theirs && our_language != their_language && telling {
                return found(
                    Relation::Translation,
                    0.96,
                    "the same address but for the language",
                );
            }
        }
        let ours: Vec<String> = symbols(&self.item.title).collect();
        if symbols(&candidate.title).any(|symbol| ours.contains(&symbol)) && days <= 3 {
            return found(
                Relation::Translation,
                0.9,
                format!("the same document symbol `{}`", ours.join("`, `")),
            );
        }
        let same_image = self.item.image.is_some() && self.item.image == candidate.image;
        if same_image
            && days <= 2
            && candidate.source != self.item.source
            && self.section == candidate.section
        {
            let their = Fingerprint::of(&candidate.title, &candidate.text);
            let conflict = self.print.numbers != their.numbers && self.numbers_conflict(&their);
            return if conflict {
                None
            } else {
                found(
                    Relation::Translation,
                    0.8,
                    "the same picture in another language, on the same days",
                )
            };
        }
        None
    }
}
