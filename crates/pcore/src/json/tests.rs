use proptest::prelude::*;

use super::*;
use crate::{Hash, Value};

fn read(json: &str) -> Value {
    parse(json.as_bytes()).unwrap()
}

fn error(json: &str) -> String {
    parse(json.as_bytes()).unwrap_err().to_string()
}

#[test]
fn documents_keep_their_order_and_numbers() {
    let json = r#"{"b":[1,-2.5,1.0e+20,"x\"\\\n\u0001é"],"a":{"z":null,"y":true,"":false}}"#;
    assert_eq!(to_string(&read(json)), json);
    assert_eq!(
        read("[9223372036854775807, 18446744073709551616, -0, 1E2]"),
        Value::array(vec![i64::MAX.into(), 18_446_744_073_709_551_616.0.into(), 0.into(), 100.0.into(),])
    );
    assert_eq!(to_string(&read(r#"{"a":1,"b":2,"a":3}"#)), r#"{"a":3,"b":2}"#);
    assert_eq!(read(" // c\n /* d */ \"\\ud83d\\ude00\\/\\ud83dx\" "), "😀/\u{fffd}x".into());
}

#[test]
fn errors_say_where() {
    assert_eq!(error("{\n  \"a\": é}"), "unexpected token at 'é}' at line 2 column 8");
    assert_eq!(error("[1,]"), "unexpected token at ']' at line 1 column 4");
    assert_eq!(error(""), "unexpected end of input at line 1 column 1");
    assert_eq!(error("[01]"), "unexpected token at '01]' at line 1 column 2");
    assert_eq!(error("\"a\tb\""), "control character in string at line 1 column 3");
    assert_eq!(error(r#""\x""#), "invalid escape in string at line 1 column 3");
    assert_eq!(error("1e999"), "number out of range at line 1 column 1");
    assert_eq!(error("[1] 2"), "unexpected token at '2' at line 1 column 5");
    let deep = "[".repeat(101);
    assert_eq!(error(&deep), "nesting of 101 is too deep at line 1 column 101");
    assert!(parse(("[".repeat(100) + &"]".repeat(100)).as_bytes()).is_ok());
    for json in ["NaN", "[1 2]", "{1:2}", "nul", "'a'", "-", "1.", ".5", "+1", "/", "/* x", "\"\\u12", "\"a"]
    {
        assert!(parse(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn bytes_that_are_not_text() {
    assert_eq!(parse(b"\"a\xff\"").unwrap_err().to_string(), "invalid UTF-8 at line 1 column 3");
    assert_eq!(parse_lossy(b"\"a\xff\""), Ok("a\u{fffd}".into()));
}

#[test]
fn pretty_text_is_that_of_ruby() {
    let mut out = Vec::new();
    write_pretty(&read(r#"{"a":[],"b":{},"c":[1,{"d":null}]}"#), &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": null\n    }\n  ]\n}"
    );
}

#[test]
fn what_json_does_not_know_is_text() {
    let hash = Hash::from_iter([(Value::Int(1), Value::Default), (Value::Undef, Value::Float(f64::NAN))]);
    assert_eq!(to_string(&hash.into()), r#"{"1":"default","":null}"#);
}

/// Values that JSON can hold.
fn data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Undef),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::array),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| Value::hash(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn data_round_trips(value in data()) {
        let mut compact = Vec::new();
        write(&value, &mut compact);
        prop_assert_eq!(parse(&compact).unwrap(), value.clone());
        let mut pretty = Vec::new();
        write_pretty(&value, &mut pretty);
        prop_assert_eq!(parse(&pretty).unwrap(), value);
    }

    #[test]
    fn reads_what_serde_reads(json in r#"[\[\]{}:,"\\a-fnu0-9.eE+ -]{0,24}"#) {
        let ours = parse(json.as_bytes());
        let reference = serde_json::from_str::<serde_json::Value>(&json);
        match reference {
            // A negative zero is an integer to us, as it is to Ruby.
            Ok(_) if json.contains("-0") => {}
            Ok(reference) => {
                let again: serde_json::Value = serde_json::from_str(&to_string(&ours.unwrap())).unwrap();
                prop_assert_eq!(again, reference);
            }
            Err(_) => prop_assert!(ours.is_err() || json.contains('/') || json.contains("\\u"), "{} read as {:?}", json, ours),
        }
    }

    #[test]
    fn never_panics(json in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = parse(&json);
        let _ = parse_lossy(&json);
    }
}
