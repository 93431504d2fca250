//! The files that circular comes with: the shipped feeds.toml and the starter.

use std::{collections::BTreeSet, fs, path::Path};

use super::harness::{AREAS, Project};
use circular::{
    config::{
        self,
        edit::{self, NewSource},
    },
    model::{AreaId, Settings},
};

fn shipped() -> Settings {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let feeds = fs::read(root.join("feeds.toml")).unwrap();
    // The areas that circular comes with, where there are any.
    let own = fs::read_to_string(root.join("areas.toml")).unwrap_or_default();
    let areas = if own.trim().is_empty() { AREAS } else { &own };
    Project::new(feeds).with("areas.toml", areas).settings()
}

#[test]
fn the_shipped_sources_are_many_and_distinct() {
    let settings = shipped();
    let sources = &settings.sources;
    assert!(sources.len() >= 60, "{} sources", sources.len());
    let pages = sources.iter().filter(|source| source.page.is_some());
    assert!(pages.count() >= 6);
    let ids: BTreeSet<_> = sources.iter().map(|source| &source.id).collect();
    let urls: BTreeSet<_> = sources.iter().map(|source| source.url.as_str()).collect();
    let names: BTreeSet<_> = sources.iter().map(|source| &source.name).collect();
    assert_eq!(
        (ids.len(), urls.len(), names.len()),
        (sources.len(), sources.len(), sources.len())
    );
}

#[test]
fn the_shipped_digests_cover_every_area_and_send_nothing() {
    let settings = shipped();
    assert!(settings.digests.len() >= 2);
    assert!(
        settings
            .digests
            .iter()
            .any(|digest| digest.areas.is_empty())
    );
    let topical: BTreeSet<_> = settings
        .digests
        .iter()
        .flat_map(|digest| digest.areas.iter().map(AreaId::as_str))
        .collect();
    let left: Vec<_> = settings
        .areas
        .iter()
        .map(|area| area.id.as_str())
        .filter(|id| !topical.contains(id))
        .collect();
    assert_eq!(left, ["library-field"], "the weekly one alone has these");
    assert!(settings.mail.server.is_none());
}

#[test]
fn nobody_real_is_written_to() {
    let settings = shipped();
    let recipients = settings
        .digests
        .iter()
        .flat_map(|digest| digest.recipients.iter());
    for address in recipients.chain([&settings.publication.contact]) {
        assert!(address.ends_with("@example.org"), "{address}");
    }
}

#[test]
fn what_is_switched_off_in_the_shipped_file_can_be_switched_on() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("feeds.toml")).unwrap();
    let mut inside = false;
    let mut blocks = 0;
    let mut all = String::new();
    for line in text.lines() {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        inside = bare == "[[source]]" && line != bare || inside && line.starts_with('#');
        blocks += usize::from(inside && bare == "[[source]]");
        all.push_str(if inside { bare } else { line });
        all.push('\n');
    }
    let settings = Project::new(all).settings();
    assert!(blocks > 5);
    assert_eq!(settings.sources.len(), shipped().sources.len() + blocks);
}

#[test]
fn the_starter_loads_and_overwrites_nothing() {
    let project = Project::empty();
    let areas = ("areas.toml".to_owned(), AREAS.to_owned());
    let written = config::starter(project.folder(), std::slice::from_ref(&areas)).unwrap();
    assert_eq!(
        written,
        [project.path("feeds.toml"), project.path("areas.toml")]
    );
    let settings = project.settings();
    assert_eq!(settings.digests.len(), 1);
    assert_eq!(settings.sources.len(), 3);

    fs::write(project.path("feeds.toml"), "mine").unwrap();
    assert!(
        config::starter(project.folder(), &[areas])
            .unwrap()
            .is_empty()
    );
    assert_eq!(project.read("feeds.toml"), "mine");
}

#[test]
fn the_shipped_file_is_edited_without_losing_a_heading() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("feeds.toml")).unwrap();
    let project = Project::new(&text);
    let files = [project.path("feeds.toml")];
    let new = NewSource {
        name: "A new source".to_owned(),
        section: "UNESCO".to_owned(),
        url: "https://example.org/feed".parse().unwrap(),
        language: None,
        page: None,
        more: Vec::new(),
    };
    let (_, id) = edit::add_source(&files, &new).unwrap();
    assert!(project.read("feeds.toml").len() > text.len());
    edit::remove_source(&files, &id).unwrap();
    assert_eq!(project.read("feeds.toml"), text);

    for source in shipped().sources {
        edit::remove_source(&files, &source.id).unwrap();
    }
    let left = project.read("feeds.toml");
    assert!(!left.lines().any(|line| line == "[[source]]"));
    let lines: BTreeSet<_> = left.lines().collect();
    let lost: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with('#') && !lines.contains(line))
        .collect();
    assert_eq!(
        lost,
        [
            "# The same room as a page: it keeps coming when the feed does not, and joins the same stories.",
            "# The date on a card is the deadline and not the day of publication, so `date` is not read here: the",
            "# deadline is found in the text.",
        ]
    );
}
