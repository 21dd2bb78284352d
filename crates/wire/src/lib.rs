//! Documents that travel between agents, servers and stores: facts, node, catalog, report, file metadata.
//!
//! Each document knows its wire forms and nothing else: no transport, no storage, no evaluation.

pub mod catalog;
pub mod types;
