//! Methods of hashes.

use lib_ruby_parser::Node;

use super::super::value::{Arguments, Flow, Frame, Value};
use super::super::world::World;
use super::list::pairs;
use super::{insert, list, one};

impl<'a> World<'a> {
    pub(super) fn call_hash(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        target: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        let Value::Hash(shared) = target else { return Ok(None) };
        let values = &arguments.values[..];
        let changes =
            matches!(name, "[]=" | "store" | "delete" | "update" | "clear" | "delete_if" | "replace")
                || name.ends_with('!');
        if changes && self.doubts > 0 {
            target.forget();
            return Ok(Some(Value::Unknown));
        }
        let Some(entries) = target.entries() else { return Ok(None) };
        if let Some(block) = &arguments.block {
            return match (name, values) {
                ("each" | "each_pair", []) => {
                    for (key, value) in entries {
                        let pair = Value::array(vec![key, value]);
                        if let Some(value) = self.round_of(block, vec![pair])? {
                            return Ok(Some(value));
                        }
                    }
                    Ok(Some(target.clone()))
                }
                ("each_key", []) | ("each_value", []) => {
                    for (key, value) in entries {
                        let item = if name == "each_key" { key } else { value };
                        if let Some(value) = self.round_of(block, vec![item])? {
                            return Ok(Some(value));
                        }
                    }
                    Ok(Some(target.clone()))
                }
                ("select" | "filter" | "reject", []) => {
                    let items = list(target).unwrap_or_default();
                    let chosen = self.choose(block, name, items)?;
                    Ok(Some(
                        chosen.items().and_then(|items| pairs(&items)).map_or(Value::Unknown, Value::hash),
                    ))
                }
                ("transform_values", []) => {
                    let mut mapped = Vec::with_capacity(entries.len());
                    for (key, value) in entries {
                        mapped.push((key, self.run_block(block, one(value))?));
                    }
                    Ok(Some(Value::hash(mapped)))
                }
                ("fetch", [key]) => match find(&entries, key) {
                    Some(Some(value)) => Ok(Some(value)),
                    Some(None) => self.run_block(block, one(key.clone())).map(Some),
                    None => Ok(None),
                },
                _ if changes => Ok(None),
                _ => self.call_list(
                    frame,
                    node,
                    &Value::array(list(target).unwrap_or_default()),
                    name,
                    arguments,
                ),
            };
        }
        Ok(match (name, values) {
            ("[]", [key]) | ("fetch" | "dig", [key]) => {
                find(&entries, key).map(|found| found.unwrap_or(Value::Nil))
            }
            ("fetch", [key, default]) => find(&entries, key).map(|found| found.unwrap_or(default.clone())),
            ("[]=" | "store", [key, value]) => {
                if matches!(key, Value::Unknown) {
                    target.forget();
                } else if let Some(list) = shared.borrow_mut().as_mut() {
                    insert(list, key.clone(), value.clone());
                }
                Some(value.clone())
            }
            ("delete", [key]) => {
                let found = find(&entries, key).map(|found| found.unwrap_or(Value::Nil));
                match &found {
                    Some(_) => {
                        if let Some(list) = shared.borrow_mut().as_mut() {
                            list.retain(|(other, _)| other.equals(key) != Some(true));
                        }
                    }
                    None => target.forget(),
                }
                found
            }
            ("keys", []) => Some(Value::array(entries.into_iter().map(|(key, _)| key).collect())),
            ("values", []) => Some(Value::array(entries.into_iter().map(|(_, value)| value).collect())),
            ("to_a", []) => list(target).map(Value::array),
            ("to_h" | "dup" | "clone", []) => Some(Value::hash(entries)),
            ("merge", others) => {
                let mut merged = entries;
                for other in others {
                    let Some(more) = other.entries() else { return Ok(Some(Value::Unknown)) };
                    more.into_iter().for_each(|(key, value)| insert(&mut merged, key, value));
                }
                Some(Value::hash(merged))
            }
            ("merge!" | "update", others) => {
                for other in others {
                    match (other.entries(), shared.borrow_mut().as_mut()) {
                        (Some(more), Some(list)) => {
                            more.into_iter().for_each(|(key, value)| insert(list, key, value));
                        }
                        (_, list) => {
                            if let Some(list) = list {
                                list.push((Value::Unknown, Value::Unknown));
                            }
                        }
                    }
                }
                Some(target.clone())
            }
            ("key?" | "has_key?" | "include?" | "member?", [key]) => {
                find(&entries, key).map(|found| Value::Bool(found.is_some()))
            }
            ("empty?", []) => Some(Value::Bool(entries.is_empty())),
            ("size" | "length" | "count", []) => i64::try_from(entries.len()).ok().map(Value::Int),
            _ => None,
        })
    }
}

/// The value of a key: `None` if that is not known, `Some(None)` if there is no such key.
fn find<'a>(entries: &[(Value<'a>, Value<'a>)], key: &Value<'a>) -> Option<Option<Value<'a>>> {
    for (other, value) in entries {
        if other.equals(key)? {
            return Some(Some(value.clone()));
        }
    }
    Some(None)
}
