//! `Object` types that are always there.

use std::sync::{Arc, LazyLock};

use super::hash::init_hash;
use crate::regexp::Regexp;
use crate::ty::{Attribute, AttributeKind, Callable, Method, ObjectDefinition, ObjectType, Size, Tuple};
use crate::{Hash, Type, Value};

/// The type of errors as values: `Error('message', 'kind', {details => 1}, 'CODE')`.
pub fn error_type() -> Arc<ObjectType> {
    ERROR.clone()
}

static ERROR: LazyLock<Arc<ObjectType>> = LazyLock::new(|| {
    let type_of = Type::type_of;
    let selector = Type::optional(Type::variant([
        Type::STRING,
        Type::Regexp(None),
        type_of(Type::enumeration(Vec::<crate::Str>::new(), false)),
        type_of(Type::Pattern(Arc::new([]))),
        type_of(Type::not_undef(Type::Any)),
        type_of(Type::Undef),
    ]));
    let message = Callable {
        parameters: Tuple { types: Vec::new(), size: Some(Size::ZERO) },
        block: None,
        result: Some(Type::non_empty_string()),
    };
    let details = Type::optional(Type::hash_of(Type::non_empty_string(), Type::Data));
    let definition = ObjectDefinition {
        type_parameters: vec![
            attribute("kind", selector.clone(), None),
            attribute("issue_code", selector, None),
        ],
        attributes: vec![
            attribute("msg", Type::non_empty_string(), None),
            attribute("kind", Type::optional(Type::non_empty_string()), Some(Value::Undef)),
            attribute("details", details, Some(Value::Undef)),
            attribute("issue_code", Type::optional(Type::non_empty_string()), Some(Value::Undef)),
        ],
        functions: vec![Method {
            name: "message".into(),
            ty: Type::callable(message),
            is_final: false,
            overrides: false,
        }],
        equality_include_type: true,
        ..ObjectDefinition::default()
    };
    Arc::new(ObjectType { name: "Error".into(), definition: definition.into() })
});

/// The hash of the type `Deferred`, whose instances are values of their own kind.
pub fn deferred_init_hash() -> Hash {
    let name = Regexp::new(r"\A[$]?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z")
        .map_or(Type::STRING, |pattern| Type::Pattern(Arc::new([pattern])));
    let definition = ObjectDefinition {
        attributes: vec![
            attribute("name", name, None),
            attribute("arguments", Type::optional(Type::array_of(Type::Any)), Some(Value::Undef)),
        ],
        ..ObjectDefinition::default()
    };
    init_hash("Deferred", &definition)
}

fn attribute(name: &str, ty: Type, value: Option<Value>) -> Attribute {
    Attribute { name: name.into(), ty, kind: AttributeKind::Plain, value, is_final: false, overrides: false }
}
