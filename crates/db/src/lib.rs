//! One narrow SQL interface over SQLite and PostgreSQL.
//!
//! A [`Db`] is either one SQLite file in WAL mode, with one writer thread and several readers, or a pool of connections to a
//! PostgreSQL server. Callers hand over closures that run in a transaction on a thread where they may block; when
//! [`Db::write`] answers, the changes are durable, or nothing of them is there.
//!
//! With SQLite the writer thread runs all closures that are waiting in one transaction, each inside its own savepoint, commits once,
//! and only then answers them: under load many writes share one flush to disk. What changes much can have a transaction of its own
//! ([`Db::write_alone`]). With PostgreSQL each write is a transaction of
//! its own (read committed), and several run at once; one that lost against another fails with [`Error::is_conflict`], and the caller
//! runs it again. Reads see one consistent state of the data on both.
//!
//! Statements use `$1`, `$2`, … for parameters, whatever the database behind. Where the languages of the two differ, callers ask
//! [`Tx::dialect`]. No SQL stands in this crate but for migrations' book-keeping, and no other crate names the drivers.

mod error;
mod function;
mod limit;
mod migrate;
mod postgres;
#[cfg(feature = "scratch")]
pub mod scratch;
mod sqlite;
mod value;

use std::path::Path;

pub use error::{Driver, Error};
pub use function::Function;
pub use limit::Limit;
pub use migrate::Migration;
pub use postgres::Settings as PostgresSettings;
pub use value::{FromValue, Row, Value};

/// Result of a database operation.
pub type Result<T> = std::result::Result<T, Error>;

/// The SQL that a database understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The name of the scalar function that gives the greatest of its arguments, if none is null.
    pub fn greatest(self) -> &'static str {
        match self {
            Dialect::Sqlite => "max",
            Dialect::Postgres => "greatest",
        }
    }
}

/// How a SQLite file is used.
#[derive(Clone, Copy)]
pub struct SqliteSettings {
    /// Functions of our own in its SQL.
    pub functions: &'static [Function],
    /// KiB of pages that whoever writes keeps in memory.
    pub cache_kib: u32,
}

impl Default for SqliteSettings {
    fn default() -> SqliteSettings {
        SqliteSettings { functions: &[], cache_kib: 2_000 }
    }
}

/// A database. Clones share it; it is closed when the last one is dropped.
#[derive(Clone)]
pub struct Db(Inner);

#[derive(Clone)]
enum Inner {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens or makes a SQLite file and brings a schema up to date. Blocks.
    ///
    /// # Errors
    /// The file cannot be opened, or its schema is newer than this program.
    pub fn open(path: &Path, schema: &str, migrations: &[Migration]) -> Result<Db> {
        Db::open_with(path, schema, migrations, SqliteSettings::default())
    }

    /// The same with settings of its own.
    ///
    /// # Errors
    /// The file cannot be opened, or its schema is newer than this program.
    pub fn open_with(
        path: &Path,
        schema: &str,
        migrations: &[Migration],
        settings: SqliteSettings,
    ) -> Result<Db> {
        let sqlite = sqlite::Sqlite::open(path, schema, migrations, settings)?;
        Ok(Db(Inner::Sqlite(sqlite)))
    }

    /// Connects to a PostgreSQL server (11 or newer) and brings a schema up to date. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// The server cannot be reached, refuses the user, or holds a newer schema.
    pub async fn connect(
        settings: PostgresSettings,
        schema: &'static str,
        migrations: &'static [Migration],
    ) -> Result<Db> {
        let postgres = postgres::Postgres::new(settings, schema, migrations)?;
        postgres.ready().await?;
        Ok(Db(Inner::Postgres(postgres)))
    }

    /// The same, but a server that is away now may come later: the schema is brought up to date by the first use that reaches it, and
    /// all uses fail with [`Error::is_outage`] until then.
    ///
    /// # Errors
    /// The settings are not valid, or the server answers and does not let this program in.
    pub async fn connect_or_wait(
        settings: PostgresSettings,
        schema: &'static str,
        migrations: &'static [Migration],
    ) -> Result<Db> {
        let postgres = postgres::Postgres::new(settings, schema, migrations)?;
        match postgres.ready().await {
            Err(error) if error.is_away() => {
                tracing::warn!(%error, "the database is not there; work that needs it waits");
            }
            result => result?,
        }
        Ok(Db(Inner::Postgres(postgres)))
    }

    /// The SQL it understands.
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a closure that changes data. When this returns `Ok`, the changes are on disk; when the closure or the commit fails,
    /// nothing of it is (but for a connection that breaks during the commit: then either may be).
    ///
    /// # Errors
    /// Those of the closure; the database is away or cannot write.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.write(false, work).await,
            Inner::Postgres(postgres) => postgres.write(work).await,
        }
    }

    /// The same for work that changes much. On SQLite its transaction is its own: to take back one of several that share one, each page
    /// as it was before is kept in memory, and with each statement SQLite goes through all that is kept.
    ///
    /// # Errors
    /// Those of the closure; the database is away or cannot write.
    pub async fn write_alone<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.write(true, work).await,
            Inner::Postgres(postgres) => postgres.write(work).await,
        }
    }

    /// Runs a closure that reads, on a connection of its own and one consistent view of the data.
    ///
    /// # Errors
    /// Those of the closure; the database is away.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.read_within(Limit::default(), work).await
    }

    /// The same with a limit. Statements beyond it fail with [`Error::is_interrupted`].
    ///
    /// # Errors
    /// Those of the closure; the database is away.
    pub async fn read_within<T, F>(&self, limit: Limit, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.read(limit, work).await,
            Inner::Postgres(postgres) => postgres.read(limit, work).await,
        }
    }
}

/// Statements inside a transaction. Its methods block.
pub struct Tx<'a>(TxInner<'a>);

enum TxInner<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a postgres::Session),
}

impl Tx<'_> {
    /// The SQL it understands.
    pub fn dialect(&self) -> Dialect {
        match &self.0 {
            TxInner::Sqlite(_) => Dialect::Sqlite,
            TxInner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs one statement that changes data; gives the number of rows it touched.
    pub fn execute(&self, sql: &str, parameters: &[Value]) -> Result<usize> {
        match &self.0 {
            TxInner::Sqlite(connection) => sqlite::execute(connection, sql, parameters),
            TxInner::Postgres(session) => session.execute(sql, parameters),
        }
    }

    /// Runs one statement that changes data, with the next statement or the commit at the latest, so that it needs no round trip of
    /// its own. Its errors are those of what it goes with.
    pub fn execute_soon(&self, sql: &str, parameters: Vec<Value>) -> Result<()> {
        match &self.0 {
            TxInner::Sqlite(connection) => sqlite::execute(connection, sql, &parameters).map(drop),
            TxInner::Postgres(session) => session.execute_soon(sql, parameters),
        }
    }

    /// Runs one statement for each set of parameters, without a round trip for each; gives the number of rows touched.
    pub fn execute_each(&self, sql: &str, parameters: &[Vec<Value>]) -> Result<usize> {
        match &self.0 {
            TxInner::Sqlite(connection) => {
                parameters.iter().map(|parameters| sqlite::execute(connection, sql, parameters)).sum()
            }
            TxInner::Postgres(session) => session.execute_each(sql, parameters),
        }
    }

    /// Runs one statement for each set of parameters, without a round trip for each; gives the first row of each, if there is one.
    pub fn first_of_each(&self, sql: &str, parameters: &[Vec<Value>]) -> Result<Vec<Option<Row>>> {
        match &self.0 {
            TxInner::Sqlite(connection) => parameters
                .iter()
                .map(|parameters| {
                    let mut first = None;
                    sqlite::each(connection, sql, parameters, |row| {
                        first.get_or_insert(row);
                        Ok(())
                    })?;
                    Ok(first)
                })
                .collect(),
            TxInner::Postgres(session) => session.first_of_each(sql, parameters),
        }
    }

    /// Runs one statement that yields rows, all at once.
    pub fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.each(sql, parameters, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of a statement, if there is one.
    pub fn first(&self, sql: &str, parameters: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// Runs one statement and hands its rows over one by one, so that large answers need no memory.
    pub fn each(&self, sql: &str, parameters: &[Value], take: impl FnMut(Row) -> Result<()>) -> Result<()> {
        match &self.0 {
            TxInner::Sqlite(connection) => sqlite::each(connection, sql, parameters, take),
            TxInner::Postgres(session) => session.each(sql, parameters, take),
        }
    }

    /// Runs several statements without parameters, as migrations have them.
    pub fn batch(&self, sql: &str) -> Result<()> {
        match &self.0 {
            TxInner::Sqlite(connection) => sqlite::batch(connection, sql),
            TxInner::Postgres(session) => session.batch(sql),
        }
    }
}
