use super::*;

/// The tree as compact JSON, to compare with.
fn json(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::String(text) => format!("{text:?}"),
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        Value::Object(object) => {
            let entries: Vec<String> =
                object.iter().map(|(key, value)| format!("{key:?}:{}", json(value))).collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

fn read(text: &str) -> String {
    json(&parse(text, "test.conf").unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn fails(text: &str) -> String {
    parse(text, "t").expect_err(text).to_string()
}

#[test]
fn json_is_hocon() {
    assert_eq!(
        read("{\"a\": [1, -2.5, 1e3, true, false, null], \"b\": {\"c\": \"x\\ny\\u00e9\\uD83D\\uDE00\"}}"),
        "{\"a\":[1,-2.5,1000,true,false,null],\"b\":{\"c\":\"x\\nyé😀\"}}"
    );
    assert_eq!(read("[1, 2]"), "[1,2]");
    assert_eq!(read(""), "{}");
    assert_eq!(read("\u{feff} \n # nothing\n"), "{}");
}

#[test]
fn relaxed_syntax() {
    assert_eq!(read("a = 1\nb : 2, c { d = 3 }\n"), r#"{"a":1,"b":2,"c":{"d":3}}"#);
    assert_eq!(read("a: 1 # one\nb: 2 // two\n// three\n"), r#"{"a":1,"b":2}"#);
    assert_eq!(read("a : [\n 1\n 2,\n 3,\n]"), r#"{"a":[1,2,3]}"#);
    assert_eq!(read("a\n:\n1"), r#"{"a":1}"#);
    assert_eq!(read("a.b.c = 1, a.b.d = 2"), r#"{"a":{"b":{"c":1,"d":2}}}"#);
    assert_eq!(read("\"a.b\".c = 1"), r#"{"a.b":{"c":1}}"#);
    assert_eq!(read("a b c = 1"), r#"{"a b c":1}"#);
    assert_eq!(read("3.14 = pi"), r#"{"3":{"14":"pi"}}"#);
    assert_eq!(read("\"\" = 1"), r#"{"":1}"#);
    assert_eq!(read("include = 1, included = 2"), r#"{"include":1,"included":2}"#);
}

#[test]
fn values() {
    assert_eq!(read("a = hello  world  "), r#"{"a":"hello  world"}"#);
    assert_eq!(read("a = \"x\" y 1.0"), r#"{"a":"x y 1.0"}"#);
    assert_eq!(
        read("a = 10s, b = 007, c = 1.2.3, d = 1e+5, e = -"),
        r#"{"a":"10s","b":7,"c":"1.2.3","d":100000,"e":"-"}"#
    );
    assert_eq!(read("a = /etc/x/y // comment"), r#"{"a":"/etc/x/y"}"#);
    assert_eq!(fails("a = http://x"), "t:1:9: ':' is not possible in unquoted text; quote it");
}

#[test]
fn multi_line_text() {
    assert_eq!(read("a = \"\"\"x \"quoted\"\n\\n y\"\"\"\""), r#"{"a":"x \"quoted\"\n\\n y\""}"#);
}

#[test]
fn objects_merge_and_other_values_replace() {
    assert_eq!(read("a { x = 1, y = 2 }, a { y = 3, z = 4 }"), r#"{"a":{"x":1,"y":3,"z":4}}"#);
    assert_eq!(read("a { x = 1 }, a = null, a { y = 2 }"), r#"{"a":{"y":2}}"#);
    assert_eq!(read("a = { x : 1 } { y : 2 }"), r#"{"a":{"x":1,"y":2}}"#);
    assert_eq!(read("a = [1] [2, 3]"), r#"{"a":[1,2,3]}"#);
    assert_eq!(read("a = 1, a = 2"), r#"{"a":2}"#);
}

#[test]
fn substitutions() {
    assert_eq!(
        read("a = 1, b = ${a}, c = ${d.e}, d { e = [x] }"),
        r#"{"a":1,"b":1,"c":["x"],"d":{"e":["x"]}}"#
    );
    assert_eq!(read("a = x, b = ${a}/y ${a}"), r#"{"a":"x","b":"x/y x"}"#);
    assert_eq!(read("a = ${?nothing}, b = [${?nothing}, 1]"), r#"{"b":[1]}"#);
    assert_eq!(
        read("base { x = 1, y = 2 }, a = ${base} { y = 3 }"),
        r#"{"base":{"x":1,"y":2},"a":{"x":1,"y":3}}"#
    );
    assert_eq!(read("base { x = 1 }, a = ${base}, a.y = 2"), r#"{"base":{"x":1},"a":{"x":1,"y":2}}"#);
    assert_eq!(read("bar { foo = 42, baz = ${bar.foo} }"), r#"{"bar":{"foo":42,"baz":42}}"#);
    assert_eq!(read("a = ${base} { c = ${a.x} }, base { x = 1 }"), r#"{"a":{"x":1,"c":1},"base":{"x":1}}"#);
    // The last value counts, wherever the substitution stands.
    assert_eq!(read("a = 1, b = ${a}, a = 2"), r#"{"a":2,"b":2}"#);
    assert_eq!(read("a = 1, b = ${a}${?zz}"), r#"{"a":1,"b":1}"#);
}

#[test]
fn references_to_the_value_so_far() {
    assert_eq!(read("path = a, path = ${path}\":b\""), r#"{"path":"a:b"}"#);
    assert_eq!(read("a = [1], a = ${a} [2], a = ${a} [3]"), r#"{"a":[1,2,3]}"#);
    assert_eq!(read("a += 1, a += 2"), r#"{"a":[1,2]}"#);
    assert_eq!(read("x { a = [0], a += 1 }"), r#"{"x":{"a":[0,1]}}"#);
    assert_eq!(read("a { x = 1 }, a = ${a} { y = 2 }"), r#"{"a":{"x":1,"y":2}}"#);
    assert_eq!(read("a = ${?a} [1]"), r#"{"a":[1]}"#);
    assert_eq!(fails("a = ${a}"), "t:1:5: '${a}' is not defined, or refers to itself");
    assert_eq!(fails("a = ${b}\nb = ${a}"), "t:2:5: '${a}' is not defined, or refers to itself");
}

#[test]
fn environment_variables_are_the_last_resort() {
    let environment = |key: &str| (key == "HOME").then(|| "/root".to_owned());
    let options = Options { environment: Some(&environment), ..Options::default() };
    assert_eq!(json(&parse_with("a = ${HOME}/x", "t", &options).unwrap()), r#"{"a":"/root/x"}"#);
    assert_eq!(json(&parse_with("HOME = y, a = ${HOME}", "t", &options).unwrap()), r#"{"HOME":"y","a":"y"}"#);
}

#[test]
fn includes() {
    let files = |written: &str, from: &str| {
        assert!(matches!(from, "t" | "more"));
        Ok(match written {
            "more" => Some(Included {
                name: "more".into(),
                text: "x = 1, y = ${x}, z = ${outer}\ninclude \"leaf\"".into(),
            }),
            "leaf" => Some(Included { name: "leaf".into(), text: "leaf = yes\nlist += 1".into() }),
            "self" => Some(Included { name: "t".into(), text: "include \"self\"".into() }),
            "array" => Some(Included { name: "array".into(), text: "[1]".into() }),
            _ => None,
        })
    };
    let options = Options { includes: Some(&files), ..Options::default() };
    let read = |text: &str| parse_with(text, "t", &options);
    assert_eq!(
        json(&read("outer = 9\ninclude \"more\"\nx = 2").unwrap()),
        r#"{"outer":9,"x":2,"y":2,"z":9,"leaf":"yes","list":[1]}"#
    );
    // Below a key, names are looked up beside the included ones first.
    assert_eq!(
        json(&read("outer = 9\nx = 5\na { include file(\"more\") }").unwrap()),
        r#"{"outer":9,"x":5,"a":{"x":1,"y":1,"z":9,"leaf":"yes","list":[1]}}"#
    );
    assert_eq!(json(&read("include \"absent\"\na = 1").unwrap()), r#"{"a":1}"#);
    assert_eq!(
        read("include required(\"absent\")").unwrap_err().to_string(),
        "t:1:1: the required file 'absent' does not exist"
    );
    assert!(read("include \"self\"").unwrap_err().message.contains("does a file include itself?"));
    assert!(read("include \"array\"").unwrap_err().message.contains("holds no object"));
    assert_eq!(fails("include \"x\""), "t:1:1: include is not possible here");
    assert!(fails("include url(\"http://x\")").contains("is not supported"));
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("main.conf");
    std::fs::write(&main, "include \"part\"\na = 1\n").unwrap();
    std::fs::write(folder.path().join("part.conf"), "b = 2").unwrap();
    assert_eq!(json(&load(&main).unwrap()), r#"{"b":2,"a":1}"#);
    let absent = folder.path().join("absent.conf");
    assert_eq!(
        load(&absent).unwrap_err().to_string(),
        format!("{}:1:1: the file does not exist", absent.display())
    );
}

#[test]
fn errors_have_a_place() {
    assert_eq!(fails("a = 1\nb = {\n  c 2\n}"), "t:3:6: expected ':' or '=' after the key");
    assert_eq!(fails("a = [1, 2"), "t:1:10: the array has no end: missing ']'");
    assert_eq!(fails("a { b = 1"), "t:1:10: the object has no end: missing '}'");
    assert_eq!(fails("a = \"x"), "t:1:5: the quoted text has no end");
    assert_eq!(fails("a = \"x\ny\""), "t:1:5: the quoted text has no end");
    assert_eq!(fails("a = \"\"\"x"), "t:1:5: the quoted text has no end");
    assert_eq!(fails("a = 1,, b = 2"), "t:1:7: two commas in a row");
    assert_eq!(fails(", a = 1"), "t:1:1: ',' is not possible in a key; quote it");
    assert_eq!(fails("a = "), "t:1:5: expected a value");
    assert_eq!(fails("a = }"), "t:1:5: expected a value, found '}'");
    assert_eq!(fails("a = x@y"), "t:1:6: '@' is not possible in unquoted text; quote it");
    assert_eq!(
        fails("a = \"\\x\""),
        "t:1:8: unknown escape; use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX"
    );
    assert_eq!(fails("a..b = 1"), "t:1:3: a dot must stand between two keys");
    assert_eq!(fails("a = 1 }"), "t:1:7: expected a comma or a new line, found '}'");
    assert_eq!(fails("{ a = 1 } b"), "t:1:11: unexpected 'b' after the end of the document");
    assert_eq!(fails("a = [1] x"), "t:1:5: cannot concatenate text with an array");
    assert_eq!(fails("a = ${b"), "t:1:8: missing '}' of '${…}'");
    assert_eq!(fails("x = é ${b}"), "t:1:7: '${b}' is not defined, or refers to itself");
}

#[test]
fn limits_hold() {
    assert!(fails(&"[".repeat(100_000)).contains("nested deeper than"));
    assert!(fails(&"{a:".repeat(100_000)).contains("nested deeper than"));
    assert!(fails(&format!("{} = 1", vec!["a"; 10_000].join("."))).contains("nested deeper than"));
    assert!(fails("a = ${a.b}").contains("nested too deeply, or in a circle"));
    let mut doubling = String::from("a0 = xxxxxxxxxxxxxxxx\n");
    for level in 1..40 {
        doubling.push_str(&format!("a{level} = ${{a{}}}${{a{}}}\n", level - 1, level - 1));
    }
    assert!(fails(&doubling).contains("produce too much"));
    assert!(fails(&" ".repeat(TEXT_BYTES_MAX + 1)).contains("longer than"));
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "[a-c{}\\[\\]:=,+#\"\\\\.\n $?/0-9-]{0,60}") {
        let _ = parse(&text, "t");
    }

    #[test]
    fn any_text_never_panics(text in ".{0,80}") {
        let _ = parse(&text, "t");
    }
}
