//! What large commands and large answers take of the server's memory. The server is a program of its own, whose peak is its own.
//!
//! `BUNRAKU_TEST_ROWS` is the number of rows that are asked for, and `BUNRAKU_TEST_COMMAND_MIB` the size of a large command that is
//! taken; both are small unless somebody wants to know.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on may stop")]

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;

use acceptance::program::Program;
use db::Db;
use db::scratch::Server;
use flate2::Compression;
use flate2::write::GzEncoder;

const MIB: usize = 1 << 20;
const GIB: u64 = 1 << 30;
const COMMAND: &str = "/pdb/cmd/v1?command=replace_facts&version=5&certname=a.example.com";

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

async fn start(folder: &Path, puppetdb: &str) -> Program {
    let bunraku = Path::new(env!("CARGO_BIN_EXE_bunraku-under-test"));
    Program::start(bunraku, folder, puppetdb).await.unwrap()
}

/// A request's head on a new connection.
fn open(program: &Program, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(program.url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "{head}\r\nHost: localhost\r\nContent-Type: application/json\r\n").unwrap();
    stream
}

/// The status and the rest of an answer, to the end of the connection.
fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut text = Vec::new();
    // A server that has said no need not listen to the end.
    let _ = stream.read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    (text.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gigabyte_is_refused_and_not_held() {
    let folder = tempfile::tempdir().unwrap();
    let program = start(folder.path(), "").await;
    let before = program.process.memory().1;
    let grown = |what: &str, most: f64| {
        let grown = program.process.memory().1 - before;
        eprintln!("{what}: {grown:.0} MiB more");
        assert!(grown < most, "{what}: {grown:.0} MiB more");
    };
    let refused = |(status, text): (u16, String)| {
        assert_eq!(status, 413, "{text}");
        assert!(text.contains("Command size exceeds max-command-size"), "{text}");
    };
    // Announced: the answer does not wait for the body.
    for length in
        [format!("Content-Length: {GIB}"), format!("Content-Length: 2\r\nX-Uncompressed-Length: {GIB}")]
    {
        let mut stream = open(&program, &format!("POST {COMMAND} HTTP/1.1"));
        write!(stream, "{length}\r\nConnection: close\r\n\r\n{{}}").unwrap();
        refused(answer(stream));
    }
    grown("announced", 16.0);

    // Packed well.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    let spaces = vec![b' '; MIB];
    for _ in 0..1024 {
        bomb.write_all(&spaces).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let mut stream = open(&program, &format!("POST {COMMAND} HTTP/1.1"));
    let length = bomb.len();
    assert!(length < 2 * MIB);
    write!(stream, "Content-Encoding: gzip\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
        .unwrap();
    stream.write_all(&bomb).unwrap();
    refused(answer(stream));
    grown("packed", 32.0);

    // In pieces, with no word of how many: as much as is allowed is taken, and then no more.
    let mut stream = open(&program, &format!("POST {COMMAND} HTTP/1.1"));
    write!(stream, "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n").unwrap();
    let mut sent = 0;
    let piece = [format!("{MIB:x}\r\n").as_bytes(), &spaces, b"\r\n"].concat();
    while sent < 1024 && stream.write_all(&piece).is_ok() {
        sent += 1;
    }
    refused(answer(stream));
    // 128 MiB are allowed.
    grown("in pieces", 160.0);
    // The queue has a limit of its own, whatever is allowed.
    let other = tempfile::tempdir().unwrap();
    let generous = start(other.path(), "max-command-size = 8589934592").await;
    let mut stream = open(&generous, &format!("POST {COMMAND} HTTP/1.1"));
    write!(stream, "Content-Length: {GIB}\r\nConnection: close\r\n\r\n{{}}").unwrap();
    refused(answer(stream));
    // And it goes on.
    assert_eq!(program.get("/status/v1/simple").await.unwrap(), "running");
}

/// The chunks of an answer as they come: the number of rows, and of bytes.
fn rows(program: &Program, path: &str) -> (usize, usize) {
    let mut stream = open(program, &format!("GET {path} HTTP/1.1"));
    write!(stream, "Connection: close\r\n\r\n").unwrap();
    let mut reader = BufReader::with_capacity(MIB, stream);
    let (mut rows, mut bytes, mut buffer) = (0, 0, vec![0; MIB]);
    let mut begun = Vec::new();
    loop {
        let read = reader.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        let piece = &buffer[..read];
        if begun.len() < 12 {
            begun.extend_from_slice(piece);
        }
        bytes += read;
        // One opening brace a row; no value has one.
        rows += piece.iter().filter(|byte| **byte == b'{').count();
    }
    assert!(begun.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&begun));
    (rows, bytes)
}

/// Nodes with a thousand facts each, written past the server.
async fn fill(db: &Db, count: usize) {
    let nodes = count.div_ceil(1_000);
    let fill = move |tx: &db::Tx<'_>| {
        let series = |from: usize, to: usize| match tx.dialect() {
            db::Dialect::Postgres => format!("(SELECT i FROM generate_series({from}, {to}) AS s(i)) s"),
            db::Dialect::Sqlite => format!(
                "(WITH RECURSIVE s(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM s WHERE i < {to}) SELECT i FROM s) s"
            ),
        };
        let (nodes, facts) = (series(1, nodes), series(1, 1_000));
        let hash = match tx.dialect() {
            db::Dialect::Postgres => "decode(lpad(to_hex(i), 40, '0'), 'hex')",
            db::Dialect::Sqlite => "CAST(printf('%020d', i) AS BLOB)",
        };
        let json = match tx.dialect() {
            db::Dialect::Postgres => "to_jsonb('a value of some length ' || i)",
            db::Dialect::Sqlite => "json_quote('a value of some length ' || i)",
        };
        for sql in [
            format!("INSERT INTO nodes (id, certname) SELECT i, 'node' || i || '.example.com' FROM {nodes}"),
            format!(
                "INSERT INTO factsets (node_id, timestamp, producer_timestamp, hash) SELECT i, 0, 0, {hash} FROM {nodes}"
            ),
            format!("INSERT INTO fact_names (id, name) SELECT i, 'fact_' || i FROM {facts}"),
            format!(
                "INSERT INTO fact_values (id, name_id, hash, kind, value) SELECT i, i, {hash}, 4, {json} FROM {facts}"
            ),
            "INSERT INTO facts (node_id, name_id, value_id)
             SELECT n.id, v.name_id, v.id FROM nodes n CROSS JOIN fact_values v"
                .to_owned(),
        ] {
            tx.batch(&sql)?;
        }
        Ok(())
    };
    db.write(fill).await.unwrap();
}

async fn answers_in_pieces(puppetdb: &str, folder: &Path, db: impl AsyncFnOnce() -> Db) {
    let count = setting("BUNRAKU_TEST_ROWS", 20_000).next_multiple_of(1_000);
    let program = start(folder, puppetdb).await;
    fill(&db().await, count).await;
    let ask = |path: &str| rows(&program, path);
    // What a first query takes is not the rows.
    assert_eq!(ask("/pdb/query/v4/nodes?limit=1").0, 1);
    for path in ["/pdb/query/v4/facts", "/pdb/query/v4/facts?order_by=%5B%7B%22field%22%3A%22value%22%7D%5D"]
    {
        let before = program.process.memory().1;
        let (rows, bytes) = ask(path);
        assert_eq!(rows, count);
        let grown = program.process.memory().1 - before;
        eprintln!("{path}: {rows} rows, {} MiB, {grown:.0} MiB more than {before:.0} before", bytes / MIB);
        assert!(grown < 48.0, "{path}: {grown:.0} MiB more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_of_sqlite_are_never_all_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/pdb.sqlite");
    answers_in_pieces("", folder.path(), async || Db::open(&file, "filled", &[]).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_of_postgresql_are_never_all_in_memory() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let puppetdb = format!("database-url = '{}'", server.settings().url);
    let db = async || Db::connect(server.settings(), "filled", &[]).await.unwrap();
    answers_in_pieces(&puppetdb, folder.path(), db).await;
}

/// A document of about so many bytes: a head, entries that differ, and an end.
fn document(head: &str, entry: impl Fn(usize) -> String, end: &str, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + bytes / 8);
    text.push_str(head);
    let mut number = 0;
    while text.len() < bytes {
        if number > 0 {
            text.push(',');
        }
        text.push_str(&entry(number));
        number += 1;
    }
    text.push_str(end);
    text
}

const HEAD: &str = r#""certname":"a.example.com","environment":"production","producer":"server","producer_timestamp":"2026-01-01T00:00:00Z""#;

fn facts(bytes: usize) -> String {
    let entry = |number| {
        format!(
            r#""mount_{number}":{{"available":"{number}.00 GiB","available_bytes":1{number}73741824,"device":"/dev/disk{number}","options":["rw","relatime","errors=remount-ro"],"filesystem":"ext4"}}"#
        )
    };
    document(&format!(r#"{{{HEAD},"values":{{"#), entry, "}}", bytes)
}

fn catalog(bytes: usize) -> String {
    let head = format!(
        r#"{{{HEAD},"version":"1","transaction_uuid":null,"catalog_uuid":null,"code_id":null,"job_id":null,"edges":[],"resources":["#
    );
    let entry = |number| {
        format!(
            r#"{{"type":"File","title":"/srv/app/file_{number}","exported":false,"file":"/etc/puppetlabs/code/environments/production/modules/app/manifests/init.pp","line":{number},"tags":["file","class","app","init"],"parameters":{{"ensure":"file","owner":"root","group":"root","mode":"0644","content":"setting_{number} = value\nother = thing\n"}}}}"#
        )
    };
    document(&head, entry, "]}", bytes)
}

fn report(bytes: usize) -> String {
    let head = format!(
        r#"{{{HEAD},"puppet_version":"8.10.0","report_format":12,"configuration_version":"1","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-01T00:00:01Z","transaction_uuid":null,"catalog_uuid":null,"code_id":null,"job_id":null,"cached_catalog_status":"not_used","status":"changed","noop":false,"noop_pending":false,"corrective_change":false,"type":"agent","metrics":[],"logs":[],"resources":["#
    );
    let entry = |number| {
        format!(
            r#"{{"timestamp":"2026-01-01T00:00:00Z","resource_type":"File","resource_title":"/srv/app/file_{number}","skipped":false,"file":"/etc/puppetlabs/code/environments/production/modules/app/manifests/init.pp","line":{number},"corrective_change":false,"containment_path":["Stage[main]","App","File[/srv/app/file_{number}]"],"events":[{{"status":"success","timestamp":"2026-01-01T00:00:00Z","property":"content","name":"content_changed","new_value":"{number}","old_value":"absent","message":"defined content as '{number}'","corrective_change":false}}]}}"#
        )
    };
    document(&head, entry, "]}", bytes)
}

/// Of 64 MiB it was 11 times for catalogs and reports, and 23 times for 330,000 facts.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_large_command_takes() {
    let mib = setting("BUNRAKU_TEST_COMMAND_MIB", 8);
    for (name, version, document, most) in [
        ("replace_facts", 5, facts(mib * MIB), 40.0),
        ("replace_catalog", 9, catalog(mib * MIB), 20.0),
        ("store_report", 8, report(mib * MIB), 20.0),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let program = start(folder.path(), "max-command-size = 4294967296").await;
        program.get("/pdb/query/v4/nodes").await.unwrap();
        let before = program.process.memory().1;
        let path = format!(
            "/pdb/cmd/v1?command={name}&version={version}&certname=a.example.com&secondsToWaitForCompletion=3000"
        );
        let mut stream = open(&program, &format!("POST {path} HTTP/1.1"));
        write!(stream, "Content-Length: {}\r\nConnection: close\r\n\r\n", document.len()).unwrap();
        stream.write_all(document.as_bytes()).unwrap();
        let (status, text) = answer(stream);
        assert_eq!(status, 200, "{text}");
        let times = (program.process.memory().1 - before) / mib as f64;
        eprintln!("{name} of {mib} MiB: {times:.1} times its size");
        assert!(times < most, "{name}: {times:.1} times its size");
    }
}
