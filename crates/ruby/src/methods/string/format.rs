//! `format` and `%`.

use crate::class::Class;
use crate::eval::Interp;
use crate::flow::{Eval, unsupported};
use crate::value::Value;

impl Interp<'_> {
    /// Ruby's `format`.
    pub(crate) fn format(&mut self, format: &str, values: &[Value]) -> Eval {
        let mut arguments = Vec::with_capacity(values.len());
        for value in values {
            arguments.push(match value {
                Value::Hash(hash) if values.len() == 1 => {
                    // Names in a format are symbols; other keys are never found.
                    let mut named = pcore::Hash::new();
                    for (key, value) in hash.pairs() {
                        if let Value::Symbol(name) = key {
                            let value = self.format_argument(format, &value)?;
                            named.insert(name, value);
                        }
                    }
                    pcore::Value::hash(named)
                }
                value => self.format_argument(format, value)?,
            });
        }
        match pcore::format::sprintf(format, &arguments) {
            Ok(text) => {
                self.charge(text.len())?;
                Ok(Value::string(text))
            }
            Err(error) => {
                let message = error.message;
                let class = if message.starts_with("can't convert") {
                    Class::TypeError
                } else if message.starts_with("key") {
                    Class::KeyError
                } else {
                    Class::ArgumentError
                };
                Err(self.raise(class, message))
            }
        }
    }

    fn format_argument(&mut self, format: &str, value: &Value) -> Eval<pcore::Value> {
        Ok(match value {
            Value::Nil => pcore::Value::Undef,
            Value::Bool(flag) => pcore::Value::Bool(*flag),
            Value::Int(number) => pcore::Value::Int(*number),
            Value::Float(number) => pcore::Value::Float(*number),
            Value::Text(text) => pcore::Value::Str(text.share()),
            other => {
                if format.contains('p') {
                    // `%p` inspects, which is another text.
                    let class = other.class().name();
                    return Err(unsupported(format!("formatting an object of {class} with %p")));
                }
                pcore::Value::Str(self.text_of(other)?.into())
            }
        })
    }
}
