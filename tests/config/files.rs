//! Files: those that are missing, include one another, or are written by other editors.

use std::fs;

use super::harness::{AREAS, PUBLICATION, Project};
use insta::assert_snapshot;

const SOURCE: &str = r#"[[source]]
name = "IFLA in Africa"
section = "IFLA"
url = "https://example.org/africa/feed/"
"#;

fn including(patterns: &str) -> Project {
    Project::new(format!("include = [{patterns}]\n\n{PUBLICATION}"))
}

#[test]
fn a_missing_file_says_how_to_begin() {
    let project = Project::empty();
    assert_snapshot!(project.report(), @r"
    error: this file does not exist
    --> feeds.toml
     = help: `circular init` writes one to begin with
    ");
    assert!(project.load().settings.is_none());
}

#[test]
fn a_folder_is_no_file() {
    let project = Project::empty().with("feeds.toml/inside", "");
    assert!(
        project
            .report()
            .starts_with("error: this file cannot be read: ")
    );
}

#[test]
fn a_missing_include_is_an_error_and_an_empty_pattern_a_warning() {
    assert_snapshot!(including(r#""sections/africa.toml""#).report(), @r#"
    error: `sections/africa.toml` matches no file
     --> feeds.toml:1:12
      |
    1 | include = ["sections/africa.toml"]
      |            ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: paths are relative to the folder of feeds.toml
    "#);
    let project = including(r#""sections/*.toml""#);
    assert_snapshot!(project.report(), @r#"
    warning: `sections/*.toml` matches no file
     --> feeds.toml:1:12
      |
    1 | include = ["sections/*.toml"]
      |            ^^^^^^^^^^^^^^^^^
      |
      = help: a section's file goes there, such as `sections/africa.toml`
    "#);
    assert!(project.load().settings.is_some());
}

#[test]
fn files_include_neither_themselves_nor_one_another() {
    assert_snapshot!(including(r#""*.toml""#).with("more.toml", SOURCE).with("areas.toml", AREAS).report().replace("\n\n", "\n.\n"), @r#"
    error: the file has no key `area`
     --> areas.toml:3:3
      |
    3 | [[area]]
      |   ^^^^
      |
      = help: it takes `source`
    .
    error: `feeds.toml` includes itself
     --> feeds.toml:1:12
      |
    1 | include = ["*.toml"]
      |            ^^^^^^^^
      |
      = help: keep the sections' files in a folder of their own, such as `sections/*.toml`
    "#);
    let project = including(r#""a.toml", "b.toml""#)
        .with("a.toml", "include = [\"b.toml\"]\n")
        .with("b.toml", "include = [\"a.toml\", \"feeds.toml\"]\n");
    assert_snapshot!(project.report(), @r#"
    error: an included file holds `[[source]]` only
     --> a.toml:1:1
      |
    1 | include = ["b.toml"]
      | ^^^^^^^
      |
      = help: move `include` to feeds.toml

    error: an included file holds `[[source]]` only
     --> b.toml:1:1
      |
    1 | include = ["a.toml", "feeds.toml"]
      | ^^^^^^^
      |
      = help: move `include` to feeds.toml
    "#);
    let project = including(r#""sections/*.toml", "sections/africa.toml""#)
        .with("sections/africa.toml", SOURCE);
    assert_snapshot!(project.report(), @r#"
    error: `sections/africa.toml` is included twice
     --> feeds.toml:1:31
      |
    1 | include = ["sections/*.toml", "sections/africa.toml"]
      |                               ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name each file once
    "#);
}

#[test]
fn sections_come_in_the_order_of_their_names() {
    let source = |name: &str| SOURCE.replace("Africa", name).replace("africa", name);
    let project = including(r#""sections/*.toml""#)
        .with("sections/b.toml", source("b"))
        .with("sections/a.toml", source("a"))
        .with("sections/.hidden.toml", "not toml")
        .with("sections/notes.txt", "not toml");
    let ids: Vec<_> = project
        .settings()
        .sources
        .into_iter()
        .map(|source| source.id.to_string())
        .collect();
    assert_eq!(ids, ["ifla-in-a", "ifla-in-b"]);
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_nothing() {
    let good = format!("\u{feff}{PUBLICATION}\n{SOURCE}").replace('\n', "\r\n");
    assert_eq!(Project::new(&good).settings().sources.len(), 1);
    let wrong = good.replace("section =", "sektion =");
    assert_snapshot!(Project::new(wrong).report(), @r#"
    error: [[source]] lacks `section`
     --> feeds.toml:7:1
      |
    7 | [[source]]
      | ^^^^^^^^^^
      |
      = help: add `section = "United Nations"`

    error: [[source]] has no key `sektion`
     --> feeds.toml:9:1
      |
    9 | sektion = "IFLA"
      | ^^^^^^^
      |
      = help: did you mean `section`?
    "#);
}

#[test]
fn a_file_is_utf_8() {
    let mut bytes = PUBLICATION.replace("Street", "Straße").into_bytes();
    let place = bytes
        .windows(2)
        .position(|two| two == "ß".as_bytes())
        .unwrap();
    bytes.splice(place..place + 2, [0xdf]);
    assert_snapshot!(Project::new(bytes).report(), @r#"
    error: this is not UTF-8
     --> feeds.toml:3:16
      |
    3 | address = "Stra�e 1, Town"
      |                ^
      |
      = help: save the file as UTF-8
    "#);
}

#[test]
fn a_file_is_of_a_size_that_a_person_writes() {
    let project = Project::new(vec![b'\n'; 5 << 20]);
    assert_snapshot!(project.report(), @r"
    error: this file is too large: 5242880 bytes of at most 4194304
    --> feeds.toml
     = help: is it the file that you meant?
    ");
}

#[test]
fn mistakes_of_the_areas_come_once() {
    let project = Project::new(format!(
        "{PUBLICATION}\n[[digest]]\nid = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"@weekly\"\nareas = [\"sdg\"]\n"
    ));
    fs::write(project.path("areas.toml"), "").unwrap();
    assert_snapshot!(project.report(), @r"
    error: there is no area
    --> areas.toml
     = help: add one as `[[area]]` with `id`, `names` and `terms`
    ");
}

#[test]
fn every_path_is_relative_to_the_folder_of_the_file() {
    let project = Project::new(format!(
        "{PUBLICATION}\n[paths]\ndata = \"state\"\n\n[mail]\npassword_file = \"secrets/smtp\"\nserver = \"smtps://post%40example.org@[::1]:80\"\n"
    ))
    .with("secrets/smtp", "open sesame\n");
    let settings = project.settings();
    assert_eq!(settings.paths.data, project.path("state"));
    assert_eq!(settings.paths.public, project.path("public"));
    let Some(circular::model::Server::Smtps { host, port, login }) = settings.mail.server else {
        panic!("another kind of server");
    };
    assert_eq!((host.as_str(), port), ("::1", 80));
    assert_eq!(
        login,
        Some(("post@example.org".to_owned(), "open sesame".to_owned()))
    );
}
