//! The desk: an editor's way with a draft, from the first mail to the issue.

use std::fs;

use serde_json::Value;

use crate::house::House;

/// Saturday noon: the digest is due on Monday at seven, and its draft two days ahead.
const SATURDAY: &str = "2026-11-14T12:00:00Z";
const SUNDAY: &str = "2026-11-15T12:00:00Z";
const MONDAY: &str = "2026-11-16T08:00:00Z";
const TUESDAY: &str = "2026-11-17T09:00:00Z";
const REVIEW: &str = "review = \"48h\"\neditors = [\"editor@example.org\"]";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// The subject lines of the mails to editors, oldest first.
fn to_editors(house: &House) -> Vec<String> {
    let mut subjects = Vec::new();
    for name in house.files("outbox") {
        let mail = fs::read_to_string(house.path("outbox").join(&name)).unwrap();
        if mail.contains("To: <editor@example.org>") || mail.contains("To: editor@example.org") {
            let subject = mail.lines().find(|line| line.starts_with("Subject:"));
            subjects.push(subject.unwrap_or_default().to_owned());
        }
    }
    subjects
}

async fn stories(house: &House, id: &str) -> Vec<(String, String)> {
    let shown = house
        .run(TUESDAY, &["editions", "show", id, "--json"])
        .await;
    let edition = json(&shown.out);
    let mut stories = Vec::new();
    for section in edition["sections"].as_array().unwrap() {
        for story in section["stories"].as_array().unwrap() {
            stories.push((
                section["area"].as_str().unwrap().to_owned(),
                story["story"].as_str().unwrap().to_owned(),
            ));
        }
    }
    stories
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_laid_out_ahead_brought_to_mind_and_never_goes_by_itself() {
    let house = House::new(&["nations-en.xml"], REVIEW).await;
    house.run(SATURDAY, &["run"]).await;
    assert_eq!(to_editors(&house).len(), 1);
    house.run(SUNDAY, &["run"]).await;
    assert_eq!(
        to_editors(&house).len(),
        1,
        "once is enough before its hour"
    );
    house.run(MONDAY, &["run"]).await;
    house.run("2026-11-16T09:00:00Z", &["run"]).await;
    assert_eq!(
        to_editors(&house).len(),
        2,
        "it is brought to mind at its hour, once"
    );
    house.run(TUESDAY, &["run"]).await;
    assert_eq!(to_editors(&house).len(), 3, "and every day after it");
    assert_eq!(house.files("outbox").len(), 3, "no reader got anything");
    let list = house
        .run(TUESDAY, &["editions", "list", "--json"])
        .await
        .out;
    assert_eq!(list.lines().count(), 1, "{list}");
    let draft = json(list.trim());
    assert_eq!(
        draft["id"], "weekly-2026-11-16",
        "it belongs to the day it is due"
    );
    let sent = house
        .run(TUESDAY, &["editions", "approve", "weekly-2026-11-16"])
        .await;
    assert_eq!(sent.code, 0, "{}", sent.err);
    assert_eq!(
        house.files("outbox").len(),
        5,
        "late approval sends at once"
    );
    house.run("2026-11-18T09:00:00Z", &["run"]).await;
    assert_eq!(house.files("outbox").len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_edited_as_a_file() {
    let house = House::new(&["nations-en.xml"], REVIEW).await;
    house.run(SATURDAY, &["run"]).await;
    let id = "weekly-2026-11-16";
    let before = stories(&house, id).await;
    assert!(before.len() >= 5, "{before:?}");
    let printed = house
        .run(SUNDAY, &["editions", "edit", id, "--print"])
        .await
        .out;
    let mut blocks: Vec<&str> = printed.split("\n[[story]]\n").collect();
    let head = blocks
        .remove(0)
        .replace("subject = \"\"", "subject = \"By hand\"");
    let head = head.replace("intro = \"\"", "intro = \"Dear all,\\n\\nread on <b>.\"");
    // The second comes first and to the top; the first is put off, the third set aside, the fourth deleted.
    let top = blocks[1].replacen("section = ", "section = \"top\" # ", 1);
    let top = top.replacen("note = \"\"", "note = \"Read this first\"", 1);
    let mut lines = vec![head, top];
    lines.push(blocks[0].replace("put = \"in\"", "put = \"hold\""));
    lines.push(blocks[2].replace("put = \"in\"", "put = \"drop\""));
    lines.extend(blocks[4..].iter().map(ToString::to_string));
    fs::write(house.path("draft.toml"), lines.join("\n[[story]]\n")).unwrap();
    let said = house
        .run(SUNDAY, &["editions", "edit", id, "--file", "draft.toml"])
        .await;
    assert_eq!(said.code, 0, "{}", said.err);
    let after = stories(&house, id).await;
    assert_eq!(after.len(), before.len() - 3);
    assert_eq!(after[0], ("top".to_owned(), before[1].1.clone()));
    let sent = house.run(MONDAY, &["editions", "approve", id]).await;
    assert_eq!(sent.code, 0, "{}", sent.err);
    let page = fs::read_to_string(house.path(&format!("public/weekly/{id}/index.html"))).unwrap();
    assert!(page.contains("Read this first") && page.contains("read on &lt;b&gt;."));
    let mail = fs::read_to_string(house.path(&format!("public/weekly/{id}/email.eml"))).unwrap();
    assert!(mail.contains("Subject: By hand"));
    // What was put off comes first in the next, what was deleted waits, what was set aside does not.
    let next = stories(&house, "weekly").await;
    assert_eq!(next[0].1, before[0].1);
    assert!(next.iter().any(|(_, story)| *story == before[3].1));
    assert!(next.iter().all(|(_, story)| *story != before[2].1));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_in_a_draft_are_named_and_change_nothing() {
    let house = House::new(&["nations-en.xml"], REVIEW).await;
    house.run(SATURDAY, &["run"]).await;
    let id = "weekly-2026-11-16";
    let before = stories(&house, id).await;
    let printed = house
        .run(SUNDAY, &["editions", "edit", id, "--print"])
        .await
        .out;
    let wrong = printed
        .replacen("\nput = \"in\"", "\nput = \"inn\"", 1)
        .replacen("\nsection = \"", "\nsection = \"nowhere-", 1)
        + "\n[[story]]\nstory = \"s-unknown\"\n";
    fs::write(house.path("draft.toml"), wrong).unwrap();
    let said = house
        .run(SUNDAY, &["editions", "edit", id, "--file", "draft.toml"])
        .await;
    assert_eq!(said.code, 1);
    for word in ["`inn`", "`nowhere-", "`s-unknown`", "draft.toml"] {
        assert!(said.err.contains(word), "{word}: {}", said.err);
    }
    assert_eq!(stories(&house, id).await, before);
    fs::write(house.path("draft.toml"), "").unwrap();
    let said = house
        .run(SUNDAY, &["editions", "edit", id, "--file", "draft.toml"])
        .await;
    assert!(
        said.out.contains("nothing was changed"),
        "{}{}",
        said.out,
        said.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stories_are_moved_remarked_and_put_off_from_the_shell() {
    let house = House::new(&["nations-en.xml"], REVIEW).await;
    house.run(SATURDAY, &["run"]).await;
    let id = "weekly-2026-11-16";
    let before = stories(&house, id).await;
    let last = before.last().unwrap().1.clone();
    let run = async |arguments: &[&str]| {
        let said = house.run(SUNDAY, arguments).await;
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
    };
    run(&["editions", "move", id, &last, "top"]).await;
    assert_eq!(
        stories(&house, id).await[0],
        ("top".to_owned(), last.clone())
    );
    run(&["editions", "move", "weekly", &before[0].1, "first"]).await;
    assert_eq!(stories(&house, id).await[0].1, before[0].1);
    run(&["editions", "note", id, &last, "Worth", "a", "look"]).await;
    let shown = house.run(SUNDAY, &["editions", "show", id]).await.out;
    assert!(shown.contains("Worth a look"), "{shown}");
    run(&["editions", "hold", "weekly", &last, "--until", "2026-12-01"]).await;
    assert!(
        stories(&house, id)
            .await
            .iter()
            .all(|(_, story)| *story != last)
    );
    run(&["editions", "send", id, "--to", "somebody@example.org"]).await;
    house.run(MONDAY, &["editions", "send", id]).await;
    let in_next = async |now: &str| {
        let shown = house
            .run(now, &["editions", "show", "weekly", "--json"])
            .await
            .out;
        shown.contains(&last)
    };
    assert!(!in_next("2026-11-23T08:00:00Z").await, "not before its day");
    assert!(in_next("2026-12-01T08:00:00Z").await);
    let gone = house
        .run(MONDAY, &["editions", "edit", id, "--print"])
        .await;
    assert!(
        gone.err.contains("has gone out and cannot be changed"),
        "{}",
        gone.err
    );
}
