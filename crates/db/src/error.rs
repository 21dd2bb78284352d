//! What can go wrong with the database.

use std::fmt;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;

/// An error of a driver.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Driver {
    Sqlite(rusqlite::Error),
    Postgres(tokio_postgres::Error),
}

impl From<rusqlite::Error> for Driver {
    fn from(error: rusqlite::Error) -> Driver {
        Driver::Sqlite(error)
    }
}

impl From<tokio_postgres::Error> for Driver {
    fn from(error: tokio_postgres::Error) -> Driver {
        Driver::Postgres(error)
    }
}

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Driver::Sqlite(error) => error.fmt(f),
            // The driver's own text leaves out what the server said. Its detail can hold values, so it is not shown.
            Driver::Postgres(error) => match error.as_db_error() {
                Some(said) => write!(f, "{} ({})", said.message(), said.code().code()),
                None => {
                    error.fmt(f)?;
                    match std::error::Error::source(error) {
                        Some(source) => write!(f, ": {source}"),
                        None => Ok(()),
                    }
                }
            },
        }
    }
}

impl std::error::Error for Driver {}

fn is_gone(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        // Classes: connection, insufficient resources, operator intervention, system error; and a server that became read-only
        // because another one took over.
        Some(code) => {
            ["08", "53", "57", "58"].iter().any(|class| code.code().starts_with(class))
                && *code != SqlState::QUERY_CANCELED
                || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        }
        None => {
            // A certificate that does not fit comes as data that is not valid.
            let io =
                std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
            error.is_closed() || io.is_some_and(|io| io.kind() != std::io::ErrorKind::InvalidData)
        }
    }
}

/// An error of the database. The statement is named so that the log is of use; values never are.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be opened or made.
    #[error("could not open the database {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Driver,
    },
    /// The server could not be reached, or does not want us.
    #[error("could not connect to the database at {server}: {source}")]
    Connect {
        /// Where it should be.
        server: String,
        /// Why.
        source: Driver,
    },
    /// The server could not be reached a moment ago, and was not tried again.
    #[error("could not connect to the database at {server}: it did not answer a moment ago")]
    Away {
        /// Where it should be.
        server: String,
    },
    /// The settings of the connection are not valid.
    #[error("the settings of the database are not valid: {0}")]
    Settings(String),
    /// A statement failed.
    #[error("database statement failed: {source} (statement: {statement})")]
    Statement {
        /// The SQL text.
        statement: String,
        /// Why.
        source: Driver,
    },
    /// Beginning, ending or taking back a transaction failed.
    #[error("database transaction failed: {0}")]
    Transaction(Driver),
    /// The changes could not be brought to disk.
    #[error("could not commit: {0}")]
    Commit(String),
    /// A column holds another kind than the caller reads.
    #[error("column {column} holds {found}, not {wanted}")]
    Column {
        /// Position from 0.
        column: usize,
        /// Kind that is there.
        found: &'static str,
        /// Kind that was asked for.
        wanted: &'static str,
    },
    /// The database was written by a newer release.
    #[error(
        "the database is at version {found}, this program knows up to {known}; run the newer release, or restore a backup"
    )]
    TooNew {
        /// Version in the file.
        found: i64,
        /// Newest known version.
        known: i64,
    },
    /// Another transaction was in the way.
    #[error("another change of the same data came in between")]
    Conflict,
    /// The writer is gone: the program is stopping, or the writer thread failed.
    #[error("the database is closed")]
    Closed,
    /// The caller gave up its own work for a reason of its own; its changes are taken back.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    fn driver(&self) -> Option<&Driver> {
        match self {
            Error::Statement { source, .. } | Error::Transaction(source) => Some(source),
            _ => None,
        }
    }

    /// True if another transaction was in the way: the same work run again may succeed.
    pub fn is_conflict(&self) -> bool {
        let Some(Driver::Postgres(error)) = self.driver() else { return matches!(self, Error::Conflict) };
        error.code().is_some_and(|code| {
            [
                &SqlState::T_R_SERIALIZATION_FAILURE,
                &SqlState::T_R_DEADLOCK_DETECTED,
                &SqlState::FOREIGN_KEY_VIOLATION,
                &SqlState::UNIQUE_VIOLATION,
                &SqlState::LOCK_NOT_AVAILABLE,
            ]
            .contains(&code)
        })
    }

    /// True if the database as such cannot do its work now (away, restarting, out of room), whatever it is asked: the same work is worth
    /// another try, however often.
    pub fn is_outage(&self) -> bool {
        match self {
            Error::Connect { .. }
            | Error::Away { .. }
            | Error::Commit(_)
            | Error::Closed
            | Error::Open { .. }
            | Error::TooNew { .. } => true,
            Error::Statement { source, .. } | Error::Transaction(source) => match source {
                Driver::Sqlite(error) => matches!(
                    error.sqlite_error_code(),
                    Some(
                        ErrorCode::DiskFull
                            | ErrorCode::SystemIoFailure
                            | ErrorCode::DatabaseBusy
                            | ErrorCode::DatabaseLocked
                            | ErrorCode::CannotOpen
                            | ErrorCode::ReadOnly
                            | ErrorCode::OutOfMemory
                    )
                ),
                Driver::Postgres(error) => is_gone(error),
            },
            _ => false,
        }
    }

    /// True if a server does not answer, or says that it cannot serve anybody now: what is to be expected of one that is started,
    /// stopped or cut off, and not of one that refuses this program.
    pub fn is_away(&self) -> bool {
        match self {
            Error::Connect { source: Driver::Postgres(error), .. } => is_gone(error),
            Error::Away { .. } => true,
            Error::Statement { .. } | Error::Transaction(_) => self.is_outage(),
            _ => false,
        }
    }

    /// Whether a statement was ended because its time was over or nobody waits for it any more.
    pub fn is_interrupted(&self) -> bool {
        match self.driver() {
            Some(Driver::Sqlite(error)) => error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted),
            Some(Driver::Postgres(error)) => error.code() == Some(&SqlState::QUERY_CANCELED),
            None => false,
        }
    }
}
