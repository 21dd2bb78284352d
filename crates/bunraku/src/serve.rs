//! Roles: what each puts together. A role reads as a parts list.

pub mod primary;
pub mod settings;
mod swap;
