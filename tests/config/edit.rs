//! Editing: a source goes in or out, and nothing else moves.

use std::path::PathBuf;

use super::harness::{PUBLICATION, Project};
use circular::{
    config::edit::{EditError, NewSource, add_source, remove_source},
    model::{PageRules, SourceId},
};
use insta::assert_snapshot;

const SOURCES: &str = r#"# Our circular.

[publication]
title   = "Circular"   # spaced as we like it
address = "Street 1, Town"
contact = 'circular@example.org'
base_url = "https://circular.example.org"

# IFLA

# Goes with its source.
[[source]]
id = "ifla-news"
name = "IFLA news"
section = "IFLA"
url = "https://www.ifla.org/news/feed/"

[[source]]
name = "IFLA calls"
section = "IFLA"
url = "https://www.ifla.org/calls"

[source.page]
item = "article"

# [[source]]
# id = "broken"

# UNESCO

[[source]]
name = "UNESCO newsroom"
section = "UNESCO"
url = "https://www.unesco.org/en/newsroom" # read as a page
page = { item = "article" }

# The end.
"#;

fn new(name: &str, section: &str, url: &str) -> NewSource {
    NewSource {
        name: name.to_owned(),
        section: section.to_owned(),
        url: url.parse().unwrap(),
        language: None,
        page: None,
        more: Vec::new(),
    }
}

fn files(project: &Project) -> Vec<PathBuf> {
    vec![project.path("feeds.toml")]
}

/// The lines of the second text that the first has not, with `+`, and the other way round, with `-`.
fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = before
        .iter()
        .zip(&after)
        .take_while(|(a, b)| a == b)
        .count();
    let behind = before[same..]
        .iter()
        .rev()
        .zip(after[same..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let marked = |lines: &[&str], mark: char| {
        lines[same..lines.len() - behind]
            .iter()
            .map(|line| format!("{mark} {line}").trim_end().to_owned() + "\n")
            .collect::<String>()
    };
    format!(
        "{same} lines\n{}{}{behind} lines",
        marked(&before, '-'),
        marked(&after, '+')
    )
}

#[test]
fn a_new_source_stands_after_the_last_of_its_section() {
    let project = Project::new(SOURCES);
    let mut source = new(
        "IFLA \"quoted\" blog",
        "ifla",
        "https://blogs.ifla.org/lpa/feed/",
    );
    source.language = Some("en".to_owned());
    source.page = Some(PageRules {
        item: "article".to_owned(),
        link: Some("a@href".to_owned()),
        next: Some(".next".to_owned()),
        pages: 2,
        ..PageRules::default()
    });
    let (path, id) = add_source(&files(&project), &source).unwrap();
    assert_eq!(path, project.path("feeds.toml"));
    assert_eq!(id.as_str(), "ifla-quoted-blog");
    assert_snapshot!(difference(SOURCES, &project.read("feeds.toml")), @r#"
    25 lines
    + [[source]]
    + name = 'IFLA "quoted" blog'
    + section = "ifla"
    + url = "https://blogs.ifla.org/lpa/feed/"
    + language = "en"
    + page = { item = "article", link = "a@href", next = ".next", pages = 2 }
    +
    12 lines
    "#);
    let settings = project.settings();
    assert_eq!(settings.sources.len(), 4);
    assert_eq!(settings.sources[2].id, id);
    assert_eq!(settings.sources[2].page, source.page);
    assert_eq!(settings.sources[1].page.as_ref().unwrap().item, "article");
}

#[test]
fn a_new_section_stands_at_the_end() {
    let project = Project::new(SOURCES);
    add_source(
        &files(&project),
        &new("WIPO", "WIPO", "https://www.wipo.int/rss.xml"),
    )
    .unwrap();
    assert_snapshot!(difference(SOURCES, &project.read("feeds.toml")), @r#"
    36 lines
    + [[source]]
    + name = "WIPO"
    + section = "WIPO"
    + url = "https://www.wipo.int/rss.xml"
    +
    1 lines
    "#);
    assert_eq!(project.settings().sources.len(), 4);
}

#[test]
fn the_first_source_follows_the_rest() {
    let project = Project::new(PUBLICATION);
    add_source(
        &files(&project),
        &new("WIPO", "WIPO", "https://www.wipo.int/rss.xml"),
    )
    .unwrap();
    assert_snapshot!(difference(PUBLICATION, &project.read("feeds.toml")), @r#"
    5 lines
    +
    + [[source]]
    + name = "WIPO"
    + section = "WIPO"
    + url = "https://www.wipo.int/rss.xml"
    0 lines
    "#);
    assert_eq!(project.settings().sources.len(), 1);
}

#[test]
fn a_section_with_a_file_of_its_own_keeps_to_it() {
    let project = Project::new(format!("include = [\"sections/*.toml\"]\n{SOURCES}")).with(
        "sections/africa.toml",
        "[[source]]\nname = \"Africa\"\nsection = \"Africa\"\nurl = \"https://example.org/africa\"",
    );
    let files = [
        project.path("feeds.toml"),
        project.path("sections/africa.toml"),
    ];
    let before = project.read("feeds.toml");
    let (path, _) =
        add_source(&files, &new("Kenya", "Africa", "https://example.org/kenya")).unwrap();
    assert_eq!(path, files[1]);
    assert_eq!(project.read("feeds.toml"), before);
    assert_eq!(project.settings().sources.len(), 5);
    assert_eq!(
        remove_source(&files, &SourceId::new("kenya")).unwrap(),
        files[1]
    );
    assert_eq!(project.settings().sources.len(), 4);
}

#[test]
fn a_known_source_is_not_written_again() {
    let project = Project::new(SOURCES);
    let known = |name: &str, url: &str| {
        add_source(&files(&project), &new(name, "IFLA", url))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        known("Other", "https://WWW.ifla.org:443/news/feed/"),
        "there is a source `ifla-news` already"
    );
    assert_eq!(
        known("IFLA calls", "https://example.org/"),
        "there is a source `ifla-calls` already"
    );
    assert_eq!(project.read("feeds.toml"), SOURCES);
}

#[test]
fn a_source_goes_with_its_own_comment_only() {
    let project = Project::new(SOURCES);
    remove_source(&files(&project), &SourceId::new("ifla-news")).unwrap();
    assert_snapshot!(difference(SOURCES, &project.read("feeds.toml")), @r#"
    10 lines
    - # Goes with its source.
    - [[source]]
    - id = "ifla-news"
    - name = "IFLA news"
    - section = "IFLA"
    - url = "https://www.ifla.org/news/feed/"
    -
    20 lines
    "#);
    assert_eq!(project.settings().sources.len(), 2);

    let before = project.read("feeds.toml");
    remove_source(&files(&project), &SourceId::new("unesco-newsroom")).unwrap();
    assert_snapshot!(difference(&before, &project.read("feeds.toml")), @r#"
    23 lines
    - [[source]]
    - name = "UNESCO newsroom"
    - section = "UNESCO"
    - url = "https://www.unesco.org/en/newsroom" # read as a page
    - page = { item = "article" }
    -
    1 lines
    "#);

    let error = remove_source(&files(&project), &SourceId::new("broken")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no source `broken` in feeds.toml or the files that it includes"
    );
}

#[test]
fn what_was_added_can_be_taken_back() {
    let project = Project::new(SOURCES);
    for (name, section) in [("One", "IFLA"), ("Two", "UNESCO"), ("Three", "New")] {
        let url = format!("https://example.org/{name}");
        let (_, id) = add_source(&files(&project), &new(name, section, &url)).unwrap();
        remove_source(&files(&project), &id).unwrap();
        assert_eq!(project.read("feeds.toml"), SOURCES, "{name}");
    }
}

#[test]
fn line_ends_and_the_byte_order_mark_stay() {
    let text = format!("\u{feff}{}", SOURCES.replace('\n', "\r\n"));
    let project = Project::new(&text);
    let (_, id) = add_source(
        &files(&project),
        &new("One", "IFLA", "https://example.org/"),
    )
    .unwrap();
    let added = project.read("feeds.toml");
    assert!(added.starts_with("\u{feff}#"));
    assert_eq!(added.matches('\n').count(), added.matches("\r\n").count());
    assert_eq!(project.settings().sources.len(), 4);
    remove_source(&files(&project), &id).unwrap();
    assert_eq!(project.read("feeds.toml"), text);
}

#[test]
fn a_file_with_a_mistake_is_left_alone() {
    for text in ["[[source]\n", "source = 1\n", "source = []\n"] {
        let project = Project::new(text);
        let error = add_source(
            &files(&project),
            &new("One", "IFLA", "https://example.org/"),
        )
        .unwrap_err();
        assert!(matches!(error, EditError::Syntax { .. }), "{text}");
        assert_eq!(
            error
                .to_string()
                .replace(&format!("{}/", project.folder().display()), ""),
            "`feeds.toml` cannot be changed as it has a mistake: `circular check` shows where"
        );
        assert_eq!(project.read("feeds.toml"), text);
    }
    let missing = add_source(
        &[PathBuf::from("no/such.toml")],
        &new("One", "IFLA", "https://example.org/"),
    );
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .starts_with("`no/such.toml` cannot be changed: ")
    );
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let project = Project::new("").with("real/feeds.toml", SOURCES);
    std::fs::remove_file(project.path("feeds.toml")).unwrap();
    std::os::unix::fs::symlink("real/feeds.toml", project.path("feeds.toml")).unwrap();
    add_source(
        &files(&project),
        &new("One", "IFLA", "https://example.org/"),
    )
    .unwrap();
    assert!(project.path("feeds.toml").is_symlink());
    assert!(
        project
            .read("real/feeds.toml")
            .contains("https://example.org/")
    );
}
