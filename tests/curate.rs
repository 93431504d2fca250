//! Curating from the command line: an item explained, corrected, tagged anew, and words learned.

use std::{fs, path::Path};

use assert_cmd::Command;
use serde_json::Value;

fn circular(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = Command::cargo_bin("circular")
        .unwrap()
        .current_dir(folder)
        .args(["--now", "2026-11-24T08:00:00Z"])
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, said) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{arguments:?}: {said}");
    (out, said)
}

/// A folder in which the demo has been played.
fn played() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    circular(folder.path(), &["demo", "--out", "."]);
    folder
}

fn items(folder: &Path) -> Vec<Value> {
    let (out, _) = circular(folder, &["--json", "items", "list", "--limit", "1000"]);
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn an_item_is_explained_corrected_and_tagged_anew() {
    let folder = played();
    let folder = folder.path();
    let all = items(folder);
    let treaty = all
        .iter()
        .find(|item| item["language"] == "fr" && item["relation"] == "translation")
        .unwrap();
    let id = treaty["id"].as_str().unwrap();
    let (said, _) = circular(folder, &["items", "explain", id]);
    for words in [
        "in French",
        "It is a translation of “",
        "\nAreas\n",
        "\nDates\n",
        "\nDigests\n  weekly: told in weekly-",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }

    let tagged = all
        .iter()
        .find(|item| item["areas"][0]["evidence"][0]["field"] == "title")
        .unwrap();
    let (id, area) = (
        tagged["id"].as_str().unwrap(),
        tagged["areas"][0]["id"].as_str().unwrap(),
    );
    circular(
        folder,
        &["items", "tag", id, &format!("-{area}"), "+privacy-data"],
    );
    let (said, _) = circular(folder, &["items", "explain", id]);
    assert!(
        said.contains(&format!(
            "not {area}: the command line took it away on 24 November 2026"
        )),
        "{said}"
    );
    assert!(
        said.contains("privacy-data: given by a person (the command line)"),
        "{said}"
    );

    let (out, _) = circular(folder, &["areas", "rerun"]);
    assert!(
        out.starts_with("                       before  after\n"),
        "{out}"
    );
    assert!(
        out.ends_with("0 with other areas than before\n"),
        "a person's word outlasts a rerun: {out}"
    );
    let rules = fs::read_to_string(folder.join("areas.toml"))
        .unwrap_or_else(|_| circular::config::areas::DEFAULT.to_owned());
    let narrowed = rules.replacen("id = \"climate\"", "id = \"weather\"", 1);
    fs::write(folder.join("areas.toml"), narrowed).unwrap();
    let feeds = fs::read_to_string(folder.join("feeds.toml")).unwrap();
    fs::write(
        folder.join("feeds.toml"),
        feeds.replace("\"climate\"", "\"weather\""),
    )
    .unwrap();
    let (out, _) = circular(folder, &["--json", "areas", "rerun"]);
    let counts: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(counts["areas"]["climate"]["after"], 0);
    assert_eq!(counts["areas"]["weather"]["before"], 0);
    assert_eq!(
        counts["areas"]["climate"]["before"],
        counts["areas"]["weather"]["after"]
    );
}

#[test]
fn a_split_lasts_and_a_join_is_told() {
    let folder = played();
    let folder = folder.path();
    let all = items(folder);
    let copy = all.iter().find(|item| item["relation"] == "copy").unwrap();
    let id = copy["id"].as_str().unwrap();
    circular(folder, &["items", "split", id]);
    let (said, _) = circular(folder, &["items", "explain", id]);
    assert!(
        said.contains("It stands alone: the command line split it from its story."),
        "{said}"
    );
    let other = copy["same_as"][0].as_str().unwrap();
    circular(folder, &["items", "join", id, other]);
    let (said, _) = circular(folder, &["items", "explain", id]);
    assert!(
        said.contains("the command line joined the two stories"),
        "{said}"
    );
}

/// Labels of an area that the rules know nothing of: what has `kiln` in it is about heritage.
fn labels() -> String {
    let mut text = String::new();
    for n in 0..24 {
        let (words, areas) = if n % 2 == 0 {
            (
                "potters fire their kiln on the square",
                "\"cultural-heritage\"",
            )
        } else {
            ("neighbours drink their tea on the square", "")
        };
        text += &format!(
            "{{\"id\":\"{n}\",\"title\":\"Number {n}: {words}\",\"summary\":\"It was day {n}.\",\"lang\":\"en\",\"policy_areas\":[{areas}]}}\n"
        );
    }
    text
}

#[test]
fn words_are_learned_where_they_prove_better_and_forgotten_again() {
    let folder = played();
    let folder = folder.path();
    fs::write(folder.join("labels.jsonl"), labels()).unwrap();
    let test = [
        "--json",
        "areas",
        "test",
        "Potters fire a new kiln",
        "--language",
        "en",
    ];
    assert!(!circular(folder, &test).0.contains("cultural-heritage"));

    let (table, said) = circular(folder, &["areas", "train", "labels.jsonl", "--dry-run"]);
    assert!(
        table
            .lines()
            .any(|line| line.starts_with("cultural-heritage") && line.ends_with("better")),
        "{table}"
    );
    assert!(said.contains("this was a dry run"), "{said}");
    let file = folder.join("data/areas.learned.json");
    assert!(!file.exists());

    circular(folder, &["areas", "train", "labels.jsonl"]);
    let first = fs::read(&file).unwrap();
    circular(folder, &["areas", "train", "labels.jsonl"]);
    assert_eq!(
        first,
        fs::read(&file).unwrap(),
        "the same labels teach the same"
    );
    let (out, _) = circular(folder, &test);
    let found: Value = serde_json::from_str(&out).unwrap();
    let evidence = found["areas"][0]["evidence"].as_array().unwrap();
    assert_eq!(found["areas"][0]["id"], "cultural-heritage");
    assert!(
        evidence
            .iter()
            .any(|seen| seen["term"] == "kiln" && seen["field"] == "learned"),
        "{out}"
    );

    let (_, said) = circular(folder, &["areas", "train", "--forget"]);
    assert!(
        said.contains("the rules stand alone") && !file.exists(),
        "{said}"
    );
    assert!(!circular(folder, &test).0.contains("cultural-heritage"));

    // A file that was not written by circular costs a sentence and nothing else.
    fs::write(
        &file,
        "{\"items\": 3, \"areas\": {\"copyright\": {\"words\": {\"the\": 1e300}}}}",
    )
    .unwrap();
    let (out, said) = circular(folder, &test);
    assert!(
        out.contains("areas") && said.contains("is no weight"),
        "{said}"
    );
}
