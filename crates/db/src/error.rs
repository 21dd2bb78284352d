//! What can go wrong with the database.

use std::path::PathBuf;

/// An error of the database. The statement is named so that the log is of use; values never are.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be opened or made.
    #[error("could not open the database {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// A statement failed.
    #[error("database statement failed: {source} (statement: {statement})")]
    Statement {
        /// The SQL text.
        statement: String,
        /// Why.
        source: rusqlite::Error,
    },
    /// Beginning, ending or taking back a transaction failed.
    #[error("database transaction failed: {0}")]
    Transaction(rusqlite::Error),
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
    /// The writer is gone: the program is stopping, or the writer thread failed.
    #[error("the database is closed")]
    Closed,
    /// The caller gave up its own work for a reason of its own; its changes are taken back.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    /// Whether a statement was ended because its time was over or nobody waits for it any more.
    pub fn is_interrupted(&self) -> bool {
        matches!(self, Error::Statement { source, .. }
            if source.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted))
    }
}
