//! Where words go: data to stdout, all else to stderr.
//!
//! A reader that hangs up (`circular items list | head`) ends the program quietly.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

/// How this call talks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    /// Data as JSON.
    pub(crate) json: bool,
    /// Only what went wrong.
    pub(crate) quiet: bool,
}

/// The reader of stdout has hung up.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub(crate) struct HungUp;

impl Out {
    /// One line of data.
    pub(crate) fn line(self, text: &str) -> anyhow::Result<()> {
        print(text)
    }

    /// One object of data, on one line.
    pub(crate) fn object(self, value: &impl Serialize) -> anyhow::Result<()> {
        print(&serde_json::to_string(value)?)
    }

    /// A word to the person at the keyboard.
    pub(crate) fn say(self, text: &str) {
        if !self.quiet {
            tell(text);
        }
    }

    /// Something that went wrong, whether or not the person wants to hear much.
    pub(crate) fn warn(self, text: &str) {
        tell(text);
    }

    /// Whether stderr may be coloured: a terminal, and `NO_COLOR` is not set.
    pub(crate) fn color(self) -> bool {
        color()
    }
}

/// Whether stderr may be coloured.
pub(super) fn color() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// A line on stderr; that nobody reads it is no failure.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}") {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Err(HungUp.into()),
        other => Ok(other?),
    }
}

/// A count with its noun: `1 source`, `3 sources`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Columns for people: each as wide as its widest cell, the last one as it comes.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    use unicode_width::UnicodeWidthStr;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| {
            rows.iter()
                .filter_map(|r| r.get(c))
                .map(|t| t.width())
                .max()
                .unwrap_or(0)
        })
        .collect();
    rows.iter()
        .map(|row| {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
            }
            line.trim_end().to_owned()
        })
        .collect()
}
