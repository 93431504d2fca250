//! Boilerplate: what publishing software adds to a text, in seven languages.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

static PHRASES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // "The post X appeared first on Y", as WordPress says it.
        r"(?i)the post .{1,400}? (appeared first|first appeared) on [^\n]{1,200}",
        r"(?i)(l['’]article|cet article|le billet) .{1,400}? est apparu en premier sur [^\n]{1,200}",
        r"(?i)der beitrag .{1,400}? erschien zuerst (auf|bei) [^\n]{1,200}",
        r"(?i)(la entrada|el artículo) .{1,400}? (se publicó primero|apareció primero|aparece primero|apareció por primera vez) en [^\n]{1,200}",
        r"(?i)(сообщение|запись) .{1,400}? (появились?|впервые появил(ась|ось|ся)) (сначала )?(на|в) [^\n]{1,200}",
        r"[^\n]{0,200}最先出现在[^\n]{1,200}",
        r"ظهرت المقالة .{1,400}? أولاً? على [^\n]{1,200}",
        r"(?i)(this (article|post|story) (was )?)?(originally|first) (published|appeared) (at|on|in|by) [^\n.]{1,120}\.?",
        // Links to the rest.
        r"(?i)[\[(]\s*(…|\.\.\.|&hellip;)\s*[\])]",
        r"(?i)\(more(…|\.\.\.)\)",
        r"(?im)(\s|^)(continue reading|read (the )?(full|whole|more|rest)|lire la suite|en savoir plus|weiterlesen|mehr lesen|leer más|seguir leyendo|читать (далее|полностью)|подробнее|阅读全文|查看更多|继续阅读|اقرأ المزيد|المزيد)[^\n]{0,120}$",
        // Buttons.
        r"(?im)^\s*(share this|share on|click to share|tweet|like this|related|partager|teilen|compartir|поделиться|分享到?|شارك)\b[^\n]{0,80}$",
        r"(?im)^\s*(posted (in|on|by)|filed under|tagged|tags|categories|photo|image|credit|bild|foto)\s*:[^\n]{0,160}$",
        r"(?im)^\s*(by|par|von|por) \p{Lu}[\p{L}.'’-]+( \p{Lu}[\p{L}.'’-]+){0,3}( (on|le|am|el) [^\n]{3,30})?$",
    ]
    .iter()
    .map(|pattern| Regex::new(pattern).expect("a pattern of ours"))
    .collect()
});

/// A text without what publishing software added to it.
pub(super) fn without(text: &str) -> Cow<'_, str> {
    PHRASES.iter().fold(Cow::Borrowed(text), |text, phrase| {
        match phrase.replace_all(&text, "") {
            Cow::Borrowed(_) => text,
            Cow::Owned(shorter) => Cow::Owned(shorter),
        }
    })
}
