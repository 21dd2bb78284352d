//! The simplest type that means the same.
//!
//! Members of a `Variant` are merged (strings and enums into one enum, neighbouring ranges into one range), an
//! `Optional` that says nothing is dropped, and so on. Messages about mismatches compare and print types in this
//! form. That `Array[Any, 1]` loses its size here is so in Puppet.

use std::sync::Arc;

use crate::matches::accepts_undef;
use crate::semver::SemVerRange;
use crate::ty::make::SCANNED_MAX;
use crate::ty::{Callable, Range, Size, StructElement, Tuple};
use crate::{Hash, Str, Type, Value};

/// The type in its simplest form.
pub fn normalize(ty: &Type) -> Type {
    match ty {
        Type::Optional(inner) if !inner.is_unit() => normalize_optional(normalize(inner)),
        Type::NotUndef(inner) if **inner != Type::Any => normalize_not_undef(normalize(inner)),
        Type::Type(inner) => Type::type_of(normalize(inner)),
        Type::Sensitive(inner) => Type::sensitive(normalize(inner)),
        Type::Iterable(inner) => Type::iterable(normalize(inner)),
        Type::Iterator(inner) => Type::iterator(normalize(inner)),
        Type::Collection(_) => Type::Collection(Size::ANY),
        Type::Array(element, size) => match normalize(element) {
            Type::Any => Type::array_of(Type::Any),
            element => Type::Array(Arc::new(element), *size),
        },
        Type::Hash(entry, size) => Type::Hash(Arc::new((normalize(&entry.0), normalize(&entry.1))), *size),
        Type::Tuple(tuple) => Type::Tuple(Arc::new(normalize_tuple(tuple))),
        Type::Struct(elements) => Type::structure(
            elements
                .iter()
                .map(|element| StructElement { value: normalize(&element.value), ..element.clone() })
                .collect(),
        ),
        Type::Callable(Some(callable)) => Type::callable(Callable {
            parameters: normalize_tuple(&callable.parameters),
            block: callable.block.as_ref().map(normalize),
            result: callable.result.as_ref().map(normalize),
        }),
        Type::Variant(types) if !types.is_empty() => normalize_variant(types),
        other => other.clone(),
    }
}

fn normalize_tuple(tuple: &Tuple) -> Tuple {
    Tuple { types: tuple.types.iter().map(normalize).collect(), size: tuple.size }
}

fn normalize_optional(inner: Type) -> Type {
    match inner {
        Type::NotUndef(inner) => normalize(&Type::Optional(inner)),
        inner if accepts_undef(&inner) => inner,
        inner => Type::optional(inner),
    }
}

fn normalize_not_undef(inner: Type) -> Type {
    match inner {
        Type::Optional(inner) => {
            normalize(&Type::NotUndef(if inner.is_unit() { Arc::new(Type::Any) } else { inner }))
        }
        inner if !accepts_undef(&inner) => inner,
        inner => Type::not_undef(inner),
    }
}

fn normalize_variant(types: &[Type]) -> Type {
    let given = types;
    let types: Vec<Type> = given.iter().map(normalize).collect();
    if let [only] = &types[..] {
        return only.clone();
    }
    if types.iter().any(|ty| matches!(ty, Type::Undef | Type::Optional(_))) {
        let rest = types.into_iter().filter(|ty| *ty != Type::Undef).map(|ty| match ty {
            Type::Optional(inner) => (*inner).clone(),
            other => other,
        });
        return normalize(&Type::optional(Type::variant(rest)));
    }
    let mut flat = Vec::with_capacity(types.len());
    for ty in types {
        match ty {
            Type::Variant(members) => flat.extend(members.iter().cloned()),
            other => flat.push(other),
        }
    }
    let mut types = flat;
    let count = types.len();
    merge(&mut types, not_undef, |inner: Vec<Type>| Type::not_undef(normalize(&Type::variant(inner))));
    merge(&mut types, exact_strings, |values: Vec<Vec<Str>>| Type::enumeration(values.concat(), false));
    merge(&mut types, caseless_strings, |values: Vec<Vec<Str>>| Type::enumeration(values.concat(), true));
    merge(&mut types, patterns, |sources| {
        let mut merged: Vec<_> = Vec::new();
        for pattern in sources.into_iter().flatten() {
            if !merged.contains(&pattern) {
                merged.push(pattern);
            }
        }
        Type::Pattern(merged.into())
    });
    merge_versions(&mut types);
    merge_ranges(&mut types, integer_range, join_integers);
    merge_ranges(&mut types, |ty| matches!(ty, Type::Float(..)), join_floats);
    merge_ranges(&mut types, |ty| matches!(ty, Type::Timespan(_)), join_timespans);
    merge_ranges(&mut types, |ty| matches!(ty, Type::Timestamp(_)), join_timestamps);
    if types.len() == count && are_all_in(&types, given) {
        return Type::Variant(given.into());
    }
    Type::variant(types)
}

fn are_all_in(types: &[Type], given: &[Type]) -> bool {
    if types.len() <= SCANNED_MAX {
        return types.iter().all(|ty| given.contains(ty));
    }
    let known: Hash = given.iter().map(|ty| (ty.clone(), true)).collect();
    types.iter().all(|ty| known.contains_key(&Value::Type(ty.clone())))
}

/// Two or more members of a kind become one, which goes last.
fn merge<T>(types: &mut Vec<Type>, content: impl Fn(&Type) -> Option<T>, make: impl FnOnce(Vec<T>) -> Type) {
    if types.iter().filter(|ty| content(ty).is_some()).count() < 2 {
        return;
    }
    let merged = types.iter().filter_map(&content).collect();
    types.retain(|ty| content(ty).is_none());
    types.push(make(merged));
}

fn not_undef(ty: &Type) -> Option<Type> {
    match ty {
        Type::NotUndef(inner) => Some((**inner).clone()),
        _ => None,
    }
}

fn exact_strings(ty: &Type) -> Option<Vec<Str>> {
    match ty {
        Type::StringValue(text) => Some(vec![text.clone()]),
        Type::Enum { values, ignore_case: false } if !values.is_empty() => Some(values.to_vec()),
        _ => None,
    }
}

fn caseless_strings(ty: &Type) -> Option<Vec<Str>> {
    match ty {
        Type::Enum { values, ignore_case: true } if !values.is_empty() => {
            Some(values.iter().map(|value| value.to_lowercase().into()).collect())
        }
        _ => None,
    }
}

fn patterns(ty: &Type) -> Option<Vec<Arc<crate::regexp::Regexp>>> {
    match ty {
        Type::Pattern(patterns) => Some(patterns.to_vec()),
        _ => None,
    }
}

fn merge_versions(types: &mut Vec<Type>) {
    let ranges = |ty: &Type| match ty {
        Type::SemVer(ranges) => Some(ranges.to_vec()),
        _ => None,
    };
    if types.iter().filter(|ty| ranges(ty).is_some()).count() < 2 {
        return;
    }
    let merged = types.iter().filter_map(ranges).flatten().collect();
    types.retain(|ty| ranges(ty).is_none());
    types.insert(0, Type::SemVer(SemVerRange::merge_ranges(merged).into()));
}

/// Ranges that touch become one; they go first.
fn merge_ranges(types: &mut Vec<Type>, of_kind: fn(&Type) -> bool, join: fn(&Type, &Type) -> Option<Type>) {
    if types.iter().filter(|ty| of_kind(ty)).count() < 2 {
        return;
    }
    let (mut ranges, others): (Vec<Type>, Vec<Type>) = types.drain(..).partition(of_kind);
    let mut merged = Vec::new();
    if ranges.len() > SCANNED_MAX && are_apart(&ranges) {
        merged.extend(ranges.drain(..).rev());
    }
    while let Some(mut range) = ranges.pop() {
        let mut apart = Vec::new();
        for other in ranges {
            match join(&range, &other) {
                Some(joined) => range = joined,
                None => apart.push(other),
            }
        }
        merged.push(range);
        ranges = apart;
    }
    merged.extend(others);
    *types = merged;
}

/// True for integers of which certainly no two ranges touch.
fn are_apart(ranges: &[Type]) -> bool {
    let mut sorted: Vec<&Type> = ranges.iter().filter(|ty| integer_range(ty)).collect();
    sorted.sort_by_key(|ty| match ty {
        Type::Integer(from, _) => *from,
        _ => i64::MIN,
    });
    sorted.len() == ranges.len()
        && sorted.windows(2).all(|pair| matches!(pair, [one, two] if join_integers(one, two).is_none()))
}

fn integer_range(ty: &Type) -> bool {
    matches!(ty, Type::Integer(..))
}

fn join_integers(one: &Type, two: &Type) -> Option<Type> {
    let (Type::Integer(from, to), Type::Integer(other_from, other_to)) = (one, two) else {
        return None;
    };
    let touches = to.saturating_add(1) >= *other_from && other_to.saturating_add(1) >= *from;
    touches.then(|| Type::Integer(*from.min(other_from), *to.max(other_to)))
}

fn join_floats(one: &Type, two: &Type) -> Option<Type> {
    let (Type::Float(from, to), Type::Float(other_from, other_to)) = (one, two) else {
        return None;
    };
    (to >= other_from && other_to >= from).then(|| Type::Float(from.min(*other_from), to.max(*other_to)))
}

fn join_timespans(one: &Type, two: &Type) -> Option<Type> {
    match (one, two) {
        (Type::Timespan(one), Type::Timespan(two)) => {
            join_bounds(one.as_deref(), two.as_deref()).map(|range| Type::Timespan(range.map(Arc::new)))
        }
        _ => None,
    }
}

fn join_timestamps(one: &Type, two: &Type) -> Option<Type> {
    match (one, two) {
        (Type::Timestamp(one), Type::Timestamp(two)) => {
            join_bounds(one.as_deref(), two.as_deref()).map(|range| Type::Timestamp(range.map(Arc::new)))
        }
        _ => None,
    }
}

/// The range that holds both, if they overlap; `Some(None)` is unbounded.
fn join_bounds<T: PartialOrd + Clone>(
    one: Option<&Range<T>>,
    two: Option<&Range<T>>,
) -> Option<Option<Range<T>>> {
    let (Some(one), Some(two)) = (one, two) else {
        return Some(None);
    };
    let before = |range: &Range<T>, other: &Range<T>| match (&range.to, &other.from) {
        (Some(to), Some(from)) => to < from,
        _ => false,
    };
    if before(one, two) || before(two, one) {
        return None;
    }
    let from = match (&one.from, &two.from) {
        (Some(a), Some(b)) => Some(if a <= b { a } else { b }.clone()),
        _ => None,
    };
    let to = match (&one.to, &two.to) {
        (Some(a), Some(b)) => Some(if a >= b { a } else { b }.clone()),
        _ => None,
    };
    Some((from.is_some() || to.is_some()).then_some(Range { from, to }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shown in the order in which the members are.
    fn shown(ty: &Type) -> Vec<String> {
        match ty {
            Type::Variant(types) => types.iter().map(ToString::to_string).collect(),
            other => vec![other.to_string()],
        }
    }

    #[test]
    fn many_members_are_merged_like_few() {
        let single = |n: i64| Type::Integer(n, n);
        for count in [8, 200] {
            let apart = Type::variant((0..count).chain(0..count).map(|n| single(2 * n)));
            assert_eq!(shown(&apart).len(), count as usize);
            assert_eq!(shown(&normalize(&apart)), shown(&apart), "{count}");
            let with_texts = ["a", "b"].map(|text| Type::StringValue(text.into()));
            let merged = shown(&normalize(&Type::variant(with_texts.into_iter().chain([apart.clone()]))));
            assert_eq!(merged.len(), count as usize + 1);
            assert_eq!(merged.last().map(String::as_str), Some("Enum['a', 'b']"));
            assert_eq!(merged.first(), shown(&apart).last(), "the last one is merged first");
            let texts = Type::variant((0..count).map(|n| Type::array_of(single(n))).chain([Type::Undef]));
            assert_eq!(shown(&texts).len(), count as usize + 1);
        }
    }
}
