//! Rounds: what a first one brings, what a second one leaves alone, and what failures cost.

use std::fs;

use serde_json::Value;

use crate::house::House;

const MONDAY: &str = "2026-11-16T08:00:00Z";
const LATER: &str = "2026-11-16T08:05:00Z";
const NEXT_MONDAY: &str = "2026-11-23T08:00:00Z";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_reads_writes_and_delivers_and_the_next_one_finds_nothing() {
    let house = House::new(&["nations-en.xml", "nations-fr.xml"], "").await;
    let first = house.run(MONDAY, &["run", "--json"]).await;
    assert_eq!(first.code, 0, "{}", first.err);
    let report = json(&first.out);
    assert_eq!(report["sources"]["ok"], 2);
    assert_eq!(report["editions"][0]["id"], "weekly-2026-11-16");
    assert_eq!(
        report["editions"][0]["path"],
        "public/weekly/weekly-2026-11-16"
    );
    assert_eq!(report["deliveries"]["accepted"], 2);
    for file in [
        "index.html",
        "email.html",
        "email.txt",
        "email.eml",
        "edition.json",
    ] {
        let path = house.path("public/weekly/weekly-2026-11-16").join(file);
        assert!(path.is_file(), "{file}");
    }
    for file in [
        "index.html",
        "feed.xml",
        "calendar.ics",
        "weekly/items.json",
        "areas/copyright/feed.xml",
    ] {
        assert!(house.path("public").join(file).is_file(), "{file}");
    }
    assert_eq!(
        house.files("outbox"),
        [
            "weekly-2026-11-16-one@example.org.eml",
            "weekly-2026-11-16-two@example.org.eml"
        ]
    );

    let second = house.run(LATER, &["run"]).await;
    assert_eq!(
        second.out,
        "no source is due\nno edition is due, or nothing waits for one\nnothing to send\n"
    );
    let forced = json(&house.run(LATER, &["run", "--force", "--json"]).await.out);
    assert_eq!(forced["sources"]["unchanged"], 2, "both answer 304");
    assert_eq!(forced["items"]["new"], 0);
    assert_eq!(forced["editions"], Value::Array(Vec::new()));
    assert_eq!(house.files("outbox").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_story_is_told_twice_and_none_is_lost() {
    let house = House::new(
        &[
            "nations-en.xml",
            "federation-news.atom",
            "federation-mirror.xml",
        ],
        "",
    )
    .await;
    house.run(MONDAY, &["run"]).await;
    house.press.turn();
    house.run(NEXT_MONDAY, &["run"]).await;
    let stories = |edition: &str| {
        let path = house
            .path("public/weekly")
            .join(edition)
            .join("edition.json");
        let edition = json(&fs::read_to_string(path).unwrap());
        let sections = edition["sections"].as_array().unwrap().clone();
        sections
            .iter()
            .flat_map(|section| section["stories"].as_array().unwrap().clone())
            .map(|story| story["story"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (first, second) = (stories("weekly-2026-11-16"), stories("weekly-2026-11-23"));
    assert!(!first.is_empty() && !second.is_empty());
    assert!(second.iter().all(|story| !first.contains(story)));
    let items = house
        .run(NEXT_MONDAY, &["--json", "items", "list", "--limit", "1000"])
        .await
        .out;
    for line in items.lines() {
        let item = json(line);
        assert!(
            item["ledger"]["weekly"].is_string(),
            "{item} stands nowhere in the ledger"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_and_a_preview_change_nothing() {
    let house = House::new(&["nations-en.xml"], "").await;
    let dry = house.run(MONDAY, &["run", "--dry-run"]).await;
    assert!(
        dry.out.contains("edition weekly-2026-11-16 would be made"),
        "{}",
        dry.out
    );
    assert!(
        dry.out
            .ends_with("2 mails would be sent; nothing was changed\n"),
        "{}",
        dry.out
    );
    assert_eq!(house.files("."), ["feeds.toml"]);

    house.run(MONDAY, &["fetch"]).await;
    let before = house.files(".");
    let preview = house
        .run(MONDAY, &["preview", "weekly", "--out", "seen"])
        .await;
    assert_eq!(preview.code, 0, "{}", preview.err);
    assert!(
        house
            .path("seen/weekly/weekly-2026-11-16/email.html")
            .is_file()
    );
    // Whatever the page links to as a page of a story can be read before it is published.
    let page = house.path("seen/weekly/weekly-2026-11-16/index.html");
    let html = fs::read_to_string(&page).unwrap();
    let links: Vec<&str> = html
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.contains("/stories/"))
        .collect();
    assert!(!links.is_empty());
    for link in links {
        assert!(page.with_file_name(link).is_file(), "{link}");
    }
    fs::remove_dir_all(house.path("seen")).unwrap();
    assert_eq!(house.files("."), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fails_costs_itself_alone() {
    let house = House::new(&["nations-en.xml", "bot-wall", "nowhere.xml"], "").await;
    let said = house.run(MONDAY, &["run"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out
            .contains("3 sources pulled: 1 read, 0 unchanged, 2 failed"),
        "{}",
        said.out
    );
    assert!(said.err.contains("404"), "{}", said.err);
    let strict = house
        .run("2026-11-17T08:00:00Z", &["fetch", "--force", "--strict"])
        .await;
    assert_eq!(strict.code, 4);
    let list = house.run(LATER, &["sources", "list", "--json"]).await.out;
    let states: Vec<String> = list
        .lines()
        .map(|line| json(line)["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states[0], "ok");
    assert!(states[1..].iter().all(|state| state != "ok"), "{states:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_said_and_tried_again() {
    let house = House::new(&["nations-en.xml"], "").await;
    fs::write(house.path("public"), "a file where a folder should be").unwrap();
    let said = house.run(MONDAY, &["run"]).await;
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("public") && said.err.contains("cannot be written"),
        "{}",
        said.err
    );
    fs::remove_file(house.path("public")).unwrap();
    let again = house.run(LATER, &["run"]).await;
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(
        house
            .path("public/weekly/weekly-2026-11-16/index.html")
            .is_file()
    );
    assert_eq!(
        house.files("outbox").len(),
        2,
        "the edition that was frozen is delivered once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_have_the_shapes_that_scripts_read() {
    let house = House::new(&["nations-en.xml", "nations-fr.xml"], "").await;
    house.run(MONDAY, &["run"]).await;
    let items = house
        .run(LATER, &["items", "list", "--json", "--limit", "3"])
        .await
        .out;
    assert_eq!(items.lines().count(), 3);
    let item = json(items.lines().next().unwrap());
    for key in [
        "id",
        "source",
        "section",
        "url",
        "title",
        "summary",
        "language",
        "kind",
        "published",
        "first_seen",
        "effective",
        "areas",
        "story",
        "lead",
        "same_as",
        "dates",
        "ledger",
    ] {
        assert!(item.get(key).is_some(), "{key} in {item}");
    }
    let id = item["id"].as_str().unwrap();
    let shown = json(
        &house
            .run(LATER, &["items", "show", &id[..8], "--json"])
            .await
            .out,
    );
    assert_eq!(shown["id"], id);
    let edition = json(
        &house
            .run(LATER, &["editions", "show", "weekly-2026-11-16", "--json"])
            .await
            .out,
    );
    assert_eq!(edition["state"], "sent");
    assert!(edition["sections"][0]["stories"][0]["also"].is_array());
    let tested = json(
        &house
            .run(
                LATER,
                &[
                    "areas",
                    "test",
                    "New copyright exceptions for libraries",
                    "--json",
                ],
            )
            .await
            .out,
    );
    assert_eq!(tested["areas"][0]["id"], "copyright");
    assert_eq!(tested["areas"][0]["evidence"][0]["field"], "title");
    let wrong = house.run(LATER, &["items", "show", "zzz"]).await;
    assert_eq!(wrong.code, 1);
    assert_eq!(
        wrong.err,
        "circular: there is no item `zzz`; `circular items list` names them\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_waits_for_a_person_and_goes_out_once() {
    let house = House::new(&["nations-en.xml"], "review = \"24h\"").await;
    let said = house.run(MONDAY, &["run"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        house.files("outbox").len(),
        1,
        "nothing goes out by itself but the draft to its editor"
    );
    let list = house.run(LATER, &["editions", "list", "--json"]).await.out;
    let draft = json(list.trim());
    assert_eq!(draft["state"], "draft");
    let id = draft["id"].as_str().unwrap();
    assert_eq!(
        house.run(LATER, &["health"]).await.code,
        1,
        "a person is asked for"
    );

    let shown = json(
        &house
            .run(LATER, &["editions", "show", id, "--json"])
            .await
            .out,
    );
    let held = shown["sections"][0]["stories"][0]["story"]
        .as_str()
        .unwrap();
    house
        .run(LATER, &["editions", "hold", "weekly", held])
        .await;
    let approved = house.run(LATER, &["editions", "approve", id]).await;
    assert_eq!(approved.code, 0, "{}", approved.err);
    assert_eq!(house.files("outbox").len(), 3);
    let sent = json(
        &house
            .run(LATER, &["editions", "show", id, "--json"])
            .await
            .out,
    );
    assert_eq!(sent["state"], "sent");
    assert!(
        !sent["sections"].to_string().contains(held),
        "what was held is not in it"
    );
    let again = house.run(LATER, &["editions", "approve", id]).await;
    assert_eq!(again.code, 1);
    let next = json(
        &house
            .run(NEXT_MONDAY, &["editions", "show", "weekly", "--json"])
            .await
            .out,
    );
    assert_eq!(
        next["sections"][0]["stories"][0]["story"], held,
        "and comes first in the next"
    );
}
