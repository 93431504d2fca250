//! Languages: the seven that circular itself speaks, and the codes that items come in.

use serde::{Deserialize, Serialize};

/// A language that circular writes its own words in: the six of the UN, and German.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Arabic
    Ar,
    /// Chinese
    Zh,
    /// English
    En,
    /// French
    Fr,
    /// German
    De,
    /// Russian
    Ru,
    /// Spanish
    Es,
}

/// The side that a line starts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Left to right
    Ltr,
    /// Right to left
    Rtl,
}

impl Direction {
    /// The value of HTML's `dir` attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl Language {
    /// All seven, in the order in which they are listed to people.
    pub const ALL: [Self; 7] = [
        Self::Ar,
        Self::Zh,
        Self::En,
        Self::Fr,
        Self::De,
        Self::Ru,
        Self::Es,
    ];

    /// The ISO 639-1 code, which is also a valid BCP 47 tag.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::Zh => "zh",
            Self::En => "en",
            Self::Fr => "fr",
            Self::De => "de",
            Self::Ru => "ru",
            Self::Es => "es",
        }
    }

    /// The language of a BCP 47 tag such as `fr-CA`, if it is one of the seven.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let code = LanguageCode::parse(tag)?;
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code.as_str())
    }

    /// The side that its lines start on.
    pub fn direction(self) -> Direction {
        if self == Self::Ar {
            Direction::Rtl
        } else {
            Direction::Ltr
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// The primary subtag of any language (BCP 47), in lower case: `en`, `pt`, `fil`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageCode(String);

impl LanguageCode {
    /// Reads the primary subtag of a tag such as `EN-gb` or `zh_Hans`; `None` if it is not two or
    /// three letters, or one of the tags that mean "no language" (`und`, `mul`, `zxx`).
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let well_formed =
            matches!(primary.len(), 2 | 3) && primary.bytes().all(|b| b.is_ascii_lowercase());
        (well_formed && !matches!(primary.as_str(), "und" | "mul" | "zxx")).then_some(Self(primary))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same language among the seven, if it is one of them.
    pub fn language(&self) -> Option<Language> {
        Language::ALL
            .into_iter()
            .find(|language| language.code() == self.0)
    }

    /// The side that its lines start on, for the scripts that news comes in.
    pub fn direction(&self) -> Direction {
        match self.0.as_str() {
            "ar" | "fa" | "he" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb" => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }
}

impl From<Language> for LanguageCode {
    fn from(language: Language) -> Self {
        Self(language.code().to_owned())
    }
}

impl std::fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_by_its_primary_subtag() {
        assert_eq!(Language::from_tag("fr-CA"), Some(Language::Fr));
        assert_eq!(Language::from_tag("ZH_hans"), Some(Language::Zh));
        assert_eq!(Language::from_tag("pt"), None);
        assert_eq!(LanguageCode::parse("pt-BR").unwrap().as_str(), "pt");
        for nothing in ["", "und", "x", "english", "e1"] {
            assert_eq!(LanguageCode::parse(nothing), None, "{nothing}");
        }
    }
}
