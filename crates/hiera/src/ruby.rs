//! Values as Ruby shows them. Interpolation in data uses Ruby's `to_s`, not the language's: a list becomes
//! `["a", 1]`, and explanations show what `inspect` gives.

use std::fmt::Write as _;

use pcore::Value;

/// Ruby's `inspect`.
pub(crate) fn inspect(out: &mut String, value: &Value) {
    match value {
        Value::Undef => out.push_str("nil"),
        Value::Default => out.push_str(":default"),
        Value::Str(text) => inspect_str(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                inspect(out, item);
            }
            out.push(']');
        }
        Value::Hash(hash) => {
            out.push('{');
            for (index, (key, value)) in hash.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                inspect(out, key);
                out.push_str("=>");
                inspect(out, value);
            }
            out.push('}');
        }
        other => to_s(out, other),
    }
}

/// Ruby's `to_s`.
pub(crate) fn to_s(out: &mut String, value: &Value) {
    match value {
        Value::Undef => {}
        Value::Default => out.push_str("default"),
        Value::Str(text) => out.push_str(text),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Float(number) => float(out, *number),
        Value::Array(_) | Value::Hash(_) => inspect(out, value),
        other => out.push_str(&pcore::format::to_s(other)),
    }
}

/// Shortest digits; an exponent below 0.0001 and from 10^16 on.
fn float(out: &mut String, number: f64) {
    if number.is_nan() {
        return out.push_str("NaN");
    }
    if number.is_infinite() {
        return out.push_str(if number > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let point = if digits.contains('.') { "" } else { ".0" };
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
        let _ = write!(out, "{digits}{point}e{sign}{exponent:0>2}");
    } else {
        let _ = write!(out, "{number:?}");
    }
}

fn inspect_str(out: &mut String, text: &str) {
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            '\x0c' => out.push_str("\\f"),
            '\x08' => out.push_str("\\b"),
            '\x07' => out.push_str("\\a"),
            '\x1b' => out.push_str("\\e"),
            '#' if matches!(chars.peek(), Some('{' | '$' | '@')) => out.push_str("\\#"),
            '\0'..='\x1f' | '\x7f' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The name of a value's Ruby class, for messages.
pub(crate) fn class_name(value: &Value) -> &'static str {
    match value {
        Value::Undef => "NilClass",
        Value::Default => "Symbol",
        Value::Bool(true) => "TrueClass",
        Value::Bool(false) => "FalseClass",
        Value::Int(_) => "Integer",
        Value::Float(_) => "Float",
        Value::Str(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        Value::Type(_) => "Puppet::Pops::Types::PAnyType",
        Value::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive",
        Value::Timestamp(_) => "Puppet::Pops::Time::Timestamp",
        Value::Timespan(_) => "Puppet::Pops::Time::Timespan",
        Value::SemVer(_) => "SemanticPuppet::Version",
        Value::SemVerRange(_) => "SemanticPuppet::VersionRange",
        Value::Binary(_) => "Puppet::Pops::Types::PBinaryType::Binary",
        Value::Uri(_) => "URI::Generic",
        Value::Deferred(_) => "Puppet::Pops::Types::PuppetObject",
        Value::Object(_) => "Puppet::Pops::Types::PuppetObject",
        Value::Iterator(_) => "Puppet::Pops::Types::Iterator",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_as_ruby_does() {
        let hash = Value::hash([("a", Value::Int(1)), ("b", Value::Undef)].into_iter().collect());
        let cases = [
            (
                Value::array([Value::Int(1), "a\"\n#{x}".into(), true.into(), hash]),
                r#"[1, "a\"\n\#{x}", true, {"a"=>1, "b"=>nil}]"#,
            ),
            (Value::Float(1.0), "1.0"),
            (Value::Float(1e20), "1.0e+20"),
            (Value::Float(1e15), "1000000000000000.0"),
            (Value::Float(1e16), "1.0e+16"),
            (Value::Float(1.5e-5), "1.5e-05"),
            (Value::Float(0.0001), "0.0001"),
            (Value::Float(-0.0), "-0.0"),
            ("\0\x7f\u{e9}\u{2028}".into(), "\"\\u0000\\u007Fé\\u2028\""),
        ];
        for (value, expected) in cases {
            let mut out = String::new();
            inspect(&mut out, &value);
            assert_eq!(out, expected);
        }
    }
}
