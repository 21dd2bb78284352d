//! Short ways to make types.

use std::sync::Arc;

use super::{Callable, ResourceRef, Size, StructElement, Tuple, Type};
use crate::{Hash, Str};

/// Up to this number of types a scan finds one as fast as a table.
pub(crate) const SCANNED_MAX: usize = 32;

impl Type {
    /// `Integer`
    pub const INTEGER: Type = Type::Integer(i64::MIN, i64::MAX);
    /// `Float`
    pub const FLOAT: Type = Type::Float(f64::NEG_INFINITY, f64::INFINITY);
    /// `String`
    pub const STRING: Type = Type::String(Size::ANY);
    /// `Boolean`
    pub const BOOLEAN: Type = Type::Boolean(None);
    /// `Callable`
    pub const CALLABLE: Type = Type::Callable(None);

    /// `String[1]`
    pub fn non_empty_string() -> Type {
        Type::String(Size::at_least(1))
    }

    /// `Array[T]`
    pub fn array_of(element: Type) -> Type {
        Type::Array(Arc::new(element), Size::ANY)
    }

    /// `Array[T, min, max]`; an array of length 0 has no element type.
    pub fn array_sized(element: Type, size: Size) -> Type {
        Type::Array(Arc::new(if size == Size::ZERO { Type::Unit } else { element }), size)
    }

    /// `Array[0, 0]`: the type of `[]`.
    pub fn empty_array() -> Type {
        Type::array_sized(Type::Unit, Size::ZERO)
    }

    /// `Hash[K, V]`
    pub fn hash_of(key: Type, value: Type) -> Type {
        Type::Hash(Arc::new((key, value)), Size::ANY)
    }

    /// `Hash[K, V, min, max]`; a hash of length 0 has no key and value types.
    pub fn hash_sized(key: Type, value: Type, size: Size) -> Type {
        Type::Hash(Arc::new(if size == Size::ZERO { (Type::Unit, Type::Unit) } else { (key, value) }), size)
    }

    /// `Hash[0, 0]`: the type of `{}`.
    pub fn empty_hash() -> Type {
        Type::hash_sized(Type::Unit, Type::Unit, Size::ZERO)
    }

    /// `Tuple[T...]`
    pub fn tuple(types: Vec<Type>) -> Type {
        Type::Tuple(Arc::new(Tuple::new(types)))
    }

    /// `Tuple[T..., min, max]`
    pub fn tuple_sized(types: Vec<Type>, size: Size) -> Type {
        Type::Tuple(Arc::new(Tuple { types, size: Some(size) }))
    }

    /// `Struct[{...}]`
    pub fn structure(elements: Vec<StructElement>) -> Type {
        Type::Struct(elements.into())
    }

    /// `Enum[...]`, sorted and without duplicates.
    pub fn enumeration<S: Into<Str>>(values: impl IntoIterator<Item = S>, ignore_case: bool) -> Type {
        let mut values: Vec<Str> = values.into_iter().map(Into::into).collect();
        values.sort_unstable();
        values.dedup();
        Type::Enum { values: values.into(), ignore_case }
    }

    /// `Variant[...]` with nested variants dissolved and duplicates dropped; of a single type that type itself.
    pub fn variant(types: impl IntoIterator<Item = Type>) -> Type {
        let mut members: Vec<Type> = Vec::new();
        // What is inferred of a large hash may have as many members as it has entries.
        let mut index: Option<Hash> = None;
        let mut add = |ty: Type| {
            let is_new = match &mut index {
                Some(index) => index.insert(ty.clone(), true).is_none(),
                None => !members.contains(&ty),
            };
            if is_new {
                members.push(ty);
            }
            if index.is_none() && members.len() > SCANNED_MAX {
                index = Some(members.iter().map(|ty| (ty.clone(), true)).collect());
            }
        };
        for ty in types {
            match ty {
                Type::Variant(nested) => nested.iter().cloned().for_each(&mut add),
                other => add(other),
            }
        }
        match (members.len(), members.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                members.extend(last);
                Type::Variant(members.into())
            }
        }
    }

    /// `Optional[T]`
    pub fn optional(ty: Type) -> Type {
        Type::Optional(Arc::new(ty))
    }

    /// `NotUndef[T]`
    pub fn not_undef(ty: Type) -> Type {
        Type::NotUndef(Arc::new(ty))
    }

    /// `Type[T]`
    pub fn type_of(ty: Type) -> Type {
        Type::Type(Arc::new(ty))
    }

    /// `Sensitive[T]`
    pub fn sensitive(ty: Type) -> Type {
        Type::Sensitive(Arc::new(ty))
    }

    /// `Iterable[T]`
    pub fn iterable(ty: Type) -> Type {
        Type::Iterable(Arc::new(ty))
    }

    /// `Iterator[T]`
    pub fn iterator(ty: Type) -> Type {
        Type::Iterator(Arc::new(ty))
    }

    /// `Callable[...]`
    pub fn callable(callable: Callable) -> Type {
        Type::Callable(Some(Arc::new(callable)))
    }

    /// `Resource['type', 'title']`; the type name in any case.
    pub fn resource(type_name: &str, title: Option<Str>) -> Type {
        Type::Resource(Arc::new(ResourceRef {
            type_name: Some(lower(type_name)),
            title,
            of_attribute: false,
        }))
    }

    /// The same with a type name that the reference can share if it is in small letters.
    pub fn resource_of(type_name: &Str, title: Option<Str>) -> Type {
        let is_lower = !type_name.bytes().any(|byte| byte.is_ascii_uppercase());
        let type_name = if is_lower { type_name.clone() } else { lower(type_name) };
        Type::Resource(Arc::new(ResourceRef { type_name: Some(type_name), title, of_attribute: false }))
    }

    /// Plain `Resource`.
    pub fn any_resource() -> Type {
        Type::Resource(Arc::new(ResourceRef { type_name: None, title: None, of_attribute: false }))
    }

    /// `Class['name']`; the name in any case.
    pub fn class(name: &str) -> Type {
        Type::Class(Some(lower(name.strip_prefix("::").unwrap_or(name))))
    }

    /// Plain `Type`, `Iterable` and so on hold no type.
    pub(crate) fn is_unit(&self) -> bool {
        matches!(self, Type::Unit)
    }
}

fn lower(name: &str) -> Str {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}
