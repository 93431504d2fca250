//! The documentation says what is so: its commands are taken by the program, its links lead somewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Parser as _;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README and everything in docs/.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = fs::read_dir(root().join("docs")).unwrap();
    let mut pages: Vec<PathBuf> = docs
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .chain([root().join("README.md")])
        .collect();
    pages.sort();
    assert!(pages.len() > 5);
    pages
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Every call of the program in a text: the lines of shell blocks, and what stands in backticks.
fn calls(text: &str) -> Vec<String> {
    let mut calls = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        if number % 2 == 1 {
            let (kind, block) = part.split_once('\n').unwrap_or_default();
            if kind != "sh" {
                continue;
            }
            let commands = block.lines().flat_map(|line| {
                let line = line.split_once(" #").map_or(line, |(line, _)| line);
                line.split(" && ").map(str::trim)
            });
            calls.extend(
                commands
                    .filter(|line| line.starts_with("circular "))
                    .map(ToOwned::to_owned),
            );
        } else {
            let inline = part.split('`').skip(1).step_by(2);
            calls.extend(
                inline
                    .filter(|code| code.starts_with("circular "))
                    .map(ToOwned::to_owned),
            );
        }
    }
    calls
}

#[test]
fn every_command_is_taken() {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for (path, text) in pages() {
        for call in calls(&text) {
            // What stands in quotes is one word, whatever it says.
            let call = call.replace('\n', " ");
            let quoted = call.split('"').enumerate();
            let plain: String = quoted
                .map(|(at, part)| if at % 2 == 0 { part } else { "text" })
                .collect();
            let words: Vec<&str> = plain
                .split_whitespace()
                .take_while(|word| !word.starts_with(['>', '|']))
                .map(|word| {
                    if word == "ADDRESS" {
                        "https://example.org/"
                    } else {
                        word
                    }
                })
                .collect();
            tried += 1;
            if let Err(e) = circular::cli::Arguments::try_parse_from(&words)
                && e.use_stderr()
                // A command that is only named needs no arguments.
                && e.kind() != clap::error::ErrorKind::MissingRequiredArgument
                && !words.iter().any(|word| word.contains('…'))
            {
                wrong.push(format!(
                    "{}: `{call}`: {}",
                    path.display(),
                    e.to_string().lines().next().unwrap_or_default()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert!(tried > 40, "only {tried} commands were found");
}

#[test]
fn every_link_leads_somewhere() {
    for (path, text) in pages() {
        for (at, _) in text.match_indices("](") {
            let target = &text[at + 2..];
            let target = &target[..target.find(')').unwrap()];
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let file = path
                .parent()
                .unwrap()
                .join(target.split('#').next().unwrap());
            assert!(file.exists(), "{}: `{target}`", path.display());
        }
    }
}
