//! Opening: what is made, what is refused, and in which words.

use circular::store::{ItemFilter, Store};
use sqlx::{AnyConnection, Connection as _, Executor as _};

use crate::harness::{Place, at, item, on_each, opens, round, run_on, source};
use crate::schema::newest;

async fn refusal(database: &str) -> String {
    Store::open(database).await.unwrap_err().to_string()
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_and_its_folder_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::file();
    let store = place.open().await;
    store.sync_sources(&[source("un", 0)], at(0)).await.unwrap();
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.path()), 0o600);
    assert_eq!(mode(place.path().parent().unwrap()), 0o700);
}

#[tokio::test]
async fn a_newer_schema_is_refused_untouched() {
    on_each(async |place| {
        place.open().await.close().await;
        run_on(
            &place.database,
            "UPDATE _sqlx_migrations SET version = 9001 WHERE version = 1".to_owned(),
        )
        .await;
        let known = newest();
        let sentence = format!(
            "the database has schema 9001, and this program knows {known} at the most; \
             use the newer program"
        );
        let before = std::fs::read(place.path()).ok();
        assert_eq!(refusal(&place.database).await, sentence);
        let error = Store::open_read_only(&place.database).await.unwrap_err();
        assert_eq!(error.to_string(), sentence);
        assert_eq!(std::fs::read(place.path()).ok(), before);
    })
    .await;
}

#[tokio::test]
async fn two_programs_may_open_a_new_database_at_once() {
    on_each(async |place| {
        let openings: Vec<_> = (0..4)
            .map(|_| {
                let database = place.database.clone();
                tokio::spawn(async move { Store::open(&database).await })
            })
            .collect();
        for opening in openings {
            let store = opening.await.unwrap().unwrap();
            assert_eq!(store.count_items().await.unwrap(), 0);
        }
    })
    .await;
}

#[tokio::test]
async fn reading_only_makes_no_file_and_changes_none() {
    let place = Place::file();
    let empty = Store::open_read_only(&place.database).await.unwrap();
    assert!(
        empty
            .items(&ItemFilter::default())
            .await
            .unwrap()
            .is_empty()
    );
    assert!(!place.path().parent().unwrap().exists());

    let store = place.open().await;
    let new = vec![opens(item("un", "1", "One", at(0)))];
    store.record(&[round("un", at(0), new)]).await.unwrap();
    let beside = Store::open_read_only(&place.database).await.unwrap();
    assert_eq!(
        beside.count_items().await.unwrap(),
        1,
        "beside a running program"
    );
    let error = beside.set_note("a", "b").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database is read-only; give this user the right to write to its file and its folder"
    );
    beside.close().await;
    store.close().await;

    let files = || {
        let folder = place.path().parent().unwrap().to_owned();
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        names.sort();
        (names, std::fs::read(place.path()).unwrap())
    };
    let before = files();
    let alone = Store::open_read_only(&place.database).await.unwrap();
    assert_eq!(alone.count_items().await.unwrap(), 1);
    assert!(alone.set_note("a", "b").await.is_err());
    alone.close().await;
    assert_eq!(files(), before);

    // a copy to try things on
    let scratch = Store::open_scratch(&place.database).await.unwrap();
    scratch.set_note("a", "b").await.unwrap();
    assert_eq!(scratch.count_items().await.unwrap(), 1);
    scratch.close().await;
    assert_eq!(files(), before);
}

#[tokio::test]
async fn a_server_opened_for_reading_takes_no_changes() {
    on_each(async |place| {
        if !place.database.starts_with("postgres") {
            return;
        }
        let empty = Store::open_read_only(&place.database).await.unwrap();
        assert_eq!(empty.count_items().await.unwrap(), 0);
        place.open().await.close().await;
        let reader = Store::open_read_only(&place.database).await.unwrap();
        assert_eq!(reader.count_items().await.unwrap(), 0);
        let error = reader.set_note("a", "b").await.unwrap_err();
        assert!(error.to_string().starts_with("the database is read-only"));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_a_database_is_said_to_be_none() {
    let place = Place::file();
    std::fs::create_dir(place.path().parent().unwrap()).unwrap();
    std::fs::write(
        place.path(),
        "this is a letter, not a database, ".repeat(200),
    )
    .unwrap();
    assert_eq!(
        refusal(&place.database).await,
        "the database is damaged or not a database (file is not a database); \
         put a backup in its place"
    );
    let under = format!("{}/deeper/circular.db", place.database);
    assert!(refusal(&under).await.starts_with("cannot use the folder `"));
    let folder = place.path().parent().unwrap().display().to_string();
    let shown = refusal(&format!("sqlite:{folder}")).await;
    assert!(
        shown.starts_with(&format!("cannot open the database `{folder}`")),
        "{shown}"
    );
    assert_eq!(
        refusal("mysql://me:secret@example.org/x").await,
        "`mysql://me:…@example.org/x` is not a database; \
         write `sqlite:` and a path, or `postgres://user@host/name`"
    );
    let shown = refusal("postgres://me:secret@127.0.0.1:1/x").await;
    assert!(
        shown.starts_with("cannot open the database `postgres://me:…@127.0.0.1:1/x`"),
        "{shown}"
    );
    assert!(!shown.contains("secret"));
}

#[tokio::test]
async fn a_damaged_page_is_an_error_and_no_panic() {
    let place = Place::file();
    let store = place.open().await;
    let new = (0..200)
        .map(|n| opens(item("un", &n.to_string(), "One", at(0))))
        .collect();
    store.record(&[round("un", at(0), new)]).await.unwrap();
    store.close().await;
    let mut bytes = std::fs::read(place.path()).unwrap();
    for byte in &mut bytes[8_192..] {
        *byte = 0xa5;
    }
    std::fs::write(place.path(), bytes).unwrap();
    let error = match Store::open(&place.database).await {
        Ok(store) => store.waiting(&crate::harness::digest()).await.unwrap_err(),
        Err(error) => error,
    };
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[tokio::test]
async fn a_locked_database_is_said_to_be_locked() {
    let place = Place::file();
    let store = place.open().await;
    let address = place.database.replace(' ', "%20").replace('#', "%23");
    let mut other = AnyConnection::connect(&address).await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    let error = store.set_note("a", "b").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database is locked by another program; wait until it is done, or stop it"
    );
    other.execute("COMMIT").await.unwrap();
    store.set_note("a", "b").await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_takes_no_files_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::file();
    let folder = place.path().parent().unwrap().to_owned();
    place.open().await.close().await;
    let lock = |mode| {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    lock(0o555);
    if std::fs::write(folder.join("probe"), "").is_ok() {
        println!("skipped: this user may write anywhere");
        lock(0o755);
        return;
    }
    let fresh = format!("sqlite:{}/other.db", folder.display());
    assert!(refusal(&fresh).await.starts_with("cannot use the folder `"));
    let error = match Store::open(&place.database).await {
        Ok(store) => store.set_note("a", "b").await.unwrap_err(),
        Err(error) => error,
    };
    let reader = Store::open_read_only(&place.database).await.unwrap();
    assert_eq!(reader.count_items().await.unwrap(), 0);
    lock(0o755);
    println!("{error}");
    assert!(error.to_string().contains("read-only") || error.to_string().contains("cannot open"));
}

#[tokio::test]
async fn a_backup_is_whole_while_others_write() {
    let place = Place::file();
    let store = place.open().await;
    let new = vec![opens(item("un", "1", "One", at(0)))];
    store.record(&[round("un", at(0), new)]).await.unwrap();
    // The folder is made as well, and what holds addresses is open to nobody else.
    let copy = place.path().with_file_name("copies").join("monday.db");
    store.backup(&copy).await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let restored = Store::open(&format!("sqlite:{}", copy.display()))
        .await
        .unwrap();
    assert_eq!(restored.count_items().await.unwrap(), 1);
    let error = store.backup(&copy).await.unwrap_err();
    assert!(error.to_string().contains("already exists"), "{error}");
    assert!(copy.exists(), "the older copy stays");
}
