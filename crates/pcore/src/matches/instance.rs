//! Values against types.

use std::sync::Arc;

use super::{Entry, Frame, assignable, enter, identity, init, iterables, resolve, special};
use crate::ty::{StructElement, Tuple};
use crate::{Hash, Type, Value, infer, object};

fn accepts_all_text(ty: &Type) -> bool {
    match ty {
        Type::String(size) => size.min == 0 && size.is_unbounded(),
        Type::Any
        | Type::Unit
        | Type::Scalar
        | Type::ScalarData
        | Type::Data
        | Type::RichData
        | Type::RichDataKey => true,
        _ => false,
    }
}

/// `up` lists the aliases followed for this same value; going into a part of the value starts anew.
pub(super) fn is_instance(ty: &Type, value: &Value, up: Option<&Frame<'_>>) -> bool {
    match ty {
        Type::Any | Type::Unit => true,
        Type::Undef => value.is_undef(),
        Type::Default => matches!(value, Value::Default),
        Type::Scalar => is_scalar(value),
        Type::ScalarData => is_scalar_data(value),
        Type::Data => is_data(value),
        Type::RichData => is_rich_data(value),
        Type::RichDataKey => matches!(value, Value::Str(_) | Value::Int(_) | Value::Float(_)),
        Type::Numeric => matches!(value, Value::Int(_) | Value::Float(_)),
        // References to resources are types, not catalog entries: `File['/x'] =~ Type[File]`.
        Type::CatalogEntry | Type::Resource(_) | Type::Class(_) => false,
        Type::Binary => matches!(value, Value::Binary(_)),
        Type::SemVerRange => matches!(value, Value::SemVerRange(_)),
        Type::Deferred => matches!(value, Value::Deferred(_)),
        Type::Integer(from, to) => matches!(value, Value::Int(number) if from <= number && number <= to),
        Type::Float(from, to) => matches!(value, Value::Float(number) if from <= number && number <= to),
        Type::String(size) => match value {
            Value::Str(text) => size.min == 0 && size.is_unbounded() || fits_length(*size, text),
            _ => false,
        },
        Type::StringValue(text) => matches!(value, Value::Str(other) if other == text),
        Type::Enum { values, ignore_case } => match value {
            Value::Str(text) => in_enum(values, *ignore_case, text),
            _ => false,
        },
        Type::Pattern(patterns) => match value {
            Value::Str(text) => patterns.is_empty() || patterns.iter().any(|pattern| pattern.is_match(text)),
            _ => false,
        },
        Type::Boolean(wanted) => {
            matches!(value, Value::Bool(flag) if wanted.is_none_or(|wanted| wanted == *flag))
        }
        Type::Regexp(wanted) => match value {
            Value::Regexp(pattern) => {
                wanted.as_ref().is_none_or(|wanted| wanted.source() == pattern.source())
            }
            _ => false,
        },
        Type::Collection(size) => match value {
            Value::Array(items) => size.contains(items.len()),
            Value::Hash(hash) => size.contains(hash.len()),
            _ => false,
        },
        Type::Array(element, size) => match value {
            Value::Array(items) => {
                size.contains(items.len()) && items.iter().all(|item| is_instance(element, item, None))
            }
            _ => false,
        },
        Type::Hash(entry, size) => match value {
            Value::Hash(hash) => {
                let (key_type, item_type) = &**entry;
                let fits_item = |item| is_instance(item_type, item, None);
                // A large hash may be checked at each call of a function, so what is certain is not looked at.
                let keys_fit = hash.has_text_keys() && accepts_all_text(key_type);
                let items_fit = matches!(item_type, Type::Any | Type::Unit);
                size.contains(hash.len())
                    && match (keys_fit, items_fit) {
                        (true, true) => true,
                        (true, false) => hash.values().all(fits_item),
                        (false, _) => {
                            hash.iter().all(|(key, item)| is_instance(key_type, key, None) && fits_item(item))
                        }
                    }
            }
            _ => false,
        },
        Type::Tuple(tuple) => matches!(value, Value::Array(items) if fits_tuple(tuple, items)),
        Type::Struct(elements) => matches!(value, Value::Hash(hash) if fits_struct(elements, hash)),
        Type::Variant(types) => types.iter().any(|ty| is_instance(ty, value, up)),
        Type::Optional(inner) => value.is_undef() || !inner.is_unit() && is_instance(inner, value, up),
        Type::NotUndef(inner) => !value.is_undef() && is_instance(inner, value, up),
        Type::Type(inner) => match value {
            Value::Type(ty) => inner.is_unit() || assignable::is_assignable(inner, ty, None),
            _ => false,
        },
        Type::Sensitive(inner) => {
            matches!(value, Value::Sensitive(secret) if is_instance(inner, secret, None))
        }
        Type::Iterable(inner) => match value {
            value if iterables::holds_anything(inner) => iterables::is_iterable_value(value),
            Value::Iterator(iterator) => {
                assignable::is_assignable(inner, &infer::iterator_element(iterator), None)
            }
            value => assignable::is_assignable(ty, &infer::infer_reduced(value), None),
        },
        Type::Iterator(inner) => match value {
            Value::Iterator(iterator) => {
                inner.is_unit() || assignable::is_assignable(inner, &infer::iterator_element(iterator), None)
            }
            _ => false,
        },
        Type::Init(None) => is_rich_data(value),
        Type::Init(Some(init)) => {
            let key = Arc::as_ptr(init).cast();
            match enter(key, std::ptr::from_ref(value).cast(), up) {
                Entry::New(frame) => init::is_instance(init, value, &frame),
                Entry::Again | Entry::TooDeep => false,
            }
        }
        // Functions and blocks are not values; signatures are compared with `is_assignable`.
        Type::Callable(_) => false,
        Type::SemVer(ranges) => match value {
            Value::SemVer(version) => ranges.is_empty() || ranges.iter().any(|range| range.includes(version)),
            _ => false,
        },
        Type::Timestamp(range) => {
            matches!(value, Value::Timestamp(at) if range.as_ref().is_none_or(|range| range.contains(at)))
        }
        Type::Timespan(range) => {
            matches!(value, Value::Timespan(span) if range.as_ref().is_none_or(|range| range.contains(span)))
        }
        Type::Uri(parts) => match value {
            Value::Uri(uri) => parts.as_ref().is_none_or(|parts| special::uri_matches(uri, parts)),
            _ => false,
        },
        // Only objects of a runtime underneath, of which there is none here.
        Type::Runtime(_) => false,
        Type::AnyObject => matches!(value, Value::Object(_) | Value::Deferred(_) | Value::Type(_)),
        Type::Object(wanted) => {
            matches!(value, Value::Object(object) if object::inherits(&object.ty, wanted))
        }
        Type::ParameterizedObject(wanted) => match value {
            Value::Object(object) => {
                object::inherits(&object.ty, &wanted.base)
                    && wanted.arguments.iter().all(|(name, pattern)| {
                        let given = name.as_str().and_then(|name| object::attribute(object, name));
                        given.is_some_and(|given| special::option_matches(&given, pattern))
                    })
            }
            _ => false,
        },
        Type::AnyTypeSet | Type::TypeSet(_) => {
            matches!(value, Value::Type(Type::TypeSet(_) | Type::AnyTypeSet))
        }
        Type::Alias(_) => match (resolve(ty), enter(identity(ty), std::ptr::from_ref(value).cast(), up)) {
            (Some(target), Entry::New(frame)) => is_instance(target, value, Some(&frame)),
            _ => false,
        },
        Type::Reference(_) => false,
    }
}

/// Lengths count characters; the number of bytes often decides already.
fn fits_length(size: crate::ty::Size, text: &str) -> bool {
    if size.is_unbounded() && size.min <= 1 {
        return text.len() >= size.min as usize;
    }
    if text.is_ascii() { size.contains(text.len()) } else { size.contains(text.chars().count()) }
}

pub(super) fn in_enum(values: &[crate::Str], ignore_case: bool, text: &str) -> bool {
    if ignore_case {
        values.iter().any(|value| value.eq_ignore_ascii_case(text))
    } else if values.len() > 8 {
        // Enums are sorted.
        values.binary_search_by(|value| value.as_str().cmp(text)).is_ok()
    } else {
        values.iter().any(|value| value.as_str() == text)
    }
}

fn fits_tuple(tuple: &Tuple, items: &[Value]) -> bool {
    if !tuple.range().contains(items.len()) {
        return false;
    }
    tuple.types.is_empty()
        || items
            .iter()
            .enumerate()
            .all(|(index, item)| tuple.at(index).is_some_and(|ty| is_instance(ty, item, None)))
}

fn fits_struct(elements: &[StructElement], hash: &Hash) -> bool {
    let mut matched = 0;
    for element in elements {
        match hash.get_str(&element.name) {
            Some(value) if is_instance(&element.value, value, None) => matched += 1,
            Some(_) => return false,
            None if element.optional => {}
            None => return false,
        }
    }
    matched == hash.len()
}

pub(super) fn is_scalar_data(value: &Value) -> bool {
    matches!(value, Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_))
}

fn is_scalar(value: &Value) -> bool {
    is_scalar_data(value)
        || matches!(
            value,
            Value::Regexp(_)
                | Value::SemVer(_)
                | Value::SemVerRange(_)
                | Value::Timestamp(_)
                | Value::Timespan(_)
        )
}

fn is_data(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_data),
        Value::Hash(hash) => hash.iter().all(|(key, item)| matches!(key, Value::Str(_)) && is_data(item)),
        value => value.is_undef() || is_scalar_data(value),
    }
}

fn is_rich_data(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_rich_data),
        Value::Hash(hash) => hash.iter().all(|(key, item)| {
            matches!(key, Value::Str(_) | Value::Int(_) | Value::Float(_)) && is_rich_data(item)
        }),
        Value::Iterator(_) => false,
        _ => true,
    }
}
