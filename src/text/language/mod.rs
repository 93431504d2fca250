//! Which language a text is in.
//!
//! The script decides most of it; among languages of one script, whatlang's trigrams and the small
//! words that only one of them has. The source's own word is believed unless the text contradicts it.
//! Deliberate limit: `None` rather than a guess.

mod small;

use whatlang::{Detector, Lang};

use self::small::{SMALL, sightings};
use crate::model::LanguageCode;

/// How much of a text is looked at.
const ENOUGH: usize = 1500;
/// Below so many letters, only small words and the script can tell.
const TRIGRAMS_FROM: usize = 24;

/// Languages of the Latin script that are told apart; more of them than we print, so that a
/// Portuguese text is not taken for a Spanish one.
const LATIN: [Lang; 14] = [
    Lang::Eng,
    Lang::Fra,
    Lang::Deu,
    Lang::Spa,
    Lang::Por,
    Lang::Ita,
    Lang::Nld,
    Lang::Swe,
    Lang::Dan,
    Lang::Pol,
    Lang::Ces,
    Lang::Tur,
    Lang::Ron,
    Lang::Fin,
];

/// The language of a text: the source's word checked against it, and without one what the text itself says.
pub fn detect(title: &str, body: &str, hint: Option<&LanguageCode>) -> Option<LanguageCode> {
    let mut sample = String::with_capacity(ENOUGH.min(title.len() + body.len() + 1));
    sample.push_str(&title[..title.floor_char_boundary(ENOUGH)]);
    sample.push(' ');
    sample.push_str(&body[..body.floor_char_boundary(ENOUGH - ENOUGH.min(sample.len()))]);
    let scripts = Scripts::count(&sample);
    let hint_code = hint.map(LanguageCode::as_str);
    let code = match scripts.main() {
        Script::None => return hint.cloned(),
        Script::Arabic => {
            among(hint_code, &["ar", "fa", "ur", "ps", "ckb", "ug", "sd"]).unwrap_or("ar")
        }
        Script::Han if scripts.kana > 0 => "ja",
        Script::Han => "zh",
        Script::Cyrillic if scripts.ukrainian > 1 && hint_code != Some("ru") => "uk",
        Script::Cyrillic => among(
            hint_code,
            &["ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg"],
        )
        .unwrap_or("ru"),
        Script::Other => {
            return hint
                .filter(|hint| !is_of_known_script(hint.as_str()))
                .cloned();
        }
        Script::Latin => {
            let said = latin(&sample, scripts.latin, hint_code);
            let hint = hint.filter(|hint| !is_of_other_script(hint.as_str()));
            return match (said, hint) {
                // A confident "no" over a long text outweighs the source's word; a doubt does not.
                (Some((code, sure)), Some(hint)) if code != hint.as_str() => {
                    if sure && scripts.latin >= 80 {
                        LanguageCode::parse(code)
                    } else {
                        Some(hint.clone())
                    }
                }
                (Some((code, _)), None) => LanguageCode::parse(code),
                (_, hint) => hint.cloned(),
            };
        }
    };
    LanguageCode::parse(code)
}

fn among<'a>(hint: Option<&str>, codes: &[&'a str]) -> Option<&'a str> {
    codes.iter().copied().find(|code| Some(*code) == hint)
}

fn is_of_known_script(code: &str) -> bool {
    is_of_other_script(code) || ["en", "fr", "de", "es"].contains(&code)
}

fn is_of_other_script(code: &str) -> bool {
    [
        "ar", "fa", "ur", "zh", "ja", "ru", "uk", "bg", "he", "el", "ko", "th", "hi",
    ]
    .contains(&code)
}

/// A language of the Latin script, and whether there is no doubt.
fn latin(text: &str, letters: usize, hint: Option<&str>) -> Option<(&'static str, bool)> {
    let counts = sightings(text);
    let (best, most) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let second = counts
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != best)
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0);
    let small = (*most >= 2 && *most >= second + 2).then(|| SMALL[best].0);
    // Where the small words decide, trigrams would change nothing and cost the most.
    if let Some(small) = small {
        let sure = *most >= second + 4;
        if sure || hint == Some(small) {
            return Some((small, sure));
        }
    }
    let trigrams = if letters >= TRIGRAMS_FROM {
        Detector::with_allowlist(LATIN.to_vec())
            .detect(text)
            .and_then(|info| Some((code(info.lang())?, info.confidence())))
    } else {
        None
    };
    match (small, trigrams) {
        (Some(small), Some((trigrams, _))) if small == trigrams => Some((small, true)),
        (None, Some((trigrams, confidence))) if confidence > 0.9 && letters >= 40 => {
            Some((trigrams, confidence > 0.99))
        }
        (Some(small), _) => Some((small, false)),
        // One small word and the trigrams say the same, or nothing speaks against it.
        (None, Some((trigrams, _))) if SMALL[best].0 == trigrams && *most > 0 => {
            Some((trigrams, false))
        }
        (None, _) if *most > second && letters >= TRIGRAMS_FROM => Some((SMALL[best].0, false)),
        (None, Some((trigrams, confidence))) if confidence > 0.2 && letters >= 30 => {
            Some((trigrams, false))
        }
        _ => None,
    }
}

fn code(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Tur => "tr",
        Lang::Ron => "ro",
        Lang::Fin => "fi",
        _ => return None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    None,
    Latin,
    Arabic,
    Han,
    Cyrillic,
    Other,
}

#[derive(Default)]
struct Scripts {
    latin: usize,
    arabic: usize,
    han: usize,
    kana: usize,
    cyrillic: usize,
    ukrainian: usize,
    other: usize,
}

impl Scripts {
    fn count(text: &str) -> Self {
        let mut counts = Self::default();
        if text.is_ascii() {
            counts.latin = text.bytes().filter(u8::is_ascii_alphabetic).count();
            return counts;
        }
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            match u32::from(c) {
                0..=0x24f | 0x1e00..=0x1eff => counts.latin += 1,
                0x400..=0x52f => {
                    counts.cyrillic += 1;
                    counts.ukrainian += usize::from("іїєґІЇЄҐ".contains(c));
                }
                0x600..=0x6ff | 0x750..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => {
                    counts.arabic += 1;
                }
                0x3040..=0x30ff => counts.kana += 1,
                0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff => counts.han += 1,
                _ => counts.other += 1,
            }
        }
        counts
    }

    /// The script that most of the text is in. A sign of Chinese counts for three letters, and
    /// Arabic and Cyrillic for a little more than Latin: names of bodies come in Latin letters.
    fn main(&self) -> Script {
        let weighed = [
            (self.latin * 2, Script::Latin),
            (self.arabic * 3, Script::Arabic),
            ((self.han + self.kana) * 6, Script::Han),
            (self.cyrillic * 3, Script::Cyrillic),
            (self.other * 2, Script::Other),
        ];
        weighed
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .max_by_key(|(n, _)| *n)
            .map_or(Script::None, |(_, script)| script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(text: &str, hint: Option<&str>) -> Option<String> {
        let hint = hint.and_then(LanguageCode::parse);
        detect(text, "", hint.as_ref()).map(|code| code.to_string())
    }

    #[test]
    fn titles_are_told_apart() {
        for (text, code) in [
            ("Treaty talks on library exceptions resume in Geneva", "en"),
            (
                "Les négociations sur les exceptions pour les bibliothèques",
                "fr",
            ),
            (
                "Öffnungszeiten am Sonntag: Landtag berät das neue Gesetz",
                "de",
            ),
            (
                "Se reanudan en Ginebra las negociaciones sobre el tratado",
                "es",
            ),
            ("В Женеве возобновились переговоры об исключениях", "ru"),
            ("图书馆版权例外谈判在日内瓦恢复", "zh"),
            ("استئناف المحادثات حول الاستثناءات", "ar"),
        ] {
            assert_eq!(say(text, None).as_deref(), Some(code), "{text}");
        }
    }

    #[test]
    fn unknown_rather_than_wrong() {
        assert_eq!(say("IFLA", None), None);
        assert_eq!(say("2026", None), None);
        assert_eq!(say("IFLA", Some("fr")).as_deref(), Some("fr"));
        assert_eq!(say("図書館のニュースです", None).as_deref(), Some("ja"));
    }

    #[test]
    fn the_feeds_word_is_checked_against_the_text() {
        assert_eq!(
            say("В Женеве возобновились переговоры", Some("en")).as_deref(),
            Some("ru")
        );
        let english = "The committee agreed on a draft for libraries and archives, and the text goes to the assembly next year";
        assert_eq!(say(english, Some("fr")).as_deref(), Some("en"));
    }
}
