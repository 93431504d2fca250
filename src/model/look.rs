//! The look: what `templates/` holds, after the defaults are filled in.

use std::collections::BTreeMap;

use super::Language;

/// Theme, style sheets, labels and texts, complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Colours, fonts, width.
    pub theme: Theme,
    /// The style sheet of the web pages, `var(--…)` and all.
    pub style_css: String,
    /// The style sheet of mails, with every `var(--…)` resolved.
    pub mail_css: String,
    /// The words, per language; all seven.
    pub labels: BTreeMap<Language, Labels>,
    /// Longer texts as Markdown, per language.
    pub partials: BTreeMap<(Partial, Language), String>,
}

/// Colours, fonts, width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Every value by name: `name`, `accent`, `ink`, `paper`, `dark-ink` … as theme.toml spells them.
    pub values: BTreeMap<String, String>,
}

/// The words of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// Every text by dotted key: `mail.unsubscribe`, `count.stories.one` …
    pub values: BTreeMap<String, String>,
}

/// A longer text that a publisher may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partial {
    /// At the top of an edition
    Intro,
    /// At its foot
    Footer,
    /// The mail that asks to confirm
    Confirm,
    /// Imprint and privacy
    Legal,
}
