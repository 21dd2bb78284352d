//! The narrowest type in common use that holds what two types hold.

use std::sync::Arc;

use crate::matches::is_assignable;
use crate::ty::{ResourceRef, Size};
use crate::{Str, Type};

/// One type for both. `Undef` is left out of account: the common type of `Undef` and `Integer` is `Integer`.
pub fn common_type(one: &Type, two: &Type) -> Type {
    match (one, two) {
        (Type::Undef | Type::Unit, other) | (other, Type::Undef | Type::Unit) => return other.clone(),
        _ => {}
    }
    if is_assignable(one, two) {
        return one.clone();
    }
    if is_assignable(two, one) {
        return two.clone();
    }
    same_kind(one, two).unwrap_or_else(|| abstract_type(one, two))
}

/// The common type of two types of a kind, neither of which holds the other.
fn same_kind(one: &Type, two: &Type) -> Option<Type> {
    Some(match (one, two) {
        (Type::Array(a, _), Type::Array(b, _)) => Type::array_of(common_type(a, b)),
        (Type::Hash(a, _), Type::Hash(b, _)) => {
            Type::hash_of(common_type(&a.0, &b.0), common_type(&a.1, &b.1))
        }
        (Type::Class(_), Type::Class(_)) => Type::Class(None),
        (Type::Resource(a), Type::Resource(b)) if a.type_name == b.type_name => {
            Type::Resource(Arc::new(ResourceRef {
                type_name: a.type_name.clone(),
                title: None,
                of_attribute: false,
            }))
        }
        (Type::Resource(_), Type::Resource(_)) => Type::any_resource(),
        (Type::Integer(a_from, a_to), Type::Integer(b_from, b_to)) => {
            Type::Integer(*a_from.min(b_from), *a_to.max(b_to))
        }
        (Type::Float(a_from, a_to), Type::Float(b_from, b_to)) => {
            Type::Float(a_from.min(*b_from), a_to.max(*b_to))
        }
        (Type::StringValue(a), Type::Enum { values, .. })
        | (Type::Enum { values, .. }, Type::StringValue(a)) => one_of(values.iter().chain([a])),
        (Type::String(_), Type::Enum { .. }) | (Type::Enum { .. }, Type::String(_)) => one_of([]),
        (Type::Enum { values: a, .. }, Type::Enum { values: b, .. }) => one_of(a.iter().chain(b.iter())),
        (Type::StringValue(a), Type::StringValue(b)) => one_of([a, b]),
        (Type::String(a), Type::String(b)) if *a != Size::ANY && *b != Size::ANY => {
            Type::String(Size { min: a.min.min(b.min), max: a.max.max(b.max) })
        }
        (Type::String(_) | Type::StringValue(_), Type::String(_) | Type::StringValue(_)) => Type::STRING,
        (Type::Pattern(a), Type::Pattern(b)) => {
            let mut patterns = a.to_vec();
            patterns.extend(b.iter().filter(|pattern| !a.contains(pattern)).cloned());
            Type::Pattern(patterns.into())
        }
        (Type::Variant(a), Type::Variant(b)) => Type::variant(a.iter().chain(b.iter()).cloned()),
        (Type::Regexp(_), Type::Regexp(_)) => Type::Regexp(None),
        (Type::Callable(_), Type::Callable(_)) => Type::CALLABLE,
        _ => return None,
    })
}

fn one_of<'a>(values: impl IntoIterator<Item = &'a Str>) -> Type {
    Type::enumeration(values.into_iter().cloned(), false)
}

/// The first abstract type that holds both, from narrow to wide.
fn abstract_type(one: &Type, two: &Type) -> Type {
    for general in [Type::Numeric, Type::ScalarData, Type::Scalar, Type::Data] {
        if is_assignable(&general, one) && is_assignable(&general, two) {
            return general;
        }
    }
    if let (Type::Type(a), Type::Type(b)) = (one, two) {
        return Type::type_of(common_type(a, b));
    }
    if is_assignable(&Type::RichData, one) && is_assignable(&Type::RichData, two) {
        Type::RichData
    } else {
        Type::Any
    }
}
