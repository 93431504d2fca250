//! Subjects: the line that decides whether a mail is opened.

use unicode_segmentation::UnicodeSegmentation;

use crate::text;

/// The longest subject, in characters: what phones show.
pub(super) const LONGEST: usize = 70;

/// The first story's title, cut at a word, with the number of the others; within 70 characters.
pub(super) fn subject(first: &str, counted: &str) -> String {
    let first = text::line(first);
    let room = LONGEST.saturating_sub(counted.chars().count() + 3);
    if first.chars().count() <= room {
        return format!("{first} · {counted}");
    }
    let mut cut = String::new();
    for piece in first.split_word_bounds() {
        if cut.chars().count() + piece.chars().count() > room.saturating_sub(1) {
            break;
        }
        cut.push_str(piece);
    }
    let cut = cut
        .trim_end()
        .trim_end_matches([',', ';', ':', '-', '–', '—', '，', '、', '،']);
    if cut.is_empty() {
        counted.to_owned()
    } else {
        format!("{}… · {counted}", cut.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_fit_and_end_in_whole_words() {
        assert_eq!(
            subject("Treaty enters into force", "24 stories"),
            "Treaty enters into force · 24 stories"
        );
        let long = "Member states resume their talks on exceptions and limitations for libraries and archives";
        let line = subject(long, "24 stories");
        assert!(
            line.chars().count() <= LONGEST && line.ends_with("… · 24 stories"),
            "{line}"
        );
        assert!(
            line.starts_with("Member states resume their talks on exceptions"),
            "{line}"
        );
        let chinese = subject(&"图书馆".repeat(40), "24 篇");
        assert!(chinese.chars().count() <= LONGEST, "{chinese}");
    }
}
