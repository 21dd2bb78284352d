//! The Ruby of modules, read and evaluated natively.

pub mod types;
