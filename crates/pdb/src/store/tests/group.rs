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

/// What nodes bring in a round: facts, catalogs and reports that are new, as before, older, or partly as those of others.
fn documents(round: i64) -> Vec<Prepared> {
    let time = |minutes: i64| crate::payload::time_text(1_714_953_600_000_000 + minutes * 60_000_000);
    let mut all = Vec::new();
    for number in 0..12i64 {
        let certname = format!("n{number}.{}", ["facts", "catalog", "report"][(number % 3) as usize]);
        // Some come too late, some bring the same as before.
        let (minute, content) = match (number + round) % 4 {
            0 => (round * 10 - 25, round),
            1 => (round * 10, round - 1),
            _ => (round * 10, round),
        };
        let (name, version, document) = match number % 3 {
            0 => {
                let mut values = serde_json::json!({
                    "kernel": "Linux", "certname": certname, "uptime": content * 100 + number / 6, "os": {"family": "Debian", "release": content},
                });
                if number % 2 == 0 {
                    values[format!("only{}", content % 3)] = serde_json::json!([number, {"a": content}]);
                }
                let packages = serde_json::json!([["bash", content.to_string(), "apt"], ["vim", "9", "apt"]]);
                (
                    Name::ReplaceFacts,
                    5,
                    serde_json::json!({
                        "certname": certname, "environment": format!("e{}", number % 2), "producer_timestamp": time(minute), "producer": "p",
                        "values": values, "package_inventory": packages,
                    }),
                )
            }
            1 => {
                let file = |title: String, of: &str, content: i64| {
                    serde_json::json!({
                        "type": "File", "title": title, "exported": false, "file": of, "line": 3, "tags": ["file"], "parameters": {"content": content},
                    })
                };
                let resources = [
                    file("/shared/a".into(), "shared.pp", content / 2),
                    file("/shared/b".into(), "shared.pp", 1),
                    file(format!("/own/{number}"), "shared.pp", content),
                    file("/site".into(), "site.pp", number % 2),
                    file(format!("/gone/{content}"), "gone.pp", 1),
                ];
                let edge = |from: &serde_json::Value, to: &serde_json::Value| {
                    let end = |of: &serde_json::Value| serde_json::json!({"type": of["type"], "title": of["title"]});
                    serde_json::json!({"source": end(from), "target": end(to), "relationship": "before"})
                };
                let edges: Vec<_> = resources.windows(2).map(|pair| edge(&pair[0], &pair[1])).collect();
                (
                    Name::ReplaceCatalog,
                    9,
                    serde_json::json!({
                        "certname": certname, "version": minute.to_string(), "environment": "e0", "transaction_uuid": format!("t{minute}"),
                        "catalog_uuid": format!("c{minute}"), "code_id": null, "job_id": null, "producer_timestamp": time(minute),
                        "producer": format!("p{}", number % 2), "edges": edges, "resources": resources,
                    }),
                )
            }
            _ => (
                Name::StoreReport,
                8,
                serde_json::json!({
                    "certname": certname, "environment": "e1", "puppet_version": "8", "report_format": 12, "configuration_version": "1",
                    // The same content is the same report.
                    "start_time": time(content * 10), "end_time": time(content * 10), "producer_timestamp": time(content * 10), "producer": null,
                    "transaction_uuid": format!("t{content}"), "status": (if content % 2 == 0 { "changed" } else { "failed" }), "noop": number > 6,
                    "metrics": [{"category": "time", "name": "total", "value": 1.5}], "logs": [],
                    "resources": [{
                        "timestamp": time(minute), "resource_type": "File", "resource_title": "/x", "skipped": false, "file": null, "line": null,
                        "containment_path": ["Stage[main]", "Main", "File[/x]"],
                        "events": (0..number / 3).map(|event| serde_json::json!({
                            "status": "success", "timestamp": time(minute), "property": format!("p{event}"), "name": null,
                            "new_value": event, "old_value": null, "message": "m", "corrective_change": null,
                        })).collect::<Vec<_>>(),
                    }],
                }),
            ),
        };
        let payload = crate::command::read(name, version, document, 1).unwrap();
        all.push(prepare(&payload, 1));
    }
    // The heads of catalogs that are stored, and of some that are not.
    for number in [1, 4, 7] {
        let certname = format!("n{number}.catalog");
        let of = all.iter().find_map(|prepared| match prepared {
            Prepared::Catalog(catalog) if prepared_for(catalog, &certname) => Some(catalog.hash().clone()),
            _ => None,
        });
        let sketch = Sketch {
            version: "same".into(),
            environment: Some("e1".into()),
            transaction_uuid: Some(format!("s{round}")),
            catalog_uuid: None,
            code_id: None,
            job_id: Some("7".into()),
            producer_timestamp: 1_714_953_600_000_000 + (round * 10 + 5) * 60_000_000,
            producer: None,
            fingerprint: Fingerprint::of(&[]),
        };
        let hash = of.filter(|_| number != 4).unwrap_or_else(|| vec![0; 20]);
        all.push(prepare_same(&certname, sketch, hash, 2));
    }
    all
}

fn prepared_for(catalog: &catalog::Prepared, certname: &str) -> bool {
    catalog.wanted().certname == certname
}

/// All that is stored, without ids.
async fn contents(store: &Store) -> Vec<String> {
    const STATEMENTS: &[&str] = &[
        "SELECT certname, facts_timestamp, catalog_timestamp, report_timestamp, latest_report_status, latest_report_noop,
            resources_count, edges_count,
            (SELECT name FROM environments e WHERE e.id = facts_environment_id),
            (SELECT name FROM environments e WHERE e.id = catalog_environment_id),
            (SELECT name FROM environments e WHERE e.id = report_environment_id) FROM nodes",
        "SELECT certname, s.producer_timestamp, s.hash, s.packages_hash, s.digests, p.name FROM factsets s
            JOIN nodes n ON n.id = s.node_id LEFT JOIN producers p ON p.id = s.producer_id",
        "SELECT certname, m.name, v.hash, v.kind, v.number FROM facts f JOIN nodes n ON n.id = f.node_id
            JOIN fact_names m ON m.id = f.name_id JOIN fact_values v ON v.id = f.value_id AND v.name_id = f.name_id",
        "SELECT hash FROM fact_values",
        "SELECT hash, depth, name, kind FROM fact_paths",
        "SELECT certname, p.name, p.version FROM node_packages o JOIN nodes n ON n.id = o.node_id JOIN packages p ON p.id = o.package_id",
        "SELECT certname, c.hash, c.version, c.transaction_uuid, c.catalog_uuid, c.job_id, c.producer_timestamp, c.timestamp, p.name
            FROM catalogs c JOIN nodes n ON n.id = c.node_id LEFT JOIN producers p ON p.id = c.producer_id",
        "SELECT certname, p.hash, p.kind FROM catalog_parts c JOIN nodes n ON n.id = c.node_id JOIN parts p ON p.id = c.part_id",
        "SELECT p.hash, r.hash, r.title FROM part_resources m JOIN parts p ON p.id = m.part_id JOIN resources r ON r.id = m.resource_id",
        "SELECT p.hash, e.hash, e.target_title FROM part_edges m JOIN parts p ON p.id = m.part_id JOIN edges e ON e.id = m.edge_id",
        "SELECT hash FROM resources",
        "SELECT hash FROM edges",
        "SELECT certname, r.hash, r.day, r.status, r.noop, r.duration, r.transaction_uuid, n.latest_report_hash = r.hash
            FROM reports r JOIN nodes n ON n.id = r.node_id",
        "SELECT certname, r.hash, e.property, e.new_value, e.status FROM resource_events e JOIN nodes n ON n.id = e.node_id
            JOIN reports r ON r.id = e.report_id AND r.node_id = n.id",
    ];
    let read = |tx: &Tx<'_>| {
        let mut all = Vec::new();
        for sql in STATEMENTS {
            let mut rows: Vec<String> = tx.query(sql, &[])?.iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            all.push(sql.split_whitespace().collect::<Vec<_>>().join(" "));
            all.extend(rows);
        }
        Ok(all)
    };
    store.db().read(read).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn together_is_the_same_as_one_by_one() {
    let Some(server) = Server::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let alone = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    let together = Store::connect(server.settings()).await.unwrap();
    for round in 0..6 {
        let documents = documents(round);
        let (first, same) = documents.split_at(12);
        for part in [first, same] {
            let mut expected = Vec::new();
            for document in part {
                expected.push(alone.write(document.clone()).await.unwrap());
            }
            assert_eq!(together.write_all(part.into(), 1).await.unwrap(), expected, "round {round}");
        }
        assert_eq!(contents(&together).await, contents(&alone).await, "round {round}");
    }
}
