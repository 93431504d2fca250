//! A shelf: items placed one after another as the desk does it, found again by their keys.

use std::{cmp::Reverse, collections::HashMap, path::Path, sync::LazyLock};

use chrono::{DateTime, Utc};
use circular::{
    areas::Matcher,
    model::{
        Alternate, Entry, Item, LanguageCode, Placement, Relation, Source, SourceId, StoryKey,
    },
    pipeline::{Normaliser, stranger},
    story::{Candidate, Season, is_lasting, keys, place},
};

/// As many as the store looks up for a key, and the most that may share a mere likeness.
const PER_KEY: usize = 50;
const VAGUE: usize = 12;

static MATCHER: LazyLock<Matcher> = LazyLock::new(|| {
    let none = "[[area]]\nid = \"none\"\nnames = { en = \"None\" }\nterms = { en = [\"qqqq\"] }\n";
    let (areas, problems) = circular::config::areas::parse(Path::new("areas.toml"), none);
    assert_eq!(problems, []);
    Matcher::new(&areas)
});

/// A text as a source tells it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) source: String,
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) language: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) alternates: Vec<Alternate>,
    pub(crate) image: Option<String>,
}

impl Told {
    /// As the pipeline would keep it.
    pub(crate) fn item(&self) -> Item {
        let feed = format!("https://{}.example/feed", self.source)
            .parse()
            .unwrap();
        let source = Source {
            id: SourceId::new(&self.source),
            language: LanguageCode::parse(&self.language),
            ..stranger(&feed)
        };
        let entry = Entry {
            guid: Some(self.url.clone()),
            link: Some(self.url.clone()),
            title: self.title.clone(),
            summary: Some(escaped(&self.text)),
            published: Some(self.at),
            alternates: self.alternates.clone(),
            image: self.image.clone(),
            ..Entry::default()
        };
        let normaliser = Normaliser {
            source: &source,
            language: None,
            matcher: &MATCHER,
            now: "2026-11-21T00:00:00Z".parse().unwrap(),
        };
        let (mut items, _) = normaliser.items(vec![entry]);
        let mut item = items.pop().expect("an item with words");
        normaliser.judge(&mut item);
        item
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What was placed.
#[derive(Default)]
pub(crate) struct Shelf {
    all: Vec<Candidate>,
    /// As the store keeps them: a key that does not last, with its season.
    by_key: HashMap<(StoryKey, Option<Season>), Vec<usize>>,
}

impl Shelf {
    /// Places an item and keeps it.
    pub(crate) fn add(&mut self, item: &Item) -> Placement {
        let keys = keys(item);
        let placement = place(item, &item.source.to_string(), &self.sharing(item, &keys));
        if placement.relation == Relation::Known {
            return placement;
        }
        for key in keys {
            let season = (!is_lasting(&key)).then(|| Season::of(item.effective));
            let sharing = self.by_key.entry((key, season)).or_default();
            sharing.push(self.all.len());
        }
        let section = item.source.as_str();
        let candidate = Candidate::of(item, section, &placement.story);
        self.all.push(candidate);
        placement
    }

    fn sharing(&self, item: &Item, keys: &[StoryKey]) -> Vec<Candidate> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        let [first, last] = Season::around(item.effective, item.first_seen);
        let places = keys.iter().flat_map(|key| {
            let mut seasons = vec![None];
            if !is_lasting(key) {
                seasons = vec![Some(first), Some(last)];
                seasons.dedup();
            }
            seasons.into_iter().map(|season| (*key, season))
        });
        for (key, season) in places {
            let Some(items) = self.by_key.get(&(key, season)) else {
                continue;
            };
            let vague = matches!(key.kind, "words" | "band" | "image");
            if vague && items.len() > VAGUE {
                continue;
            }
            for at in items.iter().rev().take(PER_KEY) {
                *shared.entry(*at).or_default() += 1;
            }
        }
        let mut order: Vec<(usize, usize)> = shared.into_iter().collect();
        order.sort_unstable_by_key(|(at, times)| (Reverse(*times), *at));
        order.iter().map(|(at, _)| self.all[*at].clone()).collect()
    }
}

/// The title of what an item was put with.
pub(crate) fn names(shelf: &Shelf, placement: &Placement) -> String {
    let of = shelf
        .all
        .iter()
        .find(|c| Some(&c.id) == placement.of.as_ref());
    of.map(|c| c.title.clone()).unwrap_or_default()
}
