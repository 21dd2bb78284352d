//! What messages call a value: `an Integer`, `a Boolean`, `an Undef Value`.

use crate::{Type, Value};

/// The name of a value's kind as operator errors show it.
pub fn label(value: &Value) -> String {
    let text = match value {
        Value::Undef => "Undef Value",
        // A Ruby symbol, which has no label of its own.
        Value::Default => "Object",
        Value::Bool(_) => "Boolean",
        Value::Int(_) => "Integer",
        Value::Float(_) => "Float",
        Value::Str(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        Value::Sensitive(_) => "Sensitive",
        Value::Timestamp(_) => "Timestamp",
        Value::Timespan(_) => "Timespan",
        Value::SemVer(_) => "Semver",
        Value::SemVerRange(_) => "SemverRange",
        Value::Binary(_) => "Binary",
        Value::Uri(_) | Value::Deferred(_) | Value::Object(_) | Value::Iterator(_) => "Object",
        Value::Type(ty) => return type_label(ty),
    };
    text.to_owned()
}

/// The name of a type's kind as operator errors show it: `Integer-Type`, `File['/x'] Resource-Reference`.
pub fn type_label(ty: &Type) -> String {
    match ty {
        Type::Resource(reference) if reference.title.is_some() => format!("{ty} Resource-Reference"),
        _ => format!("{ty}-Type"),
    }
}

/// `a` or `an` in front of a label, judged by its first letter as Puppet does (`y` counts as a vowel).
pub fn with_article(text: &str) -> String {
    format!("{} {text}", article(text))
}

/// [`with_article`] at the start of a sentence.
pub fn with_article_capitalized(text: &str) -> String {
    format!("{} {text}", if article(text) == "a" { "A" } else { "An" })
}

/// The label of a value with its article.
pub fn a_an(value: &Value) -> String {
    with_article(&label(value))
}

fn article(text: &str) -> &'static str {
    let first = text.trim_start_matches(['"', '\'']).chars().next().unwrap_or('x');
    if matches!(first.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y') { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_follow_the_first_letter() {
        assert_eq!(a_an(&Value::Int(1)), "an Integer");
        assert_eq!(a_an(&Value::Undef), "an Undef Value");
        assert_eq!(with_article_capitalized("'+' expression"), "A '+' expression");
        assert_eq!(with_article("yes"), "an yes");
    }
}
