//! SQLite behind the narrow interface.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Semaphore, oneshot};

use crate::migrate::{self, Migration};
use crate::{Error, Function, Limit, Result, Row, SqliteSettings, Tx, TxInner, Value};

/// Writes that may wait; beyond it callers wait for a place, so that a slow disk slows peers down instead of filling memory.
const QUEUE_MAX: usize = 1_024;
/// Writes that share one commit.
const GROUP_MAX: usize = 256;
/// Connections that read at once.
const READERS_MAX: usize = 8;
/// How long a connection waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Steps of SQLite's machine between two looks at the time; some tenths of a millisecond.
const INTERRUPT_CHECK_STEPS: std::ffi::c_int = 10_000;

/// Work in a transaction.
struct Job {
    /// Whether no other work shares the transaction.
    is_alone: bool,
    run: Run,
}

/// Told whether it is the first in the transaction.
type Run = Box<dyn FnOnce(&Connection, bool) -> Answer + Send>;

/// Tells the caller how it went; called with the result of the commit once that is known.
type Answer = Box<dyn FnOnce(std::result::Result<(), Arc<str>>) + Send>;

/// A database file. Clones share it; the file is closed when the last one is dropped.
#[derive(Clone)]
pub(crate) struct Sqlite {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    functions: &'static [Function],
    jobs: Option<SyncSender<Job>>,
    slots: Semaphore,
    readers: std::sync::Mutex<Vec<Connection>>,
    reading: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Closing the queue ends the writer after what it has accepted.
        self.jobs = None;
        if let Some(writer) = self.writer.take()
            && writer.thread().id() != std::thread::current().id()
            && writer.join().is_err()
        {
            tracing::error!(path = %self.path.display(), "the database writer had failed");
        }
    }
}

impl Sqlite {
    /// Opens or makes a database file and brings a schema up to date.
    pub(crate) fn open(
        path: &Path,
        schema: &str,
        migrations: &[Migration],
        settings: SqliteSettings,
    ) -> Result<Sqlite> {
        let SqliteSettings { functions, cache_kib } = settings;
        let mut writer = connect(path, false, functions)?;
        // A longer log is copied into the file less often, and pages that change all the time but once. Pages that a transaction
        // changes and that find no room in the cache are written before its end, read again, and written again.
        let pragmas = format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -{cache_kib};"
        );
        writer
            .execute_batch(&pragmas)
            .map_err(|source| Error::Open { path: path.to_owned(), source: source.into() })?;
        let transaction = writer.transaction().map_err(broken)?;
        migrate::run(&Tx(TxInner::Sqlite(&transaction)), schema, migrations)?;
        transaction.commit().map_err(broken)?;

        let (jobs, queue) = sync_channel(QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("db-writer".into())
            .spawn(move || write_all(writer, &queue))
            .map_err(|_| Error::Closed)?;
        Ok(Sqlite {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                functions,
                jobs: Some(jobs),
                slots: Semaphore::new(QUEUE_MAX),
                readers: std::sync::Mutex::default(),
                reading: Arc::new(Semaphore::new(READERS_MAX)),
                writer: Some(thread),
            }),
        })
    }

    /// Runs a closure that changes data. When this returns `Ok`, the changes are on disk; when the closure or the commit fails,
    /// nothing of it is.
    pub(crate) async fn write<T, F>(&self, is_alone: bool, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let _slot = self.shared.slots.acquire().await.map_err(|_| Error::Closed)?;
        let (answer, answered) = oneshot::channel();
        let run = move |connection: &Connection, is_first| {
            let result = if is_first { as_first(connection, work) } else { in_savepoint(connection, work) };
            Box::new(move |committed: std::result::Result<(), Arc<str>>| {
                let result = match committed {
                    Ok(()) => result,
                    Err(reason) => result.and(Err(Error::Commit(reason.to_string()))),
                };
                // A caller that went away does not want to know.
                let _ = answer.send(result);
            }) as Answer
        };
        let job = Job { is_alone, run: Box::new(run) };
        // The slots bound the queue, so this never waits.
        self.shared.jobs.as_ref().ok_or(Error::Closed)?.send(job).map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Runs a closure that reads, on a connection of its own and one consistent view of the data.
    pub(crate) async fn read<T, F>(&self, limit: Limit, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let slot = self.shared.reading.clone().acquire_owned().await.map_err(|_| Error::Closed)?;
        let shared = self.shared.clone();
        let task = tokio::task::spawn_blocking(move || {
            // Held to the end of the work, even if nobody waits for it any more.
            let _slot = slot;
            let idle = lock(&shared.readers).pop();
            let mut connection = match idle {
                Some(connection) => connection,
                None => connect(&shared.path, true, shared.functions)?,
            };
            let result = (|| {
                if !limit.is_none() {
                    let over = move || limit.is_over();
                    connection.progress_handler(INTERRUPT_CHECK_STEPS, Some(over)).map_err(broken)?;
                }
                let transaction = connection.transaction().map_err(broken)?;
                work(&Tx(TxInner::Sqlite(&transaction)))
            })();
            connection.progress_handler(0, None::<fn() -> bool>).map_err(broken)?;
            lock(&shared.readers).push(connection);
            result
        });
        task.await.map_err(|_| Error::Closed)?
    }
}

fn broken(error: rusqlite::Error) -> Error {
    Error::Transaction(error.into())
}

fn failed(sql: &str) -> impl Fn(rusqlite::Error) -> Error {
    move |source| Error::Statement { statement: sql.to_owned(), source: source.into() }
}

pub(crate) fn execute(connection: &Connection, sql: &str, parameters: &[Value]) -> Result<usize> {
    let mut statement = connection.prepare_cached(&numbered(sql)).map_err(failed(sql))?;
    statement.execute(rusqlite::params_from_iter(parameters)).map_err(failed(sql))
}

pub(crate) fn each(
    connection: &Connection,
    sql: &str,
    parameters: &[Value],
    mut take: impl FnMut(Row) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(&numbered(sql)).map_err(failed(sql))?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(parameters)).map_err(failed(sql))?;
    while let Some(row) = rows.next().map_err(failed(sql))? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(owned(row.get_ref(column).map_err(failed(sql))?));
        }
        take(Row(values))?;
    }
    Ok(())
}

pub(crate) fn batch(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(failed(sql))
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::List(_) => {
                let reason = "a list cannot be a parameter of SQLite";
                return Err(rusqlite::Error::ToSqlConversionFailure(reason.into()));
            }
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Real(number) => ValueRef::Real(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn connect(path: &Path, read_only: bool, functions: &'static [Function]) -> Result<Connection> {
    let mode = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let failed = |source: rusqlite::Error| Error::Open { path: path.to_owned(), source: source.into() };
    let connection =
        Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(128);
    for function in functions {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        let call = |context: &rusqlite::functions::Context<'_>| {
            let arguments: Vec<Value> =
                (0..context.len()).map(|index| owned(context.get_raw(index))).collect();
            (function.call)(&arguments).map_err(|reason| rusqlite::Error::UserFunctionError(reason.into()))
        };
        connection.create_scalar_function(function.name, function.arguments, flags, call).map_err(failed)?;
    }
    Ok(connection)
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Holders only push and pop, so the list is whole even after a panic.
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The writer thread: takes what is waiting, commits once, answers.
fn write_all(connection: Connection, queue: &Receiver<Job>) {
    let mut next: Option<Job> = None;
    while let Some(Job { is_alone, run: first }) = next.take().or_else(|| queue.recv().ok()) {
        let begun = connection.execute_batch("BEGIN IMMEDIATE");
        let mut answers = Vec::new();
        let committed = match begun {
            Ok(()) => {
                answers.push(first(&connection, true));
                // A full disk can end the whole transaction in the middle of a job; what came before it is then taken back too.
                while !is_alone
                    && answers.len() < GROUP_MAX
                    && !connection.is_autocommit()
                    && let Ok(job) = queue.try_recv()
                {
                    if job.is_alone {
                        next = Some(job);
                        break;
                    }
                    answers.push((job.run)(&connection, false));
                }
                connection.execute_batch("COMMIT")
            }
            Err(error) => {
                // Nothing was changed; the job still has to be run to own its answer, and fails outside a transaction.
                answers.push(Box::new(move |_| drop(first)) as Answer);
                Err(error)
            }
        };
        if let Err(error) = &committed {
            tracing::error!(%error, writes = answers.len(), "could not commit to the database");
            if !connection.is_autocommit()
                && let Err(error) = connection.execute_batch("ROLLBACK")
            {
                tracing::error!(%error, "could not take a transaction back");
            }
        }
        let outcome = committed.map_err(|error| Arc::from(error.to_string()));
        for answer in answers {
            answer(outcome.clone());
        }
    }
}

/// Nothing is before it in the transaction, so taking everything back takes back nothing of others, and no savepoint is needed.
fn as_first<T>(connection: &Connection, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    let result = caught(connection, work);
    if result.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK; BEGIN IMMEDIATE").map_err(broken)?;
    }
    result
}

fn in_savepoint<T>(connection: &Connection, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    connection.execute_batch("SAVEPOINT job").map_err(broken)?;
    let result = caught(connection, work);
    let end = if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    connection.execute_batch(end).map_err(broken)?;
    result
}

/// A panic in one caller's closure must not end the writer and with it everybody's writes.
fn caught<T>(connection: &Connection, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&Tx(TxInner::Sqlite(connection)))))
        .unwrap_or_else(|_| Err(Error::Refused("the write panicked; its changes were taken back".into())))
}

/// `$n` becomes `?n`, which is how SQLite numbers parameters. Quoted text is left alone.
fn numbered(sql: &str) -> std::borrow::Cow<'_, str> {
    if !sql.contains('$') {
        return sql.into();
    }
    let mut out = String::with_capacity(sql.len());
    let mut quote = None;
    let mut characters = sql.chars().peekable();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        let parameter =
            c == '$' && quote.is_none() && characters.peek().is_some_and(|next| next.is_ascii_digit());
        out.push(if parameter { '?' } else { c });
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::Db;

    const SCHEMA: &[Migration] = &[Migration {
        name: "first",
        sql: "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL)",
        then: None,
    }];

    fn open(dir: &tempfile::TempDir) -> Db {
        Db::open(&dir.path().join("x.db"), "test", SCHEMA).unwrap()
    }

    async fn count(db: &Db) -> i64 {
        db.read(|tx| tx.query("SELECT count(*) FROM t", &[])?[0].get(0)).await.unwrap()
    }

    #[tokio::test]
    async fn a_failing_write_takes_back_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir);
        let mut tasks = Vec::new();
        for n in 0..100i64 {
            let db = db.clone();
            tasks.push(tokio::spawn(async move {
                let work = move |tx: &Tx<'_>| {
                    tx.execute("INSERT INTO t (a, b) VALUES ($1, $2)", &[n.into(), "x".into()])?;
                    if n % 10 == 0 { Err(Error::Refused("no".into())) } else { Ok(()) }
                };
                // Some share a transaction, some have one of their own.
                if n % 4 < 2 { db.write(work).await } else { db.write_alone(work).await }
            }));
        }
        let mut failed = 0;
        for task in tasks {
            failed += i32::from(task.await.unwrap().is_err());
        }
        assert_eq!(failed, 10);
        assert_eq!(count(&db).await, 90);
    }

    #[tokio::test]
    async fn a_panicking_write_is_an_error_and_the_writer_lives() {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir);
        let result: Result<()> = db.write(|_| panic!("boom")).await;
        assert!(result.unwrap_err().to_string().contains("panicked"));
        db.write(|tx| tx.execute("INSERT INTO t VALUES (1, '$1')", &[])).await.unwrap();
        let text: String = db.read(|tx| tx.query("SELECT b FROM t", &[])?[0].get(0)).await.unwrap();
        assert_eq!(text, "$1");
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(&dir));
        let error = Db::open(&dir.path().join("x.db"), "test", &[]).err().unwrap();
        assert!(matches!(error, Error::TooNew { found: 1, known: 0 }), "{error}");
    }

    #[tokio::test]
    async fn what_was_answered_is_there_after_opening_again() {
        let dir = tempfile::tempdir().unwrap();
        let db = open(&dir);
        db.write(|tx| tx.execute("INSERT INTO t VALUES (7, 'seven')", &[])).await.unwrap();
        drop(db);
        assert_eq!(count(&open(&dir)).await, 1);
    }

    #[test]
    fn a_column_of_another_kind_is_an_error() {
        let row = Row(vec![Value::Text("x".into())]);
        assert_eq!(row.get::<i64>(0).unwrap_err().to_string(), "column 0 holds text, not an integer");
        assert_eq!(row.get::<Option<String>>(5).unwrap(), None);
    }
}
