//! Compares the wanted type with the type of what was given and collects what is wrong.

use std::sync::Arc;

use super::finding::{Common, Element, Finding, Kind};
use crate::Str;
use crate::Type;
use crate::matches::{self, accepts_undef, is_assignable};
use crate::normalize::normalize;
use crate::ty::{Callable, Size, StructElement, Tuple};

/// All that keeps `actual` from fitting `expected`; nothing if it fits.
pub(super) fn describe(expected: &Type, actual: &Type, path: &[Element]) -> Vec<Finding> {
    if let Some(name) = unresolved(expected, &mut Vec::new()) {
        return vec![Finding::new(path, Kind::Unresolved(name))];
    }
    inner(&normalize(expected), expected, actual, path)
}

/// `original` is the wanted type as it was written: an alias or optional type around `expected`.
fn inner(expected: &Type, original: &Type, actual: &Type, path: &[Element]) -> Vec<Finding> {
    match expected {
        Type::Variant(types) => variant(types, original, actual, path),
        Type::Struct(elements) => structure(elements, original, actual, path),
        Type::Hash(entry, size) => hash(&entry.0, &entry.1, *size, original, actual, path),
        Type::Tuple(wanted) => tuple(wanted, original, actual, path, Common::Size),
        Type::Array(element, size) => array(element, *size, original, actual, path),
        Type::Callable(wanted) => callable(wanted.as_deref(), original, actual, path),
        Type::Optional(wanted) => {
            if matches!(actual, Type::Undef) || wanted.is_unit() {
                return Vec::new();
            }
            let original = if matches::resolve(original).is_some() { original } else { expected };
            inner(wanted, original, actual, path)
        }
        Type::Pattern(_) | Type::Enum { .. } => vec![Finding::wrong_text(path, original, actual)],
        expected => match matches::resolve(expected) {
            Some(target) => inner(&normalize(target), expected, actual, path),
            None if is_assignable(expected, actual) => Vec::new(),
            None => vec![Finding::wrong_type(path, original, actual)],
        },
    }
}

fn with(path: &[Element], step: Element) -> Vec<Element> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

fn variant(types: &[Type], original: &Type, actual: &Type, path: &[Element]) -> Vec<Finding> {
    let undef = matches!(original, Type::Optional(_)).then_some(&Type::Undef);
    let mut alternatives = Vec::with_capacity(types.len() + 1);
    for (index, ty) in undef.into_iter().chain(types).enumerate() {
        let findings = describe(ty, actual, &with(path, Element::Variant(index)));
        if findings.is_empty() {
            return Vec::new();
        }
        alternatives.push(findings);
    }
    let findings = merge(path.len(), Common::Size, alternatives);
    if findings.len() == 1 && matches::resolve(original).is_some() {
        // No member of the alias fits: the alias as a whole is what was wanted.
        return vec![Finding::wrong_type(path, original, actual)];
    }
    findings
}

/// If every alternative fails for the same reason at the same place, one finding says it for all. `position` is
/// where the paths name the alternative.
pub(super) fn merge(position: usize, size: Common, alternatives: Vec<Vec<Finding>>) -> Vec<Finding> {
    let count = alternatives.len();
    let mut findings: Vec<Finding> = alternatives.into_iter().flatten().collect();
    for common in [size, Common::MissingBlock, Common::UnexpectedBlock, Common::Type] {
        let mut of_kind = findings.iter().filter(|finding| finding.is(common));
        if of_kind.clone().count() != count {
            continue;
        }
        let Some(first) = of_kind.next() else { continue };
        let merged = of_kind.try_fold(first.clone(), |merged, finding| {
            merged.is_at_place_of(finding).then(|| merged.merge(finding))
        });
        if let Some(merged) = merged {
            findings = vec![merged];
            break;
        }
    }
    let mut distinct: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        // Only findings about blocks are ever told to be the same.
        let is_known = [Common::MissingBlock, Common::UnexpectedBlock].into_iter().any(|kind| {
            finding.is(kind) && distinct.iter().any(|known| known.is(kind) && known.is_at_place_of(&finding))
        });
        if !is_known {
            distinct.push(finding);
        }
    }
    if distinct.len() == 1 {
        distinct = distinct.into_iter().map(|only| only.without_step(position)).collect();
    }
    distinct
}

fn array(element: &Type, size: Size, original: &Type, actual: &Type, path: &[Element]) -> Vec<Finding> {
    match actual {
        Type::Tuple(tuple) => {
            let given = tuple.size.unwrap_or_else(|| Size::exactly(tuple.types.len()));
            if !size.covers(given) {
                return vec![Finding::new(path, Kind::Size { expected: size, actual: given })];
            }
            let mut findings = Vec::new();
            for (index, ty) in tuple.types.iter().enumerate() {
                if !is_assignable(element, ty) {
                    findings.extend(describe(element, ty, &with(path, Element::Index(index))));
                }
            }
            findings
        }
        Type::Array(other, given) if size.covers(*given) => {
            vec![Finding::wrong_type(path, original, &Type::Array(other.clone(), Size::ANY))]
        }
        Type::Array(_, given) => vec![Finding::new(path, Kind::Size { expected: size, actual: *given })],
        _ => vec![Finding::wrong_type(path, original, actual)],
    }
}

fn hash(
    key: &Type,
    value: &Type,
    size: Size,
    original: &Type,
    actual: &Type,
    path: &[Element],
) -> Vec<Finding> {
    match actual {
        Type::Struct(elements) => {
            let required = elements.iter().filter(|element| !element.optional).count();
            let given = Size::new(required as u64, elements.len() as u64);
            if !size.covers(given) {
                return vec![Finding::new(path, Kind::Size { expected: size, actual: given })];
            }
            let mut findings = Vec::new();
            for element in elements.iter() {
                let key_type = key_type(element);
                if !is_assignable(key, &key_type) {
                    let path = with(path, Element::EntryKey(element.name.clone()));
                    findings.extend(describe(key, &key_type, &path));
                }
                if !is_assignable(value, &element.value) {
                    let path = with(path, Element::Entry(element.name.clone()));
                    findings.extend(describe(value, &element.value, &path));
                }
            }
            findings
        }
        Type::Hash(entry, given) => vec![wrong_hash(entry, size, *given, original, path)],
        _ => vec![Finding::wrong_type(path, original, actual)],
    }
}

fn wrong_hash(
    entry: &Arc<(Type, Type)>,
    size: Size,
    given: Size,
    original: &Type,
    path: &[Element],
) -> Finding {
    if size.covers(given) {
        Finding::wrong_type(path, original, &Type::Hash(entry.clone(), Size::ANY))
    } else {
        Finding::new(path, Kind::Size { expected: size, actual: given })
    }
}

fn key_type(element: &StructElement) -> Type {
    let key = Type::StringValue(element.name.clone());
    if element.optional { Type::optional(key) } else { key }
}

fn structure(elements: &[StructElement], original: &Type, actual: &Type, path: &[Element]) -> Vec<Finding> {
    match actual {
        Type::Struct(others) => {
            let mut findings = Vec::new();
            for element in elements {
                let Some(given) = others.iter().find(|given| given.name == element.name) else {
                    if !element.optional {
                        findings.push(Finding::new(path, Kind::MissingKey(element.name.clone())));
                    }
                    continue;
                };
                let (wanted_key, given_key) = (key_type(element), key_type(given));
                if !is_assignable(&wanted_key, &given_key) {
                    let path = with(path, Element::EntryKey(element.name.clone()));
                    findings.extend(describe(&wanted_key, &given_key, &path));
                }
                if !is_assignable(&element.value, &given.value) {
                    let path = with(path, Element::Entry(element.name.clone()));
                    findings.extend(describe(&element.value, &given.value, &path));
                }
            }
            for given in others.iter() {
                if !elements.iter().any(|element| element.name == given.name) {
                    findings.push(Finding::new(path, Kind::UnknownKey(given.name.clone())));
                }
            }
            findings
        }
        Type::Hash(entry, given) => {
            let required = elements.iter().filter(|element| !element.optional).count();
            let size = Size::new(required as u64, elements.len() as u64);
            vec![wrong_hash(entry, size, *given, original, path)]
        }
        _ => vec![Finding::wrong_type(path, original, actual)],
    }
}

/// `size_kind` says whether a wrong number of items is one of arguments.
fn tuple(
    wanted: &Tuple,
    original: &Type,
    actual: &Type,
    path: &[Element],
    size_kind: Common,
) -> Vec<Finding> {
    let size = wanted.range();
    let wrong_size = |given: Size| {
        let kind = if size_kind == Common::Count {
            Kind::Count { expected: size, actual: given }
        } else {
            Kind::Size { expected: size, actual: given }
        };
        vec![Finding::new(path, kind)]
    };
    match actual {
        Type::Tuple(given) if **given == *wanted => Vec::new(),
        Type::Tuple(given) if !size.covers(given.range()) => wrong_size(given.range()),
        Type::Tuple(given) => {
            let mut findings = Vec::new();
            let last = wanted.types.len().saturating_sub(1);
            for (index, ty) in given.types.iter().enumerate() {
                let index = index.min(last);
                if let Some(wanted) = wanted.types.get(index) {
                    findings.extend(describe(wanted, ty, &with(path, Element::Index(index))));
                }
            }
            findings
        }
        Type::Array(..) if wanted.types.is_empty() => Vec::new(),
        Type::Array(_, given) if !size.covers(*given) => wrong_size(*given),
        Type::Array(element, _) => {
            let wanted = wanted.types.iter().enumerate();
            wanted.flat_map(|(index, ty)| describe(ty, element, &with(path, Element::Index(index)))).collect()
        }
        _ => vec![Finding::wrong_type(path, original, actual)],
    }
}

fn callable(wanted: Option<&Callable>, original: &Type, actual: &Type, path: &[Element]) -> Vec<Finding> {
    let Type::Callable(given) = actual else {
        return vec![Finding::wrong_type(path, original, actual)];
    };
    let (Some(wanted), Some(given)) = (wanted, given) else {
        return Vec::new();
    };
    let given_parameters = Type::Tuple(Arc::new(given.parameters.clone()));
    let findings = tuple(&wanted.parameters, original, &given_parameters, path, Common::Count);
    if !findings.is_empty() {
        return findings;
    }
    let result = |callable: &Callable| callable.result.clone().unwrap_or(Type::Any);
    if !is_assignable(&result(wanted), &result(given)) {
        return vec![Finding::wrong_type(&with(path, Element::Result), &result(wanted), &result(given))];
    }
    let block = |callable: &Callable| callable.block.clone().unwrap_or(Type::Undef);
    if is_assignable(&block(given), &block(wanted)) {
        return Vec::new();
    }
    vec![Finding::wrong_type(&with(path, Element::Block), &block(wanted), &block(given))]
}

/// The first name within a type that stands for nothing.
fn unresolved(ty: &Type, seen: &mut Vec<*const crate::ty::Alias>) -> Option<Str> {
    match ty {
        Type::Reference(name) => Some(name.clone()),
        Type::Alias(alias) => {
            let key = Arc::as_ptr(alias);
            if seen.contains(&key) {
                return None;
            }
            seen.push(key);
            alias.target.get().and_then(|target| unresolved(target, seen))
        }
        Type::Optional(inner)
        | Type::NotUndef(inner)
        | Type::Type(inner)
        | Type::Sensitive(inner)
        | Type::Iterable(inner)
        | Type::Iterator(inner)
        | Type::Array(inner, _) => unresolved(inner, seen),
        Type::Hash(entry, _) => unresolved(&entry.0, seen).or_else(|| unresolved(&entry.1, seen)),
        Type::Tuple(tuple) => tuple.types.iter().find_map(|ty| unresolved(ty, seen)),
        Type::Struct(elements) => elements.iter().find_map(|element| unresolved(&element.value, seen)),
        Type::Variant(types) => types.iter().find_map(|ty| unresolved(ty, seen)),
        Type::Init(Some(init)) => unresolved(&init.ty, seen),
        Type::Callable(Some(callable)) => callable
            .parameters
            .types
            .iter()
            .chain(&callable.block)
            .chain(&callable.result)
            .find_map(|ty| unresolved(ty, seen)),
        _ => None,
    }
}

/// Whether a missing block or value would do.
pub(super) fn may_be_missing(ty: &Type) -> bool {
    accepts_undef(ty)
}
