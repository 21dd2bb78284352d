//! Values on their way into a template and out of it.

use std::cell::RefCell;
use std::rc::Rc;

use crate::class::Class;
use crate::eval::Interp;
use crate::flow::{Eval, Flow, limit, unsupported};
use crate::limits::NESTING_MAX;
use crate::scope::{ScopeError, ScopeException};
use crate::value::{Array, Flags, Hash, Map, Text, Value};

impl Interp<'_> {
    /// A value of the Puppet language as Ruby sees it.
    pub(crate) fn import(&mut self, value: &pcore::Value) -> Eval {
        self.import_at(value, 0)
    }

    fn import_at(&mut self, value: &pcore::Value, depth: u32) -> Eval {
        if depth > NESTING_MAX {
            return Err(limit(format!("a value is nested deeper than {NESTING_MAX} levels")));
        }
        Ok(match value {
            pcore::Value::Undef => Value::Nil,
            pcore::Value::Default => Value::symbol("default"),
            pcore::Value::Bool(flag) => Value::Bool(*flag),
            pcore::Value::Int(number) => Value::Int(*number),
            pcore::Value::Float(number) => Value::Float(*number),
            pcore::Value::Str(text) => match self.heap.find(value) {
                Some(known) => known,
                None => Value::Text(Rc::new(Text::imported(text.clone()))),
            },
            pcore::Value::Array(items) => {
                if let Some(known) = self.heap.find(value) {
                    return Ok(known);
                }
                self.charge(items.len() * size_of::<Value>())?;
                let items = items.iter().map(|item| self.import_at(item, depth + 1)).collect::<Eval<_>>()?;
                let array = Array { items: RefCell::new(items), flags: Flags::imported() };
                let object = Value::Array(Rc::new(array));
                self.heap.keep(value, &object);
                object
            }
            pcore::Value::Hash(hash) => {
                if let Some(known) = self.heap.find(value) {
                    return Ok(known);
                }
                self.charge(hash.len() * 64)?;
                let mut map = Map::with_capacity_and_hasher(hash.len(), Default::default());
                for (key, item) in hash.iter() {
                    let key = self.import_at(key, depth + 1)?;
                    let item = self.import_at(item, depth + 1)?;
                    map.insert(self.key(key)?, item);
                }
                let hash = Hash::new(map, Flags::imported());
                let object = Value::Hash(Rc::new(hash));
                self.heap.keep(value, &object);
                object
            }
            pcore::Value::Regexp(regexp) => crate::regexp::value(regexp.source().into(), 0, regexp.clone()),
            other => Value::Puppet(Rc::new(other.clone())),
        })
    }

    /// A value of Ruby for a function of the Puppet language.
    pub(crate) fn export(&mut self, value: &Value) -> Eval<pcore::Value> {
        self.export_at(value, 0)
    }

    fn export_at(&mut self, value: &Value, depth: u32) -> Eval<pcore::Value> {
        if depth > NESTING_MAX {
            return Err(limit(format!("a value is nested deeper than {NESTING_MAX} levels")));
        }
        self.tick()?;
        Ok(match value {
            Value::Nil => pcore::Value::Undef,
            Value::Bool(flag) => pcore::Value::Bool(*flag),
            Value::Int(number) => pcore::Value::Int(*number),
            Value::Float(number) => pcore::Value::Float(*number),
            Value::Text(text) => pcore::Value::Str(text.share()),
            Value::Symbol(name) => match name.as_str() {
                "undef" => pcore::Value::Undef,
                "default" => pcore::Value::Default,
                other => {
                    return Err(unsupported(format!("passing the symbol :{other} to a function of Puppet")));
                }
            },
            Value::Array(array) => {
                let items = array.to_vec();
                let items =
                    items.iter().map(|item| self.export_at(item, depth + 1)).collect::<Eval<Vec<_>>>()?;
                pcore::Value::array(items)
            }
            Value::Hash(hash) => {
                let mut exported = pcore::Hash::with_capacity(hash.len());
                for (key, item) in hash.pairs() {
                    let key = self.export_at(&key, depth + 1)?;
                    let item = self.export_at(&item, depth + 1)?;
                    exported.insert(key, item);
                }
                pcore::Value::hash(exported)
            }
            Value::Regexp(regex) => pcore::Value::Regexp(regex.program.clone()),
            Value::Puppet(value) => (**value).clone(),
            other => {
                let class = other.class().name();
                return Err(unsupported(format!("passing an object of {class} to a function of Puppet")));
            }
        })
    }

    /// What the outside has to say instead of an answer.
    pub(crate) fn scope_error(&self, error: ScopeError) -> Box<Flow> {
        match error {
            ScopeError::Raise(ScopeException::Argument, message) => self.raise(Class::ArgumentError, message),
            ScopeError::Raise(ScopeException::Parse, message) => self.raise(Class::ParseError, message),
            ScopeError::Raise(ScopeException::Puppet, message) => self.raise(Class::PuppetError, message),
            ScopeError::Stop(reason) => Box::new(Flow::Stop(reason)),
        }
    }
}
