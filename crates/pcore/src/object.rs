//! `Object` types: definition, members, instances.
//!
//! A type is defined from a hash ([`define`]) and may inherit from another. Instances are made by position or from a
//! hash ([`instantiate`]). Functions of such types can be declared, and nothing can implement them in a manifest;
//! only the built-in `Error` has one that does something.

mod builtin;
mod define;
mod hash;
mod members;
mod new;

pub use builtin::{deferred_init_hash, error_type};
pub use define::define;
pub(crate) use define::{annotations, entry, object_initializer, qualified_name};
pub use hash::{init_hash, instance_init_hash};
pub use members::{
    attribute, attributes, equality_attributes, equals, has_member, inherits, label, method, type_of,
    type_parameters,
};
pub use new::{instantiate, new_parameters, signatures};

pub use crate::typeset::define as define_type_set;

use crate::Value;
use crate::ty::ParameterizedObject;

/// Arguments of a parameterised type by position, open ones as `default`; `None` when there are so many parameters
/// that they are better named.
pub fn positional_arguments(object: &ParameterizedObject) -> Option<Vec<Value>> {
    let parameters = type_parameters(&object.base);
    if parameters.len() > 2 {
        return None;
    }
    let mut arguments: Vec<Value> = parameters
        .iter()
        .map(|(_, parameter)| object.arguments.get_str(&parameter.name).cloned().unwrap_or(Value::Default))
        .collect();
    while arguments.last() == Some(&Value::Default) {
        arguments.pop();
    }
    Some(arguments)
}
