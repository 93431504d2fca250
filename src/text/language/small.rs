//! Small words: what tells languages of one script apart in few words.

use std::{collections::HashMap, hash::BuildHasherDefault, sync::LazyLock};

use crate::text::WordHasher;

/// The languages of each small word, a bit for each.
type Languages = HashMap<&'static str, u8, BuildHasherDefault<WordHasher>>;

/// How often the small words of each language of [`SMALL`] stand in a text.
pub(super) fn sightings(text: &str) -> [usize; SMALL.len()] {
    static LANGUAGES: LazyLock<Languages> = LazyLock::new(|| {
        let mut languages = Languages::default();
        for (at, (_, words)) in SMALL.iter().enumerate() {
            for word in *words {
                *languages.entry(word).or_default() |= 1 << at;
            }
        }
        languages
    });
    let lower = text.to_lowercase();
    let mut counts = [0; SMALL.len()];
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        let languages = LANGUAGES.get(word).copied().unwrap_or_default();
        for (at, count) in counts.iter_mut().enumerate() {
            *count += usize::from(languages >> at & 1);
        }
    }
    counts
}

/// Small words that stand in most sentences of one language and in few of the others, and words that
/// titles of this field are made of.
#[rustfmt::skip]
pub(super) const SMALL: [(&str, &[&str]); 6] = [
    (
        "en",
        &[
            "the",
            "and",
            "of",
            "to",
            "for",
            "with",
            "from",
            "its",
            "how",
            "what",
            "is",
            "are",
            "by",
            "at",
            "on",
            "this",
            "new",
            "their",
            "in",
            "as",
            "out",
            "into",
            "about",
            "without",
            "you",
            "your",
            "we",
            "our",
            "have",
            "has",
            "after",
            "not",
            "now",
            "available",
            "more",
            "than",
            "why",
            "when",
            "who",
            "an",
            "over",
            "up",
            "access",
            "library",
            "libraries",
            "librarian",
            "world",
            "open",
            "report",
            "international",
            "news",
            "newsletter",
            "rights",
            "digital",
            "call",
            "law",
            "books",
        ],
    ),
    (
        "fr",
        &[
            "le",
            "les",
            "des",
            "du",
            "et",
            "une",
            "pour",
            "dans",
            "au",
            "aux",
            "sur",
            "avec",
            "est",
            "par",
            "ses",
            "ces",
            "la",
            "un",
            "l",
            "d",
            "qu",
            "de",
            "en",
            "plus",
            "à",
            "accès",
            "bibliothèque",
            "bibliothèques",
            "monde",
            "journée",
            "droit",
            "droits",
            "livre",
            "livres",
        ],
    ),
    (
        "de",
        &[
            "der",
            "die",
            "das",
            "und",
            "für",
            "mit",
            "von",
            "zu",
            "im",
            "ein",
            "eine",
            "den",
            "dem",
            "auf",
            "ist",
            "zum",
            "zur",
            "bei",
            "des",
            "in",
            "über",
            "nach",
            "als",
            "nicht",
            "wie",
            "wird",
            "werden",
            "am",
            "bibliothek",
            "bibliotheken",
            "recht",
            "bücher",
        ],
    ),
    (
        "es",
        &[
            "el",
            "los",
            "las",
            "y",
            "del",
            "para",
            "con",
            "una",
            "por",
            "en",
            "su",
            "que",
            "al",
            "la",
            "un",
            "se",
            "sobre",
            "de",
            "nos",
            "lo",
            "más",
            "acceso",
            "biblioteca",
            "bibliotecas",
            "derecho",
            "derechos",
            "mundo",
            "libro",
            "libros",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "do", "da", "dos", "das", "e", "para", "com", "uma", "em", "no", "na", "ao",
            "não", "são", "de", "mais",
        ],
    ),
    (
        "it",
        &[
            "il",
            "gli",
            "dei",
            "della",
            "delle",
            "e",
            "per",
            "con",
            "una",
            "nel",
            "che",
            "di",
            "sono",
            "alla",
            "del",
            "le",
            "biblioteche",
        ],
    ),
];
