//! Equality, order, and keys of hashes.

use std::cmp::Ordering;
use std::hash::{Hash as _, Hasher};
use std::rc::Rc;

use rustc_hash::FxHasher;

use crate::class::Class;
use crate::eval::Interp;
use crate::flow::{Eval, limit};
use crate::limits::NESTING_MAX;
use crate::methods;
use crate::value::{Key, Text, Value};

impl std::hash::Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.hash == other.hash && is_eql(&self.value, &other.value, 0)
    }
}

impl Eq for Key {}

/// Ruby's `==`. Whatever is nested deeper than any sane value is not equal.
pub(crate) fn is_equal(a: &Value, b: &Value) -> bool {
    equal_at(a, b, 0)
}

fn equal_at(a: &Value, b: &Value, depth: u32) -> bool {
    if depth > NESTING_MAX {
        return false;
    }
    match (a, b) {
        (Value::Int(a), Value::Float(b)) => pcore::number::compare_int_float(*a, *b) == Some(Ordering::Equal),
        (Value::Float(a), Value::Int(b)) => pcore::number::compare_int_float(*b, *a) == Some(Ordering::Equal),
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => Rc::ptr_eq(a, b) || *a.borrow() == *b.borrow(),
        (Value::Array(a), Value::Array(b)) => {
            Rc::ptr_eq(a, b)
                || (a.len() == b.len()
                    && a.items
                        .borrow()
                        .iter()
                        .zip(b.items.borrow().iter())
                        .all(|(a, b)| equal_at(a, b, depth + 1)))
        }
        (Value::Hash(a), Value::Hash(b)) => {
            Rc::ptr_eq(a, b)
                || (a.len() == b.len() && {
                    let other = b.map.borrow();
                    a.map.borrow().iter().all(|(key, value)| {
                        other.get(key).is_some_and(|found| equal_at(value, found, depth + 1))
                    })
                })
        }
        (Value::Range(a), Value::Range(b)) => {
            a.exclusive == b.exclusive
                && equal_at(&a.start, &b.start, depth + 1)
                && equal_at(&a.end, &b.end, depth + 1)
        }
        (Value::Regexp(a), Value::Regexp(b)) => a.source == b.source && a.options == b.options,
        (Value::Puppet(a), Value::Puppet(b)) => a == b,
        (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b) || a.is_equal(b),
        (Value::Exception(a), Value::Exception(b)) => {
            Rc::ptr_eq(a, b) || (a.class == b.class && equal_at(&a.message, &b.message, depth + 1))
        }
        (a, b) => a.is_same(b),
    }
}

/// Ruby's `eql?`: as `==`, but numbers of different classes differ.
pub(crate) fn is_eql(a: &Value, b: &Value, depth: u32) -> bool {
    if depth > NESTING_MAX {
        return false;
    }
    match (a, b) {
        (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)) => false,
        (Value::Array(a), Value::Array(b)) => {
            Rc::ptr_eq(a, b)
                || (a.len() == b.len()
                    && a.items
                        .borrow()
                        .iter()
                        .zip(b.items.borrow().iter())
                        .all(|(a, b)| is_eql(a, b, depth + 1)))
        }
        (Value::Hash(a), Value::Hash(b)) => {
            Rc::ptr_eq(a, b)
                || (a.len() == b.len() && {
                    let other = b.map.borrow();
                    a.map.borrow().iter().all(|(key, value)| {
                        other.get(key).is_some_and(|found| is_eql(value, found, depth + 1))
                    })
                })
        }
        (a, b) => equal_at(a, b, depth),
    }
}

/// The hash of a string key.
pub(crate) fn text_hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

fn write_hash(value: &Value, depth: u32, state: &mut FxHasher) -> bool {
    if depth > NESTING_MAX {
        return false;
    }
    match value {
        Value::Nil => state.write_u8(1),
        Value::Bool(flag) => state.write_u8(2 + u8::from(*flag)),
        Value::Int(number) => state.write_i64(*number),
        Value::Float(number) => state.write_u64(if *number == 0.0 { 0 } else { number.to_bits() }),
        Value::Symbol(name) => {
            state.write_u8(4);
            name.as_str().hash(state);
        }
        Value::Text(text) => text.borrow().hash(state),
        Value::Array(array) => {
            state.write_u8(5);
            return array.items.borrow().iter().all(|item| write_hash(item, depth + 1, state));
        }
        // The order of entries does not count.
        Value::Hash(hash) => state.write_usize(hash.len()),
        Value::Class(class) => class.hash(state),
        Value::Regexp(regex) => regex.source.as_str().hash(state),
        Value::Puppet(value) => value.hash(state),
        // The rest is rare as a key; one bucket a kind is enough and cannot disagree with `eql?`.
        other => std::mem::discriminant(other).hash(state),
    }
    true
}

impl Interp<'_> {
    /// A value as the key of a hash. A string that may change is copied.
    pub(crate) fn key(&mut self, value: Value) -> Eval<Key> {
        let value = match value {
            Value::Text(text) if !text.flags.is_frozen() => {
                let copy = Text::new(text.share());
                copy.flags.freeze();
                Value::Text(Rc::new(copy))
            }
            other => other,
        };
        self.probe(&value)
    }

    /// A value to look a key up with.
    pub(crate) fn probe(&mut self, value: &Value) -> Eval<Key> {
        let hash = match value {
            Value::Text(text) => text_hash(&text.borrow()),
            other => {
                let mut hasher = FxHasher::default();
                if !write_hash(other, 0, &mut hasher) {
                    return Err(limit(format!("a key is nested deeper than {NESTING_MAX} levels")));
                }
                hasher.finish()
            }
        };
        Ok(Key { hash, value: value.clone() })
    }

    /// Ruby's `<=>`; `None` if the two cannot be compared.
    pub(crate) fn compare(&mut self, a: &Value, b: &Value) -> Eval<Option<Ordering>> {
        self.compare_at(a, b, 0)
    }

    fn compare_at(&mut self, a: &Value, b: &Value, depth: u32) -> Eval<Option<Ordering>> {
        if depth > NESTING_MAX {
            return Err(limit(format!("a value is nested deeper than {NESTING_MAX} levels")));
        }
        Ok(match (a, b) {
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (Value::Int(a), Value::Float(b)) => pcore::number::compare_int_float(*a, *b),
            (Value::Float(a), Value::Int(b)) => {
                pcore::number::compare_int_float(*b, *a).map(Ordering::reverse)
            }
            (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
            (Value::Text(a), Value::Text(b)) => Some(a.borrow().cmp(&*b.borrow())),
            (Value::Symbol(a), Value::Symbol(b)) => Some(a.as_str().cmp(b.as_str())),
            (Value::Array(a), Value::Array(b)) => {
                self.tick()?;
                let (a, b) = (a.to_vec(), b.to_vec());
                for (a, b) in a.iter().zip(&b) {
                    match self.compare_at(a, b, depth + 1)? {
                        Some(Ordering::Equal) => {}
                        other => return Ok(other),
                    }
                }
                Some(a.len().cmp(&b.len()))
            }
            (Value::Class(a), Value::Class(b)) => {
                if a == b {
                    Some(Ordering::Equal)
                } else if a.is_a(*b) {
                    Some(Ordering::Less)
                } else if b.is_a(*a) {
                    Some(Ordering::Greater)
                } else {
                    None
                }
            }
            (Value::Puppet(a), Value::Puppet(b)) => methods::puppet::compare(a, b),
            (Value::Object(a), Value::Object(b)) => a.compare(b),
            (a, b) => is_equal(a, b).then_some(Ordering::Equal),
        })
    }

    /// `<=>` where there must be an answer.
    pub(crate) fn order(&mut self, a: &Value, b: &Value) -> Eval<Ordering> {
        match self.compare(a, b)? {
            Some(ordering) => Ok(ordering),
            None => {
                let text = self.comparison_failed(a, b)?;
                Err(self.raise(Class::ArgumentError, text))
            }
        }
    }

    /// `comparison of Integer with String failed`
    pub(crate) fn comparison_failed(&mut self, a: &Value, b: &Value) -> Eval<String> {
        let other = match b {
            Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Symbol(_) => {
                self.inspect(b)?
            }
            other => other.class().name().to_owned(),
        };
        Ok(format!("comparison of {} with {other} failed", a.class().name()))
    }

    /// The sign of what a block of `sort` gave.
    pub(crate) fn sign(&mut self, result: &Value, a: &Value, b: &Value) -> Eval<Ordering> {
        match result {
            Value::Int(number) => Ok(number.cmp(&0)),
            Value::Float(number) => Ok(number.partial_cmp(&0.0).unwrap_or(Ordering::Equal)),
            Value::Nil => {
                let text = self.comparison_failed(a, b)?;
                Err(self.raise(Class::ArgumentError, text))
            }
            other => {
                let text = self.comparison_failed(other, &Value::Int(0))?;
                Err(self.raise(Class::ArgumentError, text))
            }
        }
    }

    /// `pattern === value`
    pub(crate) fn case_equals(&mut self, pattern: &Value, value: &Value) -> Eval<bool> {
        match pattern {
            Value::Class(class) => Ok(value.class().is_a(*class)),
            Value::Regexp(regex) => match value {
                Value::Text(text) => Ok(self.match_at(regex, &text.share(), 0)?.is_some()),
                Value::Symbol(name) => Ok(self.match_at(regex, name, 0)?.is_some()),
                _ => {
                    self.set_match(None);
                    Ok(false)
                }
            },
            Value::Range(range) => methods::range::covers(self, range, value),
            Value::Proc(proc) => Ok(self.call_block(proc, std::slice::from_ref(value))?.is_true()),
            Value::Object(object) => Ok(object.case_equals(self, value)?),
            other => Ok(is_equal(other, value)),
        }
    }
}
