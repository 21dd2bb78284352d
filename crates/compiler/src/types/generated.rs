//! The types of which `puppet generate types` makes resource types: `Puppet::Resource::ResourceType3` and `Puppet::Resource::Param`.
//!
//! Such files are read, not run; code may use the types all the same.

use std::sync::{Arc, OnceLock};

use pcore::ty::{Attribute, AttributeKind, ObjectDefinition, ObjectType};
use pcore::{Str, Type, Value};

const PARAM: &str = "Puppet::Resource::Param";
const RESOURCE_TYPE: &str = "Puppet::Resource::ResourceType3";

/// One of the two, by its name.
pub(crate) fn builtin_type(name: &str) -> Option<Type> {
    match name {
        PARAM => Some(param()),
        RESOURCE_TYPE => Some(resource_type()),
        _ => None,
    }
}

fn param() -> Type {
    static MADE: OnceLock<Arc<ObjectType>> = OnceLock::new();
    let make = || {
        let ty = required("type", Type::Type(Arc::new(Type::Any)));
        let name_var = optional("name_var", Type::BOOLEAN, Value::Bool(false));
        object(PARAM, vec![ty, required("name", Type::non_empty_string()), name_var])
    };
    Type::Object(MADE.get_or_init(make).clone())
}

fn resource_type() -> Type {
    static MADE: OnceLock<Arc<ObjectType>> = OnceLock::new();
    let make = || {
        let params = |name| optional(name, Type::array_of(param()), Value::array(Vec::<Value>::new()));
        let patterns = Type::hash_of(Type::Regexp(None), Type::array_of(Type::non_empty_string()));
        let attributes = vec![
            required("name", Type::non_empty_string()),
            params("properties"),
            params("parameters"),
            optional("title_patterns_hash", Type::optional(patterns), Value::Undef),
            optional("isomorphic", Type::BOOLEAN, Value::Bool(true)),
            optional("capability", Type::BOOLEAN, Value::Bool(false)),
        ];
        object(RESOURCE_TYPE, attributes)
    };
    Type::Object(MADE.get_or_init(make).clone())
}

fn object(name: &str, attributes: Vec<Attribute>) -> Arc<ObjectType> {
    let definition = ObjectDefinition {
        attributes,
        equality: Some(vec![Str::from("name")]),
        equality_include_type: true,
        ..ObjectDefinition::default()
    };
    Arc::new(ObjectType { name: name.into(), definition: OnceLock::from(definition) })
}

fn required(name: &str, ty: Type) -> Attribute {
    let kind = AttributeKind::Plain;
    Attribute { name: name.into(), ty, kind, value: None, is_final: false, overrides: false }
}

fn optional(name: &str, ty: Type, value: Value) -> Attribute {
    Attribute { value: Some(value), ..required(name, ty) }
}

#[cfg(test)]
mod tests {
    use pcore::matches::is_instance;
    use pcore::value::Object;

    use super::*;

    #[test]
    fn a_resource_type_has_parameters() {
        let Some(Type::Object(param)) = builtin_type(PARAM) else { panic!("{PARAM}") };
        let attributes = [("type", Value::Type(Type::STRING)), ("name", Value::str("message"))];
        let message = Object { ty: param, attributes: attributes.into_iter().collect() };
        let message = Value::Object(Arc::new(message));
        let ty = resource_type();
        let Type::Object(object) = &ty else { panic!("{RESOURCE_TYPE}") };
        let definition = object.definition.get().unwrap();
        let parameters = definition.attributes.iter().find(|one| &*one.name == "parameters").unwrap();
        assert!(is_instance(&parameters.ty, &Value::array([message])));
        assert!(!is_instance(&parameters.ty, &Value::array([Value::Int(1)])));
        assert_eq!(builtin_type("Puppet::Resource::Other"), None);
    }
}
