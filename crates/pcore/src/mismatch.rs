//! Why a value does not fit, in Puppet's words.
//!
//! The texts are an interface: people search for them, and agents and tests compare them. A mismatch is found by
//! comparing the wanted type with the inferred type of the value ([`describe`]); each finding has a path
//! (`parameter 'x' entry 'y'`) and a text ([`text`]). Nothing here runs while things fit.

mod describe;
mod finding;
mod parameters;
mod signatures;
mod text;

pub use parameters::{describe_parameters, describe_struct_signature};
pub use signatures::{describe_arguments, signature_text};
pub(crate) use text::simple_name;

use crate::{Type, Value, infer};
use describe::describe;
use finding::{Element, Finding};

/// `SUBJECT expects an Integer value, got String`. The subject says what the value is for
/// (`Class[A]: parameter 'x'`).
pub fn describe_value(subject: &str, expected: &Type, actual: &Value) -> String {
    describe_type(subject, expected, &infer::infer(actual))
}

/// [`describe_value`] of a type that was expected to fit another.
pub fn describe_type(subject: &str, expected: &Type, actual: &Type) -> String {
    let findings = describe(expected, actual, &[Element::Subject(subject.into())]);
    match &findings[..] {
        [] => String::new(),
        [only] => only.to_string().trim().to_owned(),
        several => join(several),
    }
}

/// `SUBJECT has wrong type, expects an Integer value, got String`: what a failed assertion says.
pub fn assertion(subject: &str, expected: &Type, actual: &Value) -> String {
    describe_value(&format!("{subject} has wrong type,"), expected, actual)
}

fn join(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n ")
}
