//! The Puppet language as text: lexer, parser, validation, templates (EPP), diagnostics.
//!
//! Text goes in, an [`ast::Ast`] and a list of problems come out. This crate knows nothing of values, types,
//! catalogs or files on disk; whoever has a text can use it: the compiler, the command line, a formatter.

pub mod ast;
pub mod source;
