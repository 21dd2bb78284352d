//! The store of what nodes report: facts, catalogs, reports.
//!
//! Commands come in through [`api::Pdb`] and are on disk when they are answered. Facts and catalogs replace what a node had, and
//! cost next to nothing when they have not changed: only the time stamp moves. Reports are kept, each with a row for its summary
//! and a row for every event; the document itself stays whole, compressed, so that nothing an agent said is lost.
//!
//! An older document never replaces a newer one, and the same report twice is stored once, so a sender that is not sure may send
//! again. Values of sensitive parameters are not stored.

mod document;
pub mod query;
pub mod schema;
mod store;

pub use store::{ReportSummary, Store};
