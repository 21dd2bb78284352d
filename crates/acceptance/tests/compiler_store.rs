//! What is stored through a compiler is what the primary stores itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use acceptance::agent::Agent;
use acceptance::cluster::Cluster;
use acceptance::compiler::{Machine, cluster, code, facts, until};
use rest::{Client, HeaderValue, Method};
use serde_json::{Value, json};

/// What is stored of a node, without what a second run must change.
async fn stored(cluster: &Cluster, certname: &str) -> Vec<(&'static str, Vec<Value>)> {
    let mut all = Vec::new();
    for (entity, columns) in [
        ("facts", "name, value, environment"),
        ("package_inventory", "package_name, version, provider"),
        ("resources", "type, title, exported, file, line, tags, parameters, resource"),
        ("edges", "source_type, source_title, target_type, target_title, relationship"),
        ("catalogs", "version, transaction_uuid, code_id, job_id, environment"),
        ("catalog_inputs", "inputs"),
        (
            "events",
            "status, timestamp, run_start_time, run_end_time, resource_type, resource_title, property, name, new_value, old_value, \
             message, file, line, containment_path, containing_class, corrective_change",
        ),
        (
            "reports",
            "start_time, end_time, puppet_version, report_format, status, noop, noop_pending, corrective_change, transaction_uuid, \
             environment, type, metrics, logs, configuration_version, cached_catalog_status",
        ),
    ] {
        let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
        let mut rows =
            cluster.rows(json!(["from", entity, ["extract", columns, ["=", "certname", certname]]])).await;
        for row in &mut rows {
            // The addresses of the parts have the hash of the report, which has its time.
            for part in ["metrics", "logs"] {
                if let Some(part) = row.get_mut(part).and_then(Value::as_object_mut) {
                    part.remove("href");
                }
            }
            if let Some(inputs) = row.get_mut("inputs").and_then(Value::as_array_mut) {
                inputs.sort_by_key(Value::to_string);
            }
        }
        rows.sort_by_key(Value::to_string);
        all.push((entity, rows));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_gets_the_same_from_a_compiler() {
    let cluster = cluster("[compile]\ntrack-lookups = true\n").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "[compile]\ntrack-lookups = true\n");
    let compiler = machine.start().await;
    let version = cluster.environment("production").join("version.sh");
    std::fs::write(&version, "#!/bin/sh\necho v1\n").unwrap();
    std::fs::set_permissions(&version, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(
        cluster.environment("production").join("environment.conf"),
        format!("config_version = {}\n", version.display()),
    )
    .unwrap();
    code(
        &cluster,
        &compiler,
        "class c($p = 1, $q = Sensitive('s3cret')) {\n  file { '/tmp/a': ensure => file, content => $q, mode => '0644' }\n  \
         file { 'b': path => '/tmp/b/', ensure => directory, tag => ['x', 'Y'], require => File['/tmp/a'] }\n}\ninclude c\n\
         notify { 'n': message => { 'k' => [1, 2.5, undef, true] }, before => [File['b'], Class['c']], alias => 'm' }\n\
         @@notify { \"für ${trusted['certname']}\": tag => 'all' }\n@notify { 'virtual': }\n",
    );
    let folder = tempfile::tempdir().unwrap();
    let here = Agent::with(&cluster.url(), &cluster.issue("web.example.com", folder.path()));
    let mut facts: Value = serde_json::from_slice(&facts("web.example.com")).unwrap();
    facts["values"]["_puppet_inventory_1"] =
        json!({"packages": [["bash", "5.2", "apt"], ["zsh", "5.9", "apt"]]});
    facts["values"]["odd"] =
        json!({"null": null, "deep": [[], {}, "\u{1}é"], "big": 9_007_199_254_740_993_i64});
    let facts = facts.to_string().into_bytes();
    let event = json!({
        "audited": false, "property": "ensure", "previous_value": "absent", "desired_value": "file", "message": "created",
        "name": "file_created", "status": "success", "time": "2026-01-02T03:04:06.123456+00:00", "corrective_change": false,
    });
    let resource = |title: &str, skipped: bool, events: Vec<Value>| {
        json!({
            "title": title, "file": "/x/site.pp", "line": 2, "resource": format!("File[{title}]"), "resource_type": "File",
            "containment_path": ["Stage[main]", "C", format!("File[{title}]")], "evaluation_time": 0.1, "tags": ["file"],
            "time": "2026-01-02T03:04:05.5+00:00", "failed": false, "changed": !events.is_empty(), "out_of_sync": !events.is_empty(),
            "skipped": skipped, "change_count": events.len(), "out_of_sync_count": events.len(), "events": events,
            "corrective_change": false,
        })
    };
    let report = json!({
        "host": "web.example.com", "time": jiff::Timestamp::now().to_string(), "configuration_version": "v1", "transaction_uuid": "t",
        "report_format": 12, "puppet_version": "8.10.0", "status": "changed", "transaction_completed": true, "noop": false,
        "noop_pending": false, "environment": "production", "corrective_change": false, "cached_catalog_status": "not_used",
        "logs": [{"level": "notice", "message": "m", "source": "Puppet", "tags": ["notice"], "time": "2026-01-02T03:04:06+00:00",
            "file": null, "line": null}],
        "metrics": {"time": {"name": "time", "label": "Time", "values": [["total", "Total", 1.25]]},
            "resources": {"name": "resources", "label": "Resources", "values": [["total", "Total", 9], ["changed", "Changed", 1]]}},
        "resource_statuses": {
            "File[/tmp/a]": resource("/tmp/a", false, vec![event]),
            "File[b]": resource("b", true, Vec::new()),
            "File[c]": resource("c", false, Vec::new()),
        },
    })
    .to_string()
    .into_bytes();
    let mut seen = Vec::new();
    for agent in [here.at(&cluster.url()), here.at(&machine.url())] {
        for round in 0..2 {
            agent.catalog(&facts, "production").await.unwrap().ok().unwrap();
            let path = "/puppet/v3/report/web.example.com?environment=production";
            let content = Some(("application/json", report.clone()));
            agent.send(Method::PUT, path, "application/json", content).await.unwrap().ok().unwrap();
            until("the second catalog is not stored", async || {
                let producer = cluster.rows("catalogs[producer] { certname = 'web.example.com' }").await;
                let reports = cluster.rows("reports[count()] { certname = 'web.example.com' }").await;
                let wanted =
                    if agent.is_at(&machine.url()) { "compiler.example.com" } else { "primary.example.com" };
                producer == [json!({"producer": wanted})] && reports == [json!({"count": 1})]
            })
            .await;
            seen.push((agent.is_at(&machine.url()), round, stored(&cluster, "web.example.com").await));
        }
        // The same report, told by another server, would be a second one.
        let delete = json!({"command": "delete", "version": 1, "payload": {"certname": "web.example.com"}})
            .to_string();
        let json = [(rest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let url = format!("{}/pdb/admin/v1/cmd", cluster.store_url());
        let deleted = Client::without_tls().send(Method::POST, &url, json, delete.into()).await.unwrap();
        assert_eq!(deleted.status, 200);
    }
    let (_, _, first) = seen[0].clone();
    assert!(first.iter().all(|(_, rows)| !rows.is_empty()), "{first:#?}");
    for (by_compiler, round, rows) in seen {
        for ((entity, expected), (_, found)) in first.iter().zip(rows) {
            assert_eq!(*expected, found, "{entity}, by the compiler: {by_compiler}, run {round}");
        }
    }
    compiler.stop().await;
    cluster.stop().await;
}
