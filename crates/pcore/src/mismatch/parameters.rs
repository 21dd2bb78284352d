//! Parameters of classes and defined types, given by name.

use super::describe::describe;
use super::finding::{Element, Finding, Kind};
use super::join;
use crate::infer::{generalize, infer};
use crate::matches::{is_assignable, is_instance};
use crate::ty::StructElement;
use crate::value::Deferred;
use crate::{Type, Value};

/// What is wrong with parameters given by name: unknown ones, missing ones, values that do not fit. `None` if
/// nothing is; that case makes no garbage.
///
/// `subject` is what takes the parameters (`Class[A]`). With `missing_ok`, missing ones will be looked for
/// elsewhere. `deferred` gives the result type of a function that the agent will call, if it has one; such a value
/// is not judged otherwise.
pub fn describe_parameters<'a>(
    subject: &str,
    parameters: &[StructElement],
    given: impl Iterator<Item = (&'a str, &'a Value)> + Clone,
    missing_ok: bool,
    deferred: &mut dyn FnMut(&Deferred) -> Option<Type>,
) -> Option<String> {
    let findings = describe_struct_signature(parameters, given, missing_ok, deferred);
    match &findings.0[..] {
        [] => None,
        [only] => Some(format!("{subject}:{only}")),
        several => Some(format!("{subject}:\n {}", join(several))),
    }
}

/// Findings about parameters, each a text that starts with a blank.
pub struct ParameterFindings(Vec<Finding>);

impl ParameterFindings {
    /// True if nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The texts.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(ToString::to_string)
    }
}

/// [`describe_parameters`] one by one.
pub fn describe_struct_signature<'a>(
    parameters: &[StructElement],
    given: impl Iterator<Item = (&'a str, &'a Value)> + Clone,
    missing_ok: bool,
    deferred: &mut dyn FnMut(&Deferred) -> Option<Type>,
) -> ParameterFindings {
    let mut findings = Vec::new();
    for (name, _) in given.clone() {
        if !parameters.iter().any(|parameter| *parameter.name == *name) {
            findings.push(Finding::new(&[], Kind::UnknownParameter(name.into())));
        }
    }
    for parameter in parameters {
        let path = || [Element::Parameter(parameter.name.clone())];
        match given.clone().find(|(name, _)| **name == *parameter.name).map(|(_, value)| value) {
            Some(Value::Deferred(call)) => {
                if let Some(result) = deferred(call)
                    && !is_assignable(&generalize(&parameter.value), &generalize(&result))
                {
                    findings.extend(describe(&parameter.value, &result, &path()));
                }
            }
            Some(value) => {
                if !is_instance(&parameter.value, value) {
                    findings.extend(describe(&parameter.value, &infer(value), &path()));
                }
            }
            None if missing_ok || parameter.optional => {}
            None => findings.push(Finding::new(&[], Kind::MissingParameter(parameter.name.clone()))),
        }
    }
    ParameterFindings(findings)
}
