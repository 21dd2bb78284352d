//! Values without rich data: what is not data becomes a string.

use super::{TYPE_KEY, VALUE_KEY, string_form};
use crate::label::with_article;
use crate::render::quote;
use crate::{Hash, Type, Value};

/// The value as data in which everything rich is a string. `prefix` names the whole (`Notify[a]`); for each
/// conversion `report` gets Puppet's text (`Notify[a]['message'] contains a Regexp value. It will be converted to the
/// String '/x/'`), which depending on the setting `strict` is an error, a warning or nothing.
pub fn to_plain(value: &Value, prefix: &str, report: &mut dyn FnMut(String)) -> Value {
    Converter { path: prefix.to_owned(), report }.convert(value)
}

struct Converter<'r> {
    /// Where the value stands: `Notify[a]['message'][0]`.
    path: String,
    report: &'r mut dyn FnMut(String),
}

impl Converter<'_> {
    fn convert(&mut self, value: &Value) -> Value {
        match value {
            Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => value.clone(),
            Value::Default => {
                self.tell("contains the special value default. It will be converted to the String 'default'");
                "default".into()
            }
            Value::Array(items) => {
                let convert = |(index, item): (usize, &Value)| self.within(&format!("[{index}]"), item);
                Value::array(items.iter().enumerate().map(convert).collect::<Vec<_>>())
            }
            Value::Hash(hash) => Value::hash(self.hash(hash)),
            Value::Sensitive(inner) => {
                let inner = self.convert(inner);
                Value::hash(Hash::from_iter([(TYPE_KEY, "Sensitive".into()), (VALUE_KEY, inner)]))
            }
            rich => {
                let text = string_form(rich);
                let class = with_article(&class_name(rich));
                self.tell(&format!("contains {class} value. It will be converted to the String '{text}'"));
                text.into()
            }
        }
    }

    fn hash(&mut self, hash: &Hash) -> Hash {
        let mut result = Hash::with_capacity(hash.len());
        for (key, item) in hash.iter() {
            let key = match key {
                Value::Str(text) => text.to_string(),
                Value::Default => "default".to_owned(),
                other => {
                    let text = string_form(other);
                    let class = with_article(&class_name(other));
                    self.tell(&format!(
                        "contains a hash with {class} key. It will be converted to the String '{text}'"
                    ));
                    text
                }
            };
            let item = self.within(&format!("[{}]", quote(&key)), item);
            result.insert(key, item);
        }
        result
    }

    fn within(&mut self, step: &str, item: &Value) -> Value {
        let length = self.path.len();
        self.path.push_str(step);
        let converted = self.convert(item);
        self.path.truncate(length);
        converted
    }

    fn tell(&mut self, what: &str) {
        (self.report)(format!("{} {what}", self.path));
    }
}

/// What the message calls the value: the name of the class that stands for it in Puppet.
fn class_name(value: &Value) -> String {
    let name = match value {
        Value::Undef => "NilClass",
        Value::Bool(true) => "TrueClass",
        Value::Bool(false) => "FalseClass",
        Value::Timestamp(_) => "Puppet::Pops::Time::Timestamp",
        Value::Timespan(_) => "Puppet::Pops::Time::Timespan",
        Value::SemVer(_) => "SemanticPuppet::Version",
        Value::SemVerRange(_) => "SemanticPuppet::VersionRange",
        Value::Binary(_) => "Puppet::Pops::Types::PBinaryType::Binary",
        Value::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive",
        Value::Iterator(_) => "Puppet::Pops::Types::Iterator",
        Value::Deferred(_) => "Deferred",
        Value::Object(object) if &*object.ty.name == "Error" => "Puppet::DataTypes::Error",
        Value::Object(object) => return object.ty.name.to_string(),
        Value::Uri(uri) => {
            let scheme = uri.scheme.as_deref().unwrap_or_default();
            return match scheme {
                "http" | "https" | "ftp" | "ldap" | "ldaps" | "ws" | "wss" => {
                    format!("URI::{}", scheme.to_uppercase())
                }
                "mailto" => "URI::MailTo".to_owned(),
                "file" => "URI::File".to_owned(),
                _ => "URI::Generic".to_owned(),
            };
        }
        Value::Type(ty) => return format!("{}-Type", kind_name(ty)),
        other => return crate::label::label(other),
    };
    name.to_owned()
}

/// The name of a type without its parameters.
fn kind_name(ty: &Type) -> String {
    let name = match ty {
        Type::Resource(_) => return "Resource".to_owned(),
        Type::Object(_) => return "Object".to_owned(),
        Type::Alias(_) => return "TypeAlias".to_owned(),
        other => crate::render::plain(other).to_string(),
    };
    name.split('[').next().unwrap_or_default().to_owned()
}
