//! Deferred values as parameters of classes and defines: their type is that of the function's result, if known.

use pcore::{Str, Type, Value};
use stdx::Symbol;

use crate::error::Control;
use crate::eval::call::Callee;
use crate::session::Session;

impl<'i> Session<'i> {
    /// The functions of Deferred values, with the declared types of their results.
    pub(crate) fn deferred_results<'v>(
        &mut self,
        values: impl Iterator<Item = &'v Value>,
    ) -> Result<Vec<(Str, Option<Type>)>, Control> {
        let mut results = Vec::new();
        for value in values {
            if let Value::Deferred(call) = value {
                results.push((call.name.clone(), self.result_type(&call.name)?));
            }
        }
        Ok(results)
    }

    /// The declared result type of a function.
    fn result_type(&mut self, name: &str) -> Result<Option<Type>, Control> {
        let Some(callee) = Symbol::existing(name).map(|name| self.callee(name)).transpose()?.flatten() else {
            return Ok(None);
        };
        match callee {
            Callee::Typed(typed) => {
                Ok(typed.overloads().first().and_then(|overload| overload.signature.callable.result.clone()))
            }
            Callee::Puppet(function) => self.result_of(function),
            Callee::Legacy(_) | Callee::Ruby(_) => Ok(None),
        }
    }
}
