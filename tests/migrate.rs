//! `migrate-store`, as an operator calls it.

use assert_cmd::Command;

fn call(folder: &std::path::Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("circular")
        .unwrap()
        .current_dir(folder)
        .env_remove("CIRCULAR_CONFIG")
        .env_remove("CIRCULAR_DATABASE")
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_database_is_moved_once_and_nothing_is_moved_onto_another() {
    let folder = tempfile::tempdir().unwrap();
    let at = |arguments: &[&str]| call(folder.path(), arguments);
    assert_eq!(at(&["demo", "--out", "demo"]).0, 0);
    let (code, _, said) = at(&["migrate-store", "none.db", "new.db"]);
    assert_eq!(code, 1);
    assert_eq!(
        said,
        "circular: there is no database `none.db` to be moved\n"
    );
    assert!(
        !folder.path().join("new.db").exists(),
        "nothing is made in vain"
    );

    let (code, told, said) = at(&["--json", "migrate-store", "demo/data/circular.db", "new.db"]);
    assert_eq!(code, 0, "{said}");
    let items = told
        .lines()
        .find(|line| line.contains("\"table\":\"items\""))
        .unwrap();
    assert!(!items.contains("\"rows\":0"), "{items}");
    let (code, again, _) = at(&["--json", "migrate-store", "new.db", "second.db"]);
    assert_eq!((code, &again), (0, &told), "a copy of the copy is the same");

    let (code, _, said) = at(&["-q", "migrate-store", "demo/data/circular.db", "new.db"]);
    assert_eq!(code, 1);
    assert!(
        said.starts_with("circular: nothing was moved to `new.db`: the target is not empty: its `"),
        "{said}"
    );
    std::fs::write(
        folder.path().join("text.db"),
        "no database at all, but long enough",
    )
    .unwrap();
    let (code, _, said) = at(&["migrate-store", "text.db", "third.db"]);
    assert_eq!((code, said.lines().count()), (1, 1), "{said}");
    assert!(!folder.path().join("third.db").exists());
}
