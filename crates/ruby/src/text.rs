//! `to_s` and `inspect`, in the forms of Ruby up to 3.3.

use std::fmt::Write as _;

use pcore::number::write_float;

use crate::class::Class;
use crate::eval::Interp;
use crate::flow::{Eval, limit};
use crate::library;
use crate::limits::NESTING_MAX;
use crate::methods;
use crate::name::M;
use crate::value::Value;

impl Interp<'_> {
    /// What `to_s` gives.
    pub(crate) fn text_of(&mut self, value: &Value) -> Eval<String> {
        let mut out = String::new();
        self.write_to_s(&mut out, value)?;
        Ok(out)
    }

    /// Appends what `to_s` gives.
    pub(crate) fn write_to_s(&mut self, out: &mut String, value: &Value) -> Eval<()> {
        match value {
            Value::Nil => {}
            Value::Text(text) => out.push_str(&text.borrow()),
            Value::Symbol(name) => out.push_str(name),
            Value::Class(class) => out.push_str(class.name()),
            Value::Range(range) => {
                self.write_to_s(out, &range.start)?;
                out.push_str(if range.exclusive { "..." } else { ".." });
                self.write_to_s(out, &range.end)?;
            }
            Value::Regexp(regex) => out.push_str(&regex.to_s()),
            Value::Match(found) => out.push_str(found.group(0).unwrap_or_default()),
            Value::Exception(exception) => match &exception.message {
                Value::Nil => out.push_str(exception.class.name()),
                message => {
                    let message = message.clone();
                    self.write_to_s(out, &message)?;
                }
            },
            Value::Puppet(value) => methods::puppet::to_s(out, value),
            Value::Object(object) => library::to_s(self, out, object)?,
            Value::Wrapper => {
                let _ = write!(out, "template[{}]", self.file.unwrap_or("inline"));
            }
            Value::Scope => return Err(crate::flow::unsupported("the text of the scope")),
            Value::Proc(_) | Value::Enumerator(_) => {
                let class = value.class().name();
                return Err(crate::flow::unsupported(format!("the text of an object of {class}")));
            }
            other => self.write_inspect(out, other, 0)?,
        }
        Ok(())
    }

    /// What `inspect` gives.
    pub(crate) fn inspect(&mut self, value: &Value) -> Eval<String> {
        let mut out = String::new();
        self.write_inspect(&mut out, value, 0)?;
        Ok(out)
    }

    fn write_inspect(&mut self, out: &mut String, value: &Value, depth: u32) -> Eval<()> {
        if depth > NESTING_MAX {
            return Err(limit(format!("a value is nested deeper than {NESTING_MAX} levels")));
        }
        self.tick()?;
        match value {
            Value::Nil => out.push_str("nil"),
            Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Value::Int(number) => {
                let _ = write!(out, "{number}");
            }
            Value::Float(number) => write_float(out, *number),
            Value::Symbol(name) => write_symbol(out, name),
            Value::Text(text) => out.push_str(&pcore::format::ruby_quote(&text.borrow())),
            Value::Array(array) => {
                out.push('[');
                let items = array.to_vec();
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    if item.is_same(value) {
                        out.push_str("[...]");
                    } else {
                        self.write_inspect(out, item, depth + 1)?;
                    }
                }
                out.push(']');
            }
            Value::Hash(hash) => {
                out.push('{');
                for (index, (key, item)) in hash.pairs().iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.write_inspect(out, key, depth + 1)?;
                    out.push_str("=>");
                    if item.is_same(value) {
                        out.push_str("{...}");
                    } else {
                        self.write_inspect(out, item, depth + 1)?;
                    }
                }
                out.push('}');
            }
            Value::Range(range) => {
                if !range.start.is_nil() || range.end.is_nil() {
                    self.write_inspect(out, &range.start, depth + 1)?;
                }
                out.push_str(if range.exclusive { "..." } else { ".." });
                if !range.end.is_nil() || range.start.is_nil() {
                    self.write_inspect(out, &range.end, depth + 1)?;
                }
            }
            Value::Regexp(regex) => out.push_str(&regex.inspect()),
            Value::Match(found) => {
                out.push_str("#<MatchData ");
                let names = found.regex.program.names();
                for number in 0..found.groups.len() {
                    match (number, names.get(number.wrapping_sub(1))) {
                        (0, _) => {}
                        (_, Some(name)) => {
                            let _ = write!(out, " {name}:");
                        }
                        (_, None) => {
                            let _ = write!(out, " {number}:");
                        }
                    }
                    match found.group(number) {
                        Some(text) => out.push_str(&pcore::format::ruby_quote(text)),
                        None => out.push_str("nil"),
                    }
                }
                out.push('>');
            }
            Value::Exception(exception) => {
                let text = self.text_of(value)?;
                if text.is_empty() {
                    out.push_str(exception.class.name());
                } else {
                    let _ = write!(out, "#<{}: {text}>", exception.class.name());
                }
            }
            Value::Puppet(inner) => methods::puppet::inspect(out, inner),
            Value::Object(object) => library::inspect(self, out, object)?,
            Value::Enumerator(enumerator) => {
                // Steps between numbers are a class of their own.
                let is_sequence = matches!(enumerator.method.id, Some(M::Step | M::Percent));
                out.push_str(if is_sequence { "(" } else { "#<Enumerator: " });
                let is_range = is_sequence && matches!(enumerator.receiver, Value::Range(_));
                out.push_str(if is_range { "(" } else { "" });
                self.write_inspect(out, &enumerator.receiver, depth + 1)?;
                out.push_str(if is_range { ")" } else { "" });
                let _ = write!(out, "{}{}", if is_sequence { '.' } else { ':' }, enumerator.method.text);
                if !enumerator.arguments.is_empty() {
                    out.push('(');
                    for (index, argument) in enumerator.arguments.iter().enumerate() {
                        if index > 0 {
                            out.push_str(", ");
                        }
                        self.write_inspect(out, argument, depth + 1)?;
                    }
                    out.push(')');
                }
                out.push(if is_sequence { ')' } else { '>' });
            }
            Value::Class(class) => out.push_str(class.name()),
            Value::Wrapper | Value::Scope | Value::Proc(_) => {
                let class = value.class();
                if class == Class::Proc || class == Class::TemplateWrapper || class == Class::Scope {
                    // Ruby shows an address there, which is different each time.
                    return Err(crate::flow::unsupported(format!(
                        "inspecting an object of {}",
                        class.name()
                    )));
                }
            }
        }
        Ok(())
    }
}

/// A symbol as `inspect` shows it.
pub(crate) fn write_symbol(out: &mut String, name: &str) {
    out.push(':');
    if is_plain_symbol(name) {
        out.push_str(name);
    } else {
        out.push_str(&pcore::format::ruby_quote(name));
    }
}

/// True if a symbol needs no quotes.
fn is_plain_symbol(name: &str) -> bool {
    const OPERATORS: &[&str] = &[
        "!", "!=", "!~", "%", "&", "*", "**", "+", "+@", "-", "-@", "/", "<", "<<", "<=", "<=>", "==", "===",
        "=~", ">", ">=", ">>", "[]", "[]=", "^", "`", "|", "~",
    ];
    if OPERATORS.contains(&name) {
        return true;
    }
    let (name, is_variable) = match name {
        _ if name.starts_with("@@") => (&name[2..], true),
        _ if name.starts_with(['@', '$']) => (&name[1..], true),
        _ => (name, false),
    };
    let name = if is_variable { name } else { name.strip_suffix(['?', '!', '=']).unwrap_or(name) };
    let is_start = |c: char| c == '_' || c.is_ascii_alphabetic() || !c.is_ascii();
    name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_ascii_digit())
}
