//! Types as the signatures of `new` use them.

use std::sync::Arc;

use crate::regexp::Regexp;
use crate::ty::{Alias, StructElement};
use crate::{Str, Type};

/// A name for a type, as messages show it: `Radix = Variant[...]`.
pub(super) fn alias(name: &str, target: Type) -> Type {
    Type::Alias(Alias::new(name, target))
}

/// `Pattern[/source/]`
pub(super) fn pattern(source: &str) -> Type {
    // The sources are ours; a mistake in one makes a pattern that nothing fits, which tests show.
    Regexp::new(source).map_or(Type::Variant(Arc::new([])), |regexp| Type::Pattern(Arc::new([regexp])))
}

/// `Struct[{...}]` of names, whether each may be missing, and types.
pub(super) fn structure(entries: &[(&str, bool, Type)]) -> Type {
    Type::structure(
        entries
            .iter()
            .map(|(name, optional, value)| StructElement {
                name: Str::from(*name),
                optional: *optional,
                value: value.clone(),
            })
            .collect(),
    )
}

/// `Integer[n, n]`
pub(super) fn exactly(number: i64) -> Type {
    Type::Integer(number, number)
}
