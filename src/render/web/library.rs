//! An edition for reference managers and spreadsheets: CSV (RFC 4180), BibTeX, and RIS.

use chrono::Datelike;

use crate::{
    model::{Edition, EditionStory, FactKind, LanguageCode},
    text,
};

/// The files of an edition, by their names.
pub fn library(edition: &Edition) -> [(&'static str, String); 3] {
    [
        ("edition.csv", csv(edition)),
        ("edition.bib", bibtex(edition)),
        ("edition.ris", ris(edition)),
    ]
}

/// One line a story, the names of the columns first; UTF-8 with the mark by which Excel knows it.
fn csv(edition: &Edition) -> String {
    let mut out = String::from(
        "\u{feff}title,url,source,section,language,kind,date,deadline,event,areas,summary\r\n",
    );
    for story in edition.stories() {
        let day = |what| {
            let found = story.dates.iter().find(|fact| fact.what == what);
            found.map_or_else(String::new, |fact| fact.date.to_string())
        };
        let cells = [
            story.title.clone(),
            story.url.clone(),
            story.source_name.clone(),
            story.section.clone(),
            language(story).to_owned(),
            story.kind.as_str().to_owned(),
            story.date.format("%F").to_string(),
            day(FactKind::Deadline),
            day(FactKind::Event),
            areas(story).join("; "),
            story.summary.clone(),
        ];
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let text = text::line(text);
    let formula = text.starts_with(['=', '+', '-', '@']);
    let safe = if formula { format!("'{text}") } else { text };
    if safe.contains([',', '"', ';', '\'']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

fn bibtex(edition: &Edition) -> String {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let mut out = String::new();
    for story in edition.stories() {
        let month = MONTHS[story.date.month0() as usize % 12];
        let mut fields = vec![
            ("title", format!("{{{{{}}}}}", tex(&story.title))),
            // A body with two braces is one name, not a first and a last one.
            ("author", format!("{{{{{}}}}}", tex(&story.source_name))),
            ("year", story.date.year().to_string()),
            ("month", month.to_owned()),
            ("day", story.date.day().to_string()),
            ("url", format!("{{{}}}", address(&story.url))),
            ("keywords", format!("{{{}}}", tex(&areas(story).join(", ")))),
            ("langid", format!("{{{}}}", language(story))),
            ("abstract", format!("{{{}}}", tex(&story.summary))),
        ];
        fields.retain(|(_, value)| value != "{}");
        out.push_str(&format!("@misc{{{}", key(story)));
        for (name, value) in fields {
            out.push_str(&format!(",\n  {name} = {value}"));
        }
        out.push_str("\n}\n\n");
    }
    out
}

/// A key of letters and digits; the story's own, so that it stays the same in every edition.
fn key(story: &EditionStory) -> String {
    let id = story.story.as_str();
    let kept: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("circular{kept}")
}

/// A text as TeX prints it.
fn tex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text::line(text).chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '{' | '}' | '%' | '#' | '$' | '&' | '_' => {
                out.push('\\');
                out.push(c);
            }
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            c => out.push(c),
        }
    }
    // A brace in the text would upset the count of braces even behind a backslash.
    out.replace("\\{", "\\textbraceleft{}")
        .replace("\\}", "\\textbraceright{}")
}

/// An address that ends no field.
fn address(url: &str) -> String {
    text::line(url)
        .replace('{', "%7B")
        .replace('}', "%7D")
        .replace('\\', "%5C")
        .replace(' ', "%20")
}

fn ris(edition: &Edition) -> String {
    let mut out = String::new();
    for story in edition.stories() {
        let mut lines = vec![
            ("TY", "ELEC".to_owned()),
            ("TI", text::line(&story.title)),
            ("AU", text::line(&story.source_name)),
            ("PY", story.date.format("%Y").to_string()),
            ("DA", story.date.format("%Y/%m/%d").to_string()),
            ("UR", address(&story.url)),
            ("LA", language(story).to_owned()),
            ("AB", text::line(&story.summary)),
        ];
        lines.extend(areas(story).into_iter().map(|area| ("KW", area.to_owned())));
        lines.extend(
            story
                .dates
                .iter()
                .filter(|fact| fact.what == FactKind::Deadline)
                .map(|fact| ("N1", format!("Deadline: {}", fact.date))),
        );
        for (tag, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
            out.push_str(&format!("{tag}  - {value}\r\n"));
        }
        out.push_str("ER  - \r\n\r\n");
    }
    out
}

fn areas(story: &EditionStory) -> Vec<&str> {
    story.areas.iter().map(|tag| tag.id.as_str()).collect()
}

fn language(story: &EditionStory) -> &str {
    story.language.as_ref().map_or("", LanguageCode::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("@SUM(A1)"), "\"'@SUM(A1)\"");
        assert_eq!(cell("\t=1"), "\"'=1\"");
        assert_eq!(cell("a \"b\", c\nd"), "\"a \"\"b\"\", c d\"");
        assert_eq!(cell("plain"), "plain");
    }

    #[test]
    fn tex_is_printed_and_not_obeyed() {
        assert_eq!(
            tex("50 % of {A} & B_c \\input{x}"),
            "50 \\% of \\textbraceleft{}A\\textbraceright{} \\& B\\_c \\textbackslash{}input\\textbraceleft{}x\\textbraceright{}"
        );
        assert_eq!(
            address("https://a.example/{x}\\"),
            "https://a.example/%7Bx%7D%5C"
        );
    }
}
