//! What was answered with "accepted" is in the store exactly once, whatever happens: a process that is killed, a disk that is full,
//! a database server that goes away.
//!
//! The process that is killed is this test's own program, started again with [`CHILD`] set.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use db::PostgresSettings;
use db::scratch::Server;
use pdb::Store;
use pdb::command::{Body, Encoding, Name};
use pdb::metrics::Metrics;
use pdb::processor::{Blocklist, Processor};
use pdb::queue::{Incoming, Limits, Queue};

/// Folder, first number and last number of what the child sends.
const CHILD: &str = "PDB_FAULTS_CHILD";
/// Address of the PostgreSQL server that the child stores in, if it is one.
const DATABASE: &str = "PDB_FAULTS_DATABASE";
const NODES: u32 = 50;

fn incoming(number: u32, poison: bool) -> Incoming {
    let certname = format!("n{}", number % NODES);
    let time = jiff::Timestamp::from_second(1_700_000_000 + i64::from(number)).unwrap().to_string();
    let status = if poison { serde_json::json!(7) } else { serde_json::json!("unchanged") };
    let document = serde_json::json!({
        "certname": certname, "environment": "production", "puppet_version": "8", "report_format": 12,
        "configuration_version": "1", "start_time": time, "end_time": time, "producer_timestamp": time, "producer": null,
        "transaction_uuid": number.to_string(), "status": status, "noop": false, "resources": [], "metrics": [], "logs": [],
    });
    Incoming {
        name: Name::StoreReport,
        version: 8,
        certname,
        producer_timestamp: None,
        received: 1,
        body: Body { bytes: document.to_string().into_bytes(), encoding: Encoding::Plain },
    }
}

async fn open(folder: &Path) -> (Queue, Store, Processor) {
    let store = Store::open(&folder.join("pdb.sqlite")).unwrap();
    open_over(folder, store).await
}

async fn open_over(folder: &Path, store: Store) -> (Queue, Store, Processor) {
    let queue = Queue::open(&folder.join("queue.sqlite"), Limits::default()).await.unwrap();
    let metrics = Arc::new(Metrics::default());
    let processor = Processor::start(queue.clone(), store.clone(), metrics, 2, Blocklist::default(), 1 << 20);
    (queue, store, processor)
}

/// Sends commands, many at once; writes the number of each that was accepted.
async fn send(queue: &Queue, numbers: std::ops::Range<u32>, accepted: impl Fn(u32) + Clone + Send + 'static) {
    let mut senders = tokio::task::JoinSet::new();
    for number in numbers {
        if senders.len() >= 64 {
            senders.join_next().await.unwrap().unwrap();
        }
        let (queue, accepted) = (queue.clone(), accepted.clone());
        senders.spawn(async move {
            match queue.push(incoming(number, number % 1_000 == 999), &number.to_string(), false).await {
                Ok(_) => accepted(number),
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent.unwrap();
    }
}

async fn settle(queue: &Queue) {
    while queue.depth() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Everything that was accepted is in the store once, or among the dead letters if it is poisoned.
async fn check(queue: &Queue, store: &Store, accepted: &BTreeSet<u32>) {
    settle(queue).await;
    let stored = store.db().read(|tx| {
        let rows = tx.query("SELECT transaction_uuid FROM reports", &[])?;
        rows.iter()
            .map(|row| Ok(row.get::<String>(0)?.parse::<u32>().unwrap()))
            .collect::<db::Result<Vec<_>>>()
    });
    let stored = stored.await.unwrap();
    let (_, letters) = queue.dead_letters(1_000_000).await.unwrap();
    let mut all: Vec<u32> = letters.iter().map(|letter| letter.uuid.parse().unwrap()).collect();
    assert!(all.iter().all(|number| number % 1_000 == 999), "{all:?}");
    all.extend(&stored);
    let distinct: BTreeSet<u32> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len(), "something is there twice");
    let lost: Vec<&u32> = accepted.difference(&distinct).collect();
    assert_eq!(lost, Vec::<&u32>::new(), "accepted and lost");
    let rows = store.db().read(|tx| {
        tx.query("SELECT count(*) FROM nodes WHERE latest_report_id IS NULL", &[])?[0].get::<i64>(0)
    });
    assert_eq!(rows.await.unwrap(), 0);
}

/// Not a test of its own: the process that the others kill.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let Ok(task) = std::env::var(CHILD) else { return };
    let mut parts = task.split(',');
    let folder = PathBuf::from(parts.next().unwrap());
    let (first, last): (u32, u32) =
        (parts.next().unwrap().parse().unwrap(), parts.next().unwrap().parse().unwrap());
    let (queue, _store, _processor) = match std::env::var(DATABASE) {
        Ok(url) => {
            let settings =
                PostgresSettings { url, user: None, password: None, authorities: None, connections_max: 4 };
            open_over(&folder, Store::connect(settings).await.unwrap()).await
        }
        Err(_) => open(&folder).await,
    };
    let accepted = |number: u32| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "accepted {number}").unwrap();
        out.flush().unwrap();
    };
    send(&queue, first..last, accepted).await;
    println!("sent");
}

/// Runs the child until it has accepted so many, or has sent all; then kills it.
fn run(
    folder: &Path,
    numbers: std::ops::Range<u32>,
    kill_after: usize,
    prefix: &[&str],
    database: Option<&str>,
    accepted: &mut BTreeSet<u32>,
) {
    let own = std::env::current_exe().unwrap();
    let mut words = prefix.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    words.push(own.to_string_lossy().into_owned());
    words.extend(["child", "--exact", "--nocapture"].map(str::to_owned));
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .env(CHILD, format!("{},{},{}", folder.display(), numbers.start, numbers.end))
        .envs(database.map(|url| (DATABASE, url)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut count = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(number) = line.strip_prefix("accepted ") {
            accepted.insert(number.parse().unwrap());
            count += 1;
        }
        if line == "sent" || count >= kill_after {
            break;
        }
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_loses_nothing_that_it_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let mut accepted = BTreeSet::new();
    for (numbers, kill_after) in [(0..4_000, 1_500), (4_000..8_000, 3_000), (8_000..10_000, usize::MAX)] {
        run(dir.path(), numbers, kill_after, &[], None, &mut accepted);
    }
    assert!(accepted.len() >= 1_500 + 3_000 + 2_000);
    let (queue, store, processor) = open(dir.path()).await;
    check(&queue, &store, &accepted).await;
    processor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_in_a_group_has_stored_each_command_once() {
    let Some(server) = Server::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut accepted = BTreeSet::new();
    let url = server.settings().url;
    for (numbers, kill_after) in [(0..3_000, 800), (3_000..6_000, 2_000), (6_000..7_000, usize::MAX)] {
        run(dir.path(), numbers, kill_after, &[], Some(&url), &mut accepted);
    }
    assert!(accepted.len() >= 800 + 2_000 + 1_000);
    let store = Store::connect(server.settings()).await.unwrap();
    let (queue, store, processor) = open_over(dir.path(), store).await;
    check(&queue, &store, &accepted).await;
    processor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_and_loses_nothing_that_was_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let mut accepted = BTreeSet::new();
    // No file may grow beyond 1 MiB: what is written there fails as on a full disk.
    let limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\""];
    run(dir.path(), 0..6_000, usize::MAX, &limited, None, &mut accepted);
    assert!(!accepted.is_empty() && accepted.len() < 6_000, "{}", accepted.len());
    let (queue, store, processor) = open(dir.path()).await;
    check(&queue, &store, &accepted).await;
    // With room again it goes on.
    let more = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let note = more.clone();
    send(&queue, 6_000..6_100, move |number| {
        note.lock().unwrap().insert(number);
    })
    .await;
    assert_eq!(more.lock().unwrap().len(), 100);
    accepted.extend(more.lock().unwrap().iter());
    check(&queue, &store, &accepted).await;
    processor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_server_is_away_commands_wait() {
    let Some(server) = Server::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let store = Store::connect(server.settings()).await.unwrap();
    let (queue, store, processor) = open_over(dir.path(), store).await;
    let accepted = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let note = {
        let accepted = accepted.clone();
        move |number| {
            accepted.lock().unwrap().insert(number);
        }
    };
    send(&queue, 0..300, note.clone()).await;
    server.down();
    send(&queue, 300..900, note.clone()).await;
    assert!(queue.depth() >= 600);
    while !processor.is_away() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.up();
    send(&queue, 900..1_100, note).await;
    assert_eq!(accepted.lock().unwrap().len(), 1_100);
    let accepted = accepted.lock().unwrap().clone();
    check(&queue, &store, &accepted).await;
    assert!(!processor.is_away());
    processor.stop().await;
}
