use std::sync::Arc;

use super::*;
use crate::time::{Timespan, Timestamp};

fn array<const N: usize>(items: [Value; N]) -> Value {
    Value::array(items)
}

fn seconds(seconds: f64) -> Value {
    Value::Timespan(Timespan { nanoseconds: (seconds * 1e9) as i64 })
}

fn version(text: &str) -> Value {
    Value::SemVer(Arc::new(SemVer::parse(text).unwrap()))
}

fn range(text: &str) -> Value {
    Value::SemVerRange(Arc::new(SemVerRange::parse(text).unwrap()))
}

fn regexp(source: &str) -> Value {
    Value::Regexp(Regexp::new(source).unwrap())
}

#[test]
fn equality_ignores_ascii_case_and_kinds_of_numbers() {
    let hash = |key: &str, value: Value| Value::from(Hash::from_iter([(key, value)]));
    for (a, b, expected) in [
        ("a".into(), "A".into(), true),
        ("É".into(), "é".into(), false),
        (1.into(), Value::Float(1.0), true),
        (9_007_199_254_740_993.into(), Value::Float(9_007_199_254_740_992.0), false),
        ("1".into(), 1.into(), false),
        (Value::Undef, "".into(), false),
        (array(["a".into(), 1.into()]), array(["A".into(), Value::Float(1.0)]), true),
        (hash("a", "x".into()), hash("a", "X".into()), true),
        (hash("a", 1.into()), hash("A", 1.into()), false),
        (hash("a", Value::Undef), hash("b", Value::Undef), true),
        (seconds(1.5), 1.into(), true),
        (1.into(), seconds(1.5), true),
        (seconds(1.5), Value::Float(1.5), true),
        (Value::sensitive("a".into()), Value::sensitive("A".into()), false),
        (Value::sensitive("a".into()), Value::sensitive("a".into()), true),
        (Value::Float(f64::NAN), Value::Float(f64::NAN), false),
        (regexp("a"), regexp("a"), true),
        (Type::INTEGER.into(), Type::INTEGER.into(), true),
        (Type::INTEGER.into(), 1.into(), false),
        (version("1.0.0"), version("1.0.0+b"), false),
    ] {
        assert_eq!(equals(&a, &b), expected, "{a:?} == {b:?}");
    }
}

#[test]
fn order() {
    let less = |a: Value, b: Value| relate(Relation::Less, &a, &b).map_err(|error| error.message);
    assert_eq!(less("a".into(), "B".into()), Ok(true));
    assert_eq!(less("_".into(), "a".into()), Ok(true));
    assert_eq!(less("a".into(), "ab".into()), Ok(true));
    assert_eq!(less(1.into(), Value::Float(1.5)), Ok(true));
    assert_eq!(less(1.into(), seconds(2.0)), Ok(true));
    assert_eq!(less(seconds(2.0), 1.into()), Ok(false));
    assert_eq!(less(version("1.0.0"), version("1.0.1")), Ok(true));
    assert_eq!(less(Type::INTEGER.into(), Type::Numeric.into()), Ok(true));
    assert_eq!(less(Type::INTEGER.into(), Type::INTEGER.into()), Ok(false));
    assert_eq!(less(Type::INTEGER.into(), 1.into()), Ok(false));
    assert_eq!(relate(Relation::LessOrEqual, &Value::Default, &Value::Default), Ok(true));
    let stamp = Value::Timestamp(Timestamp { seconds: 1, nanoseconds: 0 });
    for (a, b, text) in [
        (
            "a".into(),
            1.into(),
            "Comparison of: String < Integer, is not possible. Caused by 'A String is not comparable to a non String'.",
        ),
        (
            1.into(),
            "a".into(),
            "Comparison of: Integer < String, is not possible. Caused by 'A Numeric is not comparable to non Numeric'.",
        ),
        (
            seconds(1.0),
            stamp,
            "Comparison of: Timespan < Timestamp, is not possible. Caused by 'Timespans are only comparable to Timespans, Integers, and Floats'.",
        ),
        (
            version("1.0.0"),
            "1".into(),
            "Comparison of: Semver < String, is not possible. Caused by 'Versions not comparable to non Versions'.",
        ),
        (
            Value::Undef,
            1.into(),
            "Comparison of: Undef Value < Integer, is not possible. Caused by 'Only Strings, Numbers, Timespans, Timestamps, and Versions are comparable'.",
        ),
        (
            Value::Default,
            1.into(),
            "Comparison of: Object < Integer, is not possible. Caused by 'Symbol not comparable to non Symbol'.",
        ),
        (
            1.into(),
            Type::INTEGER.into(),
            "Comparison of: Integer < Integer-Type, is not possible. Caused by 'A Numeric is not comparable to non Numeric'.",
        ),
    ] {
        assert_eq!(less(a, b), Err(text.to_owned()));
    }
}

#[test]
fn membership() {
    for (item, container, expected) in [
        ("É".into(), "aé".into(), true),
        ("b".into(), array(["a".into(), "B".into()]), true),
        ("abc".into(), array([regexp("b")]), true),
        ("a.c".into(), array(["abc".into()]), false),
        (regexp("B"), array(["a".into(), "bB".into()]), true),
        (regexp("B"), array([1.into()]), false),
        (1.into(), array([Value::Float(1.0)]), true),
        (array([1.into()]), array([array([Value::Float(1.0)])]), true),
        (Value::Undef, array([Value::Undef]), true),
        ("x".into(), array([Value::Default]), true),
        ("1.0.0".into(), array([version("1.0.0")]), true),
        (version("1.0.0"), array(["1.0.0".into()]), false),
        ("1.0.0".into(), range(">=1.0.0"), true),
        (version("0.9.0"), range(">=1.0.0"), false),
        (Type::STRING.into(), array([1.into(), "a".into()]), true),
        ("a".into(), Value::from(Hash::from_iter([("A", 1)])), true),
        ("a".into(), Value::Binary(b"xa".as_slice().into()), true),
        (97.into(), Value::Binary(b"xa".as_slice().into()), true),
        (1.into(), "1".into(), false),
        (1.into(), 1.into(), false),
        ("a".into(), Value::Undef, false),
    ] {
        assert_eq!(includes(&container, &item), expected, "{item:?} in {container:?}");
    }
    let texts = array(["ab".into(), "cd".into()]);
    assert_eq!(find_match(&texts, &Regexp::new("(d)").unwrap()).unwrap().get(1), Some("d"));
}

#[test]
fn options() {
    let fits = |value: Value, option: Value| matches_option(&value, &option, &mut None);
    assert!(fits("a".into(), "A".into()));
    assert!(fits("1.0.0".into(), version("1.0.0")) && !fits("x".into(), version("1.0.0")));
    assert!(fits(version("1.5.0"), range("1.x")));
    assert!(!fits(1.into(), regexp("1")));
    assert!(fits(array([1.into(), "abc".into()]), array([Type::INTEGER.into(), regexp("b")])));
    assert!(!fits(array([1.into()]), array([])));
    let hash = |entries: &[(&str, Value)]| Value::from(entries.iter().cloned().collect::<Hash>());
    assert!(fits(hash(&[("a", 1.into()), ("b", 2.into())]), hash(&[("a", Value::Default)])));
    assert!(fits(hash(&[]), hash(&[("a", Value::Undef)])));

    let (mut captured, text) = (None, Value::from("abc"));
    assert!(matches_option(&text, &regexp("b(.)"), &mut captured));
    assert_eq!(captured.unwrap().unwrap().get(1), Some("c"));
    let mut captured = None;
    assert!(!matches_option(&text, &regexp("x"), &mut captured));
    assert_eq!(captured, Some(None));
}
