//! Exchange with other readers: OPML out and in again, with nothing lost and nothing broken.

use std::fs;

use crate::stage::{Act, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn sources_go_out_and_come_in_again_as_they_were() {
    let keys = "language = \"fr\"\nareas = [\"copyright\", \"sdg\"]\npriority = 7\nevery = \"6h\"\npaused = true\n\
                coordinator = \"who@example.org\"";
    let page =
        "page = { item = \"article > .x\", title = \"h3\", date = \"time@datetime\", pages = 2 }";
    let stage = Stage::set(&[("/feed", keys), ("/list", page)], |_| Act::Hang).await;
    let before = stage.run("08:00", &["sources", "export"]).await;
    assert!(before.status.success());
    fs::write(stage.path("all.opml"), &before.stdout).unwrap();
    stage.write(&[]);
    let taken = stage.run("08:00", &["sources", "import", "all.opml"]).await;
    assert!(
        taken.status.success(),
        "{}",
        String::from_utf8_lossy(&taken.stderr)
    );
    let after = stage.run("08:00", &["sources", "export"]).await;
    assert_eq!(
        String::from_utf8(after.stdout).unwrap(),
        String::from_utf8(before.stdout).unwrap()
    );
    let again = stage.run("08:00", &["sources", "import", "all.opml"]).await;
    assert!(String::from_utf8_lossy(&again.stderr).contains("0 sources added, 2 known before"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_would_break_the_configuration_is_not_taken() {
    let stage = Stage::set(&[("/feed", "")], |_| Act::Hang).await;
    let before = fs::read_to_string(stage.path("feeds.toml")).unwrap();
    fs::write(
        stage.path("bad.opml"),
        "<opml version=\"2.0\" xmlns:circular=\"urn:circular:source\"><body><outline text=\"S\">\
         <outline type=\"rss\" text=\"Good\" xmlUrl=\"https://a.example/f\"/>\
         <outline type=\"rss\" text=\"Bad\" xmlUrl=\"https://b.example/f\" circular:areas='[\"nonsense\"]'/>\
         </outline></body></opml>",
    )
    .unwrap();
    let refused = stage.run("08:00", &["sources", "import", "bad.opml"]).await;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("nonsense"), "{said}");
    assert_eq!(
        fs::read_to_string(stage.path("feeds.toml")).unwrap(),
        before
    );
}
