//! Types and instances as hashes: for printing and for serialisation.

use std::sync::Arc;

use super::members::attributes;
use crate::ty::{Attribute, AttributeKind, Method, ObjectDefinition};
use crate::value::Object;
use crate::{Hash, Str, Value, infer};

/// The hash that `Object[...]` would make this type from. An empty name is left out.
pub fn init_hash(name: &str, definition: &ObjectDefinition) -> Hash {
    let mut hash = Hash::new();
    if let Some(annotations) = definition.annotations.as_ref().filter(|all| !all.is_empty()) {
        hash.insert("annotations", annotations.clone());
    }
    if !name.is_empty() {
        hash.insert("name", name);
    }
    if let Some(parent) = &definition.parent {
        hash.insert("parent", parent.clone());
    }
    let mut add = |key: &str, members: Hash| {
        if !members.is_empty() {
            hash.insert(key, members);
        }
    };
    add(
        "type_parameters",
        definition.type_parameters.iter().map(|one| member(&one.name, type_parameter(one))).collect(),
    );
    let (constants, others): (Vec<&Attribute>, Vec<&Attribute>) =
        definition.attributes.iter().partition(|attribute| is_plain_constant(attribute));
    add("attributes", others.into_iter().map(|one| member(&one.name, attribute_hash(one))).collect());
    add(
        "constants",
        constants.into_iter().map(|one| (one.name.clone(), one.value.clone().unwrap_or_default())).collect(),
    );
    add("functions", definition.functions.iter().map(|one| member(&one.name, function_hash(one))).collect());
    if let Some(equality) = &definition.equality {
        let names: Vec<Value> = equality.iter().map(|name| Value::from(name.clone())).collect();
        hash.insert("equality", names);
    }
    if let Some(checks) = &definition.checks {
        hash.insert("checks", checks.clone());
    }
    hash
}

/// A constant whose type is that of its value.
fn is_plain_constant(attribute: &Attribute) -> bool {
    attribute.kind == AttributeKind::Constant
        && attribute
            .value
            .as_ref()
            .is_some_and(|value| attribute.ty == infer::generalize(&infer::infer_reduced(value)))
}

/// A member that has but a type is written as that type.
fn member(name: &Str, features: Hash) -> (Str, Value) {
    let value = match features.get_str("type") {
        Some(ty) if features.len() == 1 => ty.clone(),
        _ => Value::hash(features),
    };
    (name.clone(), value)
}

fn attribute_hash(attribute: &Attribute) -> Hash {
    let mut hash = Hash::new();
    hash.insert("type", attribute.ty.clone());
    if attribute.is_final && attribute.kind != AttributeKind::Constant {
        hash.insert("final", true);
    }
    if attribute.overrides {
        hash.insert("override", true);
    }
    if let Some(kind) = kind_name(attribute.kind) {
        hash.insert("kind", kind);
    }
    if let Some(value) = &attribute.value {
        hash.insert("value", value.clone());
    }
    hash
}

fn type_parameter(parameter: &Attribute) -> Hash {
    let mut hash = Hash::new();
    let ty = match &parameter.ty {
        crate::Type::Optional(inner) => (**inner).clone(),
        other => other.clone(),
    };
    hash.insert("type", ty);
    if let Some(value) = parameter.value.as_ref().filter(|value| !value.is_undef()) {
        hash.insert("value", value.clone());
    }
    hash
}

fn function_hash(method: &Method) -> Hash {
    let mut hash = Hash::new();
    hash.insert("type", method.ty.clone());
    if method.is_final {
        hash.insert("final", true);
    }
    if method.overrides {
        hash.insert("override", true);
    }
    hash
}

fn kind_name(kind: AttributeKind) -> Option<&'static str> {
    match kind {
        AttributeKind::Plain => None,
        AttributeKind::Constant => Some("constant"),
        AttributeKind::Derived => Some("derived"),
        AttributeKind::GivenOrDerived => Some("given_or_derived"),
        AttributeKind::Reference => Some("reference"),
    }
}

/// The hash that would make this instance again: attributes with other values than their defaults.
pub fn instance_init_hash(object: &Object) -> Hash {
    let mut hash = Hash::new();
    for (_, attribute) in attributes(&Arc::clone(&object.ty)) {
        if matches!(attribute.kind, AttributeKind::Constant | AttributeKind::Derived) {
            continue;
        }
        if let Some(value) = object.attributes.get_str(&attribute.name)
            && attribute.value.as_ref() != Some(value)
        {
            hash.insert(attribute.name.clone(), value.clone());
        }
    }
    hash
}
