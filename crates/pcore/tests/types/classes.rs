//! Parameters given by name, against Puppet 8.11's texts. `classes.jsonl` has a line for each class.

use pcore::ty::StructElement;
use pcore::{Hash, Value, mismatch};

use crate::text::Names;

#[test]
fn parameters_of_classes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/types/classes.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut names = Names::default();
    for (name, text) in lines.next().unwrap()["aliases"].as_object().unwrap() {
        names.define(name, text.as_str().unwrap());
    }
    let mut differences = Vec::new();
    for case in lines {
        let parameters: Vec<StructElement> = case["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| StructElement {
                name: parameter[1].as_str().unwrap().into(),
                optional: parameter[2].is_string(),
                value: names.ty(parameter[0].as_str().unwrap()),
            })
            .collect();
        let given: Hash = case["given"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, text)| (name.as_str(), names.value(text.as_str().unwrap())))
            .collect();
        let given: Vec<(&str, &Value)> =
            given.iter().map(|(name, value)| (name.as_str().unwrap(), value)).collect();
        let given = given.iter().copied();
        let ours = mismatch::describe_parameters("Class[A]", &parameters, given, false, &mut |_| None);
        if ours.as_deref() != case["observed"].as_str() {
            differences.push(format!("{case}\n    ours: {ours:?}"));
        }
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn deferred_calls_are_judged_by_the_result_of_the_function() {
    let call =
        Value::Deferred(std::sync::Arc::new(pcore::value::Deferred { name: "f".into(), arguments: None }));
    let parameters = [StructElement { name: "x".into(), optional: false, value: pcore::Type::INTEGER }];
    let describe = |result: Option<pcore::Type>| {
        let given = [("x", &call)].into_iter();
        mismatch::describe_parameters("Class[A]", &parameters, given, false, &mut |_| result.clone())
    };
    assert_eq!(describe(None), None);
    assert_eq!(describe(Some(pcore::Type::Integer(1, 2))), None);
    assert_eq!(
        describe(Some(pcore::Type::STRING)).as_deref(),
        Some("Class[A]: parameter 'x' expects an Integer value, got String")
    );
}
