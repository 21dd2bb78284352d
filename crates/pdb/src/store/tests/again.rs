//! Documents that come again: little is written, and never too little.

use api::pdb::Fingerprint;

use super::*;
use crate::document::moment;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn catalog(uuid: u128, class: &str, seconds: u64) -> Command {
    let catalog = Catalog {
        name: "a".into(),
        version: Pcore::Int(seconds as i64),
        catalog_uuid: uuid::Uuid::from_u128(uuid).to_string().into(),
        environment: "production".into(),
        classes: vec![class.into()],
        ..Catalog::default()
    };
    Command::ReplaceCatalog(ReplaceCatalog {
        certname: "a".into(),
        environment: "production".into(),
        transaction_uuid: None,
        job_id: Some(format!("{seconds}")),
        exported: Arc::default(),
        lookups: None,
        fingerprint: Some(Fingerprint::of(&[class.as_bytes()])),
        catalog: Arc::new(catalog),
        producer_timestamp: at(seconds),
    })
}

/// The identity of the content, and the job.
async fn content(store: &Store) -> (String, Option<String>) {
    let sql = "SELECT content, job_id FROM catalogs";
    let read = store.db().read(move |tx| {
        let rows = tx.query(sql, &[])?;
        Ok((rows[0].get(0)?, rows[0].get(1)?))
    });
    read.await.unwrap()
}

fn identity(uuid: u128) -> String {
    uuid::Uuid::from_u128(uuid).to_string()
}

#[tokio::test]
async fn the_same_facts_move_only_the_time() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pdb.sqlite");
    let store = Store::open(&file).unwrap();
    store.submit(facts("a", 1, at(0))).await.unwrap();
    store.submit(facts("a", 1, at(9))).await.unwrap();
    let time = || async { store.facts("a").await.unwrap().unwrap().producer_timestamp };
    assert_eq!(time().await, at(9));
    store.submit(facts("a", 1, at(5))).await.unwrap();
    assert_eq!(time().await, at(9));
    // A node that was given up is back.
    let deactivate =
        crate::payload::Deactivate { certname: "a".into(), producer_timestamp: microseconds(at(20)) };
    store.write(Prepared::Deactivate(deactivate)).await.unwrap();
    store.submit(facts("a", 1, at(30))).await.unwrap();
    let active = store
        .db()
        .read(|tx| tx.query("SELECT count(*) FROM nodes WHERE deactivated IS NULL", &[])?[0].get::<i64>(0));
    assert_eq!((active.await.unwrap(), time().await), (1, at(30)));
    // Somebody else stores others; what this process remembers is no longer true.
    let other = Store::open(&file).unwrap();
    other.submit(facts("a", 2, at(40))).await.unwrap();
    store.submit(facts("a", 1, at(50))).await.unwrap();
    assert_eq!((stored(&other).await, time().await), (1, at(50)));
    other.submit(facts("a", 2, at(60))).await.unwrap();
    store.submit(facts("a", 1, at(55))).await.unwrap();
    assert_eq!((stored(&store).await, time().await), (2, moment(microseconds(at(60)))));
}

#[tokio::test]
async fn the_same_catalog_moves_only_its_identity() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pdb.sqlite");
    let store = Store::open(&file).unwrap();
    store.submit(catalog(1, "x", 0)).await.unwrap();
    store.submit(catalog(2, "x", 1)).await.unwrap();
    assert_eq!(content(&store).await, (identity(1), Some("1".into())));
    let sent = store.catalog("a").await.unwrap().unwrap().catalog;
    assert_eq!((&*sent.catalog_uuid, &sent.version), (identity(2).as_str(), &Pcore::Int(1)));
    store.submit(catalog(3, "y", 2)).await.unwrap();
    assert_eq!(content(&store).await.0, identity(3));
    // Somebody else stores another one.
    let other = Store::open(&file).unwrap();
    other.submit(catalog(4, "z", 3)).await.unwrap();
    store.submit(catalog(5, "y", 4)).await.unwrap();
    assert_eq!(content(&store).await.0, identity(5));
    let sent = store.catalog("a").await.unwrap().unwrap().catalog;
    assert_eq!(sent.classes, ["y".into()]);
}
