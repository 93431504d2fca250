//! Placing: a new item held against each candidate, and put with the one it is nearest to.

use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
};

use chrono::TimeDelta;
use url::Url;

use super::{
    Candidate, Signature,
    fingerprint::Title,
    formula::is_formulaic,
    likeness::{Compared, Print},
    translation,
};
use crate::{
    model::{Item, ItemId, Kind, Placement, Relation, SourceId, StoryId},
    text,
};

/// The most candidates that one item is held against: those that share the most with it come first.
const MOST: usize = 60;
/// Copies and translations come within such a time of each other.
pub(super) const COPY_TIME: TimeDelta = TimeDelta::days(15);
/// A source tells one thing anew within such a time.
const UPDATE_TIME: TimeDelta = TimeDelta::days(3);

/// Where a new item belongs: with one of the candidates, or in a story of its own.
pub fn place<C: Borrow<Candidate>>(item: &Item, section: &str, candidates: &[C]) -> Placement {
    beside(item, Compared::default, section, candidates).0
}

impl Signature {
    /// Where the item that was signed belongs: the same as [`place`], with its words read already; and what
    /// was compared of it, for when it is a candidate itself.
    pub fn place<C: Borrow<Candidate>>(
        &self,
        item: &Item,
        section: &str,
        candidates: &[C],
    ) -> (Placement, Compared) {
        let compared = || Compared::read(&self.text);
        beside(item, compared, section, candidates)
    }
}

/// Most items have no candidates and need no print.
fn beside<C: Borrow<Candidate>>(
    item: &Item,
    compared: impl FnOnce() -> Compared,
    section: &str,
    candidates: &[C],
) -> (Placement, Compared) {
    let candidates: Vec<&Candidate> = candidates
        .iter()
        .map(Borrow::borrow)
        .filter(|candidate| !candidate.split && candidate.id != item.id)
        .take(MOST)
        .collect();
    if candidates.is_empty() {
        return (opened(item), Compared::default());
    }
    let compared = compared();
    let placement = nearest(item, &compared, section, &candidates);
    (placement, compared)
}

/// With the candidate that an item is nearest to, or in a story of its own.
fn nearest(
    item: &Item,
    compared: &Compared,
    section: &str,
    candidates: &[&Candidate],
) -> Placement {
    let print = Print::of(&item.title, &item.text, compared);
    let subject = Subject::new(item, &print, section);
    let repeats = Repeats::of(print.title, candidates);
    let best = candidates
        .iter()
        .filter_map(|candidate| {
            let repeated = repeats.items.contains(&candidate.id)
                || repeats.sources.contains(&candidate.source);
            Some((subject.against(candidate, repeated)?, candidate))
        })
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
pub(super) struct Found {
    relation: Relation,
    likeness: f64,
    reason: String,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every caller answers with an option"
)]
pub(super) fn found(relation: Relation, likeness: f64, reason: impl Into<String>) -> Option<Found> {
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
    print: &'a Print<'a>,
    formulaic: bool,
}

impl<'a> Subject<'a> {
    fn new(item: &'a Item, print: &'a Print<'a>, section: &'a str) -> Self {
        Self {
            item,
            section,
            url: item.url.as_ref().map(text::identity),
            print,
            formulaic: is_formulaic(&item.title),
        }
    }

    fn against(&self, candidate: &Candidate, repeated: bool) -> Option<Found> {
        let their_url = candidate.url.as_ref().map(text::identity);
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
        let apart: TimeDelta = (self.item.effective - candidate.effective).abs();
        let other_language = match (&self.item.language, &candidate.language) {
            (Some(ours), Some(theirs)) => ours != theirs,
            _ => false,
        };
        if other_language {
            let linked = translation::linked(self.item, self.section, candidate, apart);
            if linked.is_some() {
                return linked;
            }
        }
        if apart > COPY_TIME {
            return None;
        }
        let their = Print::of(&candidate.title, &candidate.text, &candidate.compared);
        let pair = Pair {
            ours: self.print,
            theirs: &their,
            // One of the two may have a site's name in its title; a series has its formula in both.
            formulaic: repeated || self.formulaic && is_formulaic(&candidate.title),
            apart,
        };
        if other_language {
            // A short text with a line of another language behind it is taken for that language.
            let same = pair.text().is_some_and(|text| text >= 0.75);
            return (same && candidate.source != self.item.source)
                .then(|| self.elsewhere(candidate, &pair))
                .flatten();
        }
        if self.item.source == candidate.source {
            return self.same_source(candidate, &pair);
        }
        if self.item.key == candidate.key && self.item.key.len() >= 12 {
            return found(
                Relation::Copy,
                0.99,
                format!("the same guid in `{}`", candidate.source),
            );
        }
        self.elsewhere(candidate, &pair)
    }

    /// Within one source: a feed that gave all its items new guids and addresses, or told one anew.
    fn same_source(&self, candidate: &Candidate, pair: &Pair<'_>) -> Option<Found> {
        let counts = pair.ours.other_numbers(pair.theirs) || pair.ours.other_days(pair.theirs);
        if counts || pair.is_other() {
            return None;
        }
        let same_title = pair.ours.title.set == pair.theirs.title.set;
        let text = pair.text();
        let same_words = match text {
            Some(text) => text >= 0.9,
            // A title alone may stand over many things; with the end of the address it is the same one.
            None => {
                let marked = !pair.ours.title.marks.is_empty();
                let says = pair.length() > 0 && (marked || !pair.formulaic);
                pair.ours.same_text(pair.theirs) && (says || same_slug(self.item, candidate))
            }
        };
        if same_title && same_words && self.item.effective == candidate.effective {
            return found(
                Relation::Known,
                0.98,
                "the same title, text and date under another address",
            );
        }
        let text = text?;
        // What stands there a second time on another day comes again and again.
        let soon = pair.apart <= TimeDelta::hours(20);
        let retold = !pair.ours.same_text(pair.theirs) && pair.apart <= UPDATE_TIME;
        // An employer says the same of every vacancy.
        let formulaic = pair.formulaic || matches!(self.item.kind, Kind::Newsletter | Kind::Job);
        if formulaic || !(soon || retold) {
            return None;
        }
        let words = pair.words();
        let title = pair.title();
        let retold = title >= 0.6 && text >= 0.5 && words >= 0.75;
        let new_title = text >= 0.95 && pair.length() >= 20 && soon;
        if retold || new_title {
            return found(
                Relation::Update,
                0.9 * text,
                "nearly the same text in the same source",
            );
        }
        None
    }

    /// Between sources: cross-posts, syndication, mirrors, press releases.
    fn elsewhere(&self, candidate: &Candidate, pair: &Pair<'_>) -> Option<Found> {
        let title = pair.title();
        let text = pair.text();
        let within = pair.ours.title_within(pair.theirs);
        let other_days = text.is_none_or(|text| text < 0.95) && pair.ours.other_days(pair.theirs);
        if other_days || pair.is_other() {
            return None;
        }
        if pair.formulaic {
            return pair.is_same_issue().then(|| {
                found(
                    Relation::Copy,
                    0.9,
                    format!("the same words in `{}`", candidate.source),
                )
            })?;
        }
        let share = text.unwrap_or(0.0);
        let words = if text.is_some() { pair.words() } else { 0.0 };
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let long_title = pair.title_words() >= 4;
        // Other numbers make a pattern likelier than a text that was brought up to date.
        let steady = share >= 0.75 || !pair.ours.other_numbers(pair.theirs);
        let most = share >= 0.75 && words >= 0.8 && (title >= 0.15 || share >= 0.9);
        let reason = if most || steady && share >= 0.6 && words >= 0.85 {
            format!(
                "{} of the text is in `{}`",
                percent(share),
                candidate.source
            )
        } else if (title >= 0.9 || within)
            && (long_title && text.is_none_or(|text| text >= 0.3 || words >= 0.6)
                || pair.ours.same_text(pair.theirs) && pair.length() > 0
                || share >= 0.5)
        {
            format!("the same title in `{}`", candidate.source)
        } else if steady && title >= 0.5 && share >= 0.45 && words >= 0.8 {
            format!(
                "{} of the title and {} of the text are in `{}`",
                percent(title),
                percent(share),
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
}

/// Whether two addresses end alike: a feed that moved keeps the names of its pages.
fn same_slug(item: &Item, candidate: &Candidate) -> bool {
    let slug = |url: Option<&Url>| {
        let last = url?.path_segments()?.rfind(|part| !part.is_empty())?;
        Some(last.to_owned())
    };
    let ours = slug(item.url.as_ref());
    ours.is_some() && ours == slug(candidate.url.as_ref())
}

/// Where a title comes again over other things, and so says nothing.
struct Repeats<'c> {
    /// The sources that told it in more than one story.
    sources: HashSet<&'c SourceId>,
    /// The items that have it, where it stands over so many stories that no source's word is needed.
    items: HashSet<&'c ItemId>,
}

/// Over so many stories a title says nothing, whoever told them.
const EVERYWHERE: usize = 3;

impl<'c> Repeats<'c> {
    fn of(subject: &Title, candidates: &[&'c Candidate]) -> Self {
        let told: HashSet<&StoryId> = candidates.iter().map(|c| &c.story).collect();
        // Reading titles costs more than counting: without two stories nothing can come again.
        if told.len() < 2 {
            return Self {
                sources: HashSet::new(),
                items: HashSet::new(),
            };
        }
        let mut alike: HashMap<&SourceId, HashSet<&StoryId>> = HashMap::new();
        let (mut stories, mut items) = (HashSet::new(), HashSet::new());
        for candidate in candidates {
            if candidate.compared.title(&candidate.title).frame == subject.frame {
                stories.insert(&candidate.story);
                items.insert(&candidate.id);
                let told = alike.entry(&candidate.source).or_default();
                told.insert(&candidate.story);
            }
        }
        alike.retain(|_, stories| stories.len() >= 2);
        if stories.len() < EVERYWHERE {
            items.clear();
        }
        Self {
            sources: alike.into_keys().collect(),
            items,
        }
    }
}

/// Two items held against each other.
struct Pair<'a> {
    ours: &'a Print<'a>,
    theirs: &'a Print<'a>,
    formulaic: bool,
    apart: TimeDelta,
}

impl Pair<'_> {
    /// Whether they are plainly two things: two issues of a series, or one pattern over two subjects,
    /// which the text need not name.
    fn is_other(&self) -> bool {
        self.ours.is_other_issue(self.theirs)
            || self.ours.other_subject(self.theirs)
            || self.ours.is_renamed(self.theirs)
    }

    fn title(&self) -> f64 {
        self.ours.title_overlap(self.theirs)
    }

    /// The words of the shorter title.
    fn title_words(&self) -> usize {
        let (ours, theirs) = (&self.ours.title.set, &self.theirs.title.set);
        ours.len().min(theirs.len())
    }

    fn text(&self) -> Option<f64> {
        self.ours.text_likeness(self.theirs)
    }

    fn words(&self) -> f64 {
        self.ours.words_likeness(self.theirs)
    }

    /// The words of the shorter text.
    fn length(&self) -> usize {
        self.ours.body().length.min(self.theirs.body().length)
    }

    /// Whether two items of a series are the same issue: a series says nearly the same every time, so
    /// that its marks have to agree, and without any only a long text or the same hours tell.
    fn is_same_issue(&self) -> bool {
        let same_title = self.ours.title.set == self.theirs.title.set
            || self.ours.title_within(self.theirs)
            || self.title() >= 0.6;
        if !same_title
            || self.ours.title.marks != self.theirs.title.marks
            || self.ours.other_days(self.theirs)
        {
            return false;
        }
        let text = self.text().unwrap_or(0.0);
        let same_text = self.ours.same_text(self.theirs) && self.length() > 0;
        let year = |mark: &String| mark.len() == 4 && mark.starts_with(['1', '2']);
        if self.ours.title.marks.iter().any(|mark| !year(mark)) {
            return same_text || text >= 0.5 && self.words() >= 0.7;
        }
        let long = self.length() >= 80 && text >= 0.9;
        long && self.apart <= TimeDelta::days(3)
            || (same_text || text >= 0.95) && self.apart <= TimeDelta::hours(12)
    }
}
