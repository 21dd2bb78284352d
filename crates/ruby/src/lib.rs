//! The Ruby of modules, read and evaluated natively.
//!
//! ERB templates are Ruby code, and module authors use a modest and stable part of Ruby in them: variables,
//! conditions, loops, string and collection methods. This crate is an interpreter of that part. A template is read
//! once ([`Template::new`]) and can then be rendered by any number of threads at a time ([`Template::render`]); what it
//! asks of the compile around it goes through one trait, [`Scope`].
//!
//! The output is the one that Ruby 3.1 gives, byte for byte, or there is none: whatever the interpreter does not
//! know it refuses by name and line, when the template is read as far as its code shows it, and never guesses. Files,
//! processes and the network do not exist here. Time, memory, nesting and output are limited, so that no template
//! can take the server with it.
//!
//! Resource types are another matter: [`types`] reads what the Ruby code of a type declares, without running it. Files of plain
//! declarations, such as a Puppetfile, are read by [`declarations`].
//!
//! Where to find what: `erb` makes Ruby code of a template, `parse` holds the parser, `lower` turns its tree into `ir`,
//! `eval` walks that; `methods` has the core classes and `library` what comes with `require`; `value` is the object model
//! and `convert` its border to the values of the Puppet language.

mod class;
mod compare;
mod convert;
pub mod declarations;
mod erb;
mod error;
mod eval;
mod flow;
mod heap;
mod ir;
mod known;
mod library;
mod limits;
mod lower;
mod methods;
mod name;
mod parse;
mod proc;
mod regexp;
mod scope;
mod sort;
mod teardown;
mod template;
mod text;
pub mod types;
mod value;

pub use error::{CompileError, RenderError};
pub use heap::Heap;
pub use scope::{Scope, ScopeError, ScopeException};
pub use template::Template;
