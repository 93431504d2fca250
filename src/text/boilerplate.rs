//! Boilerplate: what publishing software adds to a text, in seven languages.

use std::{
    borrow::Cow,
    sync::{LazyLock, OnceLock},
};

use regex::{Regex, RegexSet};

/// Repetitions have no bounds: bounded ones unfold into automata too large to be fast, and the text
/// that they run over is short.
const PATTERNS: [&str; 14] = [
    // "The post X appeared first on Y", as WordPress says it.
    r"(?i)the post .+? (appeared first|first appeared) on [^\n]+",
    r"(?i)(l['’]article|cet article|le billet) .+? est apparu en premier sur [^\n]+",
    r"(?i)der beitrag .+? erschien zuerst (auf|bei) [^\n]+",
    r"(?i)(la entrada|el artículo) .+? (se publicó primero|apareció primero|aparece primero|apareció por primera vez) en [^\n]+",
    r"(?i)(сообщение|запись) .+? (появились?|впервые появил(ась|ось|ся)) (сначала )?(на|в) [^\n]+",
    r"[^\n]*最先出现在[^\n]+",
    r"ظهرت المقالة .+? أولاً? على [^\n]+",
    r"(?i)(this (article|post|story) (was )?)?(originally|first) (published|appeared) (at|on|in|by) [^\n.]+\.?",
    // Links to the rest.
    r"(?i)[\[(]\s*(…|\.\.\.|&hellip;)\s*[\])]",
    r"(?i)\(more(…|\.\.\.)\)",
    r"(?im)(\s|^)(continue reading|read (the )?(full|whole|more|rest)|lire la suite|en savoir plus|weiterlesen|mehr lesen|leer más|seguir leyendo|читать (далее|полностью)|подробнее|阅读全文|查看更多|继续阅读|اقرأ المزيد|المزيد)[^\n]*$",
    // Buttons.
    r"(?im)^\s*(share this|share on|click to share|tweet|like this|related|partager|teilen|compartir|поделиться|分享到?|شارك)(?:[\s:…!.][^\n]*)?$",
    r"(?im)^\s*(posted (in|on|by)|filed under|tagged|tags|categories|photo|image|credit|bild|foto)\s*:[^\n]*$",
    r"(?im)^\s*(by|par|von|por) \p{Lu}[\p{L}.'’-]+( \p{Lu}[\p{L}.'’-]+){0,3}( (on|le|am|el) [^\n]+)?$",
];

/// All patterns in one pass: most texts match none.
static ANY: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(PATTERNS).expect("patterns of ours"));

/// Each compiled when the first text has it.
static PHRASES: [OnceLock<Regex>; PATTERNS.len()] = [const { OnceLock::new() }; PATTERNS.len()];

fn phrase(at: usize) -> &'static Regex {
    PHRASES[at].get_or_init(|| Regex::new(PATTERNS[at]).expect("a pattern of ours"))
}

/// A text without what publishing software added to it.
pub(super) fn without(text: &str) -> Cow<'_, str> {
    ANY.matches(text)
        .iter()
        .fold(Cow::Borrowed(text), |text, at| {
            match phrase(at).replace_all(&text, "") {
                Cow::Borrowed(_) => text,
                Cow::Owned(shorter) => Cow::Owned(shorter),
            }
        })
}
