//! Values on their way to Ruby and back. What Ruby has no class for is carried: it gets a number and its text.

use std::sync::Arc;

use base64::Engine as _;
use pcore::regexp::Regexp;
use pcore::value::Object;
use pcore::{Hash, Type, Value};

const TYPE: &str = "__ptype";
const VALUE: &str = "__pvalue";

/// The values of one call that Ruby code only passes on.
#[derive(Default)]
pub(super) struct Carried {
    values: Vec<Value>,
    context: Option<Arc<Object>>,
}

impl Carried {
    /// The context of a lookup, if one was among the arguments.
    pub(super) fn context(&self) -> Option<Arc<Object>> {
        self.context.clone()
    }

    /// A value as the worker reads it.
    pub(super) fn encode(&mut self, value: &Value) -> Value {
        match value {
            Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => value.clone(),
            Value::Array(items) => {
                Value::array(items.iter().map(|item| self.encode(item)).collect::<Vec<_>>())
            }
            Value::Hash(hash) => {
                let is_plain = hash.keys().all(|key| key.as_str().is_some_and(|key| key != TYPE));
                if is_plain {
                    let mut encoded = Hash::new();
                    for (key, value) in hash.iter() {
                        encoded.insert(key.clone(), self.encode(value));
                    }
                    return Value::hash(encoded);
                }
                let mut pairs = Vec::with_capacity(hash.len() * 2);
                for (key, value) in hash.iter() {
                    pairs.push(self.encode(key));
                    pairs.push(self.encode(value));
                }
                typed("Hash", Value::array(pairs))
            }
            Value::Default => typed("Default", Value::Undef),
            Value::Regexp(regexp) => typed("Regexp", Value::str(regexp.source())),
            Value::Sensitive(inner) => {
                let inner = self.encode(inner);
                typed("Sensitive", inner)
            }
            Value::Binary(_) => typed("Binary", Value::str(pcore::format::to_s(value))),
            Value::Object(object) if &*object.ty.name == "Puppet::LookupContext" => {
                self.context = Some(object.clone());
                typed("Puppet::LookupContext", Value::Undef)
            }
            other => {
                self.values.push(other.clone());
                let mut encoded = Hash::new();
                encoded.insert(TYPE, "Carried");
                encoded.insert(VALUE, pcore::format::to_s(other));
                if let Value::Type(ty) = other {
                    describe_type(&mut encoded, ty);
                }
                encoded.insert("number", self.values.len() as i64 - 1);
                Value::hash(encoded)
            }
        }
    }

    /// A value that the worker wrote.
    pub(super) fn decode(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::Array(items) => {
                Ok(Value::array(items.iter().map(|item| self.decode(item)).collect::<Result<Vec<_>, _>>()?))
            }
            Value::Hash(hash) => self.decode_hash(hash),
            other => Ok(other.clone()),
        }
    }

    fn decode_hash(&self, hash: &Hash) -> Result<Value, String> {
        let Some(kind) = hash.get_str(TYPE).and_then(Value::as_str) else {
            let mut decoded = Hash::new();
            for (key, value) in hash.iter() {
                decoded.insert(key.clone(), self.decode(value)?);
            }
            return Ok(Value::hash(decoded));
        };
        let inner = &hash[VALUE];
        let text = || inner.as_str().unwrap_or_default();
        match kind {
            "Hash" => {
                let mut decoded = Hash::new();
                for pair in inner.as_array().unwrap_or_default().chunks_exact(2) {
                    decoded.insert(self.decode(&pair[0])?, self.decode(&pair[1])?);
                }
                Ok(Value::hash(decoded))
            }
            "Default" => Ok(Value::Default),
            "Sensitive" => Ok(Value::sensitive(self.decode(inner)?)),
            "Regexp" => Regexp::new(text()).map(Value::Regexp).map_err(|error| error.to_string()),
            "Binary" => base64::engine::general_purpose::STANDARD
                .decode(text())
                .map(|bytes| Value::Binary(bytes.into()))
                .map_err(|error| error.to_string()),
            "Carried" => hash["number"]
                .as_int()
                .and_then(|number| self.values.get(usize::try_from(number).ok()?))
                .cloned()
                .ok_or_else(|| "a value came back that was never sent".to_owned()),
            other => Err(format!("a value of the type {other} cannot be taken")),
        }
    }
}

/// What Ruby code can ask a type.
fn describe_type(encoded: &mut Hash, ty: &Type) {
    encoded.insert("class", ty.ruby_class());
    encoded.insert("name", ty.ruby_name().map_or(Value::Undef, Value::from));
    match ty {
        Type::Resource(resource) => {
            let name = resource.type_name.as_ref().map(|name| pcore::render::capitalize_segments(name));
            encoded.insert("type_name", name.map_or(Value::Undef, Value::from));
            encoded.insert("title", resource.title.clone().map_or(Value::Undef, Value::Str));
        }
        Type::Class(name) => {
            encoded.insert("class_name", name.clone().map_or(Value::Undef, Value::Str));
        }
        _ => {}
    }
}

fn typed(name: &str, value: Value) -> Value {
    let mut encoded = Hash::new();
    encoded.insert(TYPE, name);
    encoded.insert(VALUE, value);
    Value::hash(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_there_comes_back() {
        let mut hash = Hash::new();
        hash.insert(Value::Int(1), Value::Default);
        hash.insert("__ptype", "x");
        let values = Value::array(vec![
            Value::Undef,
            Value::Float(1.5),
            Value::hash(hash),
            Value::sensitive(Value::str("s")),
            Value::Regexp(Regexp::new("a.b").unwrap()),
            Value::Type(pcore::Type::Any),
            Value::Binary(Arc::from(&b"\x00\xff"[..])),
        ]);
        let mut carried = Carried::default();
        let encoded = carried.encode(&values);
        assert_eq!(carried.decode(&encoded).unwrap(), values);
    }

    #[test]
    fn what_makes_no_sense_is_refused_or_taken_as_it_is() {
        let carried = Carried::default();
        let decode = |text: &str| carried.decode(&pcore::json::parse(text.as_bytes()).unwrap());
        for wrong in [
            r#"{"__ptype": "Carried", "number": 9}"#,
            r#"{"__ptype": "Carried", "number": -1}"#,
            r#"{"__ptype": "Carried"}"#,
            r#"{"__ptype": "Binary", "__pvalue": "?"}"#,
            r#"{"__ptype": "Regexp", "__pvalue": "("}"#,
            r#"{"__ptype": "Puppet::LookupContext"}"#,
            r#"[{"a": {"__ptype": "Sensitive", "__pvalue": {"__ptype": "no type"}}}]"#,
            r#"{"__ptype": "Hash", "__pvalue": [1, {"__ptype": ""}]}"#,
        ] {
            assert!(decode(wrong).is_err(), "{wrong}");
        }
        assert_eq!(decode(r#"{"__ptype": "Hash", "__pvalue": 7}"#).unwrap(), Value::hash(Hash::new()));
        assert_eq!(decode(r#"{"__ptype": "Hash", "__pvalue": [1]}"#).unwrap(), Value::hash(Hash::new()));
        assert!(decode(r#"{"__ptype": 7, "a": 1}"#).unwrap().as_hash().is_some());
    }
}
