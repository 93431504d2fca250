//! A database that fails in the middle of a round, and works again in the next.

use circular::{
    pipeline::{Which, Works, pull},
    time::Clock,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_round_could_not_give_back_is_pulled_in_the_next() {
    circular::fetch::install_crypto();
    let house = House::new(&["nations-en.xml", "nations-fr.xml"], "").await;
    let settings = circular::cli::load(&house.path("feeds.toml")).settings;
    let clock = Clock::at("2026-11-16T08:00:00Z".parse().unwrap());
    let works = Works::open(settings.unwrap(), clock).await.unwrap();
    // Another process pulls too, so that nobody may end leases as those of the dead.
    let _other = works.store.begin_pulling().await.unwrap();
    sqlx::any::install_default_drivers();
    let database = format!("sqlite://{}", house.path("data/circular.db").display());
    let mut connection = AnyConnection::connect(&database).await.unwrap();
    let mut run = async |statement: &str| {
        let statement = AssertSqlSafe(statement.to_owned());
        connection.execute(statement).await.unwrap();
    };
    run("CREATE TRIGGER failing BEFORE DELETE ON leases BEGIN SELECT RAISE(ABORT, 'no more'); END")
        .await;
    let failed = pull(&works, &Which::Due).await.unwrap_err();
    assert!(format!("{failed:#}").contains("no more"), "{failed:#}");
    run("DROP TRIGGER failing").await;
    let pulled = pull(&works, &Which::Due).await.unwrap();
    assert_eq!((pulled.sources.due, pulled.sources.ok), (2, 2));
    assert!(pulled.items.new > 0);
}
