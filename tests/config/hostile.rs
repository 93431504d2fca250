//! Files that nobody meant: cut off, with a byte changed, or made to do harm. They are told about and
//! nothing else happens.

use super::harness::Project;
use circular::config;
use proptest::prelude::*;

const STARTER: &str = include_str!("../../src/config/starter.toml");

fn survives(bytes: &[u8]) {
    let loaded = Project::new(bytes).load();
    let _ = config::report(&loaded.problems, true);
    for problem in &loaded.problems {
        assert!(!problem.sentence.is_empty());
    }
}

#[test]
fn a_file_may_be_cut_off_anywhere() {
    for end in (0..STARTER.len()).step_by(5) {
        survives(&STARTER.as_bytes()[..end]);
    }
}

#[test]
fn nesting_is_bounded() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{ a = ".repeat(100_000)),
        format!("[{}a]", "a.".repeat(100_000)),
    ] {
        survives(text.as_bytes());
    }
}

#[test]
fn a_thousand_mistakes_are_told_in_time() {
    let source = "[[source]]\nname = 1\nurl = \"ftp://x\"\nsektion = 2\n";
    let report = Project::new(source.repeat(1000)).report();
    assert!(report.lines().count() > 1000);
}

#[test]
fn nothing_reaches_the_terminal_but_text() {
    let report =
        Project::new("[publication]\ntitel = \"\\u001b[31m\"\n\"\\u001b[31m\" = 1\n").report();
    assert!(!report.contains('\u{1b}'), "{report}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn any_byte_may_be_another(place in 0..STARTER.len(), byte: u8, count in 0_usize..4) {
        let mut bytes = STARTER.as_bytes().to_vec();
        let end = (place + count).min(bytes.len());
        bytes.splice(place..end, [byte]);
        survives(&bytes);
    }

    #[test]
    fn any_text_may_stand_anywhere(place in 0..STARTER.len(), text in "[\\[\\]{}=\"'\\\\#.é文\r\n\u{0}-\u{1f} a]{1,6}") {
        let mut feeds = STARTER.to_owned();
        feeds.insert_str(STARTER.floor_char_boundary(place), &text);
        survives(feeds.as_bytes());
    }
}
