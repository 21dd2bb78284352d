//! One narrow SQL interface over the embedded database.
//!
//! A [`Db`] is one SQLite file in WAL mode: one writer thread, several readers. Writers hand over closures; the writer thread runs
//! all that are waiting in one transaction, each inside its own savepoint, commits once, and only then answers them. So an answer
//! means *durable* (`synchronous = FULL`), a failing closure takes back only its own changes, and under load many writes share one
//! flush to disk.
//!
//! Statements use `$1`, `$2`, … for parameters, whatever the database behind. No SQL stands in this crate but for migrations'
//! book-keeping, and no other crate names the driver.

mod error;
mod function;
mod limit;
mod migrate;
mod sqlite;
mod value;

pub use error::Error;
pub use function::Function;
pub use limit::Limit;
pub use migrate::Migration;
pub use sqlite::{Db, Tx};
pub use value::{FromValue, Row, Value};

/// Result of a database operation.
pub type Result<T> = std::result::Result<T, Error>;
