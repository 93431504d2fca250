//! Revising: a draft as an editor wants it. Pure: the draft, what else could be in, and the editor's
//! word make the new draft and what becomes of the stories that leave it.

use std::collections::BTreeMap;

use super::subject::subject;
use crate::model::{Edition, EditionStory, LeftOut, Section, SectionHead, StoryId};

/// What an editor wants of a draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Revision {
    /// The subject of the mail; empty follows the first story.
    pub subject: String,
    /// Words at the top.
    pub intro: String,
    /// The stories in their order; one that is not named waits on.
    pub stories: Vec<Line>,
}

/// What an editor wants of a story.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The story.
    pub story: StoryId,
    /// What becomes of it.
    pub put: Put,
    /// Where it stands.
    pub section: SectionHead,
    /// Its title in this edition.
    pub title: String,
    /// A remark of the editor's; may be empty.
    pub note: String,
}

/// What becomes of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is in this edition
    In,
    /// It waits on, and may be in the next
    Later,
    /// It is put off, and comes first in the next
    Hold,
    /// It is set aside for good
    Drop,
}

impl Put {
    /// The words that editors write.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("in", Self::In),
        ("later", Self::Later),
        ("hold", Self::Hold),
        ("drop", Self::Drop),
    ];
}

impl Revision {
    /// A draft as it is.
    pub fn of(draft: &Edition) -> Self {
        let lines = draft.sections.iter().flat_map(|section| {
            section.stories.iter().map(|story| Line {
                story: story.story.clone(),
                put: Put::In,
                section: section.head.clone(),
                title: story.title.clone(),
                note: story.note.clone(),
            })
        });
        Self {
            subject: if draft.subject_by_hand {
                draft.subject.clone()
            } else {
                String::new()
            },
            intro: draft.intro.clone(),
            stories: lines.collect(),
        }
    }
}

/// A draft, revised, and what leaves it for good or for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Revised {
    /// The new draft.
    pub edition: Edition,
    /// Stories to be put off.
    pub held: Vec<StoryId>,
    /// Stories to be set aside.
    pub dropped: Vec<StoryId>,
}

/// Makes a draft as the editor wants it; `spare` are stories that could be in and are not, and
/// `counted` says "24 stories" in the digest's language.
///
/// Lines of stories that are neither in the draft nor spare are passed over: they were told or set
/// aside meanwhile. The sections stand in the order in which the lines first name them.
pub fn revise(
    draft: &Edition,
    spare: &[EditionStory],
    revision: &Revision,
    counted: &dyn Fn(usize) -> String,
) -> Revised {
    let mut known: BTreeMap<&StoryId, &EditionStory> = spare
        .iter()
        .chain(draft.stories())
        .map(|story| (&story.story, story))
        .collect();
    let mut edition = draft.clone();
    edition.sections.clear();
    let (mut held, mut dropped) = (Vec::new(), Vec::new());
    for line in &revision.stories {
        let Some(story) = known.remove(&line.story) else {
            continue;
        };
        match line.put {
            Put::In => {
                let mut story = story.clone();
                if !line.title.is_empty() {
                    story.title.clone_from(&line.title);
                }
                story.note.clone_from(&line.note);
                place(&mut edition.sections, &line.section, story);
            }
            Put::Later => edition.left_out.push(later(story)),
            Put::Hold => held.push(story.story.clone()),
            Put::Drop => dropped.push(story.story.clone()),
        }
    }
    // What an editor deletes from the draft waits on, as what never was in it does.
    let unnamed: Vec<&EditionStory> = draft
        .stories()
        .filter(|story| known.contains_key(&story.story))
        .collect();
    edition.left_out.extend(unnamed.into_iter().map(later));
    let gone = |story: &StoryId| held.contains(story) || dropped.contains(story);
    let taken: Vec<StoryId> = edition.stories().map(|story| story.story.clone()).collect();
    let mut seen = Vec::new();
    edition.left_out.retain(|left| {
        let first = !seen.contains(&left.story);
        seen.push(left.story.clone());
        first && !gone(&left.story) && !taken.contains(&left.story)
    });
    if let Some(at) = edition
        .sections
        .iter()
        .position(|section| section.head == SectionHead::Top)
    {
        let top = edition.sections.remove(at);
        edition.sections.insert(0, top);
    }
    edition.intro.clone_from(&revision.intro);
    edition.subject_by_hand = !revision.subject.is_empty();
    if edition.subject_by_hand {
        edition.subject.clone_from(&revision.subject);
    }
    follow_first(&mut edition, counted);
    Revised {
        edition,
        held,
        dropped,
    }
}

/// Sets the subject by the first story and the number of all, unless an editor wrote one.
pub fn follow_first(edition: &mut Edition, counted: &dyn Fn(usize) -> String) {
    if edition.subject_by_hand {
        return;
    }
    let count = counted(edition.len());
    let first = edition.stories().next();
    edition.subject = first.map_or_else(String::new, |first| subject(&first.title, &count));
}

fn place(sections: &mut Vec<Section>, head: &SectionHead, story: EditionStory) {
    match sections.iter_mut().find(|section| section.head == *head) {
        Some(section) => section.stories.push(story),
        None => sections.push(Section {
            head: head.clone(),
            stories: vec![story],
        }),
    }
}

fn later(story: &EditionStory) -> LeftOut {
    LeftOut {
        story: story.story.clone(),
        title: story.title.clone(),
        url: story.url.clone(),
        why: "an editor left it for a later issue".to_owned(),
        waits: true,
    }
}
