use std::time::Duration;

use api::Pdb as _;
use api::pdb::{KeepCatalog, ReplaceCatalog, ReplaceFacts, StoreReport};
use pcore::Value as Pcore;
use wire::catalog::Catalog;

use super::*;

fn facts(certname: &str, value: i64, at: SystemTime) -> Command {
    Command::ReplaceFacts(ReplaceFacts {
        certname: certname.into(),
        environment: "production".into(),
        facts: Arc::new(pcore::Hash::from_iter([("x", value)])),
        trusted: None,
        known: None,
        producer_timestamp: at,
    })
}

fn report(certname: &str, body: &str) -> Command {
    Command::StoreReport(StoreReport {
        certname: certname.into(),
        environment: "production".into(),
        report: Bytes::copy_from_slice(body.as_bytes()),
        producer_timestamp: SystemTime::now(),
    })
}

fn keep(content: &str, uuid: &str) -> Command {
    Command::KeepCatalog(KeepCatalog {
        certname: "a".into(),
        environment: "production".into(),
        transaction_uuid: None,
        job_id: None,
        content: content.into(),
        catalog_uuid: uuid.into(),
        version: "8".into(),
        has_lookups: false,
        producer_timestamp: SystemTime::now(),
    })
}

async fn stored(store: &Store) -> i64 {
    store.facts("a").await.unwrap().unwrap().facts["x"].as_int().unwrap()
}

#[tokio::test]
async fn older_facts_do_not_replace_newer_ones() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    let now = SystemTime::now();
    store.submit(facts("a", 1, now)).await.unwrap();
    store.submit(facts("a", 2, now - Duration::from_secs(60))).await.unwrap();
    assert_eq!(stored(&store).await, 1);
    store.submit(facts("a", 3, now + Duration::from_secs(60))).await.unwrap();
    assert_eq!(stored(&store).await, 3);
    assert!(store.facts("b").await.unwrap().is_none());
}

#[tokio::test]
async fn facts_on_the_list_are_not_stored() {
    let dir = tempfile::tempdir().unwrap();
    let mut blocklist = Blocklist::default();
    blocklist.add_pattern("x.*").unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap().with_blocklist(blocklist);
    store.submit(facts("a", 1, SystemTime::now())).await.unwrap();
    assert!(store.facts("a").await.unwrap().unwrap().facts.is_empty());
}

#[tokio::test]
async fn a_catalog_that_was_sent_again_keeps_its_content() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    assert!(matches!(store.submit(keep("one", "two")).await, Err(PdbError::Gone)));
    let catalog = Catalog {
        name: "a".into(),
        version: Pcore::Int(7),
        catalog_uuid: "one".into(),
        environment: "production".into(),
        classes: vec!["settings".into()],
        ..Catalog::default()
    };
    let replace = ReplaceCatalog {
        certname: "a".into(),
        environment: "production".into(),
        transaction_uuid: None,
        job_id: None,
        exported: Arc::default(),
        lookups: None,
        fingerprint: None,
        catalog: Arc::new(catalog),
        producer_timestamp: SystemTime::now(),
    };
    store.submit(Command::ReplaceCatalog(replace)).await.unwrap();
    for uuid in ["two", "three"] {
        store.submit(keep("one", uuid)).await.unwrap();
        let stored = store.catalog("a").await.unwrap().unwrap().catalog;
        assert_eq!((&*stored.catalog_uuid, &stored.version), (uuid, &Pcore::Int(8)));
        assert_eq!(stored.classes, ["settings".into()]);
    }
}

#[tokio::test]
async fn the_same_report_twice_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    let body = r#"{"host":"a","time":"2024-01-01T00:00:00Z","puppet_version":"8.10.0","report_format":12,"status":"changed",
        "metrics":{"resources":{"name":"resources","label":"Resources","values":[["total","Total",9],["changed","Changed",1]]}},
        "resource_statuses":{"N[x]":{"title":"x","resource_type":"N",
        "events":[{"status":"success","message":"did"}]}}}"#;
    store.submit(report("a", body)).await.unwrap();
    store.submit(report("a", body)).await.unwrap();
    let listed = store.reports(Some("a"), 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].resources_total, listed[0].resources_changed), (Some(9), Some(1)));
    assert_eq!(&store.latest_report("a").await.unwrap().unwrap().report[..], body.as_bytes());
    let counted =
        store.db().read(|tx| tx.query("SELECT count(*) FROM resource_events", &[])?[0].get::<i64>(0));
    assert_eq!(counted.await.unwrap(), 1);
}

#[tokio::test]
async fn a_report_of_another_host_is_refused_and_not_stored() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    let error = store
        .submit(report(
            "a",
            r#"{"host":"b","time":"t","puppet_version":"8","status":"changed","report_format":12}"#,
        ))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the report's host is b, not a");
    assert!(store.reports(None, 10).await.unwrap().is_empty());
}

/// The same expectations on both databases.
mod documents;

/// What this process stores while the database is away.
mod outage;

/// What is stored already.
mod again;

/// Decoded without a tree.
mod plain;

/// Several in one transaction.
mod group;

/// Several transactions at once.
mod order;
