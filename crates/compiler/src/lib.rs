//! The compiler: from manifests, facts and data to a catalog.
//!
//! [`compile`] walks the tree of the site manifest, declares classes and resources as it meets them, evaluates defined
//! types in rounds, applies overrides, defaults and relationships, and hands out a [`wire::catalog::Catalog`] in
//! exactly the order in which Puppet would write it. Error texts are Puppet's own.
//!
//! It has no sockets and no database, no clock but to limit itself, and starts no thread but for the stack it runs on. What it reads
//! is an immutable [`Image`] of an environment; everything else arrives through one trait, [`World`]. So a compile is a
//! function of image, node and recorded answers, and its [`ReadSet`] says which of them it depends on.
//!
//! Where to find what: `image` reads code from the disk; `session` is the state of one compile and `compile` its
//! course; `eval` has one file a construct of the language; `class`, `catalog`, `collector`, `overrides`,
//! `relationship` and `finish` make the catalog; `functions` are the built-in functions, which see a compile through
//! [`Context`].

mod catalog;
mod class;
mod code;
mod collector;
mod compile;
pub mod context;
mod deferred;
mod erb;
pub mod error;
mod eval;
mod finish;
pub mod functions;
pub mod image;
mod last_use;
mod limits;
mod loader;
pub mod log;
mod lookup;
mod output;
mod overrides;
pub mod reads;
mod relationship;
mod render;
mod resource;
mod ruby;
mod scope;
mod session;
mod settings;
mod signature;
pub mod stack;
mod tags;
mod types;
mod unique;
mod used;
pub mod world;

use std::sync::Arc;

use pcore::{Hash, Str, Value};

pub use compile::{Compilation, CompileError, compile, compile_noting, version};
pub use context::{Block, Context};
pub use error::{Control, Error};
pub use image::{Image, ImageOptions, Strict};
pub use limits::Bounds;
pub use log::{Level, LogEntry};
pub use lookup::{Answer, Explain, Question, look_up};
pub use reads::ReadSet;
pub use render::{Rendered, Rendering, Template, ValueCode, render};
pub use used::Used;
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
