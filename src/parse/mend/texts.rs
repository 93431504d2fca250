//! Texts: what elements say, kept beside the document that the parser gets.
//!
//! Most of a feed is its texts, and the parser of feeds would only copy them, escapes and all. It
//! gets a short mark for each instead, and whoever reads what it made puts the text back.

use std::borrow::Cow;

/// Begins a mark. A private character; one that a document uses itself can at worst show another
/// text of the same document.
const MARK: char = '\u{f8f5}';

/// The texts of one document, in its order.
#[derive(Debug, Default)]
pub(in crate::parse) struct Texts<'a> {
    kept: Vec<Cow<'a, str>>,
}

impl<'a> Texts<'a> {
    /// Keeps a text and writes its mark.
    pub(super) fn keep(&mut self, text: Cow<'a, str>, out: &mut String) {
        out.push(MARK);
        out.push_str(&self.kept.len().to_string());
        self.kept.push(text);
    }

    /// The text that a mark stands for; whatever is no mark stands for itself.
    pub(in crate::parse) fn read<'t>(&'t self, written: &'t str) -> &'t str {
        let number = written.trim().strip_prefix(MARK);
        let kept = number.and_then(|number| self.kept.get(number.parse::<usize>().ok()?));
        kept.map_or(written, |text| text.trim())
    }
}

/// Adds a piece to a text; the first is not copied.
pub(super) fn add<'a>(text: &mut Cow<'a, str>, piece: Cow<'a, str>) {
    if text.is_empty() {
        *text = piece;
    } else {
        text.to_mut().push_str(&piece);
    }
}
