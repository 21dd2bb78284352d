//! `Object` types and type sets against Puppet 8.11: definitions, instances, members, equality, and the texts about
//! what is wrong with them. `types/objects.jsonl` has a line for each set of definitions.

use crate::text::{Names, Wrong};
use pcore::compare::Relation;
use pcore::{Value, compare, format, matches};

/// The value of an expression as text, or what is wrong with it. The first letter tells which.
fn evaluate(names: &Names, text: &str) -> String {
    let both = |left: &str, right: &str| -> Result<(Value, Value), Wrong> {
        Ok((names.read(left)?, names.read(right)?))
    };
    let result = if let Some((left, right)) = text.split_once(" == ") {
        both(left, right).map(|(left, right)| Value::Bool(compare::equals(&left, &right)))
    } else if let Some((left, right)) = text.split_once(" =~ ") {
        both(left, right).map(|(left, right)| match right {
            Value::Type(ty) => Value::Bool(matches::is_instance(&ty, &left)),
            other => panic!("{other:?}"),
        })
    } else if let Some((left, right)) = text.split_once(" < ") {
        both(left, right)
            .map(|(left, right)| Value::Bool(compare::relate(Relation::Less, &left, &right).unwrap()))
    } else {
        names.read(text)
    };
    match result {
        Ok(value) => format!("= {}", format::to_s(&value)),
        Err(wrong) => format!("! {}", wrong.error.message),
    }
}

#[test]
fn definitions_and_instances() {
    let path = std::env::var("OBJECT_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/types/objects.jsonl").into());
    let mut differences = Vec::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut names = Names::default();
        let mut wrong = None;
        for definition in case["types"].as_array().unwrap() {
            let text = |index: usize| definition[index].as_str().unwrap();
            if let Err(error) = names.try_define(text(0), text(1)) {
                wrong = Some(error.message);
                break;
            }
        }
        let expressions = case["exprs"].as_array().unwrap().iter().zip(case["observed"].as_array().unwrap());
        for (text, observed) in expressions {
            let ours = match &wrong {
                Some(message) => format!("! {message}"),
                None => evaluate(&names, text.as_str().unwrap()),
            };
            let observed = match observed[0].as_str() {
                Some(value) => format!("= {value}"),
                None => format!("! {}", observed.as_str().unwrap()),
            };
            if ours != observed {
                differences.push(format!(
                    "{} {text}\n    ours:     {ours}\n    observed: {observed}",
                    case["types"]
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}
