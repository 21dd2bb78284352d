//! The contract of each service: what the others may ask of it, as a trait with its types.
//!
//! Services never depend on each other. The product crate hands each one the object, or later a client of the same
//! trait, of those it needs. Beside each trait stands a fake for tests.

pub mod pdb;

pub use pdb::Pdb;
