//! The interface over a real PostgreSQL server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on may stop"
)]

use db::scratch::Server;
use db::{Db, Error, Migration, Value};

const SCHEMA: &[Migration] = &[Migration {
    name: "first",
    sql: "CREATE TABLE t (a BIGINT PRIMARY KEY, flag BOOLEAN, small INTEGER, real DOUBLE PRECISION, text TEXT, json JSONB, bytes BYTEA)",
    then: None,
}];

async fn count(db: &Db) -> i64 {
    db.read(|tx| tx.query("SELECT count(*) FROM t", &[])?[0].get(0)).await.unwrap()
}

async fn insert(db: &Db, a: i64) -> db::Result<usize> {
    db.write(move |tx| tx.execute("INSERT INTO t (a) VALUES ($1)", &[a.into()])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn values_transactions_conflicts_and_a_restart() {
    let Some(server) = Server::start() else { return };
    let db = Db::connect(server.settings(), "test", SCHEMA).await.unwrap();

    let values = vec![
        Value::Int(1),
        Value::Int(1),
        Value::Int(-7),
        Value::Real(1.5),
        Value::Text("ü'$1".into()),
        Value::Text("{\"a\": [1, null]}".into()),
        Value::Blob(vec![0, 255]),
    ];
    let sent = values.clone();
    db.write(move |tx| {
        tx.execute("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7)", &sent)?;
        tx.execute("INSERT INTO t (a) VALUES ($1)", &[2.into()])
    })
    .await
    .unwrap();
    let rows = db.read(|tx| tx.query("SELECT * FROM t ORDER BY a", &[])).await.unwrap();
    assert_eq!(rows[0].clone().into_values(), values);
    assert_eq!(rows[1].get::<Option<bool>>(1).unwrap(), None);
    let sums = db.read(|tx| tx.query("SELECT sum(a), avg(a), now() FROM t", &[])).await.unwrap();
    assert_eq!((sums[0].get::<i64>(0).unwrap(), sums[0].get::<f64>(1).unwrap()), (3, 1.5));
    assert!(sums[0].get::<i64>(2).unwrap() > 1_700_000_000_000_000);

    // Many at once, in order.
    let sets: Vec<Vec<Value>> = (10..2_010).map(|a| vec![Value::Int(a)]).collect();
    let firsts = db.write(move |tx| tx.first_of_each("INSERT INTO t (a) VALUES ($1) RETURNING a", &sets));
    let firsts = firsts.await.unwrap();
    assert_eq!(firsts.len(), 2_000);
    assert_eq!(firsts[1_999].as_ref().unwrap().get::<i64>(0).unwrap(), 2_009);
    let mut seen = 0;
    let each = db.read(move |tx| {
        tx.each("SELECT a FROM t", &[], |_| {
            seen += 1;
            Ok(())
        })?;
        Ok(seen)
    });
    assert_eq!(each.await.unwrap(), 2_002);

    // A failing closure leaves nothing behind, and its connection is of use again.
    let error = insert(&db, 1).await.unwrap_err();
    assert!(error.is_conflict() && !error.is_outage(), "{error}");
    let gone = db.write(|tx| {
        tx.execute("DELETE FROM t", &[])?;
        Err::<(), _>(Error::Refused("no".into()))
    });
    assert_eq!(gone.await.unwrap_err().to_string(), "no");
    let panicked: db::Result<()> = db.write(|_| panic!("boom")).await;
    assert!(panicked.unwrap_err().to_string().contains("panicked"));
    assert_eq!(count(&db).await, 2_002);
    let refused = db.read(|tx| tx.execute("DELETE FROM t", &[])).await.unwrap_err();
    assert!(refused.to_string().contains("read-only"), "{refused}");

    // Away and back.
    server.down();
    let error = insert(&db, 5_000).await.unwrap_err();
    assert!(error.is_outage(), "{error}");
    server.up();
    // It is not tried again at once.
    while let Err(error) = insert(&db, 5_000).await {
        assert!(error.is_outage(), "{error}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(count(&db).await, 2_003);

    let error = Db::connect(server.settings(), "test", &[]).await.err().unwrap();
    assert!(matches!(error, Error::TooNew { found: 1, known: 0 }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_with_tls_knows_the_server() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(server) = Server::start_listening(port) else { return };
    server.insist_on_tls();
    let settings = |mode: &str, authority: &str| {
        let mut settings = server.settings();
        settings.url = format!("host=localhost port={port} user=postgres dbname=postgres sslmode={mode}");
        settings.authorities = Some(server.certificate(authority));
        settings
    };
    let db = Db::connect(settings("require", "server"), "test", &[]).await.unwrap();
    let encrypted = db.read(|tx| {
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        tx.query(sql, &[])?[0].get::<bool>(0)
    });
    assert!(encrypted.await.unwrap());
    // Another authority's server is not believed, and is not waited for either.
    for connected in [
        Db::connect(settings("require", "other"), "test", &[]).await,
        Db::connect_or_wait(settings("require", "other"), "test", &[]).await,
    ] {
        let error = connected.err().unwrap();
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    let error = Db::connect(settings("disable", "server"), "test", &[]).await.err().unwrap();
    // The words of 14 and newer, and of older ones.
    let text = error.to_string();
    assert!(text.contains("no encryption") || text.contains("SSL off"), "{text}");
}
