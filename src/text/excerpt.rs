//! Excerpts: a few whole sentences.

use unicode_segmentation::UnicodeSegmentation;

use super::{boilerplate, line};

/// How much of a text is looked at for an excerpt of so many characters.
const MARGIN: usize = 12;

/// The first whole sentences of a plain text, at most `limit` characters, on one line, without what
/// publishing software adds. A single sentence that is longer is cut between words and ends in "…".
pub fn excerpt(text: &str, limit: usize) -> String {
    let beginning = &text[..text.floor_char_boundary(limit.saturating_mul(MARGIN))];
    let text = line(&boilerplate::without(beginning));
    if text.chars().count() <= limit {
        return ended(&text);
    }
    let mut end = 0;
    let mut length = 0;
    for sentence in sentences(&text) {
        length += sentence.chars().count();
        if length > limit {
            break;
        }
        end += sentence.len();
    }
    let whole = text[..end].trim_end();
    // A first sentence of three words before an endless one says too little to stand alone.
    if whole.chars().count() >= limit / 5 {
        whole.to_owned()
    } else {
        cut(&text, limit)
    }
}

/// Drops the mark that a feed leaves where it cut a text in the middle of a sentence.
fn ended(text: &str) -> String {
    let bare = text
        .trim_end_matches(['…', ' '])
        .trim_end_matches("...")
        .trim_end();
    if bare.len() == text.len() {
        return text.to_owned();
    }
    let (mut whole, mut at) = (0, 0);
    for sentence in sentences(bare) {
        at += sentence.len();
        let ends = ['.', '!', '?', '。', '！', '？', '؟', '”', '»'];
        if sentence.trim_end().ends_with(ends) {
            whole = at;
        }
    }
    if whole * 2 > bare.len() {
        bare[..whole].trim_end().to_owned()
    } else {
        format!("{bare}…")
    }
}

fn cut(text: &str, limit: usize) -> String {
    let mut end = 0;
    let mut length = 0;
    for piece in text.split_word_bounds() {
        length += piece.chars().count();
        if length >= limit {
            break;
        }
        end += piece.len();
    }
    if end == 0 {
        // One endless word: cut it where no letter comes apart.
        end = text
            .grapheme_indices(true)
            .nth(limit.saturating_sub(1))
            .map_or(text.len(), |(at, _)| at);
    }
    format!(
        "{}…",
        text[..end]
            .trim_end()
            .trim_end_matches([',', ';', ':', '，', '、', '،'])
    )
}

/// Sentences with the space that follows them; an abbreviation ends none.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut bounds = text
        .split_sentence_bound_indices()
        .map(|(at, _)| at)
        .skip(1)
        .collect::<Vec<_>>();
    bounds.retain(|at| {
        let (before, after) = (text[..*at].trim_end(), &text[*at..]);
        !is_abbreviation(before) && !after.starts_with(char::is_lowercase)
    });
    bounds.push(text.len());
    let mut start = 0;
    bounds.into_iter().filter_map(move |end| {
        let sentence = text.get(start..end)?;
        start = end;
        Some(sentence)
    })
}

fn is_abbreviation(before: &str) -> bool {
    let Some(word) = before
        .strip_suffix('.')
        .and_then(|text| text.rsplit([' ', '(', '\u{a0}']).next())
    else {
        return false;
    };
    let short = word.chars().count();
    (short == 1 && word.chars().all(char::is_alphabetic))
        || (word.contains('.') && word.split('.').all(|part| part.chars().count() <= 2))
        || matches!(
            word.to_lowercase().as_str(),
            "dr" | "mr"
                | "mrs"
                | "ms"
                | "prof"
                | "st"
                | "no"
                | "nos"
                | "nr"
                | "vol"
                | "art"
                | "par"
                | "para"
                | "pp"
                | "vs"
                | "etc"
                | "ca"
                | "bzw"
                | "inkl"
                | "sog"
                | "gen"
                | "gov"
                | "rev"
                | "hon"
                | "sr"
                | "jr"
                | "sra"
                | "núm"
                | "pág"
                | "г"
                | "гг"
                | "ст"
                | "т"
                | "им"
                | "д-р"
                | "проф"
                | "jan"
                | "feb"
                | "aug"
                | "sept"
                | "oct"
                | "nov"
                | "dec"
                | "u"
                | "abs"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_sentences_and_nothing_else() {
        let text = "The U.N. met on Monday. Dr. Lee spoke of No. 5 of the list. A third sentence follows here.";
        assert_eq!(
            excerpt(text, 70),
            "The U.N. met on Monday. Dr. Lee spoke of No. 5 of the list."
        );
        assert_eq!(
            excerpt("图书馆开放。会议将于下周举行。第三句。", 16),
            "图书馆开放。会议将于下周举行。"
        );
        assert_eq!(excerpt("One short.", 100), "One short.");
    }

    #[test]
    fn boilerplate_goes() {
        for (text, clean) in [
            (
                "News of the week. […] The post News appeared first on The Blog.",
                "News of the week.",
            ),
            (
                "Nachrichten. Der Beitrag Nachrichten erschien zuerst auf Blog.",
                "Nachrichten.",
            ),
            ("Une nouvelle. Lire la suite sur le site", "Une nouvelle."),
            ("新闻内容。 阅读全文", "新闻内容。"),
        ] {
            assert_eq!(excerpt(text, 200), clean);
        }
    }

    #[test]
    fn no_word_comes_apart() {
        let endless = "word ".repeat(100);
        let cut = excerpt(&endless, 52);
        assert!(cut.ends_with("word…") && cut.chars().count() <= 52, "{cut}");
        assert!(excerpt(&"x".repeat(5000), 100).chars().count() <= 101);
        assert_eq!(excerpt("", 10), "");
        // A sentence without a mark at its end, between others that have one.
        let quoted =
            "She said ‘we read’ and left: “go on”\n It was a good story. No marks\n ‘here’ …";
        assert!(excerpt(quoted, 200).starts_with("She said ‘we read’"));
    }
}
