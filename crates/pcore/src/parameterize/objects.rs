//! `Object[{...}]`, `TypeSet[{...}]` and `Mod::Thing[args]`.

use std::sync::Arc;

use super::error::{Result, TypeError, arity_named};
use crate::ty::{ObjectType, ParameterizedObject, TypeSet};
use crate::{Hash, Type, Value, label, matches, mismatch, object, typeset};

/// `Object[{...}]`: a type without a name of its own, unless the hash gives it one.
pub(super) fn object(keys: &[&Value]) -> Result<Type> {
    let [Value::Hash(init)] = keys else {
        return Err(match keys {
            [other] => TypeError::new(format!(
                "The hash of an Object type cannot be {}",
                label::with_article(&label::label(other))
            )),
            keys => arity_named("Object-Type", 1, Some(1), keys.len()),
        });
    };
    if init.is_empty() {
        return Ok(Type::AnyObject);
    }
    let name = init.get_str("name").and_then(Value::as_str).unwrap_or_default();
    let object = Arc::new(ObjectType { name: name.into(), definition: Default::default() });
    object::define(&object, init)?;
    Ok(Type::Object(object))
}

/// `TypeSet[{...}]`
pub(super) fn type_set(keys: &[&Value]) -> Result<Type> {
    let [Value::Hash(init)] = keys else {
        return Err(match keys {
            [other] => TypeError::new(format!(
                "The hash of a TypeSet type cannot be {}",
                label::with_article(&label::label(other))
            )),
            keys => arity_named("TypeSet-Type", 1, Some(1), keys.len()),
        });
    };
    if init.is_empty() {
        return Ok(Type::AnyTypeSet);
    }
    let name = init.get_str("name").and_then(Value::as_str).unwrap_or_default();
    let set = Arc::new(TypeSet { name: name.into(), definition: Default::default() });
    typeset::define(&set, init)?;
    Ok(Type::TypeSet(set))
}

/// `Mod::Thing[a, b]` by position, `Mod::Thing[{name => a}]` by name; `default` leaves a parameter open.
pub(super) fn parameterized(object: &Arc<ObjectType>, keys: &[&Value]) -> Result<Type> {
    let parameters = object::type_parameters(object);
    let name = object::label(object);
    let Some((_, first)) = parameters.first() else {
        return Err(TypeError::new(format!("The {name}-Type cannot be parameterized using []")));
    };
    let by_name = match keys {
        [value @ Value::Hash(hash)] if !matches::is_instance(&first.ty, value) => Some(hash),
        _ => None,
    };
    let mut arguments = Hash::new();
    let mut add = |(owner, parameter): &(Arc<ObjectType>, crate::ty::Attribute), value: &Value| {
        if matches!(value, Value::Default) {
            return Ok(());
        }
        if !matches::is_instance(&parameter.ty, value) {
            let subject = format!("type_parameter {}[{}]", object::label(owner), parameter.name);
            return Err(TypeError::new(mismatch::assertion(&subject, &parameter.ty, value)));
        }
        arguments.insert(parameter.name.clone(), value.clone());
        Ok(())
    };
    match by_name {
        Some(hash) => {
            for (key, value) in hash.iter() {
                let key = key.as_str().unwrap_or_default();
                let Some(parameter) = parameters.iter().find(|(_, parameter)| *parameter.name == *key) else {
                    return Err(TypeError::new(format!(
                        "'{key}' is not a known type parameter for {name}-Type"
                    )));
                };
                add(parameter, value)?;
            }
        }
        None => {
            for (parameter, value) in parameters.iter().zip(keys) {
                add(parameter, value)?;
            }
        }
    }
    if arguments.is_empty() {
        let message = format!("The {name}-Type cannot be parameterized using an empty parameter list");
        return Err(TypeError::new(message));
    }
    Ok(Type::ParameterizedObject(Arc::new(ParameterizedObject { base: object.clone(), arguments })))
}
