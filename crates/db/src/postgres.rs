//! PostgreSQL behind the narrow interface.
//!
//! The driver is asynchronous and closures are not: a closure runs on a blocking thread and waits there for each statement, while
//! the connection itself is driven by the runtime. A connection that broke, or whose transaction could not be ended, is thrown away
//! and a new one is made for the next caller, so a server that was restarted costs the transactions that were under way and no more.
//! While the server does not answer, most callers are told so at once instead of each waiting for its own attempt.

mod codec;
mod tls;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all, try_join_all};
use futures_util::{StreamExt as _, TryStreamExt as _, pin_mut};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, Semaphore};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::migrate::{self, Migration};
use crate::{Error, Limit, Result, Row, Tx, TxInner, Value};

/// Statements that a connection keeps prepared. Queries of users are texts without end, so there is a bound.
const STATEMENTS_MAX: usize = 256;
/// Statements on their way at once.
const PIPELINE_MAX: usize = 512;
/// Rows fetched from the driver at a time.
const ROWS_AT_ONCE: usize = 256;
/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long after a failed attempt to connect the next one is made.
const CONNECT_PAUSE: Duration = Duration::from_millis(250);
/// How long a server may leave data unacknowledged before the connection counts as broken.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How often a limited read is looked at.
const LIMIT_CHECK_INTERVAL: Duration = Duration::from_millis(100);
/// PuppetDB's limit for a statement.
const PREPARE: &str = "SET statement_timeout = '10min'; SET timezone = 'UTC'; SET standard_conforming_strings = on; SET jit = off";

/// How to reach a server.
#[derive(Clone)]
pub struct Settings {
    /// `postgresql://host:port/database?sslmode=require`, or `host=… dbname=…`.
    pub url: String,
    /// User, if the address names none.
    pub user: Option<String>,
    /// Password, if the address has none.
    pub password: Option<String>,
    /// PEM file with the authorities of the server's certificate; without it those of the system.
    pub authorities: Option<PathBuf>,
    /// Connections that are open at once.
    pub connections_max: usize,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("connections_max", &self.connections_max).finish_non_exhaustive()
    }
}

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Arc<Pool>,
}

struct Pool {
    config: Config,
    server: String,
    tls: Option<MakeRustlsConnect>,
    schema: &'static str,
    migrations: &'static [Migration],
    /// Set when the schema is up to date.
    ready: OnceCell<()>,
    idle: Mutex<Vec<Session>>,
    slots: Arc<Semaphore>,
    /// When the server was last found not to answer, until it does.
    away_since: Mutex<Option<Instant>>,
}

/// A connection, used by one closure at a time.
pub(crate) struct Session {
    client: Client,
    runtime: Handle,
    statements: RefCell<HashMap<String, Statement>>,
    /// What goes with the next statement.
    soon: RefCell<Vec<Soon>>,
}

/// A statement that waits to be sent.
struct Soon {
    sql: String,
    statement: Statement,
    values: Vec<Value>,
}

impl Postgres {
    /// A pool for a server that need not be there yet: the first use that reaches it brings the schema up to date.
    pub(crate) fn new(
        settings: Settings,
        schema: &'static str,
        migrations: &'static [Migration],
    ) -> Result<Postgres> {
        // The text of the error can hold the password.
        let mut config: Config = settings.url.parse().map_err(|_| {
            Error::Settings("the address of the database is no PostgreSQL URL or list of key=value".into())
        })?;
        if let Some(user) = settings.user.filter(|_| config.get_user().is_none()) {
            config.user(user);
        }
        if let Some(password) = settings.password.filter(|_| config.get_password().is_none()) {
            config.password(password);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        config.tcp_user_timeout(SILENCE_MAX);
        if config.get_application_name().is_none() {
            config.application_name("bunraku");
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => tls::client(settings.authorities.as_deref())?,
        };
        let server =
            format!("{:?}, database {}", config.get_hosts(), config.get_dbname().unwrap_or_default());
        let pool = Arc::new(Pool {
            config,
            server,
            tls,
            schema,
            migrations,
            ready: OnceCell::new(),
            idle: Mutex::default(),
            slots: Arc::new(Semaphore::new(settings.connections_max.max(1))),
            away_since: Mutex::default(),
        });
        Ok(Postgres { pool })
    }

    /// Brings the schema up to date if that was not done yet.
    pub(crate) async fn ready(&self) -> Result<()> {
        let (schema, migrations) = (self.pool.schema, self.pool.migrations);
        let migrate = || {
            self.transact("BEGIN; SET LOCAL statement_timeout = 0", move |tx| {
                migrate::run(tx, schema, migrations)
            })
        };
        self.pool.ready.get_or_try_init(migrate).await.map(drop)
    }

    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.run("BEGIN", work).await
    }

    pub(crate) async fn read<T, F>(&self, limit: Limit, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        if limit.is_none() {
            return self.run(BEGIN, work).await;
        }
        let pool = self.pool.clone();
        let guarded = move |tx: &Tx<'_>| {
            let TxInner::Postgres(session) = &tx.0 else { return work(tx) };
            let watch = session.runtime.spawn(cancel_at(limit, session.client.cancel_token(), pool));
            let result = work(tx);
            watch.abort();
            result
        };
        self.run(BEGIN, guarded).await
    }

    async fn run<T, F>(&self, begin: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.ready().await?;
        self.transact(begin, work).await
    }

    async fn transact<T, F>(&self, begin: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let pool = self.pool.clone();
        let slot = self.pool.slots.clone().acquire_owned().await.map_err(|_| Error::Closed)?;
        let session = pool.begun(begin).await?;
        let task = tokio::task::spawn_blocking(move || {
            // Held to the end of the work, even if nobody waits for it any more.
            let _slot = slot;
            let result = work(&Tx(TxInner::Postgres(&session)));
            let ended = match &result {
                Ok(_) => session.commit(),
                Err(_) => session.rollback(),
            };
            match (result, ended) {
                // A statement that went with the commit failed; the server has taken the transaction back.
                (Ok(_), Err(error @ Error::Statement { .. })) if !session.client.is_closed() => {
                    if session.rollback().is_ok() {
                        pool.give_back(session);
                    }
                    Err(error)
                }
                (Ok(value), Ok(())) => {
                    pool.give_back(session);
                    Ok(value)
                }
                (Ok(_), Err(error)) => Err(error),
                (Err(error), Ok(())) => {
                    pool.give_back(session);
                    Err(error)
                }
                (Err(error), Err(_)) => Err(error),
            }
        });
        match task.await {
            Ok(result) => result,
            Err(_) => Err(Error::Refused("the work panicked; its changes were taken back".into())),
        }
    }
}

impl Pool {
    /// A connection in a fresh transaction. One that broke while nobody used it is replaced.
    async fn begun(&self, begin: &str) -> Result<Session> {
        loop {
            let idle = self.idle().pop();
            let Some(session) = idle else {
                let session = self.connect().await?;
                session
                    .client
                    .batch_execute(begin)
                    .await
                    .map_err(|error| Error::Transaction(error.into()))?;
                return Ok(session);
            };
            if !session.client.is_closed() && session.client.batch_execute(begin).await.is_ok() {
                return Ok(session);
            }
        }
    }

    async fn connect(&self) -> Result<Session> {
        let away = *self.away_since();
        if away.is_some_and(|since| since.elapsed() < CONNECT_PAUSE) {
            return Err(Error::Away { server: self.server.clone() });
        }
        if away.is_some() {
            // Others do not try while this one does.
            *self.away_since() = Some(Instant::now());
        }
        let connected = self.connect_now().await;
        *self.away_since() = connected.is_err().then(Instant::now);
        connected
    }

    async fn connect_now(&self) -> Result<Session> {
        let failed = |source: tokio_postgres::Error| Error::Connect {
            server: self.server.clone(),
            source: source.into(),
        };
        let client = match &self.tls {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await.map_err(failed)?;
                tokio::spawn(drive(connection));
                client
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(failed)?;
                tokio::spawn(drive(connection));
                client
            }
        };
        client.batch_execute(PREPARE).await.map_err(failed)?;
        Ok(Session {
            client,
            runtime: Handle::current(),
            statements: RefCell::default(),
            soon: RefCell::default(),
        })
    }

    fn give_back(&self, session: Session) {
        if !session.client.is_closed() {
            self.idle().push(session);
        }
    }

    fn away_since(&self) -> MutexGuard<'_, Option<Instant>> {
        // Holders only read and set.
        self.away_since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Session>> {
        // Holders only push and pop.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the statement that is under way once the limit is reached.
async fn cancel_at(limit: Limit, token: tokio_postgres::CancelToken, pool: Arc<Pool>) {
    while !limit.is_over() {
        tokio::time::sleep(LIMIT_CHECK_INTERVAL).await;
    }
    // The work may be between two statements; the next one is ended then.
    loop {
        let cancelled = match &pool.tls {
            Some(tls) => token.cancel_query(tls.clone()).await,
            None => token.cancel_query(NoTls).await,
        };
        if let Err(error) = cancelled {
            tracing::debug!(%error, "a query could not be cancelled");
        }
        tokio::time::sleep(LIMIT_CHECK_INTERVAL).await;
    }
}

async fn drive(connection: impl Future<Output = std::result::Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::warn!(error = %crate::Driver::from(error), "a connection to the database broke");
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn failed(sql: &str) -> impl Fn(tokio_postgres::Error) -> Error {
    move |source| Error::Statement { statement: sql.to_owned(), source: source.into() }
}

impl Session {
    fn prepared(&self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(sql)).map_err(failed(sql))?;
        let mut statements = self.statements.borrow_mut();
        if statements.len() >= STATEMENTS_MAX {
            statements.clear();
        }
        statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) fn execute(&self, sql: &str, values: &[Value]) -> Result<usize> {
        let statement = self.prepared(sql)?;
        let values = parameters(values);
        Ok(self.with_soon(self.client.execute(&statement, &values))?.map_err(failed(sql))? as usize)
    }

    pub(crate) fn execute_soon(&self, sql: &str, values: Vec<Value>) -> Result<()> {
        let statement = self.prepared(sql)?;
        self.soon.borrow_mut().push(Soon { sql: sql.to_owned(), statement, values });
        Ok(())
    }

    fn commit(&self) -> Result<()> {
        // After a statement that failed, a commit takes everything back without an error of its own; that one comes first here.
        let ended = self.with_soon(self.client.batch_execute("COMMIT"))?;
        ended.map_err(|error| Error::Commit(failed("COMMIT")(error).to_string()))
    }

    fn rollback(&self) -> Result<()> {
        self.soon.borrow_mut().clear();
        self.runtime.block_on(self.client.batch_execute("ROLLBACK")).map_err(failed("ROLLBACK"))
    }

    /// Sends what waits, and then this, in one go. The server works in the order in which it is sent.
    fn with_soon<T>(&self, last: impl Future<Output = T>) -> Result<T> {
        let soon = std::mem::take(&mut *self.soon.borrow_mut());
        if soon.is_empty() {
            return Ok(self.runtime.block_on(last));
        }
        let sets: Vec<_> = soon.iter().map(|soon| parameters(&soon.values)).collect();
        let before =
            join_all(soon.iter().zip(&sets).map(|(soon, set)| self.client.execute(&soon.statement, set)));
        let (before, last) = self.runtime.block_on(join(before, last));
        for (soon, result) in soon.iter().zip(before) {
            result.map_err(failed(&soon.sql))?;
        }
        Ok(last)
    }

    pub(crate) fn execute_each(&self, sql: &str, sets: &[Vec<Value>]) -> Result<usize> {
        let statement = self.prepared(sql)?;
        let mut touched = 0;
        for sets in sets.chunks(PIPELINE_MAX) {
            let sets: Vec<_> = sets.iter().map(|values| parameters(values)).collect();
            let all = try_join_all(sets.iter().map(|values| self.client.execute(&statement, values)));
            touched += self.with_soon(all)?.map_err(failed(sql))?.iter().sum::<u64>();
        }
        Ok(touched as usize)
    }

    pub(crate) fn first_of_each(&self, sql: &str, sets: &[Vec<Value>]) -> Result<Vec<Option<Row>>> {
        let statement = self.prepared(sql)?;
        let mut firsts = Vec::with_capacity(sets.len());
        for sets in sets.chunks(PIPELINE_MAX) {
            let sets: Vec<_> = sets.iter().map(|values| parameters(values)).collect();
            let all = try_join_all(sets.iter().map(|values| self.client.query(&statement, values)));
            for rows in self.with_soon(all)?.map_err(failed(sql))? {
                firsts.push(rows.first().map(row).transpose().map_err(failed(sql))?);
            }
        }
        Ok(firsts)
    }

    pub(crate) fn each(
        &self,
        sql: &str,
        values: &[Value],
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let statement = self.prepared(sql)?;
        let rows = self.client.query_raw(&statement, values.iter());
        let rows = self.with_soon(rows)?.map_err(failed(sql))?;
        pin_mut!(rows);
        loop {
            let some = rows.as_mut().take(ROWS_AT_ONCE).try_collect::<Vec<_>>();
            let some = self.runtime.block_on(some).map_err(failed(sql))?;
            let is_last = some.len() < ROWS_AT_ONCE;
            for found in &some {
                take(row(found).map_err(failed(sql))?)?;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        self.with_soon(self.client.batch_execute(sql))?.map_err(failed(sql))
    }
}

fn row(row: &tokio_postgres::Row) -> std::result::Result<Row, tokio_postgres::Error> {
    (0..row.len())
        .map(|column| row.try_get::<_, Value>(column))
        .collect::<std::result::Result<_, _>>()
        .map(Row)
}
