//! Types against types.

use std::sync::Arc;

use super::instance::in_enum;
use super::{Entry, Frame, enter, identity, init, iterables, resolve, special};
use crate::ty::{Callable, Size, StructElement, Tuple};
use crate::{Type, object};

/// What a callable without a result type gives.
static ANY: Type = Type::Any;
/// What a callable without a block takes for one.
static UNDEF: Type = Type::Undef;

/// First what `from` is made of (aliases, variants, optional types), then [`accepts`] for what is left.
pub(super) fn is_assignable(to: &Type, from: &Type, up: Option<&Frame<'_>>) -> bool {
    if to.is_unit() || from.is_unit() {
        return true;
    }
    if resolve(to).is_some() || resolve(from).is_some() {
        return match enter(identity(to), identity(from), up) {
            Entry::Again => true,
            Entry::TooDeep => false,
            Entry::New(frame) => {
                let (to, from) = (resolve(to).unwrap_or(to), resolve(from).unwrap_or(from));
                is_assignable(to, from, Some(&frame))
            }
        };
    }
    match from {
        Type::Variant(types) => match to {
            Type::Any => true,
            // A plain Variant takes every variant, and nothing else: there is nothing it holds.
            Type::Variant(wanted) if wanted.is_empty() => true,
            Type::NotUndef(_) if types.is_empty() => accepts(to, from, up),
            _ => !types.is_empty() && types.iter().all(|ty| is_assignable(to, ty, up)),
        },
        Type::Optional(inner) => is_assignable(to, &Type::Undef, up) && is_assignable(to, inner, up),
        Type::NotUndef(inner) if !is_assignable(inner, &Type::Undef, up) => is_assignable(to, inner, up),
        _ => accepts(to, from, up),
    }
}

/// `from` is none of the types that [`is_assignable`] takes apart.
fn accepts(to: &Type, from: &Type, up: Option<&Frame<'_>>) -> bool {
    match to {
        Type::Any => true,
        Type::Undef => matches!(from, Type::Undef),
        Type::Default => matches!(from, Type::Default),
        Type::Scalar => is_scalar(from),
        Type::ScalarData => is_scalar_data(from),
        Type::Numeric => matches!(from, Type::Numeric | Type::Integer(..) | Type::Float(..)),
        Type::CatalogEntry => matches!(from, Type::CatalogEntry | Type::Resource(_) | Type::Class(_)),
        Type::Binary => matches!(from, Type::Binary),
        Type::SemVerRange => matches!(from, Type::SemVerRange),
        Type::Deferred => matches!(from, Type::Deferred),
        Type::Integer(least, greatest) => {
            matches!(from, Type::Integer(other_least, other_greatest)
                if least <= other_least && greatest >= other_greatest)
        }
        Type::Float(least, greatest) => {
            matches!(from, Type::Float(other_least, other_greatest)
                if least <= other_least && greatest >= other_greatest)
        }
        Type::String(Size::ANY) => {
            matches!(from, Type::String(_) | Type::StringValue(_) | Type::Enum { .. } | Type::Pattern(_))
        }
        Type::String(size) => match from {
            Type::String(other) => size.covers(*other),
            Type::StringValue(text) => size.contains(text.chars().count()),
            Type::Enum { values, .. } if values.is_empty() => size.covers(Size::ANY),
            Type::Enum { values, .. } => values.iter().all(|value| size.contains(value.chars().count())),
            Type::Pattern(_) => size.covers(Size::ANY),
            _ => false,
        },
        Type::StringValue(text) => match from {
            Type::StringValue(other) => text == other,
            // Whatever that one string is; so it is in Puppet.
            Type::Enum { values, ignore_case } => values.len() == 1 && !ignore_case,
            _ => false,
        },
        Type::Enum { values, ignore_case } => match from {
            Type::Enum { values: others, ignore_case: other_case } => {
                to == from
                    || values.is_empty()
                    || !others.is_empty()
                        && (*ignore_case || !other_case)
                        && others.iter().all(|other| in_enum(values, *ignore_case, other))
            }
            Type::StringValue(text) => values.is_empty() || in_enum(values, *ignore_case, text),
            Type::String(_) | Type::Pattern(_) => values.is_empty(),
            _ => false,
        },
        Type::Pattern(patterns) => {
            let any_fits = |text: &str| patterns.iter().any(|pattern| pattern.is_match(text));
            match from {
                Type::StringValue(text) => patterns.is_empty() || any_fits(text),
                Type::Enum { values, .. } => {
                    patterns.is_empty() || !values.is_empty() && values.iter().all(|value| any_fits(value))
                }
                Type::Pattern(_) => patterns.is_empty() || to == from,
                Type::String(_) => patterns.is_empty(),
                _ => false,
            }
        }
        Type::Boolean(wanted) => matches!(from, Type::Boolean(given) if wanted.is_none() || wanted == given),
        Type::Regexp(wanted) => matches!(from, Type::Regexp(_) if wanted.is_none() || to == from),
        Type::Collection(size) => length(from).is_some_and(|other| size.covers(other)),
        Type::Array(element, size) => match from {
            Type::Array(other, other_size) => size.covers(*other_size) && is_assignable(element, other, up),
            Type::Tuple(tuple) => {
                size.covers(tuple.size.unwrap_or_else(|| Size::exactly(tuple.types.len())))
                    && tuple.types.iter().all(|ty| is_assignable(element, ty, up))
            }
            _ => false,
        },
        Type::Hash(entry, size) => match from {
            Type::Hash(_, Size::ZERO) if size.min == 0 => true,
            Type::Hash(other, other_size) => {
                is_assignable(&entry.0, &other.0, up)
                    && is_assignable(&entry.1, &other.1, up)
                    && size.covers(*other_size)
            }
            Type::Struct(elements) => {
                size.contains(elements.len())
                    && elements.iter().all(|element| {
                        is_assignable(&entry.0, &Type::StringValue(element.name.clone()), up)
                            && is_assignable(&entry.1, &element.value, up)
                    })
            }
            _ => false,
        },
        Type::Tuple(tuple) => match from {
            Type::Tuple(other) => tuple_accepts(tuple, other, up),
            Type::Array(element, size) => tuple_accepts_array(tuple, element, *size, up),
            _ => false,
        },
        Type::Struct(elements) => match from {
            Type::Struct(others) => struct_accepts(elements, others, up),
            Type::Hash(entry, size) => struct_accepts_hash(elements, &entry.0, &entry.1, *size, up),
            _ => false,
        },
        Type::Variant(types) => types.iter().any(|ty| is_assignable(ty, from, up)),
        Type::Optional(inner) => matches!(from, Type::Undef) || is_assignable(inner, from, up),
        Type::NotUndef(inner) => !is_assignable(from, &Type::Undef, up) && is_assignable(inner, from, up),
        Type::Type(inner) => match from {
            Type::Type(other) => inner.is_unit() || !other.is_unit() && is_assignable(inner, other, up),
            _ => false,
        },
        Type::Sensitive(inner) => matches!(from, Type::Sensitive(other) if is_assignable(inner, other, up)),
        Type::Iterable(inner) => {
            if iterables::holds_anything(inner) {
                iterables::is_iterable(from)
            } else {
                iterables::element_type(from).is_some_and(|element| is_assignable(inner, &element, up))
            }
        }
        Type::Iterator(inner) => match from {
            Type::Iterator(other) => inner.is_unit() || !other.is_unit() && is_assignable(inner, other, up),
            _ => false,
        },
        Type::Init(None) => match from {
            Type::Init(_) => true,
            _ => is_assignable(&Type::RichData, from, up),
        },
        Type::Init(Some(init)) => match enter(Arc::as_ptr(init).cast(), identity(from), up) {
            Entry::New(frame) => init::is_assignable(init, from, &frame),
            Entry::Again | Entry::TooDeep => false,
        },
        Type::Callable(None) => matches!(from, Type::Callable(_)),
        Type::Callable(Some(callable)) => match from {
            Type::Callable(Some(other)) => callable_accepts(callable, other, up),
            _ => false,
        },
        Type::SemVer(ranges) => match from {
            Type::SemVer(others) => {
                ranges.is_empty()
                    || !others.is_empty()
                        && others.iter().all(|other| ranges.iter().any(|range| other.is_covered_by(range)))
            }
            _ => false,
        },
        Type::Timestamp(None) => matches!(from, Type::Timestamp(_)),
        Type::Timestamp(Some(range)) => matches!(from, Type::Timestamp(Some(other)) if range.covers(other)),
        Type::Timespan(None) => matches!(from, Type::Timespan(_)),
        Type::Timespan(Some(range)) => matches!(from, Type::Timespan(Some(other)) if range.covers(other)),
        Type::Uri(wanted) => match (wanted, from) {
            (None, Type::Uri(_)) => true,
            (Some(wanted), Type::Uri(Some(given))) => special::uri_covers(wanted, given),
            _ => false,
        },
        Type::Runtime(wanted) => match (wanted, from) {
            (None, Type::Runtime(_)) => true,
            (Some(wanted), Type::Runtime(Some(given))) => {
                wanted.0 == given.0 && (wanted.1.is_none() || wanted.1 == given.1)
            }
            _ => false,
        },
        Type::Resource(wanted) => match from {
            Type::Resource(given) => {
                wanted.type_name.is_none()
                    || wanted.type_name == given.type_name
                        && (wanted.title.is_none() || wanted.title == given.title)
            }
            _ => false,
        },
        Type::Class(wanted) => match (wanted, from) {
            (None, Type::Class(_)) => true,
            (Some(wanted), Type::Class(Some(given))) => wanted.eq_ignore_ascii_case(given),
            _ => false,
        },
        Type::AnyObject => {
            matches!(from, Type::AnyObject | Type::Object(_) | Type::ParameterizedObject(_) | Type::Deferred)
        }
        Type::Object(wanted) => match from {
            Type::Object(given) => object::inherits(given, wanted),
            Type::ParameterizedObject(given) => object::inherits(&given.base, wanted),
            _ => false,
        },
        Type::ParameterizedObject(wanted) => match from {
            Type::ParameterizedObject(given) => {
                object::inherits(&given.base, &wanted.base)
                    && wanted.arguments.iter().all(|(name, pattern)| {
                        given.arguments.get(name).is_some_and(|value| special::covers(pattern, value))
                    })
            }
            _ => false,
        },
        Type::AnyTypeSet => matches!(from, Type::TypeSet(_) | Type::AnyTypeSet),
        Type::TypeSet(_) | Type::Reference(_) => to == from,
        // Taken care of in `is_assignable`.
        Type::Unit | Type::Alias(_) | Type::Data | Type::RichData | Type::RichDataKey => false,
    }
}

fn is_scalar_data(ty: &Type) -> bool {
    matches!(
        ty,
        Type::ScalarData
            | Type::Numeric
            | Type::Integer(..)
            | Type::Float(..)
            | Type::String(_)
            | Type::StringValue(_)
            | Type::Enum { .. }
            | Type::Pattern(_)
            | Type::Boolean(_)
    )
}

fn is_scalar(ty: &Type) -> bool {
    is_scalar_data(ty)
        || matches!(
            ty,
            Type::Scalar
                | Type::Regexp(_)
                | Type::SemVer(_)
                | Type::SemVerRange
                | Type::Timestamp(_)
                | Type::Timespan(_)
        )
}

/// Possible lengths of a collection.
fn length(ty: &Type) -> Option<Size> {
    match ty {
        Type::Collection(size) | Type::Array(_, size) | Type::Hash(_, size) => Some(*size),
        Type::Tuple(tuple) => Some(tuple.size.unwrap_or_else(|| Size::exactly(tuple.types.len()))),
        Type::Struct(elements) => Some(Size::exactly(elements.len())),
        _ => None,
    }
}

pub(super) fn tuple_accepts(to: &Tuple, from: &Tuple, up: Option<&Frame<'_>>) -> bool {
    if to == from {
        return true;
    }
    let range = to.range();
    if !range.covers(from.range()) {
        return false;
    }
    if to.types.is_empty() {
        return true;
    }
    if from.types.is_empty() {
        return range.min == 0;
    }
    from.types
        .iter()
        .enumerate()
        .all(|(index, ty)| to.at(index).is_some_and(|wanted| is_assignable(wanted, ty, up)))
}

fn tuple_accepts_array(to: &Tuple, element: &Type, size: Size, up: Option<&Frame<'_>>) -> bool {
    let count = if size.is_unbounded() { to.types.len() } else { to.types.len().min(size.max as usize) };
    to.range().covers(size) && to.types.iter().take(count).all(|wanted| is_assignable(wanted, element, up))
}

fn struct_accepts(to: &[StructElement], from: &[StructElement], up: Option<&Frame<'_>>) -> bool {
    let mut matched = 0;
    for wanted in to {
        match from.iter().find(|given| given.name == wanted.name) {
            Some(given) => {
                if given.optional && !wanted.optional || !is_assignable(&wanted.value, &given.value, up) {
                    return false;
                }
                matched += 1;
            }
            None if wanted.optional => {}
            None => return false,
        }
    }
    matched == from.len()
}

/// No key of the hash is known, so all its values must do for every entry that has to be there.
fn struct_accepts_hash(
    to: &[StructElement],
    key: &Type,
    value: &Type,
    size: Size,
    up: Option<&Frame<'_>>,
) -> bool {
    let mut required = to.iter().filter(|element| !element.optional);
    let count = required.clone().count();
    required.all(|element| is_assignable(&element.value, value, up) && is_assignable(&Type::STRING, key, up))
        && Size::new(count as u64, to.len() as u64).covers(size)
}

/// What is called must take whatever the caller may pass, so parameters and block compare the other way round.
pub(super) fn callable_accepts(to: &Callable, from: &Callable, up: Option<&Frame<'_>>) -> bool {
    if to
        .result
        .as_ref()
        .is_some_and(|result| !is_assignable(result, from.result.as_ref().unwrap_or(&ANY), up))
    {
        return false;
    }
    let block = from.block.as_ref().unwrap_or(&UNDEF);
    tuple_accepts(&from.parameters, &to.parameters, up)
        && is_assignable(block, to.block.as_ref().unwrap_or(&UNDEF), up)
}
