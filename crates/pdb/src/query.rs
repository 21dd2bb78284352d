//! Queries: PQL or AST in, rows of JSON out.

mod check;
mod comparison;
mod counted;
mod counts;
mod dotted;
mod entity;
mod error;
mod field;
mod filter;
mod functions;
mod json;
mod limits;
mod membership;
mod paging;
mod params;
mod plan;
pub mod pql;
mod regex;
mod restrict;
mod routes;
mod rows;
mod run;
mod scope;
mod select;
mod service;
mod sql;
mod time;

pub use error::QueryError;
pub use functions::FUNCTIONS;
pub use limits::{DEPTH_MAX, QUERY_BYTES_MAX, TERMS_MAX};
pub use plan::explain;
pub use rows::{Part, ReportPart};
pub use service::{META_PREFIX, PUPPETDB_VERSION, QUERY_PREFIX, QueryService, QuerySettings};
