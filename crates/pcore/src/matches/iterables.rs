//! What can be iterated over, and what that yields.

use super::{is_assignable, resolve, resolve_fully};
use crate::ty::{ObjectType, Size};
use crate::{Type, Value};

/// `Iterable` and `Iterable[Any]`: whatever the elements are.
pub(super) fn holds_anything(element: &Type) -> bool {
    element.is_unit() || is_assignable(element, &Type::Any)
}

/// True for a value that functions such as `each` take.
pub(super) fn is_iterable_value(value: &Value) -> bool {
    match value {
        Value::Iterator(_) | Value::Str(_) | Value::Hash(_) | Value::Array(_) => true,
        Value::Int(number) => *number >= 0,
        Value::Type(ty) => match resolve_fully(ty) {
            Type::Enum { .. } => true,
            Type::Integer(from, to) => is_finite(*from, *to),
            _ => false,
        },
        _ => false,
    }
}

/// True if instances of the type can be iterated over.
pub fn is_iterable(ty: &Type) -> bool {
    match ty {
        Type::Collection(_)
        | Type::Array(..)
        | Type::Hash(..)
        | Type::Tuple(_)
        | Type::Struct(_)
        | Type::String(_)
        | Type::StringValue(_)
        | Type::Enum { .. }
        | Type::Integer(..)
        | Type::Iterable(_)
        | Type::Iterator(_) => true,
        Type::Type(inner) => match &**inner {
            Type::Enum { .. } => true,
            Type::Integer(from, to) => is_finite(*from, *to),
            _ => false,
        },
        Type::Object(object) => parent(object).is_some_and(is_iterable),
        ty => resolve(ty).is_some() && is_iterable(resolve_fully(ty)),
    }
}

/// The type of what iteration over an instance of the type yields, if that is known.
pub fn element_type(ty: &Type) -> Option<Type> {
    match ty {
        Type::Array(element, _) if **element == Type::Any => None,
        Type::Array(element, _) => Some((**element).clone()),
        Type::Hash(_, Size::ZERO) => Some(pair(Type::Unit, Type::Unit)),
        Type::Hash(entry, Size::ANY) if **entry == (Type::Any, Type::Any) => {
            Some(pair(Type::Unit, Type::Unit))
        }
        Type::Hash(entry, _) => Some(pair(entry.0.clone(), entry.1.clone())),
        Type::Struct(elements) if elements.is_empty() => Some(pair(Type::Unit, Type::Unit)),
        Type::Struct(elements) => {
            let key = |name: &crate::Str, optional: bool| {
                let key = Type::StringValue(name.clone());
                if optional { Type::optional(key) } else { key }
            };
            Some(pair(
                Type::variant(elements.iter().map(|element| key(&element.name, element.optional))),
                Type::variant(elements.iter().map(|element| element.value.clone())),
            ))
        }
        Type::Tuple(tuple) => Some(Type::variant(tuple.types.iter().cloned())),
        Type::String(_) | Type::StringValue(_) | Type::Enum { .. } => Some(Type::String(Size::exactly(1))),
        Type::Integer(..) => Some(Type::INTEGER),
        Type::Iterable(element) | Type::Iterator(element) => {
            (!element.is_unit()).then(|| (**element).clone())
        }
        Type::Type(inner) => match &**inner {
            Type::Enum { .. } => Some((**inner).clone()),
            Type::Integer(from, to) if is_finite(*from, *to) => Some((**inner).clone()),
            _ => None,
        },
        Type::Object(object) => parent(object).and_then(element_type),
        ty => resolve(ty).and_then(|_| element_type(resolve_fully(ty))),
    }
}

fn pair(key: Type, value: Type) -> Type {
    Type::tuple_sized(vec![key, value], Size::exactly(2))
}

fn is_finite(from: i64, to: i64) -> bool {
    from != i64::MIN && to != i64::MAX
}

fn parent(object: &ObjectType) -> Option<&Type> {
    object.definition.get().and_then(|definition| definition.parent.as_ref())
}
