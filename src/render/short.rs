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
/// What the markup around a title takes that is told alone.
const ALONE: usize = 180;
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
        let (mut whole, mut shown) = (0, 0);
        // What the titles of all that follow take, in HTML and on the wire.
        let (mut bytes_kept, mut wire_kept) = edition
            .stories()
            .map(titles)
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let mut sections = Vec::new();
        for section in &edition.sections {
            let mut briefs = Vec::new();
            for story in &section.stories {
                let own = titles(story);
                (bytes_kept, wire_kept) = (bytes_kept - own.0, wire_kept - own.1);
                if story.url.len() > ADDRESS || own.0 > bytes || own.1 > wire {
                    continue;
                }
                let mut brief = Brief::of(story, characters);
                // A few are told whole in any case, however many follow.
                let kept = if BYTES - bytes < LEAST {
                    (0, 0)
                } else {
                    (bytes_kept, wire_kept)
                };
                brief.whole =
                    whole < MOST && brief.cost() + kept.0 <= bytes && brief.sent() + kept.1 <= wire;
                if brief.cost() > bytes || brief.sent() > wire {
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
        let (more, also, markup) = if self.whole {
            let also = self.also.iter().map(|(_, also)| 120 + 2 * also.url.len());
            let more = self.summary.len() + self.note.len();
            (more, also.sum::<usize>(), MARKUP + 160)
        } else {
            (0, 0, ALONE)
        };
        let words = self.title.len() + more;
        as_sent(
            &self.title,
            markup + also + 2 * (self.story.url.len() + words),
        )
    }

    /// About how many bytes it takes as HTML, rather too many than too few.
    fn cost(&self) -> usize {
        let story = self.story;
        if !self.whole {
            return ALONE + escaped(&self.title) + escaped(&story.url);
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

/// About what a story takes of which the title alone is told, in HTML and on the wire.
fn titles(story: &EditionStory) -> (usize, usize) {
    let title = story.title.len().min(4 * TITLE);
    let url = story.url.len().min(ADDRESS);
    let wire = as_sent(&story.title, ALONE + 2 * (title + url));
    (ALONE + title + url, wire)
}

/// About what so many bytes take on the wire beside a title: what is not Latin is sent as base64.
fn as_sent(title: &str, bytes: usize) -> usize {
    let latin = title.len() * 2 <= title.chars().count() * 3;
    if latin { bytes } else { bytes * 4 / 3 }
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
