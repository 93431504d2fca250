//! The demo: what it promises on its last lines, and what its mails must never hold.

use std::fs;

use assert_cmd::Command;
use unicode_width::UnicodeWidthStr;

#[test]
fn the_demo_plays_two_rounds_and_its_mails_are_clean() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::cargo_bin("circular")
        .unwrap()
        .args(["demo", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        out.contains("first round") && out.contains("second round"),
        "{out}"
    );
    assert!(out.contains("unchanged (304)"), "{out}");
    let page = out
        .lines()
        .find_map(|line| line.strip_prefix("open"))
        .unwrap()
        .trim();
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );

    let mut mails = 0;
    for digest in ["weekly", "copyright", "semaine", "usbu"] {
        for date in ["2026-11-16", "2026-11-23"] {
            let edition = folder
                .path()
                .join(format!("public/{digest}/{digest}-{date}"));
            let html = fs::read_to_string(edition.join("email.html")).unwrap();
            let text = fs::read_to_string(edition.join("email.txt")).unwrap();
            for never in [
                "var(--",
                "<script",
                "javascript:",
                "{digest}",
                "{count}",
                "{publisher}",
                "0TOKEN0",
            ] {
                assert!(!html.contains(never), "{never} in {digest}-{date}");
                assert!(
                    !text.contains(never),
                    "{never} in the text of {digest}-{date}"
                );
            }
            assert!(html.len() <= 80_000, "{} bytes", html.len());
            for line in text.lines().filter(|line| !line.contains("://")) {
                assert!(line.width() <= 74, "{line}");
            }
            let direction = if digest == "usbu" {
                "dir=\"rtl\""
            } else {
                "dir=\"ltr\""
            };
            assert!(
                html[..html.find("<head").unwrap()].contains(direction),
                "{digest}"
            );
            mails += 1;
        }
    }
    assert_eq!(mails, 8);
}
