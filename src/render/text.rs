//! The text part of a mail: written for a terminal and a screen reader, not derived from the HTML.
//!
//! Lines are at most 72 columns wide as a terminal counts them (a Chinese sign is two); each address
//! stands alone on its line, whole.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{
    Frame, MailLinks, area_name, partial,
    short::{Brief, Short},
};
use crate::model::Partial;

/// The widest line.
const WIDTH: usize = 72;
/// A space at which no line ends.
const GLUE: char = '\u{a0}';

/// The text part of an edition's mail.
pub fn plain(frame: &Frame<'_>, links: &MailLinks) -> String {
    let words = frame.words();
    let edition = frame.edition;
    let mut out = Page::default();
    out.paragraph("", &edition.title.to_uppercase());
    out.paragraph(
        "",
        &format!(
            "{} · {}",
            words.weekday(edition.date),
            words.count("count.stories", edition.len())
        ),
    );
    out.link(words.get("mail.web_copy"), &links.web);
    out.link(words.get("mail.unsubscribe"), &links.unsubscribe);
    for text in [
        partial::to_text(frame, Partial::Intro),
        edition.intro.clone(),
    ] {
        out.gap();
        text.lines().for_each(|line| out.paragraph("", line));
    }
    if edition.sections.len() > 1 {
        out.gap();
        out.paragraph("", words.get("edition.contents"));
        for section in &edition.sections {
            out.paragraph(
                "- ",
                &format!(
                    "{} ({})",
                    frame.heading(section),
                    words.number(section.stories.len())
                ),
            );
        }
    }
    let short = Short::of(edition);
    let mut number = 0;
    for (section, briefs) in &short.sections {
        out.heading(frame.heading(section));
        for brief in briefs {
            number += 1;
            out.gap();
            story_lines(&mut out, frame, number, brief);
        }
    }
    if short.more > 0 {
        out.gap();
        out.link(&words.count("count.more", short.more), &links.web);
    }
    if !edition.missing.is_empty() {
        out.gap();
        out.paragraph("", words.get("edition.missing"));
        edition
            .missing
            .iter()
            .take(12)
            .for_each(|missing| out.paragraph("- ", &missing.source));
    }
    out.rule();
    for text in [
        partial::to_text(frame, Partial::Footer),
        words.fill(links.why.label(), &[("digest", &edition.title)]),
    ] {
        text.lines().for_each(|line| out.paragraph("", line));
    }
    out.gap();
    out.link(words.get("mail.unsubscribe"), &links.unsubscribe);
    out.link(words.get("mail.preferences"), &links.preferences);
    out.link(words.get("mail.archive"), &links.archive);
    out.gap();
    out.paragraph(
        "",
        &words.fill("mail.questions", &[("contact", &frame.publication.contact)]),
    );
    partial::to_text(frame, Partial::Legal)
        .lines()
        .for_each(|line| out.paragraph("", line));
    out.text
}

fn story_lines(out: &mut Page, frame: &Frame<'_>, number: usize, brief: &Brief<'_>) {
    let words = frame.words();
    let story = brief.story;
    out.paragraph(&format!("{}. ", words.number(number)), &brief.title);
    if !brief.whole {
        out.address(&story.url);
        return;
    }
    let mut about = vec![
        brief.source.clone(),
        words.day_near(story.date.date_naive(), frame.edition.date),
    ];
    if let Some(language) = words.other_language(story.language.as_ref()) {
        about.push(words.fill("edition.in_language", &[("language", &language)]));
    }
    if story.updated {
        about.push(words.get("edition.updated").to_owned());
    }
    let areas = story
        .areas
        .iter()
        .map(|tag| area_name(frame.areas, &tag.id, words.language));
    about.extend(
        areas
            .filter(|name| !name.is_empty())
            .take(3)
            .map(str::to_owned),
    );
    out.paragraph("   ", &about.join(&format!("{GLUE}· ")));
    for fact in story
        .dates
        .iter()
        .filter(|fact| fact.until.unwrap_or(fact.date) >= frame.edition.date)
    {
        out.paragraph("   ! ", &words.fact(fact));
    }
    if !brief.note.is_empty() {
        out.paragraph(
            "   ",
            &format!("{}: {}", words.get("edition.note"), brief.note),
        );
    }
    out.paragraph("   ", &brief.summary);
    out.address(&story.url);
    for (name, also) in &brief.also {
        let language = words
            .other_language(also.language.as_ref())
            .map(|name| format!(" ({name})"))
            .unwrap_or_default();
        out.paragraph(
            "   ",
            &format!("{}: {}{language}", words.get("edition.also"), name),
        );
        out.address(&also.url);
    }
}

/// Lines, one after the other.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// Wraps a text; the lines after the first are indented as far as its mark.
    fn paragraph(&mut self, mark: &str, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let indent = " ".repeat(mark.width());
        let mut line = mark.to_owned();
        let mut width = mark.width();
        let mut empty = true;
        for piece in pieces(text) {
            let space = usize::from(!empty && piece.spaced);
            if width + space + piece.text.width() > WIDTH && !empty {
                self.line(&line);
                line.clone_from(&indent);
                width = indent.width();
            } else if space == 1 {
                line.push(' ');
                width += 1;
            }
            empty = false;
            // A word without end is broken where the line ends.
            for sign in piece.text.graphemes(true) {
                if width + sign.width() > WIDTH + 2 {
                    self.line(&line);
                    line.clone_from(&indent);
                    width = indent.width();
                }
                line.push_str(sign);
                width += sign.width();
            }
        }
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(&line.trim_end().replace(GLUE, " "));
        self.text.push('\n');
    }

    /// An address on a line of its own, however long: broken ones cannot be followed.
    fn address(&mut self, url: &str) {
        self.text.push_str("   ");
        self.text.push_str(url);
        self.text.push('\n');
    }

    fn link(&mut self, label: &str, url: &str) {
        self.paragraph("", &format!("{label}:"));
        self.text.push_str(url);
        self.text.push('\n');
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, title: &str) {
        self.gap();
        self.text.push('\n');
        self.paragraph("", title);
        let width = title.width().min(WIDTH);
        self.line(&"=".repeat(width));
    }

    fn rule(&mut self) {
        self.gap();
        // "-- " would make programs hide what follows as a signature.
        self.line(&"_".repeat(WIDTH));
        self.gap();
    }
}

/// What stays together on a line.
struct Piece<'t> {
    text: &'t str,
    /// Whether white space stands before it.
    spaced: bool,
}

/// Words between white space with the marks around them; Chinese and Japanese may break between any
/// two signs but before a closing mark.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let spaces = |c: char| c.is_whitespace() && c != GLUE;
    for word in text.split(spaces).filter(|word| !word.is_empty()) {
        let mut start = 0;
        let mut before: Option<&str> = None;
        for (at, sign) in word.grapheme_indices(true) {
            let breaks = before.is_some_and(|before| {
                (before.width() == 2 || sign.width() == 2)
                    && !is_closing(sign)
                    && !is_opening(before)
            });
            if breaks {
                pieces.push(Piece {
                    text: &word[start..at],
                    spaced: start == 0,
                });
                start = at;
            }
            before = Some(sign);
        }
        pieces.push(Piece {
            text: &word[start..],
            spaced: start == 0,
        });
    }
    pieces
}

/// Marks that must not end a line.
fn is_opening(sign: &str) -> bool {
    sign.chars().all(|c| "（《〈「『【“‘([".contains(c))
}

/// Marks that must not begin a line.
fn is_closing(sign: &str) -> bool {
    sign.chars()
        .all(|c| ".,;:!?)]}»”’…、。，；：！？）》〉」』】،؛؟%".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_a_terminal_counts_them() {
        let mut page = Page::default();
        page.paragraph("1. ", &"图书馆开放获取政策".repeat(12));
        page.paragraph("- ", &"words and more words ".repeat(12));
        assert!(
            page.text.lines().all(|line| line.width() <= WIDTH + 2),
            "{}",
            page.text
        );
        assert!(page.text.lines().nth(1).unwrap().starts_with("   "));
        page.paragraph("", &"x".repeat(1_200));
        page.paragraph("", "one\u{a0}· two\u{a0}· three ".repeat(20).trim());
        assert!(page.text.lines().all(|line| line.width() <= WIDTH + 2));
        assert!(!page.text.lines().any(|line| line.starts_with('·')));
        page.address(&format!("https://a.example/{}", "x".repeat(200)));
        assert!(page.text.ends_with(&format!("{}\n", "x".repeat(200))));
    }
}
