//! Looking at a type and its parents.

use std::sync::Arc;

use crate::matches::resolve_fully;
use crate::ty::{Attribute, AttributeKind, Method, ObjectDefinition, ObjectType, ParameterizedObject};
use crate::value::Object;
use crate::{Hash, Type, Value};

/// Longer chains of parents are cut; `define` refuses types that inherit from themselves.
const PARENTS_MAX: usize = 64;

/// What messages call the type.
pub fn label(object: &ObjectType) -> &str {
    if object.name.is_empty() { "Object" } else { &object.name }
}

pub(super) fn definition(object: &ObjectType) -> Option<&ObjectDefinition> {
    object.definition.get()
}

/// The parent, if it is an `Object` type.
pub(super) fn parent(object: &ObjectType) -> Option<&Arc<ObjectType>> {
    match resolve_fully(definition(object)?.parent.as_ref()?) {
        Type::Object(parent) => Some(parent),
        Type::ParameterizedObject(parent) => Some(&parent.base),
        _ => None,
    }
}

/// The type and its parents, the topmost first.
fn lineage(object: &Arc<ObjectType>) -> Vec<&Arc<ObjectType>> {
    let mut types = vec![object];
    let mut ty: &ObjectType = object;
    while let Some(parent) = parent(ty) {
        if types.len() >= PARENTS_MAX {
            break;
        }
        types.push(parent);
        ty = parent;
    }
    types.reverse();
    types
}

/// True if the type is the wanted one or inherits from it.
pub fn inherits(given: &Arc<ObjectType>, wanted: &ObjectType) -> bool {
    let mut ty = given;
    for _ in 0..PARENTS_MAX {
        if std::ptr::eq(Arc::as_ptr(ty), wanted) || **ty == *wanted {
            return true;
        }
        match parent(ty) {
            Some(parent) => ty = parent,
            None => return false,
        }
    }
    false
}

/// Attributes with inherited ones first and the type each comes from; one that is overridden keeps its place.
pub fn attributes(object: &Arc<ObjectType>) -> Vec<(Arc<ObjectType>, Attribute)> {
    collect(object, |definition| &definition.attributes)
}

/// Type parameters with inherited ones first and the type each comes from.
pub fn type_parameters(object: &Arc<ObjectType>) -> Vec<(Arc<ObjectType>, Attribute)> {
    collect(object, |definition| &definition.type_parameters)
}

fn collect(
    object: &Arc<ObjectType>,
    own: fn(&ObjectDefinition) -> &Vec<Attribute>,
) -> Vec<(Arc<ObjectType>, Attribute)> {
    let mut all: Vec<(Arc<ObjectType>, Attribute)> = Vec::new();
    for ty in lineage(object) {
        for attribute in definition(ty).into_iter().flat_map(own) {
            let member = (ty.clone(), attribute.clone());
            match all.iter_mut().find(|(_, known)| known.name == attribute.name) {
                Some(known) => *known = member,
                None => all.push(member),
            }
        }
    }
    all
}

/// The attributes that equality compares, by name.
pub fn equality_attributes(object: &Arc<ObjectType>) -> Vec<crate::Str> {
    let mut names = Vec::new();
    for definition in lineage(object).into_iter().filter_map(|ty| definition(ty)) {
        match &definition.equality {
            Some(equality) => names.extend(equality.iter().cloned()),
            None => names.extend(
                definition
                    .attributes
                    .iter()
                    .filter(|attribute| attribute.kind != AttributeKind::Constant)
                    .map(|attribute| attribute.name.clone()),
            ),
        }
    }
    names
}

/// Equality of instances: the attributes that the type compares, and the type itself unless it says otherwise.
pub fn equals(one: &Object, other: &Object) -> bool {
    let includes_type = lineage(&one.ty)
        .into_iter()
        .filter_map(|ty| definition(ty))
        .any(|definition| definition.equality_include_type);
    if includes_type && one.ty != other.ty {
        return false;
    }
    equality_attributes(&one.ty).iter().all(|name| attribute(one, name) == attribute(other, name))
}

pub(super) fn find_attribute<'a>(object: &'a ObjectType, name: &str) -> Option<&'a Attribute> {
    let mut ty = object;
    for _ in 0..PARENTS_MAX {
        let own = definition(ty)?.attributes.iter().find(|attribute| *attribute.name == *name);
        if own.is_some() {
            return own;
        }
        ty = parent(ty)?;
    }
    None
}

/// The declaration of a function of the type or its parents.
pub fn method<'a>(object: &'a ObjectType, name: &str) -> Option<&'a Method> {
    let mut ty = object;
    for _ in 0..PARENTS_MAX {
        let own = definition(ty)?.functions.iter().find(|method| *method.name == *name);
        if own.is_some() {
            return own;
        }
        ty = parent(ty)?;
    }
    None
}

/// True if `$object.name` means a member and not a function call.
pub fn has_member(object: &ObjectType, name: &str) -> bool {
    find_attribute(object, name).is_some() || method(object, name).is_some()
}

/// The value of an attribute; `None` if there is no such attribute.
pub fn attribute(object: &Object, name: &str) -> Option<Value> {
    if let Some(value) = object.attributes.get_str(name) {
        return Some(value.clone());
    }
    let attribute = find_attribute(&object.ty, name)?;
    Some(attribute.value.clone().unwrap_or_default())
}

/// The type of an instance: with values for its type parameters, where attributes of these names have them.
pub fn type_of(object: &Object) -> Type {
    let parameters = type_parameters(&object.ty);
    let arguments: Hash = parameters
        .iter()
        .filter_map(|(_, parameter)| {
            attribute(object, &parameter.name).map(|value| (parameter.name.clone(), value))
        })
        .collect();
    if arguments.is_empty() {
        return Type::Object(object.ty.clone());
    }
    Type::ParameterizedObject(Arc::new(ParameterizedObject { base: object.ty.clone(), arguments }))
}
