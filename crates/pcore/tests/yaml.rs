//! YAML against what Psych 4.0 on libyaml 0.2.5 answered.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use pcore::{Hash, Value, json, number, yaml};

/// A value in the notation of the recordings: hashes as lists of pairs, floats as text.
fn encode(value: &Value) -> Value {
    let tagged = |key: &str, value: Value| Value::hash(Hash::from_iter([(key, value)]));
    match value {
        Value::Float(float) => tagged("f", number::float_text(*float).into()),
        Value::Array(items) => Value::array(items.iter().map(encode).collect::<Vec<_>>()),
        Value::Hash(hash) => {
            let pairs: Vec<Value> =
                hash.iter().map(|(key, value)| Value::array(vec![encode(key), encode(value)])).collect();
            tagged("h", pairs.into())
        }
        Value::Binary(_) => tagged("bin", pcore::format::to_s(value).into()),
        other => other.clone(),
    }
}

/// Symbols and big integers are strings to us.
fn expected(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::array(items.iter().map(expected).collect::<Vec<_>>()),
        Value::Hash(hash) => match (hash.get_str("sym"), hash.get_str("big")) {
            (Some(text), _) | (_, Some(text)) => text.clone(),
            _ => Value::hash(hash.iter().map(|(key, value)| (key.clone(), expected(value))).collect()),
        },
        other => other.clone(),
    }
}

/// Documents that are read differently, with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    ("a: &a [*a]", "values cannot contain themselves"),
    ("0777777777777777777777777", "integers beyond 64 bits keep their text, octal ones too"),
    ("k: 0777777777777777777777777\n", "integers beyond 64 bits keep their text, octal ones too"),
    ("[0777777777777777777777777, z]", "integers beyond 64 bits keep their text, octal ones too"),
    ("!ruby/encoding UTF-8", "encodings are refused"),
    ("k: !ruby/encoding UTF-8\n", "encodings are refused"),
    ("[!ruby/encoding UTF-8, z]", "encodings are refused"),
];

fn check(recordings: &str) {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in recordings.lines() {
        let case = json::parse(line.as_bytes()).unwrap();
        let case = case.as_array().unwrap();
        let (document, outcome) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        if DIFFERENT.iter().any(|(known, _)| *known == document) {
            continue;
        }
        count += 1;
        let got = yaml::load(document, "f.yaml");
        let matches = match (&got, outcome) {
            (Ok(value), "ok") => {
                encode(value) == expected(&case[2]) || value.is_undef() && case[2] == Value::Bool(false)
            }
            (Err(error), "syntax") => error.to_string() == case[2].as_str().unwrap(),
            (Err(error), "err") => error.message == case[2].as_str().unwrap(),
            _ => false,
        };
        if !matches {
            let got = got.map_or_else(|error| error.to_string(), |value| json::to_string(&encode(&value)));
            wrong.push(format!("{document:?}\n  ruby: {}\n  ours: {got}", json::to_string(&case[2])));
        }
    }
    assert!(count > 100);
    assert!(wrong.is_empty(), "{} of {count} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn scalars_are_those_of_psych() {
    check(include_str!("observed/yaml_scalars.jsonl"));
}

#[test]
fn documents_are_those_of_psych() {
    check(include_str!("observed/yaml_documents.jsonl"));
}
