//! Values as Ruby shows them. Interpolation in data uses Ruby's `to_s`, not the language's: a list becomes
//! `["a", 1]`, and explanations show what `inspect` gives.

use pcore::Value;
use pcore::format::{ruby_inspect, ruby_to_s};

/// Ruby's `inspect`.
pub(crate) fn inspect(out: &mut String, value: &Value) {
    out.push_str(&ruby_inspect(value));
}

/// Ruby's `to_s`.
pub(crate) fn to_s(out: &mut String, value: &Value) {
    match value {
        Value::Str(text) => out.push_str(text),
        other => out.push_str(&ruby_to_s(other)),
    }
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
        Value::Type(ty) => ty.ruby_class(),
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
