//! Readings: what of one edition, or several, one kind of reader gets, and when.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{Datelike, Days, NaiveDate};

use super::subject::subject;
use crate::model::{
    Choices, Edition, EditionId, EditionStory, Frequency, Language, Reading, ReadingPart, Section,
    SectionHead, StoryId,
};

/// The stories that a reader gets of editions, oldest edition first: those of their areas and
/// languages that they were not told before, each once. Empty if there is none.
pub fn parts(
    editions: &[&Edition],
    choices: &Choices,
    told: &BTreeSet<StoryId>,
) -> Vec<ReadingPart> {
    let mut seen: HashSet<&StoryId> = told.iter().collect();
    let mut parts = Vec::new();
    for edition in editions {
        let stories: Vec<StoryId> = edition
            .stories()
            .filter(|story| takes(choices, story) && seen.insert(&story.story))
            .map(|story| story.story.clone())
            .collect();
        if !stories.is_empty() {
            parts.push(ReadingPart {
                edition: edition.id.clone(),
                stories,
            });
        }
    }
    parts
}

/// Whether a reader wants a story: it is in one of their areas, and told in one of their languages,
/// by its leading item or by another.
pub fn takes(choices: &Choices, story: &EditionStory) -> bool {
    let area = choices.areas.is_empty()
        || story
            .areas
            .iter()
            .any(|tag| choices.areas.contains(&tag.id));
    let mut told_in = std::iter::once(story.language.as_ref())
        .chain(story.also.iter().map(|also| also.language.as_ref()));
    let language = choices.languages.is_empty()
        || told_in.any(|code| code.is_some_and(|code| choices.languages.contains(code)));
    area && language
}

/// Whether a reader's next letter goes out on a day, the last one having gone out on another. The
/// first one always does, so that a reader sees what they subscribed to.
pub fn due(frequency: Frequency, last: Option<NaiveDate>, today: NaiveDate) -> bool {
    last.is_none_or(|last| last < period(frequency, today)) || frequency == Frequency::Each
}

/// Whether a letter is overdue: a week or month began some days ago, and no edition of the reader's
/// has come along to bring what waits.
pub fn overdue(frequency: Frequency, last: Option<NaiveDate>, today: NaiveDate) -> bool {
    let patience = match frequency {
        Frequency::Each => 0,
        Frequency::Weekly => 2,
        Frequency::Monthly => 7,
    };
    let began = period(frequency, today);
    last.is_none_or(|last| last < began)
        && began
            .checked_add_days(Days::new(patience))
            .is_some_and(|late| late <= today)
}

/// The first day of the week (Monday, ISO 8601) or month that a day is in.
fn period(frequency: Frequency, day: NaiveDate) -> NaiveDate {
    let back = match frequency {
        Frequency::Each => 0,
        Frequency::Weekly => day.weekday().num_days_from_monday(),
        Frequency::Monthly => day.day0(),
    };
    day.checked_sub_days(Days::new(back.into())).unwrap_or(day)
}

/// The edition that a reading makes of the editions it names: sections of one head become one, and
/// what is told of the whole (the window, the editors' words, the sources not heard from) is told of
/// all. `title` stands above where the editions are of several digests; `None` if none of the
/// editions is there.
pub fn compose(
    reading: &Reading,
    editions: &BTreeMap<EditionId, Edition>,
    title: &str,
    counted: &dyn Fn(Language, usize) -> String,
) -> Option<Edition> {
    let parts: Vec<(&Edition, HashSet<&StoryId>)> = reading
        .parts
        .iter()
        .filter_map(|part| Some((editions.get(&part.edition)?, part.stories.iter().collect())))
        .collect();
    let (newest, _) = parts.last()?;
    let mut whole = (*newest).clone();
    whole.language = reading.language;
    whole.to = reading.to;
    whole.date = reading.date;
    if parts
        .iter()
        .any(|(edition, _)| edition.digest != newest.digest)
    {
        title.clone_into(&mut whole.title);
    }
    whole.from = parts.iter().map(|(edition, _)| edition.from).min()?;
    let intros: Vec<&str> = parts
        .iter()
        .map(|(edition, _)| edition.intro.trim())
        .filter(|intro| !intro.is_empty())
        .collect();
    whole.intro = intros.join("\n");
    whole.left_out = Vec::new();
    whole.sections = Vec::new();
    for (edition, stories) in &parts {
        for section in &edition.sections {
            let taken = section
                .stories
                .iter()
                .filter(|story| stories.contains(&story.story));
            add(&mut whole.sections, &section.head, taken.cloned().collect());
        }
        for missing in &edition.missing {
            if !whole.missing.contains(missing) {
                whole.missing.push(missing.clone());
            }
        }
    }
    // Calls stand first and the rest last, whatever came from which edition.
    whole.sections.sort_by_key(|section| match section.head {
        SectionHead::Top => 0,
        SectionHead::Calls => 1,
        SectionHead::Area(_) => 2,
        SectionHead::Other => 3,
    });
    let first = whole.stories().next()?;
    // An editor's subject is for their own issue, not for one that is put together of several.
    if !whole.subject_by_hand || reading.parts.len() > 1 {
        whole.subject = subject(&first.title, &counted(reading.language, whole.len()));
    }
    Some(whole)
}

fn add(sections: &mut Vec<Section>, head: &SectionHead, stories: Vec<EditionStory>) {
    if stories.is_empty() {
        return;
    }
    match sections.iter_mut().find(|section| section.head == *head) {
        Some(section) => section.stories.extend(stories),
        None => sections.push(Section {
            head: head.clone(),
            stories,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_a_week_goes_out_on_the_first_edition_of_a_week() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let weekly = |last: &str, today: &str| due(Frequency::Weekly, Some(day(last)), day(today));
        assert!(due(Frequency::Weekly, None, day("2026-11-18")));
        assert!(!weekly("2026-11-16", "2026-11-22"), "Monday to Sunday");
        assert!(weekly("2026-11-22", "2026-11-23"), "Sunday to Monday");
        assert!(weekly("2025-12-28", "2025-12-29"), "over the year's end");
        assert!(!weekly("2025-12-29", "2026-01-04"), "within one week");
        let monthly =
            |last: &str, today: &str| due(Frequency::Monthly, Some(day(last)), day(today));
        assert!(!monthly("2026-11-01", "2026-11-30"));
        assert!(monthly("2026-11-30", "2026-12-01"));
        assert!(due(
            Frequency::Each,
            Some(day("2026-11-18")),
            day("2026-11-18")
        ));
    }

    #[test]
    fn what_waits_is_not_left_to_wait_for_an_edition_that_does_not_come() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let monthly =
            |last: &str, today: &str| overdue(Frequency::Monthly, Some(day(last)), day(today));
        assert!(!monthly("2026-11-03", "2026-11-30"));
        assert!(!monthly("2026-11-03", "2026-12-07"));
        assert!(monthly("2026-11-03", "2026-12-08"));
        let weekly =
            |last: &str, today: &str| overdue(Frequency::Weekly, Some(day(last)), day(today));
        assert!(!weekly("2026-11-16", "2026-11-24"));
        assert!(weekly("2026-11-16", "2026-11-25"));
    }
}
