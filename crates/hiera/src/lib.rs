//! Hiera 5: hierarchies of data files, lookup, merge, interpolation, explanation.
//!
//! A lookup walks three layers (global, environment, module), each a `hiera.yaml` with entries in order of
//! priority, and finds or merges the values of a key. The engine is synchronous and pure: files come through
//! [`Source`], variables, functions and types of the language through [`Host`]. It knows no compiler, no catalog
//! and no HTTP.
//!
//! - [`Environment`] says where the layers are; it is immutable and shared by all compiles.
//! - [`Store`] holds parsed configurations and data files, shared by all threads; a file is parsed once for each
//!   content it ever has.
//! - [`Session`] is one compile: hierarchies resolved with that node's variables, lookup options, the caches of
//!   backend functions, the stack that detects recursion. It belongs to one thread.
//!
//! The three verbs are [`Session::lookup`] (the function `lookup`), [`Session::parameter`] (automatic lookup of
//! class parameters) and [`Session::explain`] (what `lookup --explain` prints).

mod assert;
mod config;
mod data;
mod deep;
mod environment;
mod error;
mod explain;
mod eyaml;
mod glob;
mod host;
mod key;
mod lookup_options;
mod merge;
mod ruby;
mod session;
pub mod source;
mod store;

pub use config::check as check_configuration;
pub use data::read_data;
pub use environment::{Environment, Module, provider_of_environment};
pub use error::{ErrorKind, LookupError};
pub use explain::Explanation;
pub use glob::glob;
pub use host::{BackendCall, BackendFunction, FunctionKind, Host, Strict, Variable};
pub use key::Segment;
pub use session::{Context, Explained, Request, Session, merge, not_found_message};
pub use source::Source;
pub use store::Store;
