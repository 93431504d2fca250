//! Problems: what is wrong in a file a person wrote, where, and how to mend it.

use std::{ops::Range, path::PathBuf, sync::Arc};

use annotate_snippets::{AnnotationKind, Group, Level as Severity, Renderer, Snippet};

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Whether anything can go on with it.
    pub level: Level,
    /// The file.
    pub file: PathBuf,
    /// The whole text of the file, for the line and the caret; empty when it could not be read.
    pub text: Arc<str>,
    /// The bytes of the text that are meant; `None`, or none at its start, when the file as a whole is.
    pub span: Option<Range<usize>>,
    /// What is wrong, in one sentence: lower case, no full stop, user values in backticks.
    pub sentence: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Problem {
    /// The problem in one line, for a log: file, line, sentence.
    pub fn line(&self) -> String {
        let file = self.file.display();
        match place(self) {
            Some(span) => {
                let line = 1 + self.text[..span.start].matches('\n').count();
                format!("{file}:{line}: {}", self.sentence)
            }
            None => format!("{file}: {}", self.sentence),
        }
    }
}

/// Whether anything can go on with a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing runs before this is mended
    Error,
    /// It works, but is hardly meant
    Warning,
}

/// All the mistakes of a configuration.
pub type Problems = Vec<Problem>;

/// The problems for a person: each with file, line, caret, sentence and help.
pub fn report(problems: &[Problem], color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    problems
        .iter()
        .map(|problem| renderer.render(&[group(problem)]) + "\n\n")
        .collect()
}

fn group(problem: &Problem) -> Group<'_> {
    let severity = match problem.level {
        Level::Error => Severity::ERROR,
        Level::Warning => Severity::WARNING,
    };
    let path = problem.file.to_string_lossy().into_owned();
    let title = severity.primary_title(problem.sentence.as_str());
    let mut group = match place(problem) {
        Some(span) => {
            // Only the lines that are meant: the whole file for each of many mistakes takes its time.
            let start = problem.text[..span.start]
                .rfind('\n')
                .map_or(0, |at| at + 1);
            let end = problem.text[span.end..]
                .find('\n')
                .map_or(problem.text.len(), |at| span.end + at);
            let end = start + problem.text[start..end].trim_end_matches('\r').len();
            let end = end.max(span.end);
            let line = 1 + problem.text[..start].matches('\n').count();
            title.element(
                Snippet::source(&problem.text[start..end])
                    .path(path)
                    .line_start(line)
                    .annotation(AnnotationKind::Primary.span(span.start - start..span.end - start)),
            )
        }
        None => title.element(annotate_snippets::Origin::path(path)),
    };
    if let Some(help) = &problem.help {
        group = group.element(Severity::HELP.message(help.as_str()));
    }
    group
}

/// The bytes that the caret stands under: within the text and on whole characters, whatever came in.
fn place(problem: &Problem) -> Option<Range<usize>> {
    let text = &problem.text;
    let span = problem.span.clone().filter(|span| *span != (0..0))?;
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start));
    (!text.is_empty()).then_some(start..end)
}
