//! What `new` of one type takes, and how the call is settled.

use super::Outside;
use crate::error::{Result, ValueError};
use crate::mismatch::describe_arguments;
use crate::signature::{Param, Signature};
use crate::ty::Tuple;
use crate::{Type, Value};

/// The code of an overload. It sees arguments that fit the signature.
pub(crate) type Body = fn(&[Value], &mut dyn Outside) -> Result<Value>;

/// What `new` of one type takes.
pub(crate) struct Creator {
    /// The name in messages. Several are misnomers; they are Puppet's.
    name: &'static str,
    overloads: Vec<Overload>,
}

struct Overload {
    signature: Signature,
    body: Body,
    /// The body gives the text that says what is wrong. Such an overload is not shown when arguments fit none.
    is_mismatch: bool,
}

impl Creator {
    pub(crate) fn new(name: &'static str) -> Creator {
        Creator { name, overloads: Vec::new() }
    }

    /// Another form. Parameters are names and types; those from `required` on may be left out.
    pub(crate) fn takes(self, required: usize, parameters: &[(&str, Type)], body: Body) -> Creator {
        self.with(required, parameters, body, false)
    }

    /// A form that is refused with the text that the body gives.
    pub(crate) fn refuses(self, required: usize, parameters: &[(&str, Type)], body: Body) -> Creator {
        self.with(required, parameters, body, true)
    }

    fn with(
        mut self,
        required: usize,
        parameters: &[(&str, Type)],
        body: Body,
        is_mismatch: bool,
    ) -> Creator {
        let parameters = parameters
            .iter()
            .enumerate()
            .map(|(index, (name, ty))| Param {
                optional: index >= required,
                ..Param::required(*name, ty.clone())
            })
            .collect();
        self.overloads.push(Overload {
            signature: Signature::new(parameters, None, None),
            body,
            is_mismatch,
        });
        self
    }

    /// The types of the parameters, form by form.
    pub(crate) fn parameters(&self) -> Vec<Tuple> {
        let callable = |overload: &Overload| overload.signature.callable.parameters.clone();
        self.overloads.iter().filter(|overload| !overload.is_mismatch).map(callable).collect()
    }

    /// Runs the first form that accepts the arguments.
    pub(crate) fn run(&self, arguments: &[Value], outside: &mut dyn Outside) -> Result<Value> {
        let accepted = self.overloads.iter().find(|overload| overload.signature.accepts(arguments, None));
        let Some(overload) = accepted else {
            let shown: Vec<Signature> = self
                .overloads
                .iter()
                .filter(|overload| !overload.is_mismatch)
                .map(|overload| overload.signature.clone())
                .collect();
            return Err(ValueError::new(describe_arguments(self.name, &shown, arguments, None)));
        };
        let value = (overload.body)(arguments, outside)?;
        if overload.is_mismatch {
            let text = value.as_str().unwrap_or_default();
            return Err(ValueError::new(format!("'{}' {text}", self.name)));
        }
        Ok(value)
    }
}

/// `Value of type T cannot be converted to WHAT`, or for strings what the string is.
pub(crate) fn cannot_convert(from: &Value, what: &str) -> String {
    match from {
        Value::Str(text) => format!("The string '{text}' cannot be converted to {what}"),
        other => not_convertible(other, what),
    }
}

/// `Value of type T cannot be converted to WHAT`
pub(crate) fn not_convertible(from: &Value, what: &str) -> String {
    format!("Value of type {} cannot be converted to {what}", crate::infer::general_name(from))
}
