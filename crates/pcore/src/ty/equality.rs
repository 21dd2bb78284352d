//! When two types are the same type: structure, with members of `Variant` and `Pattern` compared as sets.

use std::sync::Arc;

use super::Type as T;

impl PartialEq for T {
    fn eq(&self, other: &T) -> bool {
        match (self, other) {
            (T::Integer(from, to), T::Integer(other_from, other_to)) => from == other_from && to == other_to,
            (T::Float(from, to), T::Float(other_from, other_to)) => from == other_from && to == other_to,
            (T::String(a), T::String(b)) | (T::Collection(a), T::Collection(b)) => a == b,
            (T::StringValue(a), T::StringValue(b)) | (T::Reference(a), T::Reference(b)) => a == b,
            (T::Enum { values, ignore_case }, T::Enum { values: other_values, ignore_case: other_case }) => {
                ignore_case == other_case && values == other_values
            }
            (T::Pattern(a), T::Pattern(b)) => {
                a.len() == b.len() && a.iter().all(|one| b.iter().any(|two| one.source() == two.source()))
            }
            (T::Boolean(a), T::Boolean(b)) => a == b,
            (T::Regexp(a), T::Regexp(b)) => match (a, b) {
                (Some(a), Some(b)) => a.source() == b.source(),
                (None, None) => true,
                _ => false,
            },
            (T::Array(a, a_size), T::Array(b, b_size)) => a_size == b_size && same(a, b),
            (T::Hash(a, a_size), T::Hash(b, b_size)) => a_size == b_size && same(a, b),
            (T::Tuple(a), T::Tuple(b)) => same(a, b),
            (T::Struct(a), T::Struct(b)) => Arc::ptr_eq(a, b) || a == b,
            (T::Variant(a), T::Variant(b)) => {
                Arc::ptr_eq(a, b) || a.len() == b.len() && a.iter().all(|member| b.contains(member))
            }
            (T::Optional(a), T::Optional(b))
            | (T::NotUndef(a), T::NotUndef(b))
            | (T::Type(a), T::Type(b))
            | (T::Sensitive(a), T::Sensitive(b))
            | (T::Iterable(a), T::Iterable(b))
            | (T::Iterator(a), T::Iterator(b)) => same(a, b),
            (T::Init(a), T::Init(b)) => a == b,
            (T::Callable(a), T::Callable(b)) => match (a, b) {
                (Some(a), Some(b)) => same(a, b),
                (None, None) => true,
                _ => false,
            },
            (T::SemVer(a), T::SemVer(b)) => a == b,
            (T::Timestamp(a), T::Timestamp(b)) => a == b,
            (T::Timespan(a), T::Timespan(b)) => a == b,
            (T::Uri(a), T::Uri(b)) => a == b,
            (T::Runtime(a), T::Runtime(b)) => a == b,
            (T::Resource(a), T::Resource(b)) => same(a, b),
            (T::Class(a), T::Class(b)) => a == b,
            (T::Object(a), T::Object(b)) => same(a, b),
            (T::ParameterizedObject(a), T::ParameterizedObject(b)) => same(a, b),
            (T::TypeSet(a), T::TypeSet(b)) => same(a, b),
            (T::Alias(a), T::Alias(b)) => same(a, b),
            // What is left has no content.
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

fn same<T: PartialEq>(a: &Arc<T>, b: &Arc<T>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}
