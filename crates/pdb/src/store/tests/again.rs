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
async fn facts_that_are_known_to_be_stored_are_stored_anew_if_they_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pdb.sqlite");
    let store = Store::open(&file).unwrap();
    let known = |value, seconds| {
        let Command::ReplaceFacts(mut facts) = facts("a", value, at(seconds)) else { unreachable!() };
        facts.known = store.known_facts(&facts);
        facts
    };
    assert_eq!(known(1, 0).known, None);
    store.submit(facts("a", 1, at(0))).await.unwrap();
    assert_eq!(known(2, 9).known, None);
    let same = known(1, 9);
    assert!(same.known.is_some());
    store.submit(Command::ReplaceFacts(same)).await.unwrap();
    let time = || async { store.facts("a").await.unwrap().unwrap().producer_timestamp };
    assert_eq!((stored(&store).await, time().await), (1, at(9)));
    // Somebody else stores others, of which this process does not hear.
    let other = Store::open(&file).unwrap();
    other.submit(facts("a", 2, at(20))).await.unwrap();
    let same = known(1, 30);
    assert!(same.known.is_some());
    store.submit(Command::ReplaceFacts(same)).await.unwrap();
    assert_eq!((stored(&other).await, time().await), (1, at(30)));
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

/// The identity that the noted keys belong to, and when they were noted.
async fn noted(store: &Store) -> (String, i64) {
    let read = store.db().read(|tx| {
        let rows = tx.query("SELECT catalog_uuid, producer_timestamp FROM catalog_input_sets", &[])?;
        Ok((rows[0].get(0)?, rows[0].get(1)?))
    });
    read.await.unwrap()
}

#[tokio::test]
async fn what_was_looked_up_gets_the_new_identity() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("pdb.sqlite")).unwrap();
    let with = |uuid, class, seconds, keys: &[&str]| {
        let Command::ReplaceCatalog(replace) = catalog(uuid, class, seconds) else { unreachable!() };
        let lookups = Some(Arc::new(keys.iter().map(|key| pcore::Str::from(*key)).collect()));
        Command::ReplaceCatalog(ReplaceCatalog { lookups, ..replace })
    };
    let again = |content, uuid, seconds| {
        let Command::KeepCatalog(kept) = keep(&identity(content), &identity(uuid)) else { unreachable!() };
        Command::KeepCatalog(KeepCatalog { has_lookups: true, producer_timestamp: at(seconds), ..kept })
    };
    let keys = "SELECT group_concat(type || ' ' || name) FROM
                (SELECT i.type, i.name FROM catalog_inputs c JOIN inputs i ON i.id = c.input_id ORDER BY i.name)";
    let keys = || async { store.db().read(|tx| tx.query(keys, &[])?[0].get::<String>(0)).await.unwrap() };
    store.submit(with(1, "x", 0, &["b", "a"])).await.unwrap();
    assert_eq!(
        (noted(&store).await, keys().await),
        ((identity(1), microseconds(at(0))), "hiera a,hiera b".into())
    );
    store.submit(again(1, 2, 1)).await.unwrap();
    assert_eq!(
        (noted(&store).await, keys().await),
        ((identity(2), microseconds(at(1))), "hiera a,hiera b".into())
    );
    // What had to wait comes after what is newer.
    store.submit(again(1, 9, 0)).await.unwrap();
    assert_eq!((noted(&store).await.0, content(&store).await.0), (identity(2), identity(1)));
    let sent = store.catalog("a").await.unwrap().unwrap();
    assert_eq!((&*sent.catalog.catalog_uuid, sent.producer_timestamp), (identity(2).as_str(), at(1)));
    // The same content, found with other keys.
    store.submit(with(3, "x", 2, &["a", "c"])).await.unwrap();
    assert_eq!(content(&store).await.0, identity(1));
    assert_eq!((noted(&store).await.0, keys().await), (identity(3), "hiera a,hiera c".into()));
    // Where there are no keys, the catalog has to be made again.
    store.submit(catalog(4, "y", 3)).await.unwrap();
    store
        .db()
        .write(|tx| tx.batch("DELETE FROM catalog_inputs; DELETE FROM catalog_input_sets"))
        .await
        .unwrap();
    assert!(matches!(store.submit(again(4, 5, 4)).await, Err(PdbError::Gone)));
    assert!(matches!(store.submit(again(1, 5, 4)).await, Err(PdbError::Gone)));
}
