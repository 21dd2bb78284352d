//! Documents that travel between agents, servers and stores: facts, node, catalog, report, file metadata.
//!
//! Each document knows its wire forms and nothing else: no transport, no storage, no evaluation. What peers send is
//! bounded in size and depth before it becomes values.

pub mod catalog;
pub mod data;
pub mod facts;
pub mod json;
pub mod metadata;
pub mod node;
pub mod report;
pub mod types;
