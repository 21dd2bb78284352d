//! What the function `annotate` attaches to objects and types, for the time of a compile.

use std::sync::Arc;

use pcore::ty::ObjectType;
use pcore::{Type, Value};

use super::Context;

impl Context<'_, '_> {
    /// The annotation of a type on an object or a type.
    pub fn annotation(&self, value: &Value, ty: &ObjectType) -> Option<Value> {
        self.session.annotations.iter().find(|known| known.is_on(value, ty)).map(|known| known.made.clone())
    }

    /// Takes an annotation away, and gives it.
    pub fn take_annotation(&mut self, value: &Value, ty: &ObjectType) -> Option<Value> {
        let all = &mut self.session.annotations;
        let at = all.iter().position(|known| known.is_on(value, ty))?;
        Some(all.remove(at).made)
    }

    /// Attaches an annotation for the rest of the compile.
    pub fn add_annotation(&mut self, value: Value, ty: Arc<ObjectType>, made: Value) {
        self.session.annotations.push(Annotation { value, ty, made });
    }
}

/// An annotation on an object or a type.
pub(crate) struct Annotation {
    value: Value,
    ty: Arc<ObjectType>,
    made: Value,
}

impl Annotation {
    /// Equal objects are not the same one; of other values there is no telling.
    fn is_on(&self, value: &Value, ty: &ObjectType) -> bool {
        *self.ty == *ty
            && match (&self.value, value) {
                (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b),
                (Value::Type(Type::Object(a)), Value::Type(Type::Object(b))) => Arc::ptr_eq(a, b),
                (a, b) => a == b,
            }
    }
}
