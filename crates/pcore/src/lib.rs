//! Values and the type system of the Puppet language (Pcore).
//!
//! Everything a manifest can compute is a [`Value`]; everything a signature can demand is a [`Type`]. This
//! crate matches, converts, compares, formats and serialises them. It does no I/O, knows no source code, no
//! scopes and no catalogs; text of the language that names a type is parsed by the compiler.

pub mod alias;
pub mod arithmetic;
pub mod array;
pub mod common;
pub mod compare;
pub mod convert;
pub mod error;
pub mod extent;
mod folded;
pub mod format;
pub mod hash;
pub mod infer;
pub mod iter;
pub mod json;
pub mod label;
pub mod matches;
pub mod mismatch;
pub mod normalize;
pub mod number;
pub mod object;
pub mod parameterize;
pub mod regexp;
pub mod render;
pub mod rich;
pub mod semver;
pub mod signature;
pub mod time;
pub mod ty;
pub mod typeset;
pub mod uri;
pub mod value;
pub mod yaml;

pub use array::Array;
pub use error::ValueError;
pub use extent::Extent;
pub use hash::Hash;
pub use ty::Type;
pub use value::{Str, Value};
