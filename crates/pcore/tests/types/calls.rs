//! Calls that no signature takes, against Puppet 8.11's texts. `types/calls.jsonl` has a line for each call.

use crate::text::Names;
use pcore::mismatch::describe_arguments;
use pcore::signature::{Param, Signature};
use pcore::ty::Callable;
use pcore::{Type, Value};

/// Reads `String $a`, `[Integer $b]`, `Any *$rest`, `Any +$rest`, `&Callable[1,1]`, `[&Callable]`.
fn signature(names: &Names, parts: &serde_json::Value) -> Signature {
    let mut block = None;
    let mut parameters = Vec::new();
    for part in parts.as_array().unwrap() {
        let part = part.as_str().unwrap();
        let bare = part.strip_prefix('[').and_then(|part| part.strip_suffix(']'));
        let (part, optional) = (bare.unwrap_or(part), bare.is_some());
        if let Some(ty) = part.strip_prefix('&') {
            let ty = names.ty(ty);
            block = Some(("block".into(), if optional { Type::optional(ty) } else { ty }));
            continue;
        }
        let (ty, name) = part.rsplit_once(' ').unwrap();
        parameters.push(Param {
            name: name.trim_start_matches(['*', '+', '$']).into(),
            ty: names.ty(ty),
            optional: optional || name.starts_with('*'),
            captures_rest: name.starts_with(['*', '+']),
        });
    }
    Signature::new(parameters, block, None)
}

#[test]
fn calls_are_accepted_or_explained() {
    let path = std::env::var("CALL_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/types/calls.jsonl").into());
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut names = Names::default();
    for (name, text) in lines.next().unwrap()["aliases"].as_object().unwrap() {
        names.define(name, text.as_str().unwrap());
    }
    let mut differences = Vec::new();
    for case in lines {
        let signatures: Vec<Signature> =
            case["signatures"].as_array().unwrap().iter().map(|parts| signature(&names, parts)).collect();
        let arguments: Vec<Value> =
            case["args"].as_array().unwrap().iter().map(|text| names.value(text.as_str().unwrap())).collect();
        let block: Option<Callable> = case["block"].as_str().map(|text| match names.ty(text) {
            Type::Callable(Some(callable)) => (*callable).clone(),
            other => panic!("{other}"),
        });
        let accepted = signatures.iter().any(|signature| signature.accepts(&arguments, block.as_ref()));
        let ours = (!accepted).then(|| {
            describe_arguments(case["name"].as_str().unwrap(), &signatures, &arguments, block.as_ref())
        });
        if ours.as_deref() != case["observed"].as_str() {
            differences.push(format!("{case}\n    ours: {ours:?}"));
        }
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}
