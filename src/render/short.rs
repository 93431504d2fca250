//! What of an edition a mail holds: its stories, told the shorter the more there are, then titles alone.
//!
//! [`Short::of`] decides it once for both parts of a letter, so that the text tells what the HTML
//! tells. Gmail clips at 102 KB and hides the end, the way out with it; the cost of a story is
//! reckoned before anything is rendered, so 5,000 stories cost what fifty do.

use crate::{
    model::{Also, Edition, EditionStory, Section},
    text,
};

/// The most stories that a mail tells whole; of further ones it tells the titles.
const MOST: usize = 50;
/// The most bytes that the stories of a mail take as HTML; the frame around them takes some 12,000 more.
const BYTES: usize = 60_000;
/// About what a story takes of which the title alone is told.
const TITLE_BYTES: usize = 360;
/// The least bytes that are kept for stories told whole.
const LEAST: usize = 24_000;
/// What the markup around one story takes.
const MARKUP: usize = 440;
/// The most bytes that the stories of both parts take on the wire.
const WIRE: usize = 70_000;
/// The most characters of a title.
const TITLE: usize = 240;
/// The most characters of a source's name.
const NAME: usize = 80;
/// The most characters of an editor's note.
const NOTE: usize = 1_000;
/// The most other places that are named for a story.
const ALSO: usize = 6;
/// The longest address in a mail, in bytes; what is longer is on the web.
const ADDRESS: usize = 1_200;

/// What a mail tells of an edition.
pub(super) struct Short<'a> {
    /// The sections that have a story in it, in order.
    pub(super) sections: Vec<(&'a Section, Vec<Brief<'a>>)>,
    /// How many stories are on the web only.
    pub(super) more: usize,
}

/// A story as a mail tells it.
pub(super) struct Brief<'a> {
    /// The story.
    pub(super) story: &'a EditionStory,
    /// Whether more than its title is told.
    pub(super) whole: bool,
    /// Its title, cut between words where it is very long.
    pub(super) title: String,
    /// The first sentences of its summary.
    pub(super) summary: String,
    /// The name of its source.
    pub(super) source: String,
    /// What the editor says of it.
    pub(super) note: String,
    /// Where else it is told: the source's name, and the rest.
    pub(super) also: Vec<(String, &'a Also)>,
}

impl<'a> Short<'a> {
    pub(super) fn of(edition: &'a Edition) -> Self {
        let total = edition.len();
        let characters = summary_length(total.min(MOST));
        let (mut bytes, mut wire) = (BYTES, WIRE);
        // Room is kept for the titles of what cannot be told whole.
        let kept = if total > MOST {
            (total * TITLE_BYTES).min(BYTES - LEAST)
        } else {
            0
        };
        let (mut whole, mut shown) = (0, 0);
        let mut sections = Vec::new();
        for section in &edition.sections {
            let mut briefs = Vec::new();
            for story in &section.stories {
                if story.url.len() > ADDRESS || bytes < TITLE_BYTES || wire < TITLE_BYTES {
                    continue;
                }
                let mut brief = Brief::of(story, characters);
                let fits = |brief: &Brief<'_>, kept: usize| {
                    brief.cost() + kept <= bytes && brief.sent() + kept <= wire
                };
                brief.whole =
                    whole < MOST && fits(&brief, kept.saturating_sub(shown * TITLE_BYTES));
                if !brief.whole && !fits(&brief, 0) {
                    continue;
                }
                bytes -= brief.cost();
                wire -= brief.sent();
                whole += usize::from(brief.whole);
                shown += 1;
                briefs.push(brief);
            }
            if !briefs.is_empty() {
                sections.push((section, briefs));
            }
        }
        Self {
            sections,
            more: total - shown,
        }
    }
}

impl<'a> Brief<'a> {
    fn of(story: &'a EditionStory, characters: usize) -> Self {
        Self {
            story,
            whole: true,
            title: cut(&text::line(&story.title), TITLE),
            summary: summary(&story.summary, characters),
            also: story
                .also
                .iter()
                .filter(|also| also.url.len() <= ADDRESS / 3)
                .take(ALSO)
                .map(|also| (cut(&text::line(&also.source), NAME), also))
                .collect(),
            source: cut(&text::line(&story.source_name), NAME),
            note: cut(&text::line(&story.note), NOTE),
        }
    }

    /// About how many bytes it takes on the wire in both parts: the address stands in both, and what
    /// is not Latin is sent as base64.
    fn sent(&self) -> usize {
        let words = self.title.len() + self.summary.len() + self.note.len();
        let both = MARKUP + 2 * (self.story.url.len() + words) + 160;
        let also: usize = self
            .also
            .iter()
            .map(|(_, also)| 120 + 2 * also.url.len())
            .sum();
        if words > 0
            && !self.title.is_ascii()
            && self.title.len() * 2 > self.title.chars().count() * 3
        {
            (both + also) * 4 / 3
        } else {
            both + also
        }
    }

    /// About how many bytes it takes as HTML, rather too many than too few.
    fn cost(&self) -> usize {
        let story = self.story;
        if !self.whole {
            return TITLE_BYTES / 2 + escaped(&self.title) + escaped(&story.url);
        }
        let also: usize = self
            .also
            .iter()
            .map(|(name, also)| 90 + escaped(&also.url) + escaped(name))
            .sum();
        MARKUP
            + [&self.title, &story.url, &self.summary, &self.note]
                .map(|text| escaped(text))
                .iter()
                .sum::<usize>()
            + escaped(&self.source)
            + 80 * story.areas.len().min(3)
            + 200 * story.dates.len()
            + also
    }
}

/// The first sentences of a summary. A sign of a script that takes more bytes says more, and costs
/// more in both parts of a mail, so it counts for more than one.
fn summary(text: &str, characters: usize) -> String {
    let count = text.chars().count();
    let bytes = characters * 12 / 7;
    let most = if text.len() > bytes {
        characters.min(bytes * count / text.len())
    } else {
        characters
    };
    if count <= most {
        text::line(text)
    } else {
        text::excerpt(text, most)
    }
}

/// How many characters of each summary a mail of so many stories tells.
fn summary_length(stories: usize) -> usize {
    match stories {
        0..=12 => 600,
        13..=25 => 320,
        26..=40 => 200,
        _ => 140,
    }
}

/// A text of at most so many characters, cut between words where there are any.
fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.to_owned();
    };
    let head = &text[..end];
    let at = head.rfind(' ').filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", head[..at].trim_end())
}

/// How long a text is once it is escaped.
fn escaped(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'&' | b'<' | b'>' | b'"' => 6,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_is_cut_between_words_and_a_long_word_anywhere() {
        let long = cut(&"open access ".repeat(100), TITLE);
        assert!(
            long.ends_with("access…") || long.ends_with("open…"),
            "{long}"
        );
        assert_eq!(cut(&"x".repeat(1_200), TITLE).chars().count(), TITLE + 1);
        assert_eq!(cut("short", TITLE), "short");
    }
}
