//! The store of what nodes report: facts, catalogs, reports; compatible with PuppetDB.
//!
//! Commands come in two ways. This process stores what its agents send through [`api::Pdb`], and is answered when it is in the database,
//! or, while that is away, when it is [spooled](spool) to the queue of the other way.
//! A server without a store of its own stores through [`remote`]: the same commands, over HTTP.
//! Others send commands over HTTP ([`Handlers`]): they are answered when the command is on disk in a [`queue`], from which a
//! [`processor`] brings them into the store, in order for each node. What the store cannot take is kept aside with its error.
//!
//! The [`schema`] is the same on SQLite and PostgreSQL: rows that nodes have in common are stored once, and a document is written as
//! the difference to the one before, so that runs which change nothing cost next to nothing. An older document never replaces a
//! newer one, and the same report twice is stored once, so a sender that is not sure may send again. Values of sensitive parameters
//! are not stored. [`expiry`] forgets what is old.

mod anonymize;
mod archive;
pub mod command;
pub mod document;
pub mod expiry;
pub mod figures;
mod handlers;
pub mod hash;
mod json_text;
pub mod metrics;
pub mod payload;
pub mod processor;
pub mod query;
pub mod queue;
pub mod remote;
pub mod schema;
mod spool;
mod store;
mod terminus;

pub use handlers::{Handlers, Settings};
pub use remote::Remote;
pub use store::{Outcome, Recounted, ReportSummary, Store};
