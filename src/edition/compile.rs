//! Compiling: what waits made into sections, whole and once.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::{Plan, Told, Waiting, follow_first, score::Score};
use crate::model::{
    Also, AreaId, AreaTag, Digest, Edition, EditionState, EditionStory, FactKind, Kind, Language,
    LanguageCode, LeftOut, Overflow, Relation, Section, SectionHead, SourceId,
};

/// Stories that are older than this are let go, in days: they are no news, whenever they came.
const OLDEST: i64 = 90;

/// Compiles an edition of what waits; one without stories is empty and is not sent. Its summaries are
/// still to be filled in.
pub fn compile(plan: &Plan<'_>, waiting: &[Waiting]) -> Edition {
    let (ready, mut left_out) = ready(plan, waiting);
    let digest = plan.digest;
    let mut per_source: HashMap<&SourceId, usize> = HashMap::new();
    let mut per_section: HashMap<SectionHead, usize> = HashMap::new();
    let mut taken = Vec::new();
    for story in ready {
        let head = head(plan, &story);
        let origin = &story.lead.origin;
        let of_source = per_source.entry(&origin.id).or_default();
        let of_section = per_section.entry(head.clone()).or_default();
        let why = if taken.len() >= digest.max_items {
            Some(format!("the edition is full at {}", digest.max_items))
        } else if *of_source >= digest.max_per_source {
            Some(format!(
                "`{}` has {} stories in it already",
                origin.name, digest.max_per_source
            ))
        } else if digest
            .max_per_section
            .is_some_and(|most| *of_section >= most)
        {
            Some(format!(
                "the section `{}` is full at {of_section}",
                head.as_str()
            ))
        } else {
            None
        };
        match why {
            Some(why) => left_out.push(left_out_of(
                story.waiting,
                story.lead,
                why,
                digest.overflow == Overflow::Waits,
            )),
            None => {
                *of_source += 1;
                *of_section += 1;
                taken.push((head, story.tell()));
            }
        }
    }
    let mut edition = Edition {
        id: plan.id.clone(),
        digest: plan.digest.id.clone(),
        title: plan.digest.title.clone(),
        subject: String::new(),
        language: plan.digest.language,
        state: EditionState::Sent,
        date: plan.date,
        from: plan.from,
        to: plan.now,
        intro: String::new(),
        subject_by_hand: false,
        sections: sections(plan, taken),
        left_out,
        missing: plan.missing.clone(),
    };
    follow_first(&mut edition, plan.subject);
    edition
}

/// The stories that could be in an edition, best first; their summaries are still to be filled in.
pub fn candidates(plan: &Plan<'_>, waiting: &[Waiting]) -> Vec<EditionStory> {
    let (ready, _) = ready(plan, waiting);
    ready.iter().map(Ready::tell).collect()
}

/// A story that could be in the edition.
struct Ready<'w> {
    waiting: &'w Waiting,
    lead: &'w Told,
    url: &'w str,
    areas: Vec<&'w AreaTag>,
    score: Score,
    /// The sum of the score, which is sorted by.
    sum: f64,
}

/// The stories that could be in an edition, best first, and those that could not, with the reason.
fn ready<'w>(plan: &Plan<'_>, waiting: &'w [Waiting]) -> (Vec<Ready<'w>>, Vec<LeftOut>) {
    let languages = languages(plan.digest);
    let mut left_out = Vec::new();
    let mut ready = Vec::with_capacity(waiting.len());
    // What a person put off until a day is nobody's business before it.
    let awake = |waiting: &&Waiting| waiting.until.is_none_or(|until| until <= plan.now);
    for story in waiting.iter().filter(awake) {
        match fit(plan, &languages, story) {
            Ok(story) => ready.push(story),
            Err(left) => left_out.push(left),
        }
    }
    // What a person put off comes first, then by score; ties by date and id, so that two runs agree.
    ready.sort_by(|a, b| {
        (b.waiting.held)
            .cmp(&a.waiting.held)
            .then_with(|| b.sum.total_cmp(&a.sum))
            .then_with(|| b.lead.date.cmp(&a.lead.date))
            .then_with(|| a.waiting.story.cmp(&b.waiting.story))
    });
    (ready, left_out)
}

/// The languages that a digest would have a story led in, best first. English comes last of them: most
/// readers of another language can read it.
fn languages(digest: &Digest) -> Vec<LanguageCode> {
    let further = [digest.language, Language::En].map(LanguageCode::from);
    digest.languages.iter().cloned().chain(further).collect()
}

/// Who leads a story: an item in a language that is wanted, of the source with the highest priority,
/// with the fullest text, the earliest. `None` of no items.
fn lead<'w>(items: &'w [Told], languages: &[LanguageCode]) -> Option<&'w Told> {
    let [_, _, ..] = items else {
        return items.first();
    };
    let wanted = |told: &Told| {
        let place = |code| languages.iter().position(|wanted| wanted == code);
        let place = told.language.as_ref().and_then(place);
        place.unwrap_or(languages.len())
    };
    items.iter().min_by_key(|told| {
        let complete = told.url.is_some() && !told.title.is_empty();
        (
            !complete,
            wanted(told),
            std::cmp::Reverse(told.origin.priority),
            // A translation follows its original, all else being equal.
            told.relation == Relation::Translation,
            std::cmp::Reverse(told.length / 400),
            told.date,
            &told.item,
        )
    })
}

fn left_out_of(waiting: &Waiting, lead: &Told, why: String, waits: bool) -> LeftOut {
    LeftOut {
        story: waiting.story.clone(),
        title: lead.title.clone(),
        url: lead.url.clone().unwrap_or_default(),
        why,
        waits,
    }
}

/// The story as it could be told; or why it is not in.
fn fit<'w>(
    plan: &Plan<'_>,
    languages: &[LanguageCode],
    waiting: &'w Waiting,
) -> Result<Ready<'w>, LeftOut> {
    let Some(lead) = lead(&waiting.items, languages) else {
        return Err(LeftOut {
            story: waiting.story.clone(),
            title: String::new(),
            url: String::new(),
            why: "it has no items".to_owned(),
            waits: false,
        });
    };
    let refuse = |why: String| Err(left_out_of(waiting, lead, why, false));
    let Some(url) = &lead.url else {
        return refuse("it has no address to link to".to_owned());
    };
    if !plan.takes(lead.language.as_ref()) {
        return refuse(format!(
            "`{}` takes no items in its language",
            plan.digest.id
        ));
    }
    let areas = areas(&waiting.items);
    let wanted = &plan.digest.areas;
    if !wanted.is_empty() && !areas.iter().any(|tag| wanted.contains(&tag.id)) {
        return refuse(format!("it is in no area of `{}`", plan.digest.id));
    }
    if let Some(day) = over(lead, plan) {
        return refuse(format!("its day, {day}, is over"));
    }
    let days = (plan.now - lead.date).num_days();
    if days > OLDEST && !upcoming(lead, plan) && !waiting.held {
        return refuse(format!("it is {days} days old"));
    }
    let score = Score::of(lead, &areas, &waiting.items, plan);
    Ok(Ready {
        waiting,
        lead,
        url,
        areas,
        sum: score.sum(),
        score,
    })
}

impl Ready<'_> {
    fn tell(&self) -> EditionStory {
        let lead = self.lead;
        EditionStory {
            story: self.waiting.story.clone(),
            item: lead.item.clone(),
            title: lead.title.clone(),
            url: self.url.to_owned(),
            summary: String::new(),
            note: String::new(),
            source: lead.origin.id.clone(),
            source_name: lead.origin.name.clone(),
            section: lead.origin.section.clone(),
            language: lead.language.clone(),
            kind: lead.kind,
            date: lead.date,
            dates: lead.dates.clone(),
            areas: self.areas.iter().map(|tag| (*tag).clone()).collect(),
            also: self.also(),
            updated: self.waiting.updated,
            score: self.sum,
            why: self.score.to_string(),
        }
    }

    /// Where else it is told: by others, or in another language.
    fn also(&self) -> Vec<Also> {
        let mut also: Vec<Also> = Vec::new();
        for told in &self.waiting.items {
            let Some(url) = &told.url else {
                continue;
            };
            let same_place =
                told.origin.name == self.lead.origin.name && told.language == self.lead.language;
            if same_place || also.iter().any(|also| also.url == *url) {
                continue;
            }
            also.push(Also {
                source: told.origin.name.clone(),
                url: url.clone(),
                language: told.language.clone(),
            });
        }
        also
    }
}

/// The areas of all items of a story, strongest first: a copy may hold more of the text than its lead,
/// and some languages have more words for an area than others.
fn areas(items: &[Told]) -> Vec<&AreaTag> {
    let mut areas: Vec<&AreaTag> = Vec::new();
    for tag in items.iter().flat_map(|told| &told.areas) {
        match areas.iter_mut().find(|known| known.id == tag.id) {
            Some(known) if known.score < tag.score => *known = tag,
            Some(_) => {}
            None => areas.push(tag),
        }
    }
    areas.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    areas
}

/// Whether a day that the item names is still to come.
fn upcoming(told: &Told, plan: &Plan<'_>) -> bool {
    let today = plan.now.with_timezone(&plan.timezone).date_naive();
    told.dates
        .iter()
        .any(|fact| fact.until.unwrap_or(fact.date) >= today)
}

/// The last day of what was announced and is over: a call or an event is told before it, not after.
fn over(told: &Told, plan: &Plan<'_>) -> Option<NaiveDate> {
    if !matches!(told.kind, Kind::Call | Kind::Event) {
        return None;
    }
    let last = told
        .dates
        .iter()
        .map(|fact| fact.until.unwrap_or(fact.date));
    let last = last.max()?;
    let today = plan.now.with_timezone(&plan.timezone).date_naive();
    // One that was written after the day is a report of it.
    (last < today && told.date.date_naive() <= last).then_some(last)
}

/// The section that a story belongs to by itself.
fn head(plan: &Plan<'_>, story: &Ready<'_>) -> SectionHead {
    let today = plan.now.with_timezone(&plan.timezone).date_naive();
    let open = story
        .lead
        .dates
        .iter()
        .any(|fact| fact.what == FactKind::Deadline && fact.date >= today);
    if open && story.lead.kind == Kind::Call {
        return SectionHead::Calls;
    }
    let order = order(plan);
    let area = story.areas.iter().find(|tag| order.contains(&&tag.id));
    area.map_or(SectionHead::Other, |tag| SectionHead::Area(tag.id.clone()))
}

/// The areas in the order of the digest.
fn order<'p>(plan: &Plan<'p>) -> Vec<&'p AreaId> {
    if plan.digest.areas.is_empty() {
        plan.areas.iter().map(|area| &area.id).collect()
    } else {
        plan.digest.areas.iter().collect()
    }
}

/// Calls first, by their deadline; then the areas in the digest's order; then what is in none.
fn sections(plan: &Plan<'_>, stories: Vec<(SectionHead, EditionStory)>) -> Vec<Section> {
    let order = order(plan);
    let place = |head: &SectionHead| match head {
        SectionHead::Top => 0,
        SectionHead::Calls => 1,
        SectionHead::Area(id) => {
            2 + order
                .iter()
                .position(|area| *area == id)
                .unwrap_or(order.len())
        }
        SectionHead::Other => usize::MAX,
    };
    let mut by_place: BTreeMap<usize, Section> = BTreeMap::new();
    for (head, story) in stories {
        let section = by_place.entry(place(&head)).or_insert_with(|| Section {
            head,
            stories: Vec::new(),
        });
        section.stories.push(story);
    }
    let today = plan.now.with_timezone(&plan.timezone).date_naive();
    let deadline = |story: &EditionStory| {
        story
            .dates
            .iter()
            .filter(|fact| fact.what == FactKind::Deadline && fact.date >= today)
            .map(|fact| fact.date)
            .min()
    };
    let mut sections: Vec<Section> = by_place.into_values().collect();
    for section in &mut sections {
        if section.head == SectionHead::Calls {
            section.stories.sort_by_key(deadline);
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::Origin;
    use super::*;
    use crate::model::ItemId;

    fn told(language: &str, priority: i64, relation: Relation, length: u64) -> Told {
        Told {
            item: ItemId::new(format!("{language}-{priority}-{length}")),
            origin: Arc::new(Origin {
                id: SourceId::new(language),
                name: language.to_owned(),
                section: String::new(),
                priority,
            }),
            title: "A session".to_owned(),
            url: Some(format!("https://example.org/{language}")),
            language: LanguageCode::parse(language),
            kind: Kind::News,
            date: chrono::DateTime::UNIX_EPOCH,
            dates: Vec::new(),
            areas: Vec::new(),
            relation,
            length,
        }
    }

    #[test]
    fn a_story_is_led_in_the_readers_language_or_else_in_english() {
        let digest = |code: &str| [code, "en"].map(|code| LanguageCode::parse(code).unwrap());
        let leads = |items: &[Told], code: &str| {
            lead(items, &digest(code)).unwrap().item.as_str().to_owned()
        };
        let mut items = vec![
            told("fr", 10, Relation::New, 4000),
            told("ru", 0, Relation::Translation, 9000),
            told("en", 0, Relation::Translation, 900),
        ];
        assert_eq!(leads(&items, "ru"), "ru-0-9000");
        assert_eq!(leads(&items, "de"), "en-0-900");
        items.pop();
        assert_eq!(leads(&items, "de"), "fr-10-4000", "the body itself");
        items.push(told("fr", 10, Relation::Copy, 4900));
        assert_eq!(leads(&items, "de"), "fr-10-4900", "the fullest");
        items.push(Told {
            url: None,
            ..told("de", 20, Relation::New, 9000)
        });
        assert_eq!(
            leads(&items, "de"),
            "fr-10-4900",
            "one without a link never"
        );
    }
}
