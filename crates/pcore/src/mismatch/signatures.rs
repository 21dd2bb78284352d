//! Calls that no signature of a function takes.

use super::describe::{describe, may_be_missing, merge};
use super::finding::{Common, Element, Finding, Kind};
use crate::infer::infer;
use crate::matches::is_assignable;
use crate::signature::Signature;
use crate::ty::{Callable, Size};
use crate::{Type, Value};

/// Why none of the signatures takes the call. `function` is a name, or `lambda`.
pub fn describe_arguments(
    function: &str,
    signatures: &[Signature],
    arguments: &[Value],
    block: Option<&Callable>,
) -> String {
    let arguments: Vec<Type> = arguments.iter().map(infer).collect();
    describe_argument_types(function, signatures, &arguments, block)
}

/// [`describe_arguments`] by types.
pub(crate) fn describe_argument_types(
    function: &str,
    signatures: &[Signature],
    arguments: &[Type],
    block: Option<&Callable>,
) -> String {
    let each = |describe: &dyn Fn(&Signature, &[Element]) -> Vec<Finding>| -> Vec<Vec<Finding>> {
        let numbered = signatures.iter().enumerate();
        numbered.map(|(index, signature)| describe(signature, &[Element::Signature(index)])).collect()
    };
    let mut findings = each(&|signature, path| of_arguments(signature, arguments, path));
    if findings.iter().any(Vec::is_empty) {
        let blocks = each(&|signature, path| of_block(signature, block, path));
        if blocks.iter().all(|found| !found.is_empty()) {
            findings = blocks;
        } else {
            for (found, of_block) in findings.iter_mut().zip(blocks) {
                if found.is_empty() {
                    *found = of_block;
                }
            }
        }
    }
    let label = if function == "lambda" { "block".to_owned() } else { format!("'{function}'") };
    if let [only] = &merge(0, Common::Count, findings.clone())[..] {
        return format!("{label}{only}");
    }
    let mut text;
    let reject = |text: &mut String, indent: &str, found: Vec<Finding>| {
        for finding in found {
            text.push_str(&format!("\n{indent}rejected:{}", finding.without_step(0)));
        }
    };
    if let [signature] = signatures {
        text = format!("{label} expects ({})", signature_text(signature));
        findings.into_iter().for_each(|found| reject(&mut text, "  ", found));
    } else {
        text =
            format!("The function {label} was called with arguments it does not accept. It expects one of:");
        for (signature, found) in signatures.iter().zip(findings) {
            text.push_str(&format!("\n  ({})", signature_text(signature)));
            reject(&mut text, "    ", found);
        }
    }
    text
}

fn of_arguments(signature: &Signature, arguments: &[Type], path: &[Element]) -> Vec<Finding> {
    let wanted = &signature.callable.parameters;
    let (expected, actual) = (wanted.range(), Size::exactly(arguments.len()));
    if !expected.covers(actual) {
        return vec![Finding::new(path, Kind::Count { expected, actual })];
    }
    let last = wanted.types.len().saturating_sub(1);
    for (index, argument) in arguments.iter().enumerate() {
        let index = index.min(last);
        let Some(ty) = wanted.types.get(index) else { continue };
        if !is_assignable(ty, argument) {
            let name =
                signature.parameters.get(index).map(|parameter| parameter.name.clone()).unwrap_or_default();
            let mut path = path.to_vec();
            path.push(Element::Parameter(name));
            let findings = describe(ty, argument, &path);
            if !findings.is_empty() {
                return findings;
            }
        }
    }
    Vec::new()
}

fn of_block(signature: &Signature, block: Option<&Callable>, path: &[Element]) -> Vec<Finding> {
    match (&signature.callable.block, block) {
        (None, Some(_)) => vec![Finding::new(path, Kind::UnexpectedBlock)],
        (Some(wanted), Some(block)) => {
            let mut path = path.to_vec();
            path.push(Element::Block);
            describe(wanted, &Type::callable(block.clone()), &path)
        }
        (Some(wanted), None) if !may_be_missing(wanted) => vec![Finding::new(path, Kind::MissingBlock)],
        _ => Vec::new(),
    }
}

/// A signature as messages show it: `String a, Integer b?, Callable[Any] block`.
pub fn signature_text(signature: &Signature) -> String {
    let arity = signature.arity();
    if arity == Size::ZERO || signature.callable.parameters.size == Some(Size::ZERO) {
        return String::new();
    }
    let count = signature.parameters.len();
    let mut parts: Vec<String> = Vec::with_capacity(count + 1);
    for (index, parameter) in signature.parameters.iter().enumerate() {
        let required = arity.min as usize;
        let mut ty = &parameter.ty;
        let mark = if arity.is_unbounded() && index + 1 == count {
            if required == count { "+" } else { "*" }
        } else if index + 1 > required {
            if let Type::Optional(inner) = ty {
                ty = inner;
            }
            "?"
        } else {
            ""
        };
        parts.push(format!("{ty} {}{mark}", parameter.name));
    }
    let name = signature.block_name.clone().unwrap_or_default();
    match &signature.callable.block {
        Some(Type::Optional(block)) => parts.push(format!("{block} {name}?")),
        Some(block @ Type::Callable(_)) => parts.push(format!("{block} {name}")),
        _ => {}
    }
    parts.join(", ")
}
