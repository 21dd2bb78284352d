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
