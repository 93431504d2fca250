//! Style sheets: proven against the theme, and resolved where mail programs know no variables.

use super::{
    Level,
    document::{Document, Sink, nearest},
};
use crate::model::Theme;

/// The names of the variables that a style sheet uses, with their places.
fn variables(css: &str) -> impl Iterator<Item = (usize, &str)> {
    css.match_indices("var(--").filter_map(|(at, start)| {
        let rest = &css[at + start.len()..];
        rest.find(')').map(|end| (at, &rest[..end]))
    })
}

/// Whether a style sheet uses only what the theme has, and cannot leave its element.
fn prove(document: &Document, theme: &Theme, sink: &Sink) -> bool {
    let mut proven = true;
    for (at, name) in variables(&document.text) {
        if !theme.values.contains_key(name) {
            let help = nearest(name, theme.values.keys().map(String::as_str))
                .map(|near| format!("did you mean `--{near}`?"));
            let span = at..at + name.len() + 7;
            sink.push(document.problem(
                Level::Error,
                Some(span),
                format!("theme.toml has no `{name}`"),
                help,
            ));
            proven = false;
        }
    }
    if let Some(at) = document.text.find('<') {
        sink.push(document.problem(
            Level::Error,
            Some(at..at + 1),
            "a style sheet cannot hold a `<`",
            None,
        ));
        proven = false;
    }
    proven
}

/// The sheet of the web pages: the theme as custom properties, then the sheet.
pub(super) fn style_sheet(document: &Document, theme: &Theme, sink: &Sink) -> String {
    prove(document, theme, sink);
    let declared = |dark: bool| -> String {
        let wanted = theme
            .values
            .iter()
            .filter(|(name, _)| !name.starts_with("logo") && name.starts_with("dark-") == dark);
        wanted.fold(String::new(), |css, (name, value)| {
            css + "--" + name.trim_start_matches("dark-") + ":" + value + ";"
        })
    };
    format!(
        ":root{{color-scheme:light dark;{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n{}",
        declared(false),
        declared(true),
        document.text
    )
}

/// The sheet of mails, with every variable resolved: mail programs know none.
pub(super) fn resolved(document: &Document, theme: &Theme, sink: &Sink) -> String {
    if !prove(document, theme, sink) {
        return String::new();
    }
    let mut css = document.text.to_string();
    for (name, value) in &theme.values {
        css = css.replace(&format!("var(--{name})"), value);
    }
    css
}
