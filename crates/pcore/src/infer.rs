//! The type of a value.
//!
//! [`infer`] keeps every item of a collection apart (`Tuple`, `Struct`): what `type()` shows, and what messages
//! start from. [`infer_reduced`] finds one type that holds all items. [`generalize`] drops what belongs to the value
//! only: ranges, lengths, exact strings.

use std::sync::Arc;

use crate::common::common_type;
use crate::iter::{self, Walk};
use crate::semver::SemVerRange;
use crate::ty::{Callable, Range, Size, StructElement, Tuple};
use crate::{Hash, Str, Type, Value, matches, object};

/// The type of a value with every item of collections apart.
pub fn infer(value: &Value) -> Type {
    match value {
        Value::Array(items) if !items.is_empty() => Type::tuple(items.iter().map(infer).collect()),
        Value::Hash(hash) if !hash.is_empty() => infer_hash(hash),
        Value::SemVer(version) => Type::SemVer(Arc::new([Arc::new(SemVerRange::between(
            (**version).clone(),
            (**version).clone(),
            false,
        ))])),
        other => infer_reduced(other),
    }
}

fn infer_hash(hash: &Hash) -> Type {
    let element = |(key, value): (&Value, &Value)| match key {
        Value::Str(name) if !name.is_empty() => {
            Some(StructElement { name: name.clone(), optional: false, value: infer(value) })
        }
        _ => None,
    };
    if let Some(elements) = hash.iter().map(element).collect() {
        return Type::structure(elements);
    }
    let keys = Type::variant(hash.keys().map(infer));
    let values = Type::variant(hash.values().map(infer));
    Type::hash_sized(keys, values, Size::exactly(hash.len()))
}

/// The type of a value; items of collections are reduced to one type.
pub fn infer_reduced(value: &Value) -> Type {
    match value {
        Value::Undef => Type::Undef,
        Value::Default => Type::Default,
        Value::Bool(flag) => Type::Boolean(Some(*flag)),
        Value::Int(number) => Type::Integer(*number, *number),
        Value::Float(number) => Type::Float(*number, *number),
        Value::Str(text) => Type::StringValue(text.clone()),
        Value::Array(items) if items.is_empty() => Type::empty_array(),
        Value::Array(items) => {
            Type::array_sized(reduce(items.iter().map(infer_reduced)), Size::exactly(items.len()))
        }
        Value::Hash(hash) if hash.is_empty() => Type::empty_hash(),
        Value::Hash(hash) => Type::hash_sized(
            reduce(hash.keys().map(infer_reduced)),
            reduce(hash.values().map(infer_reduced)),
            Size::exactly(hash.len()),
        ),
        Value::Regexp(pattern) => Type::Regexp(Some(pattern.clone())),
        Value::Type(ty) => Type::type_of(ty.of_code()),
        // Nothing of the value may show.
        Value::Sensitive(secret) => Type::sensitive(generalize(&infer_reduced(secret))),
        Value::Timestamp(at) => Type::Timestamp(Some(Arc::new(Range { from: Some(*at), to: Some(*at) }))),
        Value::Timespan(span) => Type::Timespan(Some(Arc::new(Range { from: Some(*span), to: Some(*span) }))),
        Value::SemVer(_) => Type::SemVer(Arc::new([])),
        Value::SemVerRange(_) => Type::SemVerRange,
        Value::Binary(_) => Type::Binary,
        Value::Uri(uri) => Type::Uri(crate::parameterize::uri_parts(uri)),
        Value::Deferred(_) => Type::Deferred,
        Value::Object(object) => object::type_of(object),
        Value::Iterator(iterator) => Type::iterator(iterator_element(iterator)),
    }
}

fn reduce(types: impl Iterator<Item = Type>) -> Type {
    types.reduce(|common, ty| common_type(&common, &ty)).unwrap_or(Type::Unit)
}

/// What a lazy sequence yields.
pub fn iterator_element(iterator: &iter::Iterator) -> Type {
    match &iterator.walk {
        Walk::Tree(_) => Type::Any,
        Walk::Step(step) => match element(&iterator.source) {
            // The last item of a stepped range of numbers is known.
            Type::Integer(from, to) => match i64::try_from(*step) {
                Ok(step) if step > 0 => Type::Integer(from, to - (to - from).rem_euclid(step)),
                _ => Type::Integer(from, to),
            },
            other => other,
        },
        Walk::Reverse => element(&iterator.source),
    }
}

fn element(source: &Value) -> Type {
    match source {
        Value::Array(items) if items.is_empty() => Type::Unit,
        Value::Array(items) => Type::variant(items.iter().map(infer)),
        Value::Hash(hash) if hash.is_empty() => {
            Type::tuple_sized(vec![Type::Unit, Type::Unit], Size::exactly(2))
        }
        Value::Hash(hash) => Type::tuple_sized(
            vec![Type::variant(hash.keys().map(infer)), Type::variant(hash.values().map(infer))],
            Size::exactly(2),
        ),
        Value::Str(_) => Type::String(Size::exactly(1)),
        Value::Int(0) => Type::Unit,
        Value::Int(count) => Type::Integer(0, count.saturating_sub(1)),
        Value::Type(ty) => matches::resolve_fully(ty).clone(),
        Value::Iterator(inner) => iterator_element(inner),
        _ => Type::Any,
    }
}

/// The type without what belongs to a single value.
pub fn generalize(ty: &Type) -> Type {
    let inside = |inner: &Arc<Type>| Arc::new(generalize(inner));
    match ty {
        Type::Integer(..) => Type::INTEGER,
        Type::Float(..) => Type::FLOAT,
        Type::String(_) | Type::StringValue(_) => Type::STRING,
        Type::Enum { values, .. } => {
            let lengths = || values.iter().map(|value| value.chars().count() as u64);
            match (lengths().min(), lengths().max()) {
                (Some(min), Some(max)) => Type::String(Size::new(min, max)),
                _ => Type::STRING,
            }
        }
        Type::Boolean(_) => Type::BOOLEAN,
        Type::Collection(_) => Type::Collection(Size::ANY),
        Type::Array(element, _) => Type::array_of(generalize(element)),
        Type::Hash(_, Size::ZERO) => ty.clone(),
        Type::Hash(entry, _) => Type::hash_of(generalize(&entry.0), generalize(&entry.1)),
        Type::Tuple(tuple) => Type::Tuple(Arc::new(generalize_tuple(tuple))),
        Type::Struct(elements) => Type::structure(
            elements
                .iter()
                .map(|element| StructElement { value: generalize(&element.value), ..element.clone() })
                .collect(),
        ),
        Type::Variant(types) if types.is_empty() => ty.clone(),
        Type::Variant(types) => Type::variant(types.iter().map(generalize)),
        Type::Optional(inner) => Type::Optional(inside(inner)),
        Type::NotUndef(inner) => Type::NotUndef(inside(inner)),
        Type::Type(inner) => Type::Type(inside(inner)),
        Type::Sensitive(inner) => Type::Sensitive(inside(inner)),
        Type::Iterable(inner) => Type::Iterable(inside(inner)),
        Type::Iterator(inner) => Type::Iterator(inside(inner)),
        Type::Callable(Some(callable)) => Type::callable(Callable {
            parameters: generalize_tuple(&callable.parameters),
            block: callable.block.as_ref().map(generalize),
            result: callable.result.as_ref().map(generalize),
        }),
        Type::Timestamp(_) => Type::Timestamp(None),
        Type::Timespan(_) => Type::Timespan(None),
        Type::Uri(_) => Type::Uri(None),
        Type::ParameterizedObject(object) => Type::Object(object.base.clone()),
        other => other.clone(),
    }
}

fn generalize_tuple(tuple: &Tuple) -> Tuple {
    Tuple { types: tuple.types.iter().map(generalize).collect(), size: tuple.size }
}

/// The name of a value's generalised, reduced type as messages show it: `Integer`, `Array[String]`.
pub fn general_name(value: &Value) -> Str {
    match value {
        Value::Undef => "Undef".into(),
        Value::Default => "Default".into(),
        other => generalize(&infer_reduced(other)).to_string().into(),
    }
}
