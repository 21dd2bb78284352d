//! Commands that are decoded without a tree are stored as those that are.

use serde_json::{Value as Json, json};

use super::*;
use crate::command::{Name, read};
use crate::queue::Queued;

fn queued(name: Name, version: u32, certname: &str) -> Queued {
    Queued {
        id: 1,
        uuid: "u".into(),
        name,
        version,
        certname: certname.into(),
        producer_timestamp: None,
        received: 7,
        attempts: 0,
        bytes: 0,
    }
}

fn by_tree(name: Name, version: u32, text: &str) -> Option<Prepared> {
    let payload = read(name, version, crate::payload::decode(text.as_bytes()).ok()?, 7).ok()?;
    Some(prepare(&payload, 7))
}

fn plainly(name: Name, version: u32, text: &str) -> Option<Prepared> {
    prepare_plain(text.as_bytes(), &queued(name, version, "n\"1"), |name| name != "blocked")
}

fn facts() -> Json {
    json!({
        "certname": "n\"1", "environment": "e", "producer_timestamp": "2024-05-06T00:00:00.5+02:00", "producer": null, "other": [{}],
        "values": {
            "os": {"release": {"major": "12", "full": "12.5"}, "family": "Debian", "ü\n": [1, -0.0, 1.5e30, null, true]},
            "kernel": "Li\\nux", "uptime": 17, "load": 0.1, "virtual": false, "none": null, "list": [], "A": {},
        },
        "package_inventory": [["bash", "5", "apt"], ["vim", "9\"", "apt"], ["bash", "5", "apt"]],
    })
}

fn catalog() -> Json {
    let file = |title: &str, file: Json, line: Json, parameters: Json| {
        json!({
            "type": "File", "title": title, "exported": title.len() > 3, "file": file, "line": line, "kind": "x",
            "tags": ["file", "b", "a::b", "file", "ä"], "parameters": parameters,
        })
    };
    let end = |title: &str| json!({"title": title, "type": "File", "more": 1});
    json!({
        "certname": "n\"1", "version": "1\t2", "environment": "e", "transaction_uuid": "t", "catalog_uuid": null, "code_id": "c",
        "job_id": null, "producer_timestamp": "2024-05-06T00:00:00Z", "producer": "p",
        "edges": [
            {"source": end("/b"), "target": end("/a\"\\"), "relationship": "before"},
            {"source": end("/b"), "target": end("/a\"\\"), "relationship": "before"},
            {"source": end("/a\"\\"), "target": end(""), "relationship": "contains"},
        ],
        "resources": [
            file("/b", json!("x.pp"), json!(3), json!({"mode": "0644", "b": [{"z": 1, "a": 2}], "content": "a\nb"})),
            file("/a\"\\", json!(null), json!(5_000_000_000i64), json!({})),
            file("", json!("x\"y.pp"), json!(null), json!({"a": null})),
        ],
    })
}

fn report() -> Json {
    let at = |second: u32| format!("2024-05-06T00:00:{second:02}Z");
    let event = |value: Json| {
        json!({
            "status": "success", "timestamp": at(1), "property": "mo\"de", "name": null, "new_value": value, "old_value": null,
            "message": "m\n", "corrective_change": null,
        })
    };
    let resource = |title: &str, skipped: Json, events: Json| {
        json!({
            "timestamp": at(2), "resource_type": "File", "resource_title": title, "skipped": skipped, "file": "a.pp", "line": 7,
            "containment_path": ["Stage[main]", "Ma\"in", "File[/x]"], "events": events, "corrective_change": false,
        })
    };
    json!({
        "certname": "n\"1", "environment": "e", "puppet_version": "8", "report_format": 12, "configuration_version": "1",
        "start_time": at(0), "end_time": at(9), "producer_timestamp": at(10), "producer": "p", "transaction_uuid": "t",
        "catalog_uuid": null, "code_id": "c", "job_id": null, "cached_catalog_status": "not_used", "status": "changed", "noop": false,
        "noop_pending": true, "corrective_change": null,
        "metrics": [{"category": "resources", "name": "total", "value": 7}, {"category": "time", "name": "total", "value": 0.25}],
        "logs": [{"message": "a\tb", "level": "notice"}],
        "resources": [
            resource("/x", json!(false), json!([event(json!("0644")), event(json!({"b": [1.50, "ü"], "a": null}))])),
            resource("", json!(true), json!([event(json!(1))])),
            resource("/y", json!(null), json!([event(json!(false))])),
        ],
    })
}

#[test]
fn usual_reports_are_the_same() {
    let with = |change: &dyn Fn(&mut Json)| {
        let mut report = report();
        change(&mut report);
        for version in [6, 7, 8] {
            same(Name::StoreReport, version, &report.to_string());
        }
    };
    with(&|_| {});
    // With resources that did not change, all of them are kept.
    with(&|report| report["resources"][0]["events"] = json!([]));
    with(&|report| report["resources"] = json!([]));
    with(&|report| report["type"] = json!("plan"));
    with(&|report| report["resources"][2]["line"] = json!(5_000_000_000i64));
    with(&|report| report["resources"][2]["containment_path"] = json!([]));
    with(&|report| drop(report.as_object_mut().unwrap().remove("catalog_uuid")));
    with(&|report| drop(report.as_object_mut().unwrap().remove("report_format")));
    for (pointer, value) in [
        ("/certname", json!("another")),
        ("/status", json!(7)),
        ("/status", json!("x".repeat(2_001))),
        ("/type", json!("other")),
        ("/end_time", json!("soon")),
        ("/logs", json!(null)),
        ("/logs", json!({})),
        ("/metrics", json!(null)),
        ("/metrics/0/value", json!("7")),
        ("/resources", json!(null)),
        ("/resources/0/resource_type", json!("")),
        ("/resources/0/events/0/status", json!("")),
        ("/resources/0/events/0/timestamp", json!("soon")),
        ("/resources/0/events/0/new_value", json!("\0")),
        ("/resources/1/timestamp", json!(null)),
        ("/resources/2/containment_path", json!(null)),
    ] {
        let mut document = report();
        match document.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => document[pointer.trim_start_matches('/')] = value,
        }
        assert!(plainly(Name::StoreReport, 8, &document.to_string()).is_none(), "{pointer}");
    }
    assert!(plainly(Name::StoreReport, 5, &report().to_string()).is_none());
}

#[test]
fn what_of_a_report_could_not_be_read_again_is_for_the_tree() {
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for raw in [r#""\ud800""#, "1e999", &nested] {
        for (place, keeps_all) in [("\"a\\tb\"", false), ("\"0644\"", false), ("\"a.pp\",\"line\":7", true)] {
            let mut report = report();
            if keeps_all {
                report["resources"][2]["events"] = json!([]);
            }
            let text = report.to_string();
            let found =
                if keeps_all { format!("\"a.pp\",\"line\":7,\"more\":{raw}") } else { raw.to_owned() };
            let text = text.replacen(place, &found, 1);
            assert!(text.contains(raw), "{place}");
            assert!(by_tree(Name::StoreReport, 8, &text).is_none(), "{text}");
            assert!(plainly(Name::StoreReport, 8, &text).is_none(), "{text}");
        }
    }
}

#[test]
fn lists_of_fields_are_no_objects() {
    let facts = json!(["n\"1", "e", "2024-05-06T00:00:00Z", null, {}, null]);
    assert!(plainly(Name::ReplaceFacts, 5, &facts.to_string()).is_none());
    let mut catalog = catalog();
    catalog["edges"][0]["source"] = json!(["File", "/b"]);
    assert!(plainly(Name::ReplaceCatalog, 9, &catalog.to_string()).is_none());
    let mut report = report();
    report["metrics"] = json!([["resources", "total", 7]]);
    assert!(plainly(Name::StoreReport, 8, &report.to_string()).is_none());
}

fn same(name: Name, version: u32, text: &str) {
    let expected = by_tree(name, version, text).unwrap();
    let found = plainly(name, version, text);
    assert_eq!(format!("{found:?}"), format!("{:?}", Some(expected)), "{text}");
}

#[test]
fn usual_documents_are_the_same() {
    for facts in [facts().to_string(), serde_json::to_string_pretty(&facts()).unwrap()] {
        for version in [4, 5] {
            same(Name::ReplaceFacts, version, &facts);
        }
        // The last of several with one name counts.
        let twice = facts.replacen("\"none\"", "\"virtual\"", 1);
        same(Name::ReplaceFacts, 5, &twice);
        assert!(facts.len() != twice.len());
    }
    for catalog in [catalog().to_string(), serde_json::to_string_pretty(&catalog()).unwrap()] {
        for version in [8, 9] {
            same(Name::ReplaceCatalog, version, &catalog);
        }
    }
}

#[test]
fn the_list_keeps_facts_out() {
    let mut with = facts();
    with["values"]["blocked"] = json!(1);
    let found = plainly(Name::ReplaceFacts, 5, &with.to_string());
    let expected = by_tree(Name::ReplaceFacts, 5, &facts().to_string());
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

/// Whether the other decoder takes it or has something to say: it is asked.
#[test]
fn what_is_unusual_is_for_the_tree() {
    for (pointer, value) in [
        ("/certname", json!("another")),
        ("/environment", json!("")),
        ("/environment", json!("x".repeat(2_001))),
        ("/producer", json!("x".repeat(2_001))),
        ("/producer", json!(7)),
        ("/producer_timestamp", json!("soon")),
        ("/producer_timestamp", json!(1_700_000_000_000i64)),
        ("/values", json!(null)),
        ("/values", json!([])),
        ("/values/kernel", json!("\0")),
        ("/package_inventory/0", json!(["a"])),
        ("/package_inventory", json!({})),
    ] {
        let mut document = facts();
        *document.pointer_mut(pointer).unwrap() = value;
        assert!(plainly(Name::ReplaceFacts, 5, &document.to_string()).is_none(), "{pointer}");
    }
    for (pointer, value) in [
        ("/certname", json!("another")),
        ("/version", json!(7)),
        ("/environment", json!("x".repeat(2_001))),
        ("/edges", json!(null)),
        ("/edges/0/relationship", json!("beside")),
        ("/edges/0/source/title", json!("/c")),
        ("/edges/0/target/type", json!("Exec")),
        ("/resources", json!([])),
        ("/resources/0/title", json!("")),
        ("/resources/0/type", json!("")),
        ("/resources/0/tags/0", json!("Upper")),
        ("/resources/0/tags", json!(null)),
        ("/resources/0/line", json!("7")),
        ("/resources/0/exported", json!("yes")),
        ("/resources/0/parameters", json!([])),
        ("/resources/0/parameters/mode", json!("\0")),
        ("/producer_timestamp", json!(null)),
    ] {
        let mut document = catalog();
        *document.pointer_mut(pointer).unwrap() = value;
        assert!(plainly(Name::ReplaceCatalog, 9, &document.to_string()).is_none(), "{pointer}");
    }
    let facts = facts().to_string();
    for text in [facts.replacen('{', "[", 1), format!("{facts} x"), "{}".into(), facts.replace("\"e\"", "e")]
    {
        assert!(plainly(Name::ReplaceFacts, 5, &text).is_none(), "{text}");
    }
    assert!(prepare_plain(b"\xff", &queued(Name::ReplaceFacts, 5, "a"), |_| true).is_none());
    // Old and unknown versions.
    assert!(plainly(Name::ReplaceCatalog, 7, &catalog().to_string()).is_none());
    assert!(plainly(Name::ReplaceFacts, 6, &facts).is_none());
    assert!(plainly(Name::StoreReport, 8, "{}").is_none());
}
