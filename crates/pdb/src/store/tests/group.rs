//! Several documents in one transaction, and what becomes of those that cannot be written together.

use db::Dialect;
use db::scratch::Server;

use super::*;
use crate::command::{Body, Encoding, Name};
use crate::metrics::Metrics;
use crate::processor::Processor;
use crate::queue::{Incoming, Limits};

const NODES: i64 = 40;
const POISONED: i64 = 17;

fn incoming(number: i64, is_valid: bool) -> Incoming {
    let time = jiff::Timestamp::from_second(1_700_000_000 + number).unwrap().to_string();
    let status = if is_valid { serde_json::json!("unchanged") } else { serde_json::json!(7) };
    let document = serde_json::json!({
        "certname": format!("n{number}"), "environment": "production", "puppet_version": "8", "report_format": 12,
        "configuration_version": "1", "start_time": time, "end_time": time, "producer_timestamp": time, "producer": null,
        "transaction_uuid": number.to_string(), "status": status, "noop": false, "resources": [], "metrics": [], "logs": [],
    });
    Incoming {
        name: Name::StoreReport,
        version: 8,
        certname: format!("n{number}"),
        producer_timestamp: None,
        received: 1,
        body: Body { bytes: document.to_string().into_bytes(), encoding: Encoding::Plain },
    }
}

/// Lets the report of one node fail in the database: always, or so many times as another transaction in the way would.
async fn poison(store: &Store, conflicts: Option<u32>) {
    let when = format!("NEW.transaction_uuid = '{POISONED}'");
    let sql = match (store.db().dialect(), conflicts) {
        (Dialect::Sqlite, _) => format!(
            "CREATE TRIGGER poison BEFORE INSERT ON reports WHEN {when} BEGIN SELECT RAISE(ABORT, 'poisoned'); END"
        ),
        (Dialect::Postgres, conflicts) => {
            let (count, code) = conflicts.map_or((1_000_000, "P0001"), |conflicts| (conflicts, "40001"));
            format!(
                "CREATE SEQUENCE times;
                 CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                     IF {when} AND nextval('times') <= {count} THEN RAISE EXCEPTION 'poisoned' USING ERRCODE = '{code}'; END IF;
                     RETURN NEW;
                 END $$;
                 CREATE TRIGGER poison BEFORE INSERT ON reports_other FOR EACH ROW EXECUTE FUNCTION poison()"
            )
        }
    };
    store.db().write(move |tx| tx.batch(&sql)).await.unwrap();
}

async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn counts(store: &Store) -> (i64, i64) {
    let count = |tx: &Tx<'_>, sql: &str| tx.query(sql, &[])?[0].get::<i64>(0);
    let read = move |tx: &Tx<'_>| {
        Ok((
            count(tx, "SELECT count(*) FROM reports")?,
            count(tx, "SELECT count(*) FROM nodes WHERE latest_report_status = 'unchanged'")?,
        ))
    };
    store.db().read(read).await.unwrap()
}

/// Has all commands wait before the first is worked on, so that they are one group.
async fn run(store: &Store, conflicts: Option<u32>) -> (Queue, Processor, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(&dir.path().join("queue.sqlite"), Limits::default()).await.unwrap();
    poison(store, conflicts).await;
    for number in 0..NODES {
        // One that cannot be decoded, too.
        queue.push(incoming(number, number != 3), &number.to_string(), false).await.unwrap();
    }
    let metrics = Arc::new(Metrics::default());
    let processor = Processor::start(queue.clone(), store.clone(), metrics, 1, Blocklist::default(), 1 << 20);
    (queue, processor, dir)
}

async fn a_poisoned_command_is_alone_with_it(store: Store) {
    let (queue, processor, _dir) = run(&store, None).await;
    until(|| queue.depth() == 1 && queue.delayed() == 1).await;
    assert_eq!(counts(&store).await, (NODES - 2, NODES - 2));
    let (count, letters) = queue.dead_letters(10).await.unwrap();
    assert_eq!((count, letters[0].certname.as_str()), (1, "n3"));
    // What it brought is taken back, and nothing else.
    let known = store.db().read(|tx| {
        let sql = "SELECT count(*) FROM nodes WHERE certname = 'n17'";
        tx.query(sql, &[])?[0].get::<i64>(0)
    });
    assert_eq!(known.await.unwrap(), 0);
    processor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_command_is_alone_with_it_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    a_poisoned_command_is_alone_with_it(Store::open(&dir.path().join("pdb.sqlite")).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_command_is_alone_with_it_on_postgresql() {
    let Some(server) = Server::start() else { return };
    a_poisoned_command_is_alone_with_it(Store::connect(server.settings()).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_loses_is_written_again_and_then_one_by_one() {
    for (name, conflicts) in [("together", 2), ("apart", 6)] {
        let Some(server) = Server::start() else { return };
        let store = Store::connect(server.settings()).await.unwrap();
        let (queue, processor, _dir) = run(&store, Some(conflicts)).await;
        until(|| queue.depth() == 0).await;
        assert_eq!(counts(&store).await, (NODES - 1, NODES - 1), "{name}");
        assert_eq!(queue.delayed(), 0);
        processor.stop().await;
    }
}
