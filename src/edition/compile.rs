//! Compiling: what waits made into sections, whole and once.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::{Plan, Told, Waiting, follow_first, score::score};
use crate::model::{
    Also, AreaId, AreaTag, Edition, EditionState, EditionStory, FactKind, Kind, LanguageCode,
    LeftOut, Overflow, Relation, Section, SectionHead, SourceId,
};

/// Stories that are older than this are let go, in days: they are no news, whenever they came.
const OLDEST: i64 = 90;

/// Compiles an edition of what waits; one without stories is empty and is not sent.
pub fn compile(plan: &Plan<'_>, waiting: Vec<Waiting>) -> Edition {
    let (ready, mut left_out) = candidates(plan, waiting);
    let digest = plan.digest;
    let mut per_source: HashMap<SourceId, usize> = HashMap::new();
    let mut per_section: HashMap<SectionHead, usize> = HashMap::new();
    let mut taken = Vec::new();
    for story in ready {
        let head = head(plan, &story);
        let of_source = per_source.entry(story.source.clone()).or_default();
        let of_section = per_section.entry(head.clone()).or_default();
        let why = if taken.len() >= digest.max_items {
            Some(format!("the edition is full at {}", digest.max_items))
        } else if *of_source >= digest.max_per_source {
            Some(format!(
                "`{}` has {} stories in it already",
                story.source_name, digest.max_per_source
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
            Some(why) => left_out.push(LeftOut {
                story: story.story,
                title: story.title,
                url: story.url,
                why,
                waits: digest.overflow == Overflow::Waits,
            }),
            None => {
                *of_source += 1;
                *of_section += 1;
                taken.push((head, story));
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

/// The stories that could be in an edition, best first, and those that could not, with the reason.
pub fn candidates(plan: &Plan<'_>, waiting: Vec<Waiting>) -> (Vec<EditionStory>, Vec<LeftOut>) {
    let mut left_out = Vec::new();
    let mut ready = Vec::new();
    // What a person put off until a day is nobody's business before it.
    let awake = |waiting: &Waiting| waiting.until.is_none_or(|until| until <= plan.now);
    for story in waiting.into_iter().filter(awake) {
        match told(plan, story) {
            Ok(story) => ready.push(story),
            Err(left) => left_out.push(left),
        }
    }
    // What a person put off comes first, then by score; ties by date and id, so that two runs agree.
    ready.sort_by(|(held_a, a), (held_b, b)| {
        held_b
            .cmp(held_a)
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| b.date.cmp(&a.date))
            .then_with(|| a.story.cmp(&b.story))
    });
    let ready = ready.into_iter().map(|(_, story)| story).collect();
    (ready, left_out)
}

/// Who leads a story: an item in a language that is wanted, of the source with the highest priority,
/// with the fullest text, the earliest. Items are never empty.
pub fn lead(items: &[Told], languages: &[LanguageCode]) -> usize {
    let wanted = |told: &Told| {
        told.item
            .language
            .as_ref()
            .and_then(|language| languages.iter().position(|wanted| wanted == language))
            .unwrap_or(languages.len())
    };
    (0..items.len())
        .min_by_key(|at| {
            let told = &items[*at];
            let complete = told.item.url.is_some() && !told.item.title.is_empty();
            (
                !complete,
                wanted(told),
                std::cmp::Reverse(told.priority),
                // A translation follows its original, all else being equal.
                told.relation == Relation::Translation,
                std::cmp::Reverse(told.length / 400),
                told.item.effective,
                told.item.id.clone(),
            )
        })
        .unwrap_or(0)
}

/// The story as the edition tells it, with whether a person had put it off; or why it is not in.
fn told(plan: &Plan<'_>, waiting: Waiting) -> Result<(bool, EditionStory), LeftOut> {
    let mut languages = plan.digest.languages.clone();
    languages.push(plan.digest.language.into());
    let at = lead(&waiting.items, &languages);
    let refuse = |why: String, waits: bool| {
        let lead = &waiting.items[at];
        let url = lead
            .item
            .url
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        LeftOut {
            story: waiting.story.clone(),
            title: lead.item.title.clone(),
            url,
            why,
            waits,
        }
    };
    let Some(lead) = waiting.items.get(at) else {
        let why = "it has no items".to_owned();
        return Err(LeftOut {
            story: waiting.story,
            title: String::new(),
            url: String::new(),
            why,
            waits: false,
        });
    };
    let item = &lead.item;
    let Some(url) = &item.url else {
        return Err(refuse("it has no address to link to".to_owned(), false));
    };
    if !plan.takes(item.language.as_ref()) {
        return Err(refuse(
            format!("`{}` takes no items in its language", plan.digest.id),
            false,
        ));
    }
    let areas = areas(&waiting.items);
    let wanted = &plan.digest.areas;
    if !wanted.is_empty() && !areas.iter().any(|tag| wanted.contains(&tag.id)) {
        return Err(refuse(
            format!("it is in no area of `{}`", plan.digest.id),
            false,
        ));
    }
    if let Some(day) = over(lead, plan) {
        return Err(refuse(format!("its day, {day}, is over"), false));
    }
    let days = (plan.now - item.effective).num_days();
    let called = upcoming(lead, plan);
    if days > OLDEST && !called && !waiting.held {
        return Err(refuse(format!("it is {days} days old"), false));
    }
    let (score, why) = score(lead, &areas, &waiting.items, plan);
    let mut also: Vec<Also> = Vec::new();
    for (other, told) in waiting.items.iter().enumerate() {
        let Some(other_url) = &told.item.url else {
            continue;
        };
        let same_place =
            told.source_name == lead.source_name && told.item.language == item.language;
        if other == at || same_place || also.iter().any(|also| also.url == other_url.as_str()) {
            continue;
        }
        also.push(Also {
            source: told.source_name.clone(),
            url: other_url.to_string(),
            language: told.item.language.clone(),
        });
    }
    let story = EditionStory {
        story: waiting.story.clone(),
        item: item.id.clone(),
        title: item.title.clone(),
        url: url.to_string(),
        summary: item.summary.clone(),
        note: String::new(),
        source: item.source.clone(),
        source_name: lead.source_name.clone(),
        section: lead.section.clone(),
        language: item.language.clone(),
        kind: item.kind,
        date: item.effective,
        dates: item.dates.clone(),
        areas,
        also,
        updated: waiting.updated,
        score,
        why,
    };
    Ok((waiting.held, story))
}

/// The areas of all items of a story, strongest first: a copy may hold more of the text than its lead,
/// and some languages have more words for an area than others.
fn areas(items: &[Told]) -> Vec<AreaTag> {
    let mut areas: Vec<AreaTag> = Vec::new();
    for tag in items.iter().flat_map(|told| &told.item.areas) {
        match areas.iter_mut().find(|known| known.id == tag.id) {
            Some(known) if known.score < tag.score => *known = tag.clone(),
            Some(_) => {}
            None => areas.push(tag.clone()),
        }
    }
    areas.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    areas
}

/// Whether a day that the item names is still to come.
fn upcoming(told: &Told, plan: &Plan<'_>) -> bool {
    let today = plan.now.with_timezone(&plan.timezone).date_naive();
    told.item
        .dates
        .iter()
        .any(|fact| fact.until.unwrap_or(fact.date) >= today)
}

/// The last day of what was announced and is over: a call or an event is told before it, not after.
fn over(told: &Told, plan: &Plan<'_>) -> Option<NaiveDate> {
    let item = &told.item;
    if !matches!(item.kind, Kind::Call | Kind::Event) {
        return None;
    }
    let last = item
        .dates
        .iter()
        .map(|fact| fact.until.unwrap_or(fact.date));
    let last = last.max()?;
    let today = plan.now.with_timezone(&plan.timezone).date_naive();
    // One that was written after the day is a report of it.
    (last < today && item.effective.date_naive() <= last).then_some(last)
}

/// The section that a story belongs to by itself.
fn head(plan: &Plan<'_>, story: &EditionStory) -> SectionHead {
    let today = plan.now.with_timezone(&plan.timezone).date_naive();
    let open = story
        .dates
        .iter()
        .any(|fact| fact.what == FactKind::Deadline && fact.date >= today);
    if open && story.kind == Kind::Call {
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
