use proptest::prelude::*;

use super::*;
use crate::json;

fn read(text: &str) -> String {
    json::to_string(&load(text, "f.yaml").unwrap())
}

fn error(text: &str) -> String {
    load(text, "/etc/f.yaml").unwrap_err().to_string()
}

#[test]
fn hashes_merge_in_the_order_of_psych() {
    assert_eq!(
        read("x: &x {a: 1, b: 2}\ny:\n  a: 0\n  <<: *x\n  b: 3\n"),
        r#"{"x":{"a":1,"b":2},"y":{"a":1,"b":3}}"#
    );
    assert_eq!(read("<<: [{a: 1}, {a: 2, b: 2}]"), r#"{"a":1,"b":2}"#);
    assert_eq!(read("<<: 1"), r#"{"<<":1}"#);
}

#[test]
fn empty_texts_are_undef() {
    for text in ["", "---", "# x\n", "\u{feff}", "~"] {
        assert_eq!(load(text, ""), Ok(Value::Undef), "{text:?}");
    }
    assert_eq!(read("\u{feff}a: 1"), r#"{"a":1}"#);
}

#[test]
fn errors_are_puppets() {
    assert_eq!(error("a: 2020-01-01"), "(/etc/f.yaml): Tried to load unspecified class: Date");
    assert_eq!(error("a: 2020-01-01 00:00:00"), "(/etc/f.yaml): Tried to load unspecified class: Time");
    assert_eq!(
        error("--- !ruby/object:Puppet::Node {a: 1}"),
        "(/etc/f.yaml): Tried to load unspecified class: Puppet::Node"
    );
    assert_eq!(error("a: [*nope, 1]"), "Unknown alias: nope");
    assert_eq!(
        error("a: b: c"),
        "(/etc/f.yaml): mapping values are not allowed in this context at line 1 column 5"
    );
}

#[test]
fn aliases_cannot_explode() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let list = vec![format!("*a{}", level - 1); 10].join(",");
        bomb.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    assert!(
        error(&bomb).contains("more than 10000000 nodes with its aliases written out"),
        "{}",
        error(&bomb)
    );
    assert!(error("a: &a [*a]").contains("alias inside of what it stands for"));
}

#[test]
fn nesting_is_bounded() {
    let flow = "[".repeat(300) + &"]".repeat(300);
    assert!(load(&flow, "").is_err());
    let block = "- ".repeat(300) + "x";
    assert!(load(&block, "").unwrap_err().message.contains("nesting of more than 100 levels"));
    let fine = "- ".repeat(99) + "x";
    assert!(load(&fine, "").is_ok());
}

proptest! {
    #[test]
    fn never_panics(text in r"([ \n\t]|[-:?,\[\]{}#&*!|>'%@`<.~]|[a-c0-9é]|: |- |\n  ){0,40}") {
        let _ = load(&text, "f");
    }

    #[test]
    fn quoted_strings_come_back(text in any::<String>()) {
        // JSON strings are YAML strings but for the characters YAML does not allow at all.
        prop_assume!(!text.chars().any(|c| c.is_control() || c == '\u{feff}' || matches!(c, '\u{fffe}' | '\u{ffff}')));
        let mut quoted = Vec::new();
        json::write_string(&text, &mut quoted);
        let quoted = String::from_utf8(quoted).unwrap();
        prop_assert_eq!(load(&quoted, "f"), Ok(Value::from(text)));
    }
}
