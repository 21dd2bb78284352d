//! The compiler: from manifests, facts and data to a catalog.
//!
//! [`compile`](crate) walks the tree of the site manifest, declares classes and resources as it meets them,
//! evaluates defined types in rounds, applies overrides, defaults and relationships, and hands out a
//! [`wire::catalog::Catalog`] in exactly the order in which Puppet would write it. Error texts are Puppet's own.
//!
//! It has no sockets, no clock and no database, and starts no thread but for the stack it runs on. What it reads
//! is an immutable image of an environment; everything else arrives through one trait, [`World`]. So a compile is a
//! function of image, node and recorded answers, and its [`ReadSet`] says which of them it depends on.

pub mod context;
pub mod error;
pub mod functions;
pub mod log;
pub mod reads;
pub mod session;
pub mod world;

use std::sync::Arc;

use pcore::{Hash, Str, Value};

pub use context::{Block, Context};
pub use error::{Control, Error};
pub use log::{Level, LogEntry};
pub use reads::ReadSet;
pub use world::World;

/// The node to compile for.
#[derive(Clone, Debug, Default)]
pub struct NodeInput {
    /// Certname.
    pub certname: Str,
    /// Facts.
    pub facts: Arc<Hash>,
    /// The value of `$trusted`.
    pub trusted: Value,
    /// The value of `$server_facts`, a hash.
    pub server_facts: Arc<Hash>,
    /// Classes from the classifier, with their parameters.
    pub classes: Vec<(Str, Option<Hash>)>,
    /// Top-scope variables from the classifier.
    pub parameters: Hash,
}
