use api::pdb::ExportedFilter;
use db::scratch::Server;
use serde_json::{Value as Json, json};

use super::*;
use crate::command::{Name, read};
use crate::expiry::{Expiry, Settings, Task};
use crate::payload::time;
use crate::store::export::Exported;

fn at(minute: i64) -> String {
    crate::payload::time_text(time("2024-05-06T00:00:00Z").unwrap() + minute * 60_000_000)
}

async fn send(store: &Store, name: Name, version: u32, document: Json) -> Outcome {
    let received = microseconds(SystemTime::now());
    let payload = read(name, version, document, received).unwrap();
    store.write(prepare(&payload, received)).await.unwrap()
}

async fn number(store: &Store, sql: &'static str) -> i64 {
    store.db().read(move |tx| tx.query(sql, &[])?[0].get(0)).await.unwrap()
}

/// How often each table was written is told by the highest ids and counts.
async fn counts(store: &Store) -> Vec<(&'static str, i64)> {
    let mut all = Vec::new();
    for (table, sql) in [
        ("nodes", "SELECT count(*) FROM nodes"),
        ("facts", "SELECT count(*) FROM facts"),
        ("fact_values", "SELECT count(*) FROM fact_values"),
        ("fact_paths", "SELECT count(*) FROM fact_paths"),
        ("packages", "SELECT count(*) FROM packages"),
        ("node_packages", "SELECT count(*) FROM node_packages"),
        ("resources", "SELECT count(*) FROM resources"),
        ("catalog_resources", "SELECT count(*) FROM catalog_resources"),
        ("edges", "SELECT count(*) FROM edges"),
        ("inputs", "SELECT count(*) FROM inputs"),
        ("reports", "SELECT count(*) FROM reports"),
        ("events", "SELECT count(*) FROM resource_events"),
    ] {
        all.push((table, number(store, sql).await));
    }
    all
}

fn facts_of(node: &str, minute: i64, values: Json, packages: Json) -> Json {
    json!({
        "certname": node, "environment": "production", "producer_timestamp": at(minute), "producer": "server",
        "values": values, "package_inventory": packages,
    })
}

fn catalog_of(node: &str, minute: i64, mode: &str) -> Json {
    json!({
        "certname": node, "version": minute.to_string(), "environment": "production", "transaction_uuid": format!("t{minute}"),
        "catalog_uuid": format!("c{minute}"), "code_id": null, "job_id": null, "producer_timestamp": at(minute),
        "producer": "server",
        "edges": [{"source": {"type": "Class", "title": "Main"}, "target": {"type": "File", "title": "/x"}, "relationship": "contains"}],
        "resources": [
            {"type": "Class", "title": "Main", "exported": false, "tags": ["class"], "parameters": {}, "kind": "class"},
            {"type": "File", "title": "/x", "exported": false, "file": "a.pp", "line": 3, "tags": ["file", "x"],
             "parameters": {"mode": mode, "nested": {"b": 1, "a": [true, null, 1.5]}}},
        ],
    })
}

fn report_of(node: &str, minute: i64, status: &str) -> Json {
    json!({
        "certname": node, "environment": "production", "puppet_version": "8.10.0", "report_format": 12,
        "configuration_version": "1", "start_time": at(minute), "end_time": at(minute + 1), "producer_timestamp": at(minute + 1),
        "producer": "server", "transaction_uuid": format!("t{minute}"), "catalog_uuid": null, "code_id": null, "job_id": null,
        "cached_catalog_status": "not_used", "status": status, "noop": false, "noop_pending": false,
        "corrective_change": false,
        "resources": [{
            "timestamp": at(minute), "resource_type": "File", "resource_title": "/x", "skipped": false, "file": "a.pp", "line": 3,
            "containment_path": ["Stage[main]", "Main", "File[/x]"],
            "events": [{"status": "success", "timestamp": at(minute), "property": "mode", "name": "mode_changed",
                        "new_value": "0644", "old_value": "0600", "message": "changed", "corrective_change": false}],
        }],
        "metrics": [{"category": "resources", "name": "total", "value": 2}],
        "logs": [{"file": null, "line": null, "level": "notice", "message": "m\u{0}", "source": "s", "tags": ["notice"], "time": at(minute)}],
    })
}

async fn every_document(store: &Store) {
    // Facts: only what changed is written, and values that nobody has any more are gone.
    let os = json!({"family": "Debian", "release": {"major": "12"}, "list": [1, {"x": null}]});
    let values = json!({"os": os, "kernel": "Linux", "uptime": 5, "virtual": false});
    let packages = json!([["bash", "5", "apt"], ["vim", "9", "apt"]]);
    assert_eq!(
        send(store, Name::ReplaceFacts, 5, facts_of("a", 0, values.clone(), packages.clone())).await,
        Outcome::Stored
    );
    assert_eq!(
        send(store, Name::ReplaceFacts, 5, facts_of("b", 0, values.clone(), packages.clone())).await,
        Outcome::Stored
    );
    let after = counts(store).await;
    assert_eq!(
        after[1..6],
        [("facts", 8), ("fact_values", 4), ("fact_paths", 7), ("packages", 2), ("node_packages", 4)]
    );
    let mut changed = values.clone();
    changed["uptime"] = 6.into();
    changed.as_object_mut().unwrap().remove("virtual");
    let fewer = json!([["bash", "5", "apt"]]);
    assert_eq!(
        send(store, Name::ReplaceFacts, 5, facts_of("a", 5, changed.clone(), fewer)).await,
        Outcome::Stored
    );
    assert_eq!(
        send(store, Name::ReplaceFacts, 5, facts_of("a", 3, values.clone(), json!([]))).await,
        Outcome::Stale
    );
    let after = counts(store).await;
    assert_eq!(after[1..3], [("facts", 7), ("fact_values", 5)]);
    assert_eq!(after[5], ("node_packages", 3));
    let read = store.facts("a").await.unwrap().unwrap();
    assert_eq!(read.facts["uptime"].as_int(), Some(6));
    assert!(read.facts.get_str("virtual").is_none() && read.facts.get_str("os").is_some());
    // Scalars that only look the same are told apart.
    for (minute, value) in
        [(10, json!("6")), (11, json!(6)), (12, json!(6.0)), (13, json!(true)), (14, json!("true"))]
    {
        changed["uptime"] = value.clone();
        send(store, Name::ReplaceFacts, 5, facts_of("a", minute, changed.clone(), json!([]))).await;
        let node = store.export_node("a").await.unwrap();
        assert_eq!(node[0].document["values"]["uptime"], value);
    }

    // Catalogs: what two nodes have in common is there once; the same again moves the identity.
    for node in ["a", "b"] {
        assert_eq!(send(store, Name::ReplaceCatalog, 9, catalog_of(node, 0, "0644")).await, Outcome::Stored);
    }
    let after = counts(store).await;
    assert_eq!(after[6..9], [("resources", 2), ("catalog_resources", 4), ("edges", 1)]);
    assert_eq!(send(store, Name::ReplaceCatalog, 9, catalog_of("a", 1, "0644")).await, Outcome::Stored);
    assert_eq!(counts(store).await, after);
    let read = store.catalog("a").await.unwrap().unwrap().catalog;
    assert_eq!((&*read.catalog_uuid, read.resources.len(), read.edges.len()), ("c1", 2, 1));
    send(store, Name::ReplaceCatalog, 9, catalog_of("a", 2, "0600")).await;
    assert_eq!(counts(store).await[6..8], [("resources", 3), ("catalog_resources", 4)]);
    send(store, Name::ReplaceCatalog, 9, catalog_of("b", 2, "0600")).await;
    assert_eq!(counts(store).await[6], ("resources", 2));
    assert_eq!(send(store, Name::ReplaceCatalog, 9, catalog_of("b", 1, "0644")).await, Outcome::Stale);
    let inputs = json!({"certname": "a", "producer_timestamp": at(2), "catalog_uuid": "c2", "inputs": [["hiera", "k"], ["hiera", "k"]]});
    assert_eq!(send(store, Name::ReplaceCatalogInputs, 1, inputs).await, Outcome::Stored);
    assert_eq!(counts(store).await[9], ("inputs", 1));

    // Reports: each once; the newest is the node's.
    assert_eq!(send(store, Name::StoreReport, 8, report_of("a", 20, "changed")).await, Outcome::Stored);
    assert_eq!(send(store, Name::StoreReport, 8, report_of("a", 20, "changed")).await, Outcome::Duplicate);
    assert_eq!(send(store, Name::StoreReport, 8, report_of("a", 10, "failed")).await, Outcome::Stored);
    assert_eq!(counts(store).await[10..], [("reports", 2), ("events", 2)]);
    let sql = "SELECT count(*) FROM nodes n JOIN reports r ON r.id = n.latest_report_id AND r.hash = n.latest_report_hash
               WHERE n.certname = 'a' AND n.latest_report_status = 'changed' AND NOT n.latest_report_noop
                   AND n.report_timestamp = r.producer_timestamp";
    assert_eq!(number(store, sql).await, 1);
    let class =
        "SELECT count(*) FROM resource_events WHERE containing_class = 'Main' AND new_value = '\"0644\"'";
    assert_eq!(number(store, class).await, 2);
}

/// Documents of all nodes in a form that two stores can be compared by.
async fn everything(store: &Store) -> Vec<Json> {
    let mut all: Vec<Exported> = Vec::new();
    for certname in store.all_certnames().await.unwrap() {
        all.extend(store.export_node(&certname).await.unwrap());
        for id in store.report_ids(&certname).await.unwrap() {
            all.extend(store.export_report(id).await.unwrap());
        }
    }
    let mut documents: Vec<Json> = all
        .into_iter()
        .map(|exported| {
            let mut document = exported.document;
            for list in ["resources", "edges", "inputs"] {
                if let Some(items) = document.get_mut(list).and_then(Json::as_array_mut) {
                    items.sort_by_key(crate::hash::canonical);
                }
            }
            json!([
                exported.folder,
                serde_json::from_str::<Json>(&crate::hash::canonical(&document)).unwrap()
            ])
        })
        .collect();
    documents.sort_by_key(Json::to_string);
    documents
}

async fn exports(store: &Store) {
    let resource = |title: &str, port: Json, tags: Json| json!({"type": "Nagios::Host", "title": title, "exported": true, "tags": tags, "parameters": {"port": port, "list": ["a", 1]}});
    for (node, port, tag) in [("y", json!(80), "web"), ("x", json!("80"), "db")] {
        let mut catalog = catalog_of(node, 0, "0644");
        let own = resource(node, port, json!(["nagios::host", tag]));
        catalog["resources"].as_array_mut().unwrap().push(own);
        send(store, Name::ReplaceCatalog, 9, catalog).await;
    }
    let ask = async |certname: &str, filter: Option<ExportedFilter>| {
        let query = ExportedQuery { type_name: "Nagios::Host".into(), certname: certname.into(), filter };
        store.exported(query).await.unwrap().into_iter().map(|found| found.title).collect::<Vec<_>>()
    };
    let parameter = |name: &str, value: Pcore| ExportedFilter::Parameter(name.into(), value);
    let not = |filter| ExportedFilter::Not(Box::new(filter));
    let list = Pcore::array(vec![Pcore::from("a"), Pcore::Int(1)]);
    assert_eq!(ask("somebody", None).await, ["x", "y"]);
    assert_eq!(ask("x", None).await, ["y"]);
    assert_eq!(ask("z", Some(ExportedFilter::Tag("db".into()))).await, ["x"]);
    assert_eq!(ask("z", Some(not(ExportedFilter::Title("x".into())))).await, ["y"]);
    assert_eq!(ask("z", Some(parameter("port", Pcore::Int(80)))).await, ["y"]);
    assert_eq!(ask("z", Some(parameter("port", "80".into()))).await, ["x"]);
    assert_eq!(ask("z", Some(parameter("list", list.clone()))).await, ["x", "y"]);
    assert_eq!(ask("z", Some(parameter("none", "80".into()))).await, Vec::<String>::new());
    assert_eq!(ask("z", Some(not(parameter("none", "80".into())))).await, ["x", "y"]);
    let both = ExportedFilter::And(
        Box::new(parameter("list", list)),
        Box::new(ExportedFilter::Or(
            Box::new(ExportedFilter::Tag("web".into())),
            Box::new(ExportedFilter::Tag("none".into())),
        )),
    );
    assert_eq!(ask("z", Some(both)).await, ["y"]);
    // What a node exports is gone for others with the node.
    let given_up = json!({"certname": "y", "producer_timestamp": at(40)});
    assert_eq!(send(store, Name::DeactivateNode, 3, given_up).await, Outcome::Stored);
    assert_eq!(ask("z", None).await, ["x"]);
    for node in ["x", "y"] {
        assert!(store.delete_node(node).await.unwrap());
    }
}

async fn forgetting(store: &Store) {
    let expiry = Expiry::new(store.clone(), Settings::default());
    let configure = json!({"certname": "b", "expire": {"facts": false}, "producer_timestamp": at(30)});
    assert_eq!(send(store, Name::ConfigureExpiration, 1, configure).await, Outcome::Stored);
    // Everything is years old: one node expires, and reports go.
    expiry.clean(&[Task::ExpireNodes, Task::PurgeReports]).await.unwrap().unwrap();
    assert_eq!(number(store, "SELECT count(*) FROM nodes WHERE expired IS NOT NULL").await, 1);
    assert_eq!(counts(store).await[10..], [("reports", 0), ("events", 0)]);
    assert_eq!(number(store, "SELECT count(*) FROM nodes WHERE latest_report_id IS NOT NULL").await, 0);
    // A node that is heard of is back; one that is given up is purged with all that only it has.
    let now = crate::payload::time_text(microseconds(SystemTime::now() + Duration::from_secs(60)));
    let mut facts = facts_of("a", 0, json!({"only": {"a": "x"}}), json!([["only", "1", "apt"]]));
    facts["producer_timestamp"] = now.into();
    send(store, Name::ReplaceFacts, 5, facts).await;
    assert_eq!(number(store, "SELECT count(*) FROM nodes WHERE expired IS NOT NULL").await, 0);
    let given_up = json!({"certname": "b", "producer_timestamp": at(1)});
    assert_eq!(send(store, Name::DeactivateNode, 3, given_up).await, Outcome::Stale);
    let given_up = json!({"certname": "b", "producer_timestamp": at(40)});
    assert_eq!(send(store, Name::DeactivateNode, 3, given_up).await, Outcome::Stored);
    expiry.clean(&[Task::PurgeNodes(None)]).await.unwrap().unwrap();
    assert_eq!(store.all_certnames().await.unwrap(), ["a"]);
    assert!(store.delete_node("a").await.unwrap() && !store.delete_node("a").await.unwrap());
    let left = counts(store).await;
    let left: Vec<_> =
        left.into_iter().filter(|(table, count)| *count > 0 && *table != "fact_paths").collect();
    assert_eq!(left, []);
    expiry.clean(&Task::ALL).await.unwrap().unwrap();
    assert_eq!(counts(store).await[3], ("fact_paths", 0));
}

#[tokio::test]
async fn on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    every_document(&store).await;
    insta::assert_json_snapshot!(everything(&store).await);
    exports(&store).await;
    forgetting(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    let Some(server) = Server::start() else { return };
    let store = Store::connect(server.settings()).await.unwrap();
    every_document(&store).await;
    let dir = tempfile::tempdir().unwrap();
    let other = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    every_document(&other).await;
    assert_eq!(everything(&store).await, everything(&other).await);
    exports(&store).await;
    forgetting(&store).await;

    // Days near the present have partitions, which are dropped whole; many writers at once do not lose anything.
    let today = microseconds(SystemTime::now());
    let mut writers = Vec::new();
    for number in 0..40_i64 {
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            let mut report = report_of(&format!("n{}", number % 10), 0, "changed");
            let days = number % 4;
            let time = crate::payload::time_text(today - days * 20 * 86_400_000_000 - number);
            report["producer_timestamp"] = time.into();
            report["transaction_uuid"] = number.to_string().into();
            let facts = facts_of(
                &format!("n{}", number % 10),
                number,
                json!({"shared": number % 3, "own": number}),
                json!([]),
            );
            let (stored, _) = tokio::join!(
                send(&store, Name::StoreReport, 8, report),
                send(&store, Name::ReplaceFacts, 5, facts)
            );
            assert_eq!(stored, Outcome::Stored);
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(number(&store, "SELECT count(*) FROM reports").await, 40);
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'reports'::regclass";
    assert_eq!(number(&store, partitions).await, 5);
    Expiry::new(store.clone(), Settings::default()).clean(&[Task::PurgeReports]).await.unwrap().unwrap();
    assert_eq!(number(&store, partitions).await, 2);
    assert_eq!(number(&store, "SELECT count(*) FROM reports").await, 10);
    assert_eq!(number(&store, "SELECT count(*) FROM resource_events").await, 10);
}

#[tokio::test]
async fn the_tables_of_the_first_versions_are_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pdb.sqlite");
    {
        let old = db::Db::open(&path, "pdb", &schema::migrations(Dialect::Sqlite)[..2]).unwrap();
        let packed = |text: &str| crate::document::pack(text.as_bytes());
        let facts = packed(r#"{"name":"a","values":{"kernel":"Linux","n":{"x":1}}}"#);
        let catalog = packed(
            r#"{"tags":[],"name":"a","version":7,"code_id":null,"catalog_uuid":"one","catalog_format":2,"environment":"production",
                "resources":[{"type":"Stage","title":"main","tags":["stage"],"exported":false,"kind":"compilable_type"},
                             {"type":"Class","title":"main","tags":["class"],"exported":false,"kind":"class"}],
                "edges":[{"source":"Stage[main]","target":"Class[main]"}],"classes":["settings"]}"#,
        );
        let report = packed(
            r#"{"host":"a","time":"2024-01-01T00:00:00Z","puppet_version":"8.10.0","report_format":12,"status":"changed",
                "resource_statuses":{"N[x]":{"title":"x","resource_type":"N","events":[{"status":"success","message":"did"}]}}}"#,
        );
        old.write(move |tx| {
            let time = 1_704_067_200_123_456_789_i64;
            tx.execute(
                "INSERT INTO factsets VALUES ('a', 'production', $1, x'00', $2)",
                &[time.into(), facts.into()],
            )?;
            tx.execute(
                "INSERT INTO catalogs (certname, environment, producer_timestamp, catalog_uuid, version, hash, document, content)
                 VALUES ('a', 'production', $1, 'three', '9', x'00', $2, 'one')",
                &[time.into(), catalog.into()],
            )?;
            tx.execute(
                "INSERT INTO reports (hash, certname, environment, noop, noop_pending, corrective_change, report_format,
                     producer_timestamp, document) VALUES (x'00', 'a', 'production', 0, 0, 0, 12, $1, $2)",
                &[time.into(), report.into()],
            )?;
            // One that cannot be read is left out.
            tx.execute("INSERT INTO factsets VALUES ('broken', 'production', 1, x'00', x'00')", &[])
        })
        .await
        .unwrap();
    }
    let store = Store::open(&path).unwrap();
    assert_eq!(store.certnames().await.unwrap(), ["a"]);
    let facts = store.facts("a").await.unwrap().unwrap();
    assert_eq!(
        (facts.facts["kernel"].as_str(), microseconds(facts.producer_timestamp)),
        (Some("Linux"), 1_704_067_200_123_456)
    );
    let catalog = store.catalog("a").await.unwrap().unwrap().catalog;
    assert_eq!(
        (&*catalog.catalog_uuid, &catalog.version, catalog.classes.len()),
        ("three", &Pcore::Int(9), 1)
    );
    let keep = KeepCatalog {
        certname: "a".into(),
        environment: "production".into(),
        transaction_uuid: None,
        job_id: None,
        content: "one".into(),
        catalog_uuid: "four".into(),
        version: "10".into(),
        has_lookups: false,
        producer_timestamp: SystemTime::now(),
    };
    store.submit(Command::KeepCatalog(keep)).await.unwrap();
    assert_eq!(store.reports(Some("a"), 5).await.unwrap().len(), 1);
    assert_eq!(number(&store, "SELECT count(*) FROM resource_events").await, 1);
    assert_eq!(number(&store, "SELECT count(*) FROM sqlite_master WHERE name LIKE 'old%'").await, 0);
}

#[tokio::test]
async fn nodes_of_the_version_without_counts_get_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pdb.sqlite");
    {
        let old = db::Db::open(&path, "pdb", &schema::migrations(Dialect::Sqlite)[..3]).unwrap();
        let fill = |tx: &Tx<'_>| {
            for table in ["resource_events", "reports", "catalogs", "factsets"] {
                tx.batch(&format!("DROP TABLE old_{table}"))?;
            }
            tx.execute("INSERT INTO nodes (id, certname) VALUES (1, 'a')", &[])?;
            let sql = "INSERT INTO catalogs (node_id, timestamp, producer_timestamp, hash, version, resources_count, edges_count)
                       VALUES (1, 0, 0, x'00', '1', 5, 4)";
            tx.execute(sql, &[])
        };
        old.write(fill).await.unwrap();
    }
    let store = Store::open(&path).unwrap();
    assert_eq!(number(&store, "SELECT resources_count * 10 + edges_count FROM nodes").await, 54);
}

/// Catalogs of the version that had a row for each resource of a node.
fn fill_rows_of_catalogs(tx: &Tx<'_>) -> db::Result<()> {
    for (id, certname) in [(1, "a"), (2, "b")] {
        tx.execute("INSERT INTO nodes (id, certname) VALUES ($1, $2)", &[id.into(), certname.into()])?;
        tx.execute(
            "INSERT INTO catalogs (node_id, timestamp, producer_timestamp, hash, version, resources_count, edges_count)
             VALUES ($1, 0, 0, $2, '1', 2, 1)",
            &[id.into(), vec![0u8].into()],
        )?;
    }
    for (id, kind, title) in [(1, "Class", "Main"), (2, "File", "/x"), (3, "File", "/y")] {
        tx.execute(
            "INSERT INTO resources (id, hash, resource, type, title, exported, tags, parameters)
             VALUES ($1, $2, $2, $3, $4, FALSE, '[]', '{}')",
            &[id.into(), vec![id as u8].into(), kind.into(), title.into()],
        )?;
    }
    tx.execute(
        "INSERT INTO edges VALUES (1, $1, 'contains', 'Class', 'Main', 'File', '/x')",
        &[vec![1u8].into()],
    )?;
    for (node, resource) in [(1, 1), (1, 2), (2, 1), (2, 3)] {
        tx.execute("INSERT INTO catalog_resources VALUES ($1, $2)", &[node.into(), resource.into()])?;
    }
    tx.execute("INSERT INTO catalog_edges VALUES (1, 1)", &[])?;
    Ok(())
}

async fn rows_of_catalogs_became_parts(store: &Store) {
    let all = "SELECT count(*) FROM catalog_resources";
    assert_eq!(number(store, all).await, 4);
    assert_eq!(
        number(store, "SELECT resource_id FROM catalog_resources WHERE node_id = 2 ORDER BY 1 DESC").await,
        3
    );
    assert_eq!(number(store, "SELECT node_id FROM catalog_edges").await, 1);
    send(store, Name::ReplaceCatalog, 9, catalog_of("a", 1, "0600")).await;
    assert_eq!(number(store, all).await, 4);
    // What only the old catalog had is gone.
    assert_eq!(number(store, "SELECT count(*) FROM resources").await, 4);
    assert_eq!(number(store, "SELECT count(*) FROM edges WHERE id = 1").await, 0);
    assert!(store.delete_node("b").await.unwrap());
    assert_eq!(number(store, "SELECT count(*) FROM resources").await, 2);
}

#[tokio::test]
async fn catalogs_of_the_version_without_parts_are_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pdb.sqlite");
    let old = db::Db::open(&path, "pdb", &schema::migrations(Dialect::Sqlite)[..3]).unwrap();
    old.write(|tx| tx.batch(include_str!("../../../migrations/sqlite/4.sql"))).await.unwrap();
    let version = "UPDATE schema_versions SET version = 4 WHERE schema = 'pdb'";
    let fill = |tx: &Tx<'_>| {
        for table in ["resource_events", "reports", "catalogs", "factsets"] {
            tx.batch(&format!("DROP TABLE old_{table}"))?;
        }
        fill_rows_of_catalogs(tx)?;
        tx.batch(version)
    };
    old.write(fill).await.unwrap();
    drop(old);
    rows_of_catalogs_became_parts(&Store::open(&path).unwrap()).await;
    let Some(server) = Server::start() else { return };
    let old =
        db::Db::connect(server.settings(), "pdb", &schema::migrations(Dialect::Postgres)[..2]).await.unwrap();
    old.write(fill_rows_of_catalogs).await.unwrap();
    drop(old);
    rows_of_catalogs_became_parts(&Store::connect(server.settings()).await.unwrap()).await;
}

/// A node's catalog of a class with so many files, each with a content, all declared in one manifest.
fn files_of(node: &str, minute: i64, contents: &[&str]) -> Json {
    let mut catalog = catalog_of(node, minute, "0644");
    for (number, content) in contents.iter().enumerate() {
        let file = json!({"type": "File", "title": format!("/f{number}"), "exported": false, "file": "f.pp", "line": number,
            "tags": [], "parameters": {"content": content}});
        catalog["resources"].as_array_mut().unwrap().push(file);
    }
    catalog
}

async fn parts_are_shared(store: &Store) {
    let parts = "SELECT count(*) FROM parts WHERE kind = 0";
    let (rows, items) = ("SELECT count(*) FROM catalog_resources", "SELECT count(*) FROM part_resources");
    let send = async |node: &str, minute, contents: &[&str]| {
        send(store, Name::ReplaceCatalog, 9, files_of(node, minute, contents)).await;
        let shown = store.export_node(node).await.unwrap();
        let mut found: Vec<String> = shown[0].document["resources"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|resource| resource["parameters"]["content"].as_str().map(str::to_owned))
            .collect();
        found.sort();
        let mut sent: Vec<&str> = contents.to_vec();
        sent.sort_unstable();
        assert_eq!(found, sent);
    };
    // The class, the file beside it, and all of f.pp.
    send("a", 0, &["1", "2", "own of a"]).await;
    assert_eq!((number(store, parts).await, number(store, items).await), (3, 5));
    // What the first node has, too, and what it has not.
    send("b", 0, &["1", "2", "own of b"]).await;
    assert_eq!((number(store, parts).await, number(store, items).await), (5, 8));
    send("c", 0, &["1", "2", "own of c"]).await;
    assert_eq!((number(store, parts).await, number(store, items).await), (6, 9));
    assert_eq!(number(store, rows).await, 15);
    // A change concerns the part that it is in.
    send("c", 1, &["1", "2", "changed"]).await;
    assert_eq!((number(store, parts).await, number(store, items).await), (6, 9));
    assert_eq!(number(store, "SELECT count(*) FROM resources").await, 7);
    send("c", 2, &["1", "3", "changed"]).await;
    send("c", 3, &["1", "2", "own of b"]).await;
    send("c", 4, &[]).await;
    for node in ["a", "b", "c"] {
        assert!(store.delete_node(node).await.unwrap());
    }
    for table in ["parts", "part_resources", "part_edges", "catalog_parts", "resources", "edges"] {
        let count = format!("SELECT count(*) FROM {table}");
        let left = store.db().read(move |tx| tx.query(&count, &[])?[0].get::<i64>(0)).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn parts_of_catalogs() {
    let dir = tempfile::tempdir().unwrap();
    parts_are_shared(&Store::open(&dir.path().join("pdb.sqlite")).unwrap()).await;
    let Some(server) = Server::start() else { return };
    parts_are_shared(&Store::connect(server.settings()).await.unwrap()).await;
}
