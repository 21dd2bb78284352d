//! Whatever comes in and goes, answers by counts are those over the rows.

use std::collections::BTreeSet;
use std::time::SystemTime;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::command::{Name, read};
use crate::payload::{microseconds, time_text};
use crate::query::params::Asked;
use crate::query::plan::{Plan, planned};
use crate::store::{self, Recounted, Store};

const DAY: i64 = 86_400_000_000;

/// Something that changes what is counted. Times are hours since five days ago.
#[derive(Clone, Debug)]
enum Step {
    Facts { node: u8, hour: i64, os: u8, more: u8 },
    Catalog { node: u8, hour: i64, files: u8 },
    Report { node: u8, hour: i64, staging: bool, events: Vec<(u8, u8)> },
    Deactivate { node: u8, hour: i64 },
    Delete { node: u8 },
    ExpireNodes { hour: i64 },
    PurgeReports { day: i64 },
    PurgeEvents { day: i64 },
    SumUp,
    Recount,
}

fn step() -> impl Strategy<Value = Step> {
    let (node, hour) = (|| 0..5u8, || 0..130i64);
    prop_oneof![
        5 => (node(), hour(), 0..4u8, 0..3u8).prop_map(|(node, hour, os, more)| Step::Facts { node, hour, os, more }),
        1 => (node(), hour(), 0..4u8).prop_map(|(node, hour, files)| Step::Catalog { node, hour, files }),
        6 => (node(), hour(), any::<bool>(), proptest::collection::vec((0..6u8, 0..4u8), 0..5))
            .prop_map(|(node, hour, staging, events)| Step::Report { node, hour, staging, events }),
        2 => (node(), hour()).prop_map(|(node, hour)| Step::Deactivate { node, hour }),
        1 => node().prop_map(|node| Step::Delete { node }),
        1 => hour().prop_map(|hour| Step::ExpireNodes { hour }),
        1 => (0..6i64).prop_map(|day| Step::PurgeReports { day }),
        1 => (0..6i64).prop_map(|day| Step::PurgeEvents { day }),
        1 => Just(Step::SumUp),
        1 => Just(Step::Recount),
    ]
}

/// The day that hours are counted from.
fn first_day() -> i64 {
    microseconds(SystemTime::now()) / DAY - 5
}

async fn send(store: &Store, name: Name, version: u32, document: Json) {
    let received = microseconds(SystemTime::now());
    let payload = read(name, version, document, received).unwrap();
    store.write(store::prepare(&payload, received)).await.unwrap();
}

async fn run(store: &Store, step: &Step) {
    let first = first_day();
    let at = |hour: i64| time_text(first * DAY + hour * 3_600_000_000);
    match step {
        Step::Facts { node, hour, os, more } => {
            let mut values = json!({
                "kernel": "Linux", "certname": format!("n{node}"), "uptime": hour,
                "disks": [{"size": os}, {"size": 5}],
            });
            match os {
                0 => {}
                1 => values["os"] = json!("Plan 9"),
                os => values["os"] = json!({"name": format!("os{os}"), "release": {"major": more}}),
            }
            let document = json!({
                "certname": format!("n{node}"), "environment": "production", "producer_timestamp": at(*hour), "producer": "p",
                "values": values,
            });
            send(store, Name::ReplaceFacts, 5, document).await;
        }
        Step::Catalog { node, hour, files } => {
            let resources: Vec<Json> = (0..*files)
                .map(|file| {
                    json!({"type": "File", "title": format!("/{file}"), "exported": false, "tags": ["file"], "parameters": {}})
                })
                .collect();
            let document = json!({
                "certname": format!("n{node}"), "version": "1", "environment": "production", "transaction_uuid": null,
                "catalog_uuid": null, "code_id": null, "job_id": null, "producer_timestamp": at(*hour), "producer": "p",
                "edges": [], "resources": resources,
            });
            send(store, Name::ReplaceCatalog, 9, document).await;
        }
        Step::Report { node, hour, staging, events } => {
            let resource = |(number, (resource, status)): (usize, &(u8, u8))| {
                let status = ["success", "failure", "noop", "skipped"][usize::from(*status)];
                let path = match resource {
                    0 => json!(["File[/x]"]),
                    other => json!([format!("C{}", other % 2), "File[/x]"]),
                };
                json!({
                    "timestamp": at(*hour), "resource_type": "File", "resource_title": format!("/{}", resource / 2), "skipped": false,
                    "file": null, "line": null, "containment_path": path,
                    "events": [{"status": status, "timestamp": at(*hour), "property": format!("p{number}"), "name": "n",
                                "new_value": 1, "old_value": 2, "message": null, "corrective_change": number % 2 == 0}],
                })
            };
            let document = json!({
                "certname": format!("n{node}"), "environment": if *staging { "staging" } else { "production" },
                "puppet_version": "8", "report_format": 12, "configuration_version": "1", "start_time": at(*hour), "end_time": at(*hour),
                "producer_timestamp": at(*hour), "producer": "p", "transaction_uuid": format!("{events:?}"), "catalog_uuid": null,
                "code_id": null, "job_id": null, "cached_catalog_status": "not_used", "status": "changed", "noop": false,
                "noop_pending": false, "corrective_change": false, "metrics": [], "logs": [],
                "resources": events.iter().enumerate().map(resource).collect::<Vec<_>>(),
            });
            send(store, Name::StoreReport, 8, document).await;
        }
        Step::Deactivate { node, hour } => {
            let document = json!({"certname": format!("n{node}"), "producer_timestamp": at(*hour)});
            send(store, Name::DeactivateNode, 3, document).await;
        }
        Step::Delete { node } => drop(store.delete_node(&format!("n{node}")).await.unwrap()),
        Step::ExpireNodes { hour } => {
            let before = first * DAY + hour * 3_600_000_000;
            store.expire_nodes(before, before).await.unwrap();
        }
        Step::PurgeReports { day } => drop(store.purge_reports(first + day).await.unwrap()),
        Step::PurgeEvents { day } => drop(store.purge_events(first + day).await.unwrap()),
        Step::SumUp => drop(store.forget_counts().await.unwrap()),
        Step::Recount => assert_eq!(store.recount().await.unwrap(), Recounted::default()),
    }
}

/// Questions that counts answer.
fn questions() -> Vec<Asked> {
    let count = json!(["function", "count"]);
    let active = json!(["=", "node_state", "active"]);
    let mut all = Vec::new();
    for state in [active.clone(), json!(["=", "node_state", "any"])] {
        for query in [
            json!(["resources", ["extract", [&count], &state]]),
            json!([
                "facts",
                ["extract", [&count, "value"], ["and", ["=", "name", "os"], &state], ["group_by", "value"]]
            ]),
            json!([
                "facts",
                ["extract", [&count], ["and", ["=", "name", "uptime"], [">", "value", 50], &state]]
            ]),
            json!([
                "facts",
                [
                    "extract",
                    ["name", &count],
                    ["and", &state, ["not", ["~", "name", "^k"]]],
                    ["group_by", "name"]
                ],
                ["order_by", [["name", "desc"]]],
                ["limit", 3]
            ]),
            json!(["facts", ["extract", [&count, "value"], &state, ["group_by", "value", "name"]]]),
            json!([
                "fact_contents",
                [
                    "extract",
                    ["value", &count],
                    ["and", ["=", "path", ["os", "name"]], &state],
                    ["group_by", "value"]
                ]
            ]),
            json!([
                "fact_contents",
                [
                    "extract",
                    ["path", &count],
                    ["and", ["~>", "path", ["disks", ".*", "size"]], &state],
                    ["group_by", "path"]
                ]
            ]),
            json!([
                "inventory",
                ["extract", ["facts.os.name", &count], &state, ["group_by", "facts.os.name"]]
            ]),
            json!([
                "inventory",
                [
                    "extract",
                    [&count, "facts.os.release.major", "facts.os"],
                    &state,
                    ["group_by", "facts.os", "facts.os.release.major"]
                ]
            ]),
        ] {
            all.push(Asked { query: from(query), include_total: true, ..Asked::default() });
        }
    }
    let latest = json!(["=", "latest_report?", true]);
    for entity in ["event_counts", "aggregate_event_counts"] {
        for by in ["resource", "containing_class"] {
            for filter in [
                latest.clone(),
                json!(["and", &latest, ["=", "environment", "staging"]]),
                json!(["and", ["or", ["=", "status", "failure"], ["~", "resource_title", "1"]], &latest]),
                json!([
                    "and",
                    &latest,
                    ["=", "corrective_change", true],
                    ["null?", "containing_class", false]
                ]),
            ] {
                let query = from(json!([entity, filter]));
                all.push(Asked { query, summarize_by: Some(by.into()), ..Asked::default() });
            }
        }
    }
    all
}

fn from(query: Json) -> Json {
    let mut query = query;
    query.as_array_mut().unwrap().insert(0, "from".into());
    query
}

async fn answer(store: &Store, plan: Plan) -> (Vec<String>, Vec<String>) {
    store
        .db()
        .read(move |tx| {
            let ask = |sql: &Sql| -> db::Result<Vec<String>> {
                let (text, values) = sql.render(tx.dialect());
                let rows = tx.query(&text, &values)?;
                let mut rows: Vec<String> =
                    rows.into_iter().map(|row| format!("{:?}", row.into_values())).collect();
                rows.sort();
                Ok(rows)
            };
            Ok((ask(&plan.sql)?, plan.count.as_ref().map_or(Ok(Vec::new()), ask)?))
        })
        .await
        .unwrap()
}

async fn compare(store: &Store, done: &[Step]) {
    for asked in questions() {
        let (counts, rows) = (planned(&asked, true).unwrap(), planned(&asked, false).unwrap());
        assert_ne!(counts.sql, rows.sql, "not answered by counts: {}", asked.query);
        let (counts, rows) = (answer(store, counts).await, answer(store, rows).await);
        assert_eq!(counts, rows, "{} by {:?} after {done:#?}", asked.query, asked.summarize_by);
    }
    let ends = "SELECT count(*) FROM nodes n LEFT JOIN reports r ON r.id = n.latest_report_id
                WHERE coalesce(n.latest_report_end_time, 0) <> coalesce(r.end_time, 0)";
    let wrong = store.db().read(move |tx| tx.query(ends, &[])?[0].get::<i64>(0)).await.unwrap();
    assert_eq!(wrong, 0, "ends of latest reports after {done:#?}");
}

/// Takes back the steps of the schema from the one on that made counts.
async fn take_back(store: &Store) {
    const BOTH: &str = "DROP VIEW counted_values; DROP VIEW latest_events; DROP TABLE event_counts; DROP INDEX nodes_latest_events;
        CREATE INDEX nodes_latest_report_status ON nodes (latest_report_status);
        ALTER TABLE nodes DROP COLUMN latest_report_events; ALTER TABLE nodes DROP COLUMN latest_report_end_time;
        DROP TABLE recounts; UPDATE schema_versions SET version = version - 2;";
    let own = match store.db().dialect() {
        db::Dialect::Sqlite => {
            "DROP TRIGGER nodes_count_events; DROP INDEX nodes_status; CREATE INDEX facts_name ON facts (name_id);"
        }
        db::Dialect::Postgres => {
            "DROP TRIGGER nodes_count_events ON nodes; DROP FUNCTION count_latest_events; DROP INDEX nodes_active;
             DROP INDEX nodes_active_status;"
        }
    };
    let last = match store.db().dialect() {
        db::Dialect::Sqlite => "",
        db::Dialect::Postgres => "DROP TABLE fact_differences; ALTER TABLE fact_values DROP COLUMN nodes;",
    };
    store.db().write(move |tx| tx.batch(&format!("{own} {BOTH} {last}"))).await.unwrap();
}

#[test]
fn counts_are_those_of_the_rows_on_sqlite() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in proptest::collection::vec(step(), 1..30))| {
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("x.sqlite")).unwrap();
            for (index, step) in steps.iter().enumerate() {
                run(&store, step).await;
                compare(&store, &steps[..=index]).await;
            }
            // A store that was there before counts were gets them.
            take_back(&store).await;
            drop(store);
            let store = Store::open(&folder.path().join("x.sqlite")).unwrap();
            compare(&store, &steps).await;
        });
    });
}

#[test]
fn counts_are_those_of_the_rows_on_postgresql() {
    let Some(server) = db::scratch::Server::start() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(Store::connect(server.settings())).unwrap();
    let done = std::cell::RefCell::new(Vec::new());
    let config = ProptestConfig {
        cases: 10,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    // One store for all: it goes on with what was there.
    proptest!(config, |(steps in proptest::collection::vec(step(), 1..20))| {
        for step in &steps {
            done.borrow_mut().push(step.clone());
            runtime.block_on(run(&store, step));
        }
        runtime.block_on(compare(&store, &done.borrow()));
    });
    let done = done.into_inner();
    runtime.block_on(async {
        take_back(&store).await;
        drop(store);
        let store = Store::connect(server.settings()).await.unwrap();
        compare(&store, &done).await;
    });
}

#[test]
fn nodes_that_come_at_once_are_all_counted() {
    let Some(server) = db::scratch::Server::start() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::connect(server.settings()).await.unwrap();
        for round in 0..6i64 {
            let mut tasks = tokio::task::JoinSet::new();
            for node in 0..24u8 {
                let store = store.clone();
                tasks.spawn(async move {
                    let os = ((i64::from(node) + round) % 4) as u8;
                    run(&store, &Step::Facts { node, hour: round, os, more: node % 2 }).await;
                    let events = vec![(node % 6, os), (node % 5, 0)];
                    run(&store, &Step::Report { node, hour: round, staging: node % 3 == 0, events }).await;
                    if node % 8 == 0 {
                        run(&store, &Step::SumUp).await;
                    }
                });
            }
            while let Some(done) = tasks.join_next().await {
                done.unwrap();
            }
            compare(&store, &[]).await;
        }
    });
}

/// Leaves counts wrong, as a program would that does not know them, and in any other way.
async fn damage(store: &Store) {
    const BOTH: &str = "UPDATE nodes SET latest_report_events = 0 WHERE id % 3 = 0;
        UPDATE nodes SET latest_report_events = 40, resources_count = 77, edges_count = 7 WHERE id % 3 = 1;
        UPDATE nodes SET latest_report_end_time = 5;
        DELETE FROM event_counts WHERE containing_class IN ('C0', 'C9');
        UPDATE event_counts SET events = events + 3 WHERE containing_class = '';
        INSERT INTO event_counts (environment_id, status, corrective_change, resource_type, resource_title, containing_class, events)
            VALUES (0, 'failure', -1, 'Exec', 'never ran', 'C9', 2);";
    let own = match store.db().dialect() {
        db::Dialect::Sqlite => "",
        db::Dialect::Postgres => {
            "UPDATE fact_values SET nodes = nodes + 2 WHERE id % 2 = 0;
             INSERT INTO fact_differences (name_id, value_id, nodes) SELECT name_id, id, -1 FROM fact_values WHERE id % 3 = 0;"
        }
    };
    store.db().write(move |tx| tx.batch(&format!("{BOTH} {own}"))).await.unwrap();
}

/// Nodes bring something while counts that are wrong are mended, by two at once.
async fn counts_are_mended(store: Store) {
    let bring = async |store: &Store, node: u8, round: i64| {
        let os = ((i64::from(node) + round) % 4) as u8;
        run(store, &Step::Facts { node, hour: round, os, more: node % 2 }).await;
        run(store, &Step::Catalog { node, hour: round, files: os }).await;
        let events = vec![(node % 6, os), (node % 5, 0), (1, 2)];
        let staging = node.is_multiple_of(3);
        run(store, &Step::Report { node, hour: round, staging, events }).await;
    };
    for node in 0..12 {
        bring(&store, node, 0).await;
    }
    assert_eq!(store.recount().await.unwrap(), Recounted::default());
    damage(&store).await;
    let mended = store.recount().await.unwrap();
    let has_values = store.db().dialect() == db::Dialect::Postgres;
    assert!(mended.nodes == 12 && mended.events > 3 && (mended.values > 3) == has_values, "{mended:?}");
    compare(&store, &[]).await;
    assert_eq!(store.recount().await.unwrap(), Recounted::default());
    for round in 1..4 {
        damage(&store).await;
        let mut tasks = tokio::task::JoinSet::new();
        for node in 0..12 {
            let store = store.clone();
            tasks.spawn(async move { bring(&store, node, round).await });
        }
        for _ in 0..2 {
            let store = store.clone();
            tasks.spawn(async move {
                for _ in 0..4 {
                    store.recount().await.unwrap();
                    run(&store, &Step::SumUp).await;
                }
            });
        }
        tasks.join_all().await;
        compare(&store, &[]).await;
        assert_eq!(store.recount().await.unwrap(), Recounted::default());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_are_mended_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    counts_are_mended(Store::open(&folder.path().join("x.sqlite")).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_are_mended_on_postgresql() {
    let Some(server) = db::scratch::Server::start() else { return };
    counts_are_mended(Store::connect(server.settings()).await.unwrap()).await;
}

#[test]
fn other_questions_go_over_the_rows() {
    let count = json!(["function", "count"]);
    let queries: BTreeSet<String> = [
        json!(["facts", ["extract", [&count, "value"], ["=", "certname", "a"], ["group_by", "value"]]]),
        json!([
            "facts",
            [
                "extract",
                [&count, "value", "certname"],
                ["=", "name", "os"],
                ["group_by", "value", "certname"]
            ]
        ]),
        json!(["facts", ["extract", [&count], ["=", "node_state", "inactive"]]]),
        json!(["facts", ["extract", [["function", "count", "value"]], ["=", "name", "os"]]]),
        json!(["facts", ["extract", [&count], ["subquery", "nodes", ["=", "certname", "a"]]]]),
        json!(["facts", ["extract", [["function", "avg", "value"], &count], ["=", "name", "uptime"]]]),
        json!([
            "inventory",
            ["extract", ["facts.a.b", "facts.c", &count], ["group_by", "facts.a.b", "facts.c"]]
        ]),
        json!(["inventory", ["extract", ["facts.a", &count], ["=", "facts.b", 1], ["group_by", "facts.a"]]]),
        json!(["resources", ["extract", [&count], ["=", "type", "File"]]]),
        json!(["nodes", ["extract", [&count]]]),
    ]
    .map(|query| query.to_string())
    .into();
    for query in queries {
        let query = from(serde_json::from_str(&query).unwrap());
        let asked = Asked { query, include_total: true, ..Asked::default() };
        let (counts, rows) = (planned(&asked, true).unwrap(), planned(&asked, false).unwrap());
        assert_eq!((counts.sql, counts.count), (rows.sql, rows.count), "{}", asked.query);
    }
    for (filter, count_by, distinct) in [
        (json!(["=", "latest_report?", false]), None, false),
        (json!(["and", ["=", "latest_report?", true], ["=", "certname", "a"]]), None, false),
        (json!(["or", ["=", "latest_report?", true], ["=", "status", "noop"]]), None, false),
        (json!(["=", "latest_report?", true]), Some("certname"), false),
        (json!(["=", "latest_report?", true]), None, true),
    ] {
        let asked = Asked {
            query: json!(["from", "event_counts", filter]),
            summarize_by: Some("resource".into()),
            count_by: count_by.map(str::to_owned),
            distinct_resources: distinct.then_some(true),
            distinct_start_time: distinct.then(|| "2024-01-01T00:00:00Z".into()),
            distinct_end_time: distinct.then(|| "2024-01-02T00:00:00Z".into()),
            ..Asked::default()
        };
        let (counts, rows) = (planned(&asked, true).unwrap(), planned(&asked, false).unwrap());
        assert_eq!(counts.sql, rows.sql, "{}", asked.query);
    }
}
