//! Roles: what each puts together. A role reads as a parts list.

mod agents;
pub mod code;
pub mod code_manager;
pub mod compiler;
pub mod deploy;
mod observe;
mod packages;
mod preview;
pub mod primary;
mod puppetdb;
pub mod settings;
pub(crate) mod store;
mod swap;
