//! Drafts: an edition as a file that an editor changes with any text editor.
//!
//! [`text()`] writes it, [`read`] takes it back with every mistake at once. Order, section, title and
//! remark of a story are the file's; what is deleted waits on. Deliberate limit: a story's address,
//! source and summary are its own and not the editor's to change.

use std::path::Path;

use toml_edit::Value;

use super::{
    Problems,
    document::{Document, Found, Sink, Table, listed},
};
use crate::{
    edition::{Line, Put, Revision},
    model::{AreaId, Edition, EditionStory, SectionHead, StoryId},
    text,
};

/// The longest subject that is taken; phones show about seventy characters.
const SUBJECT: usize = 120;
/// How many of the stories that are not in the draft are offered.
const OFFERED: usize = 100;
/// The widest line of a comment.
const WIDE: usize = 96;

/// A draft as a file; `spare` are stories that could be in it and are not.
pub fn text(draft: &Edition, spare: &[EditionStory]) -> String {
    let mut out = format!(
        "# The draft of {}, {}\n\
         #\n\
         # The order of the stories is their order in this file. For each story:\n\
         #   put = \"in\"      it is in this issue (\"later\": it waits on; \"hold\": it comes first in the\n\
         #                   next one; \"drop\": it is set aside for good)\n\
         #   section         an area, \"calls\", \"other\", or \"top\" to put it before all others\n\
         #   title, note     its title in this issue, and a remark of yours below it\n\
         # A story that you delete here waits on. Save and close to keep what you changed; an empty file\n\
         # changes nothing. It goes out by `circular editions approve {}`, and not before.\n\n",
        text::line(&draft.title),
        draft.id,
        draft.id
    );
    let revision = Revision::of(draft);
    out += &format!(
        "# The subject of the mail; empty follows the first story: {}\nsubject = {}\n\n\
         # Words of yours at the top; an empty line begins a new paragraph\nintro = {}\n",
        text::line(&draft.subject),
        Value::from(revision.subject.as_str()),
        Value::from(revision.intro.as_str())
    );
    let mut heading = None;
    for (line, story) in revision.stories.iter().zip(draft.stories()) {
        if heading != Some(&line.section) {
            heading = Some(&line.section);
            out += &format!("\n# ---- {} ----\n", line.section.as_str());
        }
        out += &block(line, story);
    }
    if !spare.is_empty() {
        out += "\n# ---- not in this issue: write put = \"in\" to take one in ----\n";
    }
    for story in spare.iter().take(OFFERED) {
        let line = Line {
            story: story.story.clone(),
            put: Put::Later,
            section: story
                .areas
                .first()
                .map_or(SectionHead::Other, |tag| SectionHead::Area(tag.id.clone())),
            title: story.title.clone(),
            note: String::new(),
        };
        out += &block(&line, story);
    }
    out
}

fn block(line: &Line, story: &EditionStory) -> String {
    let word = Put::WORDS.iter().find(|(_, put)| *put == line.put);
    let language = story.language.as_ref().map_or("?", |code| code.as_str());
    let comments = [
        format!(
            "{}, {}, {language}",
            text::line(&story.source_name),
            story.date.format("%F")
        ),
        story.url.clone(),
        text::line(&story.summary),
    ];
    let mut out = format!(
        "\n[[story]]\nstory = {}\nput = \"{}\"\nsection = \"{}\"\ntitle = {}\nnote = {}\n",
        Value::from(line.story.as_str()),
        word.map_or("in", |(word, _)| word),
        line.section.as_str(),
        Value::from(line.title.as_str()),
        Value::from(line.note.as_str())
    );
    for comment in comments.iter().filter(|comment| !comment.is_empty()) {
        let cut: String = comment.chars().take(WIDE).collect();
        let more = if cut.len() < comment.len() { "…" } else { "" };
        out += &format!("# {cut}{more}\n");
    }
    out
}

/// Reads a draft back; `None` for a file without a word, which changes nothing.
///
/// # Errors
/// Every mistake, each with its place.
pub fn read(
    path: &Path,
    written: &str,
    known: &[&StoryId],
    areas: &[AreaId],
) -> Result<Option<Revision>, Problems> {
    let document = Document::new(path, written);
    let sink = Sink::default();
    let table = document.parse(&sink);
    let top = Table::root(&document, &table, &sink);
    let subject = top.text("subject");
    let intro = top.text("intro");
    let blocks = top.tables("story", "[[story]]");
    let empty = subject.is_none() && intro.is_none() && blocks.is_empty();
    let mut revision = Revision {
        subject: subject.map_or_else(String::new, |subject| proved(&top, &subject)),
        intro: intro.map_or_else(String::new, |intro| paragraphs(&intro.value)),
        stories: Vec::new(),
    };
    for table in blocks {
        if let Some(line) = line(&table, known, areas) {
            if revision
                .stories
                .iter()
                .any(|other| other.story == line.story)
            {
                let sentence = format!("the story `{}` stands here twice", line.story);
                table.error(
                    table.span(),
                    sentence,
                    Some("delete one of them".to_owned()),
                );
            }
            revision.stories.push(line);
        }
        table.finish();
    }
    if !empty && !revision.stories.iter().any(|line| line.put == Put::In) {
        top.error(
            0..0,
            "no story is left in the issue",
            Some(
                "to let all of them wait, leave the draft as it is and do not approve it"
                    .to_owned(),
            ),
        );
    }
    top.finish();
    drop(table);
    let problems = sink.into_problems();
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok((!empty).then_some(revision))
}

fn proved(top: &Table<'_>, subject: &Found<String>) -> String {
    let line = text::line(&subject.value);
    let length = line.chars().count();
    if length > SUBJECT {
        let sentence = format!("the subject has {length} characters");
        let help = format!("phones show about 70, and more than {SUBJECT} are not taken");
        top.error(subject.span.clone(), sentence, Some(help));
    }
    line
}

/// Lines made clean; an empty one parts paragraphs.
fn paragraphs(written: &str) -> String {
    let clean: Vec<String> = written
        .split("\n\n")
        .map(text::line)
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    clean.join("\n")
}

fn line(table: &Table<'_>, known: &[&StoryId], areas: &[AreaId]) -> Option<Line> {
    let story = table.required("story", "\"s-…\", as the draft has it")?;
    let id = StoryId::new(story.value.trim());
    if !known.contains(&&id) {
        let sentence = format!("no story `{id}` waits for this issue");
        let help = "it was told or set aside meanwhile: delete its block".to_owned();
        table.error(story.span, sentence, Some(help));
    }
    let put = table.text("put").and_then(|word| {
        let found = Put::WORDS
            .iter()
            .find(|(known, _)| *known == word.value.trim());
        if found.is_none() {
            let sentence = format!("`{}` is not what a story can be put to", word.value);
            let words = listed(Put::WORDS.iter().map(|(word, _)| *word));
            table.error(word.span, sentence, Some(format!("there are {words}")));
        }
        found.map(|(_, put)| *put)
    });
    let section = table.text("section").and_then(|word| {
        let head = SectionHead::parse(word.value.trim());
        let listed_area = match &head {
            SectionHead::Area(area) => areas.contains(area),
            _ => true,
        };
        if !listed_area {
            let sentence = format!("there is no area `{}`", word.value);
            let help = "take one of areas.toml, `calls`, `other` or `top`".to_owned();
            table.error(word.span, sentence, Some(help));
        }
        listed_area.then_some(head)
    });
    let clean = |key| {
        let found: Option<Found<String>> = table.text(key);
        found.map_or_else(String::new, |found| text::line(&found.value))
    };
    Some(Line {
        story: id,
        put: put.unwrap_or(Put::In),
        section: section.unwrap_or(SectionHead::Other),
        title: clean("title"),
        note: clean("note"),
    })
}
