//! Making instances.

use std::sync::Arc;

use super::members::{attributes, label};
use crate::matches::accepts_undef;
use crate::parameterize::TypeError;
use crate::signature::{Param, Signature};
use crate::ty::{Attribute, AttributeKind, ObjectType, StructElement, Tuple};
use crate::value::Object;
use crate::{Hash, Type, Value, mismatch};

/// Attributes that a new instance is given, with whether each may be left out.
fn given(object: &Arc<ObjectType>) -> Vec<(Attribute, bool)> {
    attributes(object)
        .into_iter()
        .filter(|(_, attribute)| !matches!(attribute.kind, AttributeKind::Constant | AttributeKind::Derived))
        .map(|(_, attribute)| {
            let optional = attribute.value.is_some() || accepts_undef(&attribute.ty);
            (attribute, optional)
        })
        .collect()
}

/// What `new` takes: a hash of attributes, or attributes by position with required ones first.
pub fn signatures(object: &Arc<ObjectType>) -> Vec<Signature> {
    let given = given(object);
    let elements = given
        .iter()
        .map(|(attribute, optional)| StructElement {
            name: attribute.name.clone(),
            optional: *optional,
            value: attribute.ty.clone(),
        })
        .collect();
    let hash = Signature::new(vec![Param::required("hash", Type::structure(elements))], None, None);
    let (optional, required): (Vec<_>, Vec<_>) = given.into_iter().partition(|(_, optional)| *optional);
    let parameters = required
        .into_iter()
        .chain(optional)
        .map(|(attribute, optional)| Param {
            name: attribute.name,
            ty: attribute.ty,
            optional,
            captures_rest: false,
        })
        .collect();
    vec![hash, Signature::new(parameters, None, None)]
}

/// The parameters of each of the [`signatures`].
pub fn new_parameters(object: &Arc<ObjectType>) -> Vec<Tuple> {
    signatures(object).into_iter().map(|signature| signature.callable.parameters).collect()
}

/// A new instance: `Mod::Thing(1, 2)` or `Mod::Thing({a => 1})`.
///
/// # Errors
/// Arguments that fit neither form.
pub fn instantiate(object: &Arc<ObjectType>, arguments: &[Value]) -> Result<Value, TypeError> {
    let signatures = signatures(object);
    let accepted = signatures.iter().position(|signature| signature.accepts(arguments, None));
    let mut attributes = Hash::new();
    match (accepted, arguments) {
        (Some(0), [Value::Hash(given)]) => {
            for (attribute, _) in self::given(object) {
                let value = given.get_str(&attribute.name).cloned().or(attribute.value);
                attributes.insert(attribute.name, value.unwrap_or_default());
            }
        }
        (Some(_), arguments) => {
            let positional = signatures.get(1).map(|signature| &signature.parameters[..]).unwrap_or_default();
            for (attribute, _) in self::given(object) {
                let position = positional.iter().position(|parameter| parameter.name == attribute.name);
                let value =
                    position.and_then(|position| arguments.get(position)).cloned().or(attribute.value);
                attributes.insert(attribute.name, value.unwrap_or_default());
            }
        }
        (None, arguments) => {
            let function = format!("new_{}", label(object));
            return Err(TypeError::new(mismatch::describe_arguments(
                &function,
                &signatures,
                arguments,
                None,
            )));
        }
    }
    Ok(Value::Object(Arc::new(Object { ty: object.clone(), attributes })))
}
