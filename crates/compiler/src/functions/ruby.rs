//! Ruby's view of values, where functions inherited it: numbers in text, names in errors, order and sorting. Texts of
//! values are in `pcore::format`.

mod number;
mod order;
mod text;

pub(super) use number::{float, to_f, to_i};
pub(super) use order::{compare, equals, sign, sort, sort_naturally};
pub(super) use text::{class_name, no_conversion, no_method};
