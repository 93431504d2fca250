//! The archive: what is written where, and that what is past is left alone.

use std::{collections::HashMap, fs, path::PathBuf, time::SystemTime};

use circular::model::{EditionStory, LanguageCode, Shelf, StoryId};

use crate::desk::{Desk, dated, edition, files, story};

fn times(desk: &Desk) -> HashMap<PathBuf, SystemTime> {
    files(&desk.public())
        .into_iter()
        .filter(|path| !path.ends_with(".published"))
        .map(|path| {
            let time = fs::metadata(&path).unwrap().modified().unwrap();
            (path, time)
        })
        .collect()
}

#[tokio::test]
async fn a_story_is_found_by_every_way_that_leads_to_it() {
    let desk = Desk::new().await;
    let french = EditionStory {
        language: LanguageCode::parse("fr"),
        ..dated(2)
    };
    desk.freeze(&edition(0, vec![story(1), french])).await;
    desk.publish().await;
    let story = "stories/s000002/index.html";
    for page in [
        "months/2026-11/index.html",
        "areas/copyright/index.html",
        "areas/copyright/2026-11/index.html",
        "sources/the-un/index.html",
        "languages/fr/index.html",
        "languages/fr/2026-11/index.html",
        "index.html",
        "weekly/weekly-2026-11-16/index.html",
    ] {
        assert!(desk.read(page).contains(story), "{page}");
    }
    let section = desk.read("archive/index.html");
    let at = section.find("../sections/").unwrap();
    let section = section[at + 3..].split('"').next().unwrap();
    assert!(desk.read(section).contains(story), "{section}");
    assert!(
        desk.read("search/months/2026-11.js")
            .contains("\"s000002\"")
    );
    assert!(
        desk.read("search/index.html")
            .contains("data-months=\"2026-11\"")
    );
    assert!(desk.read("sitemap.xml").contains("sitemaps/2026-11.xml"));
    assert!(
        desk.read("sitemaps/2026-11.xml")
            .contains("/stories/s000002/")
    );
    let page = desk.read(story);
    assert!(
        page.contains("exceptions &lt;b&gt;"),
        "the evidence, and not obeyed: {page}"
    );
    assert!(
        page.contains("event.ics") && page.contains("weekly/weekly-2026-11-16/index.html#s000002")
    );
    assert!(
        desk.read("stories/s000002/event.ics")
            .contains("UID:s000002-deadline-2026-12-14")
    );
    assert!(!desk.public().join("stories/s000001/event.ics").exists());
    // Nobody reads a source's password in the archive.
    for file in files(&desk.public()) {
        assert!(
            !fs::read_to_string(&file).unwrap().contains("secret"),
            "{}",
            file.display()
        );
    }
}

#[tokio::test]
async fn links_within_the_archive_lead_to_files() {
    let desk = Desk::new().await;
    desk.freeze(&edition(0, vec![story(1), dated(2)])).await;
    desk.publish().await;
    let mut links = 0;
    for file in files(&desk.public()) {
        // A mail has the site's addresses, and reaches it from elsewhere.
        if file.extension().is_none_or(|end| end != "html") || file.ends_with("email.html") {
            continue;
        }
        let html = fs::read_to_string(&file).unwrap();
        for found in html
            .split("href=\"")
            .skip(1)
            .chain(html.split("src=\"").skip(1))
        {
            let link = found.split('"').next().unwrap();
            // The forms are the daemon's.
            if link.contains(':') || link.starts_with('#') || link.ends_with("subscribe") {
                continue;
            }
            let target = file
                .parent()
                .unwrap()
                .join(link.split(['#', '?']).next().unwrap());
            assert!(target.is_file(), "{} links to {link}", file.display());
            links += 1;
        }
    }
    assert!(links > 300, "{links}");
}

#[tokio::test]
async fn what_is_past_is_left_alone() {
    let desk = Desk::new().await;
    desk.freeze(&edition(0, (0..40).map(story).collect())).await;
    desk.publish().await;
    assert_eq!(desk.publish().await, 0, "nothing is new");
    let before = times(&desk);
    desk.freeze(&edition(4, (40..42).map(story).collect()))
        .await;
    let written = desk.publish().await;
    let after = times(&desk);
    let touched: Vec<_> = after
        .iter()
        .filter(|(path, time)| before.get(*path) != Some(*time))
        .collect();
    assert_eq!(touched.len(), written);
    let past = |path: &PathBuf| {
        let path = path.to_str().unwrap();
        path.contains("weekly-2026-11-16")
            || path.contains("/stories/s00000")
            || path.contains("2026-11/")
    };
    assert!(!touched.iter().any(|(path, _)| past(path)), "{touched:?}");
    // What went by hand comes back with the whole.
    fs::remove_dir_all(desk.public()).unwrap();
    desk.publish().await;
    assert_eq!(times(&desk).len(), after.len());
}

#[tokio::test]
async fn an_interrupted_writing_is_taken_up_again() {
    let desk = Desk::new().await;
    desk.freeze(&edition(0, vec![story(1)])).await;
    // A folder stands where a page has to be: the writing fails half-way.
    fs::create_dir_all(desk.public().join("months/2026-11/index.html")).unwrap();
    assert!(circular::issue::publish(&desk.works).await.is_err());
    fs::remove_dir_all(desk.public().join("months")).unwrap();
    desk.publish().await;
    assert!(desk.read("months/2026-11/index.html").contains("s000001"));
    let count = desk.works.store.shelf_counts(Shelf::Month).await.unwrap();
    assert_eq!(count[0].stories, 1, "filed once");
}

#[tokio::test]
async fn a_long_month_goes_on_over_pages() {
    let desk = Desk::new().await;
    for week in 0..2 {
        let from = usize::try_from(week).unwrap() * 120;
        desk.freeze(&edition(week, (from..from + 120).map(story).collect()))
            .await;
    }
    desk.publish().await;
    let first = desk.read("months/2026-11/index.html");
    assert!(first.len() < 60_000, "{}", first.len());
    assert!(first.contains("months/2026-11/3/index.html"));
    assert!(desk.read("months/2026-11/3/index.html").contains("s000119"));
    let told = desk
        .works
        .store
        .tellings(&StoryId::new("s000119"))
        .await
        .unwrap();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn an_edition_can_be_taken_into_a_reference_manager() {
    let desk = Desk::new().await;
    let formula = EditionStory {
        title: "=HYPERLINK(\"https://evil.example\")".to_owned(),
        ..story(1)
    };
    desk.freeze(&edition(0, vec![formula, dated(2)])).await;
    desk.publish().await;
    let csv = desk.read("weekly/weekly-2026-11-16/edition.csv");
    assert_eq!(csv.lines().count(), 3);
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\""),
        "{csv}"
    );
    let bibtex = desk.read("weekly/weekly-2026-11-16/edition.bib");
    assert_eq!(bibtex.matches("@misc{circulars00000").count(), 2);
    assert_eq!(
        bibtex.matches('{').count(),
        bibtex.matches('}').count(),
        "{bibtex}"
    );
    let ris = desk.read("weekly/weekly-2026-11-16/edition.ris");
    assert_eq!(
        ris.matches("TY  - ELEC\r\n").count(),
        ris.matches("ER  - \r\n").count()
    );
    assert!(ris.contains("N1  - Deadline: 2026-12-14\r\n"));
}

/// Ten thousand stories: what a further edition costs. The figure of docs/archive.md:
/// `cargo test --release --test web ten_thousand -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn ten_thousand_stories_cost_what_is_new() {
    let desk = Desk::new().await;
    for week in 0..250 {
        let from = usize::try_from(week).unwrap() * 40;
        desk.freeze(&edition(week, (from..from + 40).map(story).collect()))
            .await;
    }
    for (what, further) in [
        ("all", None),
        ("nothing new", None),
        ("one edition of 40", Some(250)),
    ] {
        if let Some(week) = further {
            let stories = (10_000..10_040).map(story).collect();
            desk.freeze(&edition(week, stories)).await;
        }
        let started = std::time::Instant::now();
        let written = desk.publish().await;
        println!(
            "{what}: {written} files in {:.3} s",
            started.elapsed().as_secs_f64()
        );
    }
}
