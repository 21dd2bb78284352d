//! Queries: PQL or AST in, rows of JSON out.

mod error;
mod field;
mod limits;
pub mod pql;

pub use error::QueryError;
pub use limits::{DEPTH_MAX, QUERY_BYTES_MAX, TERMS_MAX};
