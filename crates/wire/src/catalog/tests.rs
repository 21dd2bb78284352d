use std::sync::Arc;

use pcore::ty::ResourceRef;
use pcore::value::Deferred;
use pcore::{Type, Value};

use super::*;
use crate::json::Limits;

const RECORDED: &str = include_str!("../../tests/data/catalog.json");

fn written(value: &Value, rich: bool) -> String {
    let mut out = Vec::new();
    crate::data::write_value(value, rich, &mut out);
    String::from_utf8(out).unwrap()
}

fn reference(ty: &str, title: &str) -> Value {
    let reference =
        ResourceRef { type_name: Some(ty.into()), title: Some(title.into()), of_attribute: false };
    Value::Type(Type::Resource(Arc::new(reference)))
}

#[test]
fn the_catalog_of_a_puppet_server_is_reproduced_to_the_byte() {
    let catalog = Catalog::from_json(RECORDED.as_bytes(), &Limits::default()).unwrap();
    let mut out = Vec::new();
    // Not rich: the encoded values of the recording stay as they are.
    catalog.write_json(&mut out, false);
    assert_eq!(String::from_utf8(out).unwrap(), RECORDED);
}

#[test]
fn references_are_plain_strings() {
    assert_eq!(written(&reference("apache::vhost", "a\"b"), true), r#""Apache::Vhost[a\"b]""#);
    assert_eq!(written(&Value::Type(Type::Class(Some("a::b".into()))), true), r#""Class[A::B]""#);
    let hash: Hash = [(reference("file", "/x"), Value::Int(1))].into_iter().collect();
    assert_eq!(written(&hash.into(), true), r#"{"File[/x]":1}"#);
}

#[test]
fn hashes_that_json_cannot_say_are_wrapped() {
    let hash: Hash = [
        (Value::Int(1), Value::Int(2)),
        (Value::Undef, "x".into()),
        (reference("file", "/x"), Value::Int(3)),
    ]
    .into_iter()
    .collect();
    assert_eq!(
        written(&hash.clone().into(), true),
        r#"{"__ptype":"Hash","__pvalue":[1,2,null,"x","File[/x]",3]}"#
    );
    assert_eq!(written(&hash.into(), false), r#"{"1":2,"":"x","File[/x]":3}"#);
    let hash: Hash = [("__ptype", "foo")].into_iter().collect();
    assert_eq!(written(&hash.clone().into(), true), r#"{"__ptype":"Hash","__pvalue":["__ptype","foo"]}"#);
    assert_eq!(written(&hash.into(), false), r#"{"__ptype":"foo"}"#);
}

#[test]
fn encoded_values() {
    let secret = Value::sensitive("b".into());
    let call = |arguments: Option<Vec<Value>>| {
        Value::Deferred(Arc::new(Deferred { name: "join".into(), arguments: arguments.map(Into::into) }))
    };
    assert_eq!(written(&secret, true), r#"{"__ptype":"Sensitive","__pvalue":"b"}"#);
    assert_eq!(written(&Value::Default, true), r#"{"__ptype":"Default"}"#);
    assert_eq!(written(&Value::Default, false), r#""default""#);
    assert_eq!(written(&call(None), true), r#"{"__ptype":"Deferred","name":"join"}"#);
    assert_eq!(
        written(&call(Some(vec![vec![secret].into(), ",".into()])), true),
        r#"{"__ptype":"Deferred","name":"join","arguments":[[{"__ptype":"Sensitive","__pvalue":"b"}],","]}"#
    );
}

#[test]
fn readers_of_plain_json_lose_kinds() {
    let regexp = Value::Regexp(pcore::regexp::Regexp::new("a/b").unwrap());
    assert_eq!(written(&regexp, true), r#"{"__ptype":"Regexp","__pvalue":"a/b"}"#);
    assert_eq!(written(&regexp, false), r#""/a\\/b/""#);
    let catalog = Catalog {
        resources: vec![Resource {
            type_name: "Notify".into(),
            title: "r".into(),
            tags: vec![].into(),
            exported: false,
            file: None,
            line: None,
            kind: Kind::CompilableType,
            parameters: vec![
                (Symbol::new("message"), vec![Value::Int(1), regexp].into()),
                (Symbol::new("require"), vec![reference("file", "/x")].into()),
            ],
            sensitive_parameters: vec![],
        }],
        ..Catalog::default()
    };
    assert_eq!(
        catalog.losses(),
        ["Notify[r]['message'][1] contains a Regexp value. It will be converted to the String '/a\\/b/'"]
    );
}

#[test]
fn what_a_resource_lacks_is_left_out() {
    let resource = Resource {
        type_name: "Notify".into(),
        title: "t".into(),
        tags: vec![].into(),
        exported: true,
        file: None,
        line: Some(3),
        kind: Kind::CompilableType,
        parameters: vec![],
        sensitive_parameters: vec![Symbol::new("loglevel")],
    };
    let mut out = Vec::new();
    resource.write_json(&mut out, true);
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"{"type":"Notify","title":"t","tags":[],"line":3,"exported":true,"kind":"compilable_type","sensitive_parameters":["loglevel"]}"#);
}

#[test]
fn an_attribute_that_a_title_leaves_without_value_is_null() {
    let resource = Resource {
        type_name: "Endpoint".into(),
        title: "web".into(),
        tags: vec![].into(),
        exported: false,
        file: None,
        line: None,
        kind: Kind::CompilableType,
        parameters: vec![(Symbol::new("host"), "web".into()), (Symbol::new("port"), Value::Undef)],
        sensitive_parameters: vec![],
    };
    let mut out = Vec::new();
    resource.write_json(&mut out, true);
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"{"type":"Endpoint","title":"web","tags":[],"exported":false,"kind":"compilable_type","parameters":{"host":"web","port":null}}"#);
}

#[test]
fn damaged_catalogs_are_refused() {
    let error = |text: &str| Catalog::from_json(text.as_bytes(), &Limits::default()).unwrap_err().to_string();
    insta::assert_snapshot!(error("[]"), @"the catalog has no valid 'catalog'");
    insta::assert_snapshot!(error(r#"{"name":"n","resources":[{"type":"A"}]}"#), @"the catalog has no valid 'resources'");
    insta::assert_snapshot!(error(r#"{"name":"n","edges":[{"source":"A[b]","target":"A[b]"}]}"#), @"Could not find resource 'A[b]' of an edge in the catalog");
}
