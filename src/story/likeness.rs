//! Likeness: how much two items of one language have in common, and what speaks against them.

use std::sync::OnceLock;

use super::fingerprint::{Body, Read, Title, common, containment, overlap};

/// The fewest shingles of a text that tell something.
const ENOUGH: usize = 8;

/// Below this likeness a text is more than brought up to date.
const RETOLD: f64 = 0.78;

/// What is compared of an item, kept once it was worked out: one is held against many.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    title: OnceLock<Title>,
    body: OnceLock<Body>,
}

impl Compared {
    /// That of an item whose text was read already.
    pub(super) fn read(text: &Read) -> Self {
        Self {
            title: OnceLock::new(),
            body: OnceLock::from(Body::read(text)),
        }
    }

    /// What there is to compare of the item with this title.
    pub(super) fn title(&self, title: &str) -> &Title {
        self.title.get_or_init(|| Title::of(title))
    }
}

/// A title and a text, worked out no further than they are asked for.
pub(super) struct Print<'a> {
    pub(super) title: &'a Title,
    text: &'a str,
    body: &'a OnceLock<Body>,
}

impl<'a> Print<'a> {
    /// The print of an item with this title and text, of which something may be kept.
    pub(super) fn of(title: &str, text: &'a str, kept: &'a Compared) -> Self {
        Self {
            title: kept.title(title),
            text,
            body: &kept.body,
        }
    }

    pub(super) fn body(&self) -> &'a Body {
        self.body.get_or_init(|| Body::of(self.text))
    }

    /// How much of the words of the title the two have in common.
    pub(super) fn title_overlap(&self, their: &Self) -> f64 {
        overlap(&self.title.set, &their.title.set)
    }

    /// Whether one title is the other with something before or behind it, such as a site's name.
    pub(super) fn title_within(&self, their: &Self) -> bool {
        let (ours, theirs) = (&self.title.words, &their.title.words);
        let (short, long) = if ours.len() <= theirs.len() {
            (ours, theirs)
        } else {
            (theirs, ours)
        };
        short.len() >= 3
            && long.len() <= short.len() + 8
            && (long.starts_with(short) || long.ends_with(short))
    }

    /// Whether two titles are those of one series: the same words around other numbers, months, parts.
    pub(super) fn is_other_issue(&self, their: &Self) -> bool {
        let (ours, theirs) = (&self.title.marks, &their.title.marks);
        if ours == theirs {
            return false;
        }
        let frame = overlap(&self.title.frame, &their.title.frame);
        let both =
            ours.difference(theirs).next().is_some() && theirs.difference(ours).next().is_some();
        if both {
            return frame >= 0.4 || self.title.frame.is_empty() || their.title.frame.is_empty();
        }
        // One has a mark that the other lacks, and hardly anything else: `… (part 2)`.
        let shared = common(&self.title.set, &their.title.set);
        let longer = self.title.set.len().max(their.title.set.len());
        frame >= 0.7 && longer - shared <= 3
    }

    /// Whether two titles are one but for a name, and the texts do not gainsay it: they are the same word for
    /// word, or far from it where one takes its name up while the other never says it.
    pub(super) fn is_renamed(&self, their: &Self) -> bool {
        let own = || self.has_own_subject(their) || their.has_own_subject(self);
        let far = || self.text_likeness(their).is_some_and(|text| text < RETOLD);
        self.has_other_name(their) && (self.same_text(their) || far() && own())
    }

    /// Whether two titles are one but for a word or two in the same place, which are others in each.
    fn has_other_name(&self, their: &Self) -> bool {
        let (ours, theirs) = (&self.title.starts, &their.title.starts);
        let before = same(ours.iter(), theirs.iter());
        let (ours, theirs) = (&ours[before..], &theirs[before..]);
        let after = same(ours.iter().rev(), theirs.iter().rev());
        let (ours, theirs) = (&ours[..ours.len() - after], &theirs[..theirs.len() - after]);
        let named = |words: &[u64]| (1..=3).contains(&words.len()) && !words.contains(&0);
        before + after >= 2 && named(ours) && named(theirs)
    }

    /// How much of the shorter text's phrases is in the longer one; `None` where one is too short to tell.
    pub(super) fn text_likeness(&self, their: &Self) -> Option<f64> {
        let (ours, theirs) = (self.body(), their.body());
        let enough = ours.shingles.len() >= ENOUGH && theirs.shingles.len() >= ENOUGH;
        enough.then(|| containment(&ours.shingles, &theirs.shingles))
    }

    /// How much of the shorter text's words is in the longer one.
    pub(super) fn words_likeness(&self, their: &Self) -> f64 {
        containment(&self.body().words, &their.body().words)
    }

    /// Whether the texts are the same word for word.
    pub(super) fn same_text(&self, their: &Self) -> bool {
        let (ours, theirs) = (self.body(), their.body());
        ours.length == theirs.length
            && ours.shingles == theirs.shingles
            && ours.words == theirs.words
    }

    /// Whether both texts name days, and different ones.
    pub(super) fn other_days(&self, their: &Self) -> bool {
        differ(&self.body().days, &their.body().days)
    }

    /// Whether both texts have numbers that the other lacks.
    pub(super) fn other_numbers(&self, their: &Self) -> bool {
        differ(&self.body().numbers, &their.body().numbers)
    }

    /// Whether the two are told by one pattern of two subjects, such as an opening in one town and in
    /// another: each title has words of its own, and what they name its text takes up while the
    /// other item never says it, or the texts are far apart or count other things.
    pub(super) fn other_subject(&self, their: &Self) -> bool {
        let new_words = |a: &Self, b: &Self| {
            let new = |word: &&u64| !holds(&b.title.set, **word) && !holds(&b.body().words, **word);
            a.title.set.iter().filter(new).count()
        };
        let (our_words, their_words) = (new_words(self, their), new_words(their, self));
        if our_words == 0 || their_words == 0 {
            return false;
        }
        // One word may be a better one; more of them in titles that are else alike are names.
        let renamed = our_words.max(their_words) >= 2 && self.title_overlap(their) >= 0.2;
        let likeness = self.text_likeness(their).unwrap_or(0.0);
        let (ours, theirs) = (self.has_own_subject(their), their.has_own_subject(self));
        ours && theirs
            || (ours || theirs) && (likeness < 0.8 || renamed)
            || self.other_numbers(their) && likeness < 0.95
            || likeness < 0.6
    }

    fn has_own_subject(&self, their: &Self) -> bool {
        self.title.set.iter().any(|word| {
            !holds(&their.title.set, *word)
                && holds(&self.body().words, *word)
                && !holds(&their.body().words, *word)
        })
    }
}

/// How many members two sequences begin with alike.
fn same<'a>(a: impl Iterator<Item = &'a u64>, b: impl Iterator<Item = &'a u64>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn holds(set: &[u64], word: u64) -> bool {
    set.binary_search(&word).is_ok()
}

fn differ(a: &[u64], b: &[u64]) -> bool {
    let common = common(a, b);
    common < a.len() && common < b.len()
}
