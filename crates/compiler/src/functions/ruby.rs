//! Ruby's view of values, where functions inherited it: numbers in text, names in errors, order and sorting, and the
//! methods of strings and paths that differ from Rust's. Texts of values are in `pcore::format`.

pub(super) mod base64;
pub(super) mod file;
pub(super) mod gem_version;
pub(super) mod ipaddr;
mod number;
mod order;
pub(super) mod shellwords;
pub(super) mod string;
mod text;

pub(super) use number::{float, integer, to_f, to_i, value_to_i};
pub(super) use order::{compare, equals, sign, sort, sort_naturally, try_compare};
pub(super) use text::{class_name, legacy_class_name, legacy_to_s, no_conversion, no_method};
