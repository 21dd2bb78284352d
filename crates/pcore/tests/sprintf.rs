//! `sprintf` against what Ruby 3.1 answered.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use pcore::{Hash, Value, format, json};

/// Floats and hashes are tagged in the recordings.
fn decode(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::array(items.iter().map(decode).collect::<Vec<_>>()),
        Value::Hash(hash) => match (hash.get_str("f"), hash.get_str("h")) {
            (Some(float), _) => Value::Float(match float.as_str().unwrap() {
                "NaN" => f64::NAN,
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                text => text.parse().unwrap(),
            }),
            (_, Some(pairs)) => Value::hash(
                pairs
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|pair| {
                        let pair = pair.as_array().unwrap();
                        (decode(&pair[0]), decode(&pair[1]))
                    })
                    .collect::<Hash>(),
            ),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

#[test]
fn formats_are_those_of_ruby() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    let recordings = [include_str!("observed/sprintf.jsonl"), include_str!("observed/sprintf_floats.jsonl")];
    for line in recordings.iter().flat_map(|recording| recording.lines()) {
        let case = json::parse(line.as_bytes()).unwrap();
        let case = case.as_array().unwrap();
        let arguments = decode(&case[1]);
        let got = format::sprintf(case[0].as_str().unwrap(), arguments.as_array().unwrap());
        let expected = case[3].as_str().unwrap();
        let matches = match &got {
            Ok(text) => case[2] == Value::from("ok") && text == expected,
            Err(error) => case[2] != Value::from("ok") && error.message == expected,
        };
        count += 1;
        // Ruby makes a broken character of a negative code point.
        if !matches && !expected.contains('\u{fffd}') {
            wrong.push(format!("{line}\n  ours: {got:?}"));
        }
    }
    assert!(count > 5000);
    assert!(wrong.is_empty(), "{} of {count} wrong\n{}", wrong.len(), wrong.join("\n"));
}
