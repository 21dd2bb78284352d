//! Methods of texts, numbers, arrays, hashes and paths.

mod hash;
mod list;

use std::path::Path;
use std::rc::Rc;

use lib_ruby_parser::Node;

use super::kernel::clean;
use super::value::{Arguments, Flow, Frame, Value, regexp_text};
use super::world::World;

/// Items that a range may have.
const RANGE_MAX: i64 = 10_000;
/// Longest text that is put together, in bytes; beyond, it is not known any more.
pub(super) const TEXT_BYTES_MAX: usize = 64 << 10;

/// Adds to a hash, or replaces.
pub(super) fn insert<'a>(entries: &mut Vec<(Value<'a>, Value<'a>)>, key: Value<'a>, value: Value<'a>) {
    match entries.iter_mut().find(|(other, _)| other.equals(&key) == Some(true)) {
        Some(entry) => entry.1 = value,
        None => entries.push((key, value)),
    }
}

/// The items of an array or range.
pub(super) fn list<'a>(value: &Value<'a>) -> Option<Vec<Value<'a>>> {
    match value {
        Value::Array(_) => value.items(),
        Value::Range(first, last) if last.saturating_sub(*first) < RANGE_MAX => {
            Some((*first..=*last).map(Value::Int).collect())
        }
        Value::Hash(_) => {
            let entries = value.entries()?;
            Some(entries.into_iter().map(|(key, value)| Value::array(vec![key, value])).collect())
        }
        _ => None,
    }
}

impl<'a> World<'a> {
    /// A call that a value of Ruby's own classes answers; `None` if it does not, or if the answer is not followed.
    pub(super) fn call_core(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        target: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        // Servers do not run on Windows.
        if matches!(name, "microsoft_windows?" | "windows?") {
            return Ok(Some(Value::Bool(false)));
        }
        if arguments.is_open {
            return Ok(None);
        }
        let values = &arguments.values[..];
        // What every object can do.
        match (name, values) {
            ("!", []) => {
                return Ok(Some(target.truth().map_or(Value::Unknown, |truth| Value::Bool(!truth))));
            }
            ("==" | "eql?" | "equal?", [other]) => {
                return Ok(Some(target.equals(other).map_or(Value::Unknown, Value::Bool)));
            }
            ("!=", [other]) => {
                return Ok(Some(target.equals(other).map_or(Value::Unknown, |same| Value::Bool(!same))));
            }
            ("freeze" | "itself" | "dup" | "clone", [])
                if !matches!(target, Value::Array(_) | Value::Hash(_)) =>
            {
                return Ok(Some(target.clone()));
            }
            ("freeze" | "itself" | "frozen?", []) => return Ok(Some(target.clone())),
            ("nil?", []) if !matches!(target, Value::Unknown) => {
                return Ok(Some(Value::Bool(matches!(target, Value::Nil))));
            }
            ("is_a?" | "kind_of?" | "instance_of?", [Value::Class(class)]) => {
                return Ok(Some(self.is_a(target, *class).map_or(Value::Unknown, Value::Bool)));
            }
            ("tap", []) => {
                if let Some(block) = &arguments.block {
                    self.run_block(block, one(target.clone()))?;
                }
                return Ok(Some(target.clone()));
            }
            ("then" | "yield_self", []) => {
                if let Some(block) = &arguments.block {
                    return self.run_block(block, one(target.clone())).map(Some);
                }
            }
            _ => {}
        }
        match target {
            Value::Str(text) => Ok(self.call_text(text, name, values)),
            Value::Sym(text) => Ok(match (name, values) {
                ("to_s" | "id2name" | "name", []) => Some(Value::Str(text.clone())),
                ("to_sym" | "intern", []) => Some(target.clone()),
                ("to_proc", []) => None,
                ("upcase" | "downcase" | "capitalize", []) => match self.call_text(text, name, values) {
                    Some(Value::Str(text)) => Some(Value::Sym(text)),
                    _ => None,
                },
                ("size" | "length" | "[]" | "start_with?" | "end_with?" | "=~" | "match?", _) => {
                    self.call_text(text, name, values)
                }
                _ => None,
            }),
            Value::Path(path) => Ok(call_path(path, name, values)),
            Value::Int(number) => self.call_number(frame, node, *number, name, arguments),
            Value::Regexp(source, options) => Ok(match (name, values) {
                ("source", []) => Some(Value::Str(source.clone())),
                ("to_s", []) => Some(Value::str(regexp_text(source, *options))),
                ("match" | "match?" | "=~" | "===", _) => Some(Value::Unknown),
                _ => None,
            }),
            Value::Nil => Ok(match (name, values) {
                ("to_s", []) => Some(Value::str("")),
                ("to_a", []) => Some(Value::array(Vec::new())),
                ("to_h", []) => Some(Value::hash(Vec::new())),
                ("&", [_]) => Some(Value::Bool(false)),
                ("inspect", []) => Some(Value::str("nil")),
                _ => None,
            }),
            Value::Bool(flag) => Ok(match (name, values) {
                ("to_s", []) => Some(Value::str(flag.to_string())),
                _ => None,
            }),
            Value::Array(_) | Value::Range(..) => self.call_list(frame, node, target, name, arguments),
            Value::Hash(_) => self.call_hash(frame, node, target, name, arguments),
            _ => Ok(None),
        }
    }

    fn call_text(&self, text: &Rc<str>, name: &str, values: &[Value<'a>]) -> Option<Value<'a>> {
        if let ("match" | "match?" | "=~", [Value::Regexp(source, options)]) = (name, values) {
            let found = pcore::regexp::Regexp::new(&regexp_text(source, *options)).ok()?.is_match(text);
            return Some(match (name, found) {
                ("match?", found) => Value::Bool(found),
                (_, true) => Value::Unknown,
                (_, false) => Value::Nil,
            });
        }
        let words = |list: Vec<&str>| Value::array(list.into_iter().map(Value::str).collect());
        Some(match (name, values) {
            ("to_s" | "to_str" | "scrub" | "-@" | "+@" | "b", []) => Value::Str(text.clone()),
            ("to_sym" | "intern", []) => Value::Sym(text.clone()),
            ("upcase", []) => Value::str(text.to_uppercase()),
            ("downcase", []) => Value::str(text.to_lowercase()),
            ("capitalize", []) => {
                let mut letters = text.chars();
                let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
                Value::str(first + &letters.as_str().to_lowercase())
            }
            ("strip", []) => Value::str(text.trim()),
            ("chomp", []) => Value::str(text.trim_end_matches(['\n', '\r'])),
            ("chomp", [Value::Str(end)]) => Value::str(text.strip_suffix(&**end).unwrap_or(text)),
            ("delete_prefix", [Value::Str(start)]) => Value::str(text.strip_prefix(&**start).unwrap_or(text)),
            ("delete_suffix", [Value::Str(end)]) => Value::str(text.strip_suffix(&**end).unwrap_or(text)),
            ("to_i", []) => {
                let digits = text.trim_start();
                let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                match digits.starts_with('-') {
                    true => return None,
                    false => Value::Int(digits[..end].parse().unwrap_or(0)),
                }
            }
            ("+" | "<<" | "concat", [Value::Str(other)]) if text.len() + other.len() <= TEXT_BYTES_MAX => {
                Value::str(format!("{text}{other}"))
            }
            ("*", [Value::Int(count @ 0..)]) => {
                let count = usize::try_from(*count).ok()?;
                if text.len().checked_mul(count)? > TEXT_BYTES_MAX {
                    return None;
                }
                Value::str(text.repeat(count))
            }
            ("%", [value]) => {
                let given: Vec<Value<'a>> = match value {
                    Value::Array(_) => value.items()?,
                    Value::Hash(_) | Value::Unknown => return None,
                    single => vec![single.clone()],
                };
                let pieces: Vec<&str> = text.split("%s").collect();
                if pieces.len() != given.len() + 1 || pieces.iter().any(|piece| piece.contains('%')) {
                    return None;
                }
                let mut out = String::new();
                for (at, piece) in pieces.iter().enumerate() {
                    out.push_str(piece);
                    if let Some(value) = given.get(at) {
                        out.push_str(&value.to_s()?);
                    }
                }
                Value::str(out)
            }
            ("sub", [Value::Str(from), Value::Str(to)]) if !to.contains('\\') => {
                Value::str(text.replacen(&**from, to, 1))
            }
            ("gsub" | "tr", [Value::Str(from), Value::Str(to)])
                if !to.contains('\\')
                    && (name == "gsub"
                        || (from.chars().count() == 1 && &**from != "^" && to.chars().count() == 1)) =>
            {
                Value::str(text.replace(&**from, to))
            }
            ("split", []) => words(text.split_whitespace().collect()),
            ("split", [Value::Str(by)]) if !by.trim().is_empty() => {
                let mut parts: Vec<&str> = text.split(&**by).collect();
                while parts.last().is_some_and(|part| part.is_empty()) {
                    parts.pop();
                }
                words(parts)
            }
            ("start_with?", [Value::Str(start)]) => Value::Bool(text.starts_with(&**start)),
            ("end_with?", [Value::Str(end)]) => Value::Bool(text.ends_with(&**end)),
            ("include?", [Value::Str(part)]) => Value::Bool(text.contains(&**part)),
            ("empty?", []) => Value::Bool(text.is_empty()),
            ("size" | "length", []) => Value::Int(i64::try_from(text.chars().count()).ok()?),
            _ => return None,
        })
    }

    fn call_number(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        number: i64,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        Ok(match (name, &arguments.values[..]) {
            ("times", []) if number < RANGE_MAX => {
                return self.call_list(frame, node, &Value::Range(0, number - 1), "each", arguments);
            }
            ("upto", [Value::Int(last)]) => {
                let each = Arguments { values: Vec::new(), ..arguments.clone() };
                return self.call_list(frame, node, &Value::Range(number, *last), "each", &each);
            }
            ("to_s", []) => Some(Value::str(number.to_string())),
            ("to_i", []) => Some(Value::Int(number)),
            ("+", [Value::Int(other)]) => Some(Value::Int(number.wrapping_add(*other))),
            ("-", [Value::Int(other)]) => Some(Value::Int(number.wrapping_sub(*other))),
            ("*", [Value::Int(other)]) => Some(Value::Int(number.wrapping_mul(*other))),
            ("<", [Value::Int(other)]) => Some(Value::Bool(number < *other)),
            (">", [Value::Int(other)]) => Some(Value::Bool(number > *other)),
            ("<=", [Value::Int(other)]) => Some(Value::Bool(number <= *other)),
            (">=", [Value::Int(other)]) => Some(Value::Bool(number >= *other)),
            ("succ" | "next", []) => Some(Value::Int(number.wrapping_add(1))),
            ("zero?", []) => Some(Value::Bool(number == 0)),
            _ => None,
        })
    }
}

pub(super) fn one(value: Value<'_>) -> Arguments<'_> {
    Arguments { values: vec![value], ..Arguments::default() }
}

/// `Pathname`
fn call_path<'a>(path: &Rc<str>, name: &str, values: &[Value<'a>]) -> Option<Value<'a>> {
    let made = |path: &Path| Value::Path(path.to_string_lossy().into());
    let here = Path::new(&**path);
    Some(match (name, values) {
        ("to_s" | "to_path" | "to_str", []) => Value::Str(path.clone()),
        ("dirname" | "parent", []) => made(here.parent().unwrap_or(Path::new("."))),
        ("expand_path" | "cleanpath" | "realpath", []) => made(&clean(here)),
        ("+" | "join" | "/", parts) => {
            let mut joined = here.to_owned();
            for part in parts {
                match part {
                    Value::Str(part) | Value::Path(part) => joined.push(&**part),
                    _ => return None,
                }
            }
            made(&clean(&joined))
        }
        ("basename", []) => Value::Path(here.file_name()?.to_string_lossy().into()),
        _ => return None,
    })
}
