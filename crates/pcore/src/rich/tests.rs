use std::sync::Arc;

use super::*;
use crate::parameterize::{named, parameterize};
use crate::regexp::Regexp;
use crate::semver::SemVer;
use crate::time::{Timespan, Timestamp};
use crate::{Type, json};

fn rich(value: &Value) -> String {
    let mut out = Vec::new();
    write_json(value, &mut out);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text, json::to_string(&to_data(value)));
    text
}

fn regexp(source: &str) -> Value {
    Value::Regexp(Regexp::new(source).unwrap())
}

#[test]
fn values_as_data() {
    let deferred = |arguments: Option<Vec<Value>>| {
        Value::Deferred(Arc::new(Deferred { name: "f".into(), arguments: arguments.map(Into::into) }))
    };
    for (value, expected) in [
        (Value::array(vec![1.into(), Value::Undef, "a".into()]), r#"[1,null,"a"]"#),
        (Value::Default, r#"{"__ptype":"Default"}"#),
        (Hash::from_iter([("a", Value::Default)]).into(), r#"{"a":{"__ptype":"Default"}}"#),
        (
            Hash::from_iter([(Value::Int(1), Value::Default)]).into(),
            r#"{"__ptype":"Hash","__pvalue":[1,{"__ptype":"Default"}]}"#,
        ),
        (Hash::from_iter([("__ptype", 1)]).into(), r#"{"__ptype":"Hash","__pvalue":["__ptype",1]}"#),
        (
            Value::sensitive(Value::array(vec![Value::sensitive("a".into())])),
            r#"{"__ptype":"Sensitive","__pvalue":[{"__ptype":"Sensitive","__pvalue":"a"}]}"#,
        ),
        (
            Value::Timestamp(Timestamp { seconds: 0, nanoseconds: 5 }),
            r#"{"__ptype":"Timestamp","__pvalue":"1970-01-01T00:00:00.000000005 UTC"}"#,
        ),
        (
            Value::Timespan(Timespan { nanoseconds: 1_500_000_000 }),
            r#"{"__ptype":"Timespan","__pvalue":"0-00:00:01.5"}"#,
        ),
        (Value::SemVer(Arc::new(SemVer::new(1, 2, 3))), r#"{"__ptype":"SemVer","__pvalue":"1.2.3"}"#),
        (regexp("a/b"), r#"{"__ptype":"Regexp","__pvalue":"a/b"}"#),
        (Value::Binary(b"abc".as_slice().into()), r#"{"__ptype":"Binary","__pvalue":"YWJj"}"#),
        (deferred(None), r#"{"__ptype":"Deferred","name":"f"}"#),
        (deferred(Some(Vec::new())), r#"{"__ptype":"Deferred","name":"f","arguments":[]}"#),
        (
            deferred(Some(vec![1.into(), Value::sensitive("x".into())])),
            r#"{"__ptype":"Deferred","name":"f","arguments":[1,{"__ptype":"Sensitive","__pvalue":"x"}]}"#,
        ),
    ] {
        assert_eq!(rich(&value), expected);
    }
}

/// The type that an expression like `Array[String, 1]` makes.
fn ty(name: &str, arguments: &[Value]) -> Value {
    let base = named(name).unwrap();
    if arguments.is_empty() { base.into() } else { parameterize(&base, arguments).unwrap().into() }
}

#[test]
fn types_as_data() {
    let (string, integer) = (ty("String", &[]), ty("Integer", &[]));
    for (value, expected) in [
        (ty("Integer", &[]), r#"{"__ptype":"Pcore::IntegerType"}"#),
        (
            ty("Integer", &[Value::Default, 2.into()]),
            r#"{"__ptype":"Pcore::IntegerType","from":null,"to":2}"#,
        ),
        (
            ty("String", &[1.into()]),
            r#"{"__ptype":"Pcore::StringType","size_type_or_value":{"__ptype":"Pcore::IntegerType","from":1}}"#,
        ),
        (
            ty("Enum", &["b".into(), "a".into(), true.into()]),
            r#"{"__ptype":"Pcore::EnumType","values":["a","b"],"case_insensitive":true}"#,
        ),
        (ty("Array", &[]), r#"{"__ptype":"Pcore::ArrayType"}"#),
        (
            ty("Array", &[ty("Any", &[]), 1.into(), 2.into()]),
            r#"{"__ptype":"Pcore::ArrayType","element_type":{"__ptype":"Pcore::AnyType"},"size_type":{"__ptype":"Pcore::IntegerType","from":1,"to":2}}"#,
        ),
        (
            ty("Array", &[0.into(), 0.into()]),
            r#"{"__ptype":"Pcore::ArrayType","element_type":{"__ptype":"Pcore::UnitType"},"size_type":{"__ptype":"Pcore::IntegerType","from":0,"to":0}}"#,
        ),
        (
            ty("Hash", &[ty("Any", &[]), string.clone()]),
            r#"{"__ptype":"Pcore::HashType","key_type":{"__ptype":"Pcore::AnyType"},"value_type":{"__ptype":"Pcore::StringType"}}"#,
        ),
        (
            ty("Hash", &[string.clone(), ty("Any", &[])]),
            r#"{"__ptype":"Pcore::HashType","key_type":{"__ptype":"Pcore::StringType"}}"#,
        ),
        (
            ty("Tuple", &[string.clone(), 1.into(), 3.into()]),
            r#"{"__ptype":"Pcore::TupleType","types":[{"__ptype":"Pcore::StringType"}],"size_type":{"__ptype":"Pcore::IntegerType","from":1,"to":3}}"#,
        ),
        (ty("Tuple", &[]), r#"{"__ptype":"Pcore::TupleType","types":[]}"#),
        (
            ty("Optional", &["x".into()]),
            r#"{"__ptype":"Pcore::OptionalType","type":{"__ptype":"Pcore::StringType","size_type_or_value":"x"}}"#,
        ),
        (
            ty("Callable", &[]),
            r#"{"__ptype":"Pcore::CallableType","param_types":null,"block_type":null,"return_type":null}"#,
        ),
        (
            ty("Callable", &[Value::array(vec![string.clone()]), integer.clone()]),
            r#"{"__ptype":"Pcore::CallableType","param_types":{"__ptype":"Pcore::TupleType","types":[{"__ptype":"Pcore::StringType"}]},"block_type":null,"return_type":{"__ptype":"Pcore::IntegerType"}}"#,
        ),
        (
            ty("Pattern", &[regexp("a")]),
            r#"{"__ptype":"Pcore::PatternType","patterns":[{"__ptype":"Pcore::RegexpType","pattern":"a"}]}"#,
        ),
        (
            ty(
                "Struct",
                &[Hash::from_iter([(Value::from("a"), integer), (ty("Optional", &["b".into()]), string)])
                    .into()],
            ),
            r#"{"__ptype":"Pcore::StructType","elements":[{"__ptype":"Pcore::StructElement","key_type":{"__ptype":"Pcore::StringType","size_type_or_value":"a"},"value_type":{"__ptype":"Pcore::IntegerType"}},{"__ptype":"Pcore::StructElement","key_type":{"__ptype":"Pcore::OptionalType","type":{"__ptype":"Pcore::StringType","size_type_or_value":"b"}},"value_type":{"__ptype":"Pcore::StringType"}}]}"#,
        ),
        (
            ty("Resource", &["foo::bar".into(), "x".into()]),
            r#"{"__ptype":"Pcore::ResourceType","type_name":"Foo::Bar","title":"x"}"#,
        ),
        (ty("Class", &["a".into()]), r#"{"__ptype":"Pcore::ClassType","class_name":"a"}"#),
        (
            ty("SemVer", &[">=1.0.0".into()]),
            r#"{"__ptype":"Pcore::SemVerType","ranges":[{"__ptype":"SemVerRange","__pvalue":">=1.0.0"}]}"#,
        ),
        (ty("Boolean", &[true.into()]), r#"{"__ptype":"Pcore::BooleanType"}"#),
    ] {
        assert_eq!(rich(&value), expected);
    }
    let alias = Arc::new(crate::ty::Alias { name: "T".into(), target: Default::default() });
    let itself = Type::Alias(alias.clone());
    alias.target.set(Type::array_of(itself.clone())).unwrap();
    assert_eq!(
        rich(&itself.into()),
        r#"{"__ptype":"Pcore::TypeAliasType","name":"T","type_expr":null,"resolved_type":{"__ptype":"Pcore::ArrayType","element_type":{"__ptype":"Pcore::TypeReferenceType","type_string":"T"}}}"#
    );
}

#[test]
fn without_rich_data_there_are_strings_and_reports() {
    let mut reports = Vec::new();
    let file = Value::Type(Type::resource("file", Some("/x".into())));
    let nested = Hash::from_iter([
        (Value::from("a"), Value::array(vec![Value::Timespan(Timespan { nanoseconds: 1_000_000_000 })])),
        (Value::from("it's"), regexp("x")),
        (Value::Int(1), Value::Default),
        (Value::from("u"), Value::Uri(Arc::new(crate::uri::Uri::parse("http://a").unwrap()))),
        (Value::from("t"), Value::array(vec![Type::INTEGER.into(), file])),
    ]);
    let plain = to_plain(&nested.into(), "Notify[a]", &mut |text| reports.push(text));
    assert_eq!(
        json::to_string(&plain),
        r#"{"a":["0-00:00:01.0"],"it's":"/x/","1":"default","u":"http://a","t":["Integer","File['/x']"]}"#
    );
    assert_eq!(
        reports,
        [
            "Notify[a]['a'][0] contains a Puppet::Pops::Time::Timespan value. It will be converted to the String '0-00:00:01.0'",
            "Notify[a]['it\\'s'] contains a Regexp value. It will be converted to the String '/x/'",
            "Notify[a] contains a hash with an Integer key. It will be converted to the String '1'",
            "Notify[a]['1'] contains the special value default. It will be converted to the String 'default'",
            "Notify[a]['u'] contains an URI::HTTP value. It will be converted to the String 'http://a'",
            "Notify[a]['t'][0] contains an Integer-Type value. It will be converted to the String 'Integer'",
            "Notify[a]['t'][1] contains a Resource-Type value. It will be converted to the String 'File['/x']'",
        ]
    );
}
