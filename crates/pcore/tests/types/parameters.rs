//! Types with parameters against what Puppet 8.11 makes of them, or says is wrong with them.

use crate::text::{Names, Wrong};
use pcore::{Value, render};

fn shown(value: &Value) -> String {
    match value {
        Value::Type(ty) => render::plain(ty).to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Undef => "undef".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn parameters_are_taken_or_refused() {
    let path = std::env::var("PARAMETER_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/types/parameters.jsonl").into());
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut names = Names::default();
    for (name, text) in lines.next().unwrap()["aliases"].as_object().unwrap() {
        names.define(name, text.as_str().unwrap());
    }
    let mut differences = Vec::new();
    for case in lines {
        let (ours, column) = match names.read(case["text"].as_str().unwrap()) {
            Ok(value) => (shown(&value), None),
            Err(Wrong { error, column }) => {
                let frame = if error.code == "RUNTIME_ERROR" {
                    "Error while evaluating a '[]' expression, "
                } else {
                    ""
                };
                (format!("{frame}{}", error.message), Some(column as u64))
            }
        };
        let observed = case["value"].as_str().or(case["error"].as_str()).unwrap();
        if ours != observed || column != case["column"].as_u64() {
            differences.push(format!("{case}\n    ours: {ours} {column:?}"));
        }
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}
