use db::scratch::Server;

use super::*;
use crate::metrics::Metrics;
use crate::processor::{Blocklist, Processor};
use crate::queue::{Limits, Queue};

fn catalog(uuid: &str) -> Command {
    let catalog = Catalog {
        name: "a".into(),
        version: Pcore::Int(7),
        catalog_uuid: uuid.into(),
        environment: "production".into(),
        classes: vec!["settings".into()],
        ..Catalog::default()
    };
    Command::ReplaceCatalog(ReplaceCatalog {
        certname: "a".into(),
        environment: "production".into(),
        transaction_uuid: None,
        job_id: None,
        exported: Arc::default(),
        lookups: Some(Arc::new(vec!["ntp::servers".into()])),
        fingerprint: None,
        catalog: Arc::new(catalog),
        producer_timestamp: SystemTime::now(),
    })
}

fn run_report(second: u32) -> Command {
    let text = format!(
        r#"{{"host":"a","time":"2024-01-01T00:00:{second:02}Z","puppet_version":"8.10.0","report_format":12,"status":"unchanged"}}"#
    );
    report("a", &text)
}

async fn open(folder: &Path, server: &Server) -> (Store, Queue) {
    let queue = Queue::open(&folder.join("queue.sqlite"), Limits::default()).await.unwrap();
    let store = Store::connect_or_wait(server.settings()).await.unwrap();
    (store.with_producer("server").with_spool(queue.clone()), queue)
}

async fn until(what: impl Fn() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_go_on_while_the_database_is_away_and_are_stored_when_it_is_back() {
    let Some(server) = Server::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    server.down();
    let (store, queue) = open(dir.path(), &server).await;
    store.submit(facts("a", 1, SystemTime::now())).await.unwrap();
    store.submit(catalog("one")).await.unwrap();
    // The database may come back without the content of an identity, so that alone is not kept.
    assert!(matches!(store.submit(keep("one", "two")).await, Err(PdbError::Gone)));
    store.submit(catalog("two")).await.unwrap();
    store.submit(run_report(1)).await.unwrap();
    assert_eq!(queue.depth(), 4);
    // What can never be stored is refused as ever, and what is only to be had there fails.
    let invalid =
        store.submit(report("a", r#"{"host":"b","time":"t","status":"changed","report_format":12}"#));
    assert!(matches!(invalid.await, Err(PdbError::Invalid(_))));
    let wanted = ExportedQuery { type_name: "File".into(), certname: "b".into(), filter: None };
    let error = store.exported(wanted).await.unwrap_err().to_string();
    assert!(error.starts_with("could not look for exported resources: could not connect"), "{error}");
    drop((store, queue));

    // Another process finds it on the disk, and goes on without the database.
    let (store, queue) = open(dir.path(), &server).await;
    assert_eq!(queue.depth(), 4);
    let metrics = Arc::new(Metrics::default());
    let processor =
        Processor::start(queue.clone(), store.clone(), metrics.clone(), 2, Blocklist::default(), 1 << 20);
    store.submit(facts("a", 2, SystemTime::now())).await.unwrap();
    until(|| processor.is_away()).await;
    server.up();
    until(|| queue.depth() == 0).await;
    assert_eq!(stored(&store).await, 2);
    let found = store.catalog("a").await.unwrap().unwrap().catalog;
    assert_eq!((&*found.catalog_uuid, &found.version), ("two", &Pcore::Int(7)));
    assert_eq!(found.classes, ["settings".into()]);
    assert_eq!(store.reports(Some("a"), 10).await.unwrap().len(), 1);
    let inputs = store.db().read(|tx| tx.query("SELECT name FROM inputs", &[])?[0].get::<String>(0));
    assert_eq!(inputs.await.unwrap(), "ntp::servers");

    // It goes away from under open connections, too.
    server.down();
    store.submit(run_report(2)).await.unwrap();
    store.submit(facts("a", 3, SystemTime::now())).await.unwrap();
    assert!(queue.depth() > 0);
    server.up();
    until(|| queue.depth() == 0).await;
    assert_eq!(stored(&store).await, 3);
    assert_eq!(store.reports(Some("a"), 10).await.unwrap().len(), 2);
    let (letters, _) = queue.dead_letters(1).await.unwrap();
    assert_eq!(letters, 0);
    assert!(!processor.is_away());
    processor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_is_not_waited_for() {
    let Some(server) = Server::start() else { return };
    let mut settings = server.settings();
    settings.url = settings.url.replace("dbname=postgres", "dbname=missing");
    let error = Store::connect_or_wait(settings).await.err().unwrap().to_string();
    assert!(error.contains("database \"missing\" does not exist"), "{error}");
}
