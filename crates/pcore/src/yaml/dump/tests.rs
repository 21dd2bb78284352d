use super::dump;
use crate::{Value, json, yaml};

/// Values as JSON and what Psych 4.0.3 with libyaml 0.2.5 writes for them. Keys of JSON are text, so hashes with other keys stand
/// below.
const PSYCH: &str = include_str!("psych.jsonl");

#[test]
fn as_psych_writes() {
    let mut failures = String::new();
    for line in PSYCH.lines() {
        let pair = json::parse(line.as_bytes()).unwrap();
        let [value, expected] = pair.as_array().unwrap() else { panic!("{line}") };
        let actual = dump(value);
        if Some(actual.as_str()) != expected.as_str() {
            failures.push_str(&format!("{value:?}\n  expected {expected:?}\n  actual   {actual:?}\n"));
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn keys_of_other_kinds() {
    let hash = |entries: Vec<(Value, Value)>| Value::hash(entries.into_iter().collect());
    let one = Value::Int(1);
    let cases = [
        (hash(vec![(Value::Undef, one.clone())]), "---\n! '': 1\n"),
        (hash(vec![(Value::array([one.clone()]), Value::Int(2))]), "---\n? - 1\n: 2\n"),
        (hash(vec![(hash(vec![]), one.clone())]), "---\n{}: 1\n"),
        (hash(vec![(one.clone(), Value::Float(2.5)), (true.into(), Value::Undef)]), "---\n1: 2.5\ntrue:\n"),
        (Value::Float(f64::INFINITY), "--- .inf\n"),
        (Value::sensitive("x".into()), "--- Sensitive [value redacted]\n"),
    ];
    for (value, expected) in cases {
        assert_eq!(dump(&value), expected);
    }
}

#[test]
fn what_is_written_reads_back() {
    for line in PSYCH.lines() {
        let pair = json::parse(line.as_bytes()).unwrap();
        let value = &pair.as_array().unwrap()[0];
        // libyaml itself reads this break back as two.
        if line.contains('\u{2028}') {
            continue;
        }
        assert_eq!(yaml::load(&dump(value), "test").as_ref(), Ok(value), "{line}");
    }
}
