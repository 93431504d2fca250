//! templates/: theme, style sheets, labels and texts, the embedded defaults replaced file by file and key by key.
//!
//! [`load`] proves what it reads: unknown keys, placeholders that nothing fills, colours that are
//! none or too pale, variables that no theme has. Deliberate limit: a template is data; nothing in
//! it is ever run.

use std::{
    collections::BTreeMap,
    io,
    ops::Range,
    path::{Path, PathBuf},
};

use toml::de::DeValue;

use super::{
    Level, Problems,
    document::{Document, Sink, listed, nearest},
    look_css::{resolved, style_sheet},
    look_theme,
};
use crate::model::{Labels, Language, Look, Partial};

macro_rules! labels {
    ($($code:literal),*) => { [$(($code, include_str!(concat!("../../templates/labels/", $code, ".toml")))),*] };
}

macro_rules! partials {
    ($($code:literal),*) => {
        [$(
            (concat!("intro.", $code), include_str!(concat!("../../templates/partials/intro.", $code, ".md"))),
            (concat!("footer.", $code), include_str!(concat!("../../templates/partials/footer.", $code, ".md"))),
            (concat!("confirm.", $code), include_str!(concat!("../../templates/partials/confirm.", $code, ".md"))),
            (concat!("legal.", $code), include_str!(concat!("../../templates/partials/legal.", $code, ".md"))),
        )*]
    };
}

const THEME: &str = include_str!("../../templates/theme.toml");
const STYLE: &str = include_str!("../../templates/style.css");
const MAIL: &str = include_str!("../../templates/mail.css");
const LABELS: [(&str, &str); 7] = labels!["ar", "zh", "en", "fr", "de", "ru", "es"];
const PARTIALS: [(&str, &str); 28] = partials!["ar", "zh", "en", "fr", "de", "ru", "es"];

/// What a partial may hold in braces.
const PLACEHOLDERS: [&str; 6] = [
    "publication",
    "publisher",
    "address",
    "contact",
    "digest",
    "archive",
];

/// Reads a folder over the defaults; one that does not exist changes nothing.
pub fn load(templates: &Path) -> (Look, Problems) {
    let sink = Sink::default();
    let theme = look_theme::theme(THEME, read(&templates.join("theme.toml"), &sink), &sink);
    let labels = Language::ALL
        .into_iter()
        .map(|language| (language, labels(language, templates, &sink)))
        .collect();
    let mut partials = BTreeMap::new();
    for language in Language::ALL {
        for partial in [
            Partial::Intro,
            Partial::Footer,
            Partial::Confirm,
            Partial::Legal,
        ] {
            partials.insert(
                (partial, language),
                self::partial(partial, language, templates, &sink),
            );
        }
    }
    let style = read(&templates.join("style.css"), &sink)
        .unwrap_or_else(|| Document::new(Path::new("style.css"), STYLE));
    let mail = read(&templates.join("mail.css"), &sink)
        .unwrap_or_else(|| Document::new(Path::new("mail.css"), MAIL));
    strangers(templates, &sink);
    let look = Look {
        style_css: style_sheet(&style, &theme, &sink),
        mail_css: resolved(&mail, &theme, &sink),
        theme,
        labels,
        partials,
    };
    (look, sink.into_problems())
}

/// The look that circular comes with.
pub fn default() -> Look {
    load(Path::new("\0")).0
}

/// The files of the defaults, by their paths under `templates/`.
pub fn files() -> Vec<(String, &'static str)> {
    let mut files = vec![
        ("theme.toml".to_owned(), THEME),
        ("style.css".to_owned(), STYLE),
        ("mail.css".to_owned(), MAIL),
    ];
    files.extend(LABELS.map(|(code, text)| (format!("labels/{code}.toml"), text)));
    files.extend(PARTIALS.map(|(name, text)| (format!("partials/{name}.md"), text)));
    files
}

/// Writes the defaults into a folder; a file that is there stays as it is. Gives what was written.
///
/// # Errors
/// When a folder or file cannot be written.
pub fn export(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (name, text) in files() {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        if !path.exists() {
            std::fs::write(&path, text)?;
            written.push(path);
        }
    }
    Ok(written)
}

/// A file of the folder, if it is there.
fn read(path: &Path, sink: &Sink) -> Option<Document> {
    if path.as_os_str().as_encoded_bytes().contains(&0) || !path.exists() {
        return None;
    }
    Document::read(path)
        .map_err(|problem| sink.push(problem))
        .ok()
}

/// Every text of a TOML file by its dotted key; the entries of a list are numbered from 1.
fn flat(document: &Document, sink: &Sink) -> Vec<(String, String, Range<usize>)> {
    let table = document.parse(sink);
    let mut found = Vec::new();
    let mut open: Vec<(String, &DeValue<'_>, Range<usize>)> = Vec::new();
    for (key, value) in table.get_ref() {
        open.push((key.get_ref().to_string(), value.get_ref(), key.span()));
    }
    while let Some((key, value, span)) = open.pop() {
        match value {
            DeValue::String(text) => found.push((key, text.to_string(), span)),
            DeValue::Array(values) => {
                for (number, value) in (1..).zip(values.iter()) {
                    open.push((format!("{key}.{number}"), value.get_ref(), value.span()));
                }
            }
            DeValue::Table(table) => {
                for (name, value) in table {
                    open.push((
                        format!("{key}.{}", name.get_ref()),
                        value.get_ref(),
                        name.span(),
                    ));
                }
            }
            _ => sink.push(document.problem(
                Level::Error,
                Some(span),
                format!("`{key}` takes a text in quotes"),
                None,
            )),
        }
    }
    found
}

/// The labels of a language: the default ones, with those of the folder over them.
fn labels(language: Language, templates: &Path, sink: &Sink) -> Labels {
    let (_, text) = LABELS
        .into_iter()
        .find(|(code, _)| *code == language.code())
        .unwrap_or(("en", ""));
    let default = Document::new(Path::new("labels"), text);
    let mut values: BTreeMap<String, String> = flat(&default, sink)
        .into_iter()
        .map(|(key, text, _)| (key, text))
        .collect();
    let file = templates.join("labels").join(format!("{language}.toml"));
    if let Some(document) = read(&file, sink) {
        for (key, text, span) in flat(&document, sink) {
            let Some(before) = values.get(&key) else {
                let help = nearest(&key, values.keys().map(String::as_str))
                    .map(|near| format!("did you mean `{near}`?"));
                sink.push(document.problem(
                    Level::Error,
                    Some(span),
                    format!("there is no label `{key}`"),
                    help,
                ));
                continue;
            };
            let mut known = placeholders(before);
            if key.starts_with("count.") && known.is_empty() {
                known.push("count".to_owned());
            }
            if let Some(unknown) = placeholders(&text)
                .into_iter()
                .find(|name| !known.contains(name))
            {
                let help = match known.len() {
                    0 => "it takes no placeholders".to_owned(),
                    _ => format!("it takes {}", listed(known.iter().map(String::as_str))),
                };
                let sentence =
                    format!("the label `{key}` has an unknown placeholder `{{{unknown}}}`");
                sink.push(document.problem(Level::Error, Some(span), sentence, Some(help)));
                continue;
            }
            values.insert(key, text);
        }
    }
    Labels { values }
}

/// The names in braces.
fn placeholders(text: &str) -> Vec<String> {
    let parts = text
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'));
    parts
        .map(|(name, _)| name.to_owned())
        .filter(|name| !name.is_empty() && name.len() < 40)
        .collect()
}

fn name(partial: Partial) -> &'static str {
    match partial {
        Partial::Intro => "intro",
        Partial::Footer => "footer",
        Partial::Confirm => "confirm",
        Partial::Legal => "legal",
    }
}

fn partial(partial: Partial, language: Language, templates: &Path, sink: &Sink) -> String {
    let name = format!("{}.{language}", name(partial));
    let default = PARTIALS
        .into_iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, text)| text);
    let Some(document) = read(&templates.join("partials").join(format!("{name}.md")), sink) else {
        return default.to_owned();
    };
    if let Some(unknown) = placeholders(&document.text)
        .into_iter()
        .find(|name| !PLACEHOLDERS.contains(&name.as_str()))
    {
        let at = document.text.find(&format!("{{{unknown}}}")).unwrap_or(0);
        let sentence = format!("nothing fills the placeholder `{{{unknown}}}`");
        let help = format!("a partial may hold {}", listed(PLACEHOLDERS.into_iter()));
        sink.push(document.problem(
            Level::Error,
            Some(at..at + unknown.len() + 2),
            sentence,
            Some(help),
        ));
        return default.to_owned();
    }
    document.text.to_string()
}

/// Names files that nothing reads: a slip in a name would otherwise change nothing, silently.
fn strangers(templates: &Path, sink: &Sink) {
    let known: Vec<String> = files().into_iter().map(|(name, _)| name).collect();
    for folder in ["", "labels", "partials"] {
        let Ok(entries) = std::fs::read_dir(templates.join(folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            let name = if folder.is_empty() {
                file.clone()
            } else {
                format!("{folder}/{file}")
            };
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_file && !file.starts_with('.') && !file.ends_with('~') && !known.contains(&name) {
                let help = nearest(&name, known.iter().map(String::as_str))
                    .map(|near| format!("did you mean `{near}`?"));
                let document = Document::new(&entry.path(), "");
                sink.push(document.problem(Level::Warning, None, "nothing reads this file", help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_whole() {
        let (look, problems) = load(Path::new("\0"));
        assert_eq!(problems, []);
        assert!(!look.mail_css.contains("var("));
        let keys = |language| {
            let plural = ["zero", "one", "two", "few", "many"];
            let labels: &Labels = &look.labels[&language];
            let whole = |key: &&String| {
                !key.starts_with("count.") || !plural.iter().any(|category| key.ends_with(category))
            };
            labels
                .values
                .keys()
                .filter(whole)
                .cloned()
                .collect::<Vec<_>>()
        };
        for language in Language::ALL {
            assert_eq!(keys(language), keys(Language::En), "{language}");
            for (key, text) in &look.labels[&Language::En].values {
                let theirs = look.labels[&language].values.get(key);
                // How a language counts and writes days is its own.
                let Some(theirs) =
                    theirs.filter(|_| !key.starts_with("date.") && !key.starts_with("count."))
                else {
                    continue;
                };
                assert!(!theirs.is_empty(), "{language} {key}");
                let mut names = (placeholders(text), placeholders(theirs));
                names.0.sort();
                names.1.sort();
                assert_eq!(names.0, names.1, "{language} {key}");
            }
        }
    }

    #[test]
    fn a_folder_wins_key_by_key_and_is_proven() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "theme.toml",
            "accent = \"#003366\"\nwidht = \"600px\"\nink = \"blue\"\nmuted = \"#dddddd\"\n",
        );
        write(
            "labels/en.toml",
            "[mail]\nunsubscribe = \"Leave\"\nsubscribe = \"x\"\narchive = \"{all}\"\n",
        );
        write("partials/footer.en.md", "By {publishr}");
        write("style.css", "a { color: var(--acent) }");
        write("labels/eo.toml", "");
        let (look, problems) = load(folder.path());
        assert_eq!(look.theme.values["accent"], "#003366");
        assert_eq!(
            look.labels[&Language::En].values["mail.unsubscribe"],
            "Leave"
        );
        let mut sentences: Vec<&str> = problems
            .iter()
            .map(|problem| problem.sentence.as_str())
            .collect();
        sentences.sort_unstable();
        assert_eq!(
            sentences,
            [
                "`ink` takes a colour such as `#0b5d66`",
                "`muted` on `card` has a contrast of 1.4 to 1; text needs 4.5",
                "`muted` on `paper` has a contrast of 1.2 to 1; text needs 4.5",
                "nothing fills the placeholder `{publishr}`",
                "nothing reads this file",
                "the label `mail.archive` has an unknown placeholder `{all}`",
                "there is no label `mail.subscribe`",
                "theme.toml has no `acent`",
                "there is no value `widht` in a theme",
            ]
            .iter()
            .copied()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
        );
    }
}
