//! The text part of a mail: written for a terminal and a screen reader, not derived from the HTML.
//!
//! Lines are at most 72 columns wide as a terminal counts them (a Chinese sign is two); each address
//! stands alone on its line, whole.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Frame, MailLinks, area_name, partial};
use crate::model::{EditionStory, Partial};

/// The widest line.
const WIDTH: usize = 72;

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
    let mut number = 0;
    for section in &edition.sections {
        out.heading(frame.heading(section));
        for story in &section.stories {
            number += 1;
            out.gap();
            story_lines(&mut out, frame, number, story);
        }
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

fn story_lines(out: &mut Page, frame: &Frame<'_>, number: usize, story: &EditionStory) {
    let words = frame.words();
    out.paragraph(&format!("{}. ", words.number(number)), &story.title);
    let mut about = vec![
        story.source_name.clone(),
        words.day(story.date.date_naive()),
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
    out.paragraph("   ", &about.join(" · "));
    for fact in story
        .dates
        .iter()
        .filter(|fact| fact.until.unwrap_or(fact.date) >= frame.edition.date)
    {
        out.paragraph("   ! ", &words.fact(fact));
    }
    if !story.note.is_empty() {
        out.paragraph(
            "   ",
            &format!("{}: {}", words.get("edition.note"), story.note),
        );
    }
    out.paragraph("   ", &story.summary);
    out.address(&story.url);
    for also in story.also.iter().take(8) {
        let language = words
            .other_language(also.language.as_ref())
            .map(|name| format!(" ({name})"))
            .unwrap_or_default();
        out.paragraph(
            "   ",
            &format!("{}: {}{language}", words.get("edition.also"), also.source),
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
        for piece in text.split_word_bounds() {
            let space = piece.chars().all(char::is_whitespace);
            if width + piece.width() > WIDTH && !empty && !is_closing(piece) {
                self.line(&line);
                line.clone_from(&indent);
                width = indent.width();
                empty = true;
            }
            if space && empty {
                continue;
            }
            line.push_str(if space { " " } else { piece });
            width += if space { 1 } else { piece.width() };
            empty = false;
        }
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
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

/// Marks that must not begin a line.
fn is_closing(piece: &str) -> bool {
    piece
        .chars()
        .next()
        .is_some_and(|c| ".,;:!?)]}»”’…、。，；：！？）》」』،؛؟%".contains(c))
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
        page.address(&format!("https://a.example/{}", "x".repeat(200)));
        assert!(page.text.ends_with(&format!("{}\n", "x".repeat(200))));
    }
}
