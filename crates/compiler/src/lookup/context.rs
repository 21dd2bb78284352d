//! `Puppet::LookupContext`: what a backend function of the Puppet language calls methods on.
//!
//! The engine's context is a handle of the compile, while values can be shared between threads; so the value holds
//! only a number under which the compile finds the handle. Code may also make a context of its own, which belongs to no lookup.

use std::sync::{Arc, OnceLock};

use pcore::iter::{Iterator, Walk};
use pcore::ty::{Attribute, AttributeKind, Method, ObjectDefinition, ObjectType};
use pcore::value::Object;
use pcore::{Hash, Type, Value};

use crate::context::Block;
use crate::error::{Control, Error};
use crate::eval::call::CallSite;
use crate::eval::lambda::LambdaRef;
use crate::session::Session;

const NAME: &str = "Puppet::LookupContext";
const NUMBER: &str = "number";

fn object_type() -> &'static Arc<ObjectType> {
    static TYPE: OnceLock<Arc<ObjectType>> = OnceLock::new();
    TYPE.get_or_init(|| {
        let attribute = |(name, ty, kind): &(&str, &str, AttributeKind)| Attribute {
            name: (*name).into(),
            ty: text_type(ty),
            kind: *kind,
            value: None,
            is_final: false,
            overrides: false,
        };
        let method = |(name, ty): &(&str, &str)| Method {
            name: (*name).into(),
            ty: text_type(ty),
            is_final: false,
            overrides: false,
        };
        let definition = ObjectDefinition {
            parent: Some(Type::Any),
            attributes: ATTRIBUTES.iter().map(attribute).collect(),
            functions: METHODS.iter().map(method).collect(),
            equality_include_type: true,
            ..ObjectDefinition::default()
        };
        Arc::new(ObjectType { name: NAME.into(), definition: OnceLock::from(definition) })
    })
}

const ATTRIBUTES: [(&str, &str, AttributeKind); 2] = [
    ("environment_name", "String[1]", AttributeKind::Derived),
    ("module_name", "Variant[String[1], Undef]", AttributeKind::Plain),
];

const METHODS: [(&str, &str); 9] = [
    ("not_found", "Callable[[0, 0], Undef]"),
    ("explain", "Callable[[0, 0, Callable[0, 0]], Undef]"),
    ("interpolate", "Callable[1, 1]"),
    ("cache", "Callable[Optional[Scalar], Any]"),
    ("cache_all", "Callable[[Hash[Optional[Scalar], Any]], Undef]"),
    ("cache_has_key", "Callable[[Optional[Scalar]], Boolean]"),
    ("cached_value", "Callable[Optional[Scalar]]"),
    (
        "cached_entries",
        "Variant[Callable[[0, 0, Callable[1, 1]], Undef], Callable[[0, 0, Callable[2, 2]], Undef], \
         Callable[[0, 0], Iterable[Tuple[Optional[Scalar], Any]]]]",
    ),
    ("cached_file_data", "Callable[String, Optional[Callable[Array[Integer]]]]"),
];

/// A type of our own text; a test reads them all.
fn text_type(text: &str) -> Type {
    crate::signature::parse_type(text, &|name| Ok(crate::types::builtin(name.as_str()))).unwrap_or(Type::Any)
}

/// The type, by its name.
pub(crate) fn builtin_type(name: &str) -> Option<Type> {
    (name == NAME).then(|| Type::Object(object_type().clone()))
}

impl<'i> Session<'i> {
    /// Makes a value of a context, for the time of a call.
    pub(crate) fn add_context(&mut self, context: hiera::Context) -> (i64, Value) {
        let number = self.lookups.contexts_made;
        self.lookups.contexts_made += 1;
        self.lookups.contexts.insert(number, context);
        let attributes: Hash = [(NUMBER, Value::Int(number))].into_iter().collect();
        (number, Value::Object(Arc::new(Object { ty: object_type().clone(), attributes })))
    }

    pub(crate) fn remove_context(&mut self, number: i64) {
        self.lookups.contexts.remove(&number);
    }

    /// `Puppet::LookupContext.new(module_name)`; `None` for other types.
    pub(crate) fn new_context(&mut self, ty: &Value, args: &[Value]) -> Option<Result<Value, Control>> {
        match ty {
            Value::Type(Type::Object(object)) if Arc::ptr_eq(object, object_type()) => {}
            _ => return None,
        }
        let module = match args {
            [Value::Undef] => None,
            [Value::Str(name)] if !name.is_empty() => Some(name.clone()),
            [] => None,
            [other] => {
                let expected = Type::variant([Type::non_empty_string(), Type::Undef]);
                let given = pcore::infer::infer_reduced(other);
                let subject = format!("'new_{NAME}' parameter 'module_name'");
                let text = pcore::mismatch::describe_type(&subject, &expected, &given);
                return Some(Err(Error::new(text).into()));
            }
            _ => {
                let text = format!("'new_{NAME}' expects at most 1 argument, got {}", args.len());
                return Some(Err(Error::new(text).into()));
            }
        };
        let context = hiera::Context::detached(&self.lookups(), module);
        Some(Ok(self.add_context(context).1))
    }

    /// The engine's context that a value stands for, while its lookup lasts.
    pub(crate) fn context_of(&self, object: &Object) -> Option<hiera::Context> {
        let number = object.attributes[NUMBER].as_int()?;
        self.lookups.contexts.get(&number).cloned()
    }

    /// Calls a method of a context; `None` if the object is none, or has no such method.
    pub(crate) fn call_context(
        &mut self,
        object: &Object,
        method: &str,
        args: &[Value],
        lambda: Option<LambdaRef<'i>>,
        at: CallSite<'i>,
    ) -> Option<Result<Value, Control>> {
        if !Arc::ptr_eq(&object.ty, object_type()) {
            return None;
        }
        let number = object.attributes[NUMBER].as_int()?;
        let context = match self.lookups.contexts.get(&number) {
            Some(context) => context.clone(),
            None => return Some(Err(Error::new("the lookup of this context has ended").into())),
        };
        let result = match (method, args) {
            ("not_found", []) => {
                context.not_found();
                Err(Error::new("uncaught throw :no_such_key").into())
            }
            ("interpolate", [value]) => {
                let mut host = super::Window { session: self, scope: at.scope, at: Some(at), raised: None };
                let result = context.interpolate(&mut host, value);
                let raised = host.raised.take();
                result.map_err(|error| super::control(error, raised))
            }
            ("environment_name", []) => Ok(Value::Str(context.environment_name())),
            ("module_name", []) => Ok(context.module_name().into()),
            ("cache", [key, value]) => Ok(context.cache(key.clone(), value.clone())),
            ("cache_all", [Value::Hash(hash)]) => {
                context.cache_all(hash);
                Ok(Value::Undef)
            }
            ("cache_has_key", [key]) => Ok(Value::Bool(context.cache_has_key(key))),
            ("cached_value", [key]) => Ok(context.cached_value(key).unwrap_or_default()),
            ("cached_entries", []) => self.cached_entries(&context, lambda),
            ("cached_file_data", [Value::Str(path)]) => self.cached_file(&context, path, lambda),
            ("explain", []) => self.explain(&context, lambda),
            _ => return None,
        };
        Some(result)
    }

    fn cached_entries(
        &mut self,
        context: &hiera::Context,
        lambda: Option<LambdaRef<'i>>,
    ) -> Result<Value, Control> {
        let entries = context.cached_entries();
        let Some(lambda) = lambda else {
            let pairs = Iterator { source: Value::hash(entries), walk: Walk::Step(1) };
            return Ok(Value::Iterator(Arc::new(pairs)));
        };
        let parameters = self.block_callable(&Block::Lambda(lambda))?.parameters.types.len();
        for (key, value) in entries.iter() {
            let pair = [key.clone(), value.clone()];
            if parameters == 2 {
                self.call_lambda(lambda, &pair)?;
            } else {
                self.call_lambda(lambda, &[Value::array(pair)])?;
            }
        }
        Ok(Value::Undef)
    }

    fn cached_file(
        &mut self,
        context: &hiera::Context,
        path: &str,
        lambda: Option<LambdaRef<'i>>,
    ) -> Result<Value, Control> {
        self.reads.file(path);
        let text = context.file(path).map_err(|error| super::control(error, None))?;
        match lambda {
            Some(lambda) => self.call_lambda(lambda, &[Value::from(text)]),
            None => Ok(Value::from(text)),
        }
    }

    fn explain(&mut self, context: &hiera::Context, lambda: Option<LambdaRef<'i>>) -> Result<Value, Control> {
        if let Some(lambda) = lambda.filter(|_| context.is_explaining()) {
            let text = self.call_lambda(lambda, &[])?;
            context.explain(|| pcore::format::to_s(&text));
        }
        Ok(Value::Undef)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_members_are_types() {
        let texts = ATTRIBUTES.iter().map(|(_, ty, _)| ty).chain(METHODS.iter().map(|(_, ty)| ty));
        for text in texts {
            assert_ne!(text_type(text), Type::Any, "{text}");
        }
    }
}
