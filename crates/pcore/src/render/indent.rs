//! Values on several lines: every entry of a hash on its own, and arrays that are long or hold collections likewise.

use super::quote::quote;
use crate::{Hash, Value, object};

/// Arrays of scalars up to this column stay on one line.
const LINE_MAX: usize = 100;
/// An item that makes any array a long one.
const LONG: usize = 1000;

/// The text of a value on several lines, the first at the place where the caller is, the others from `level` on.
pub fn indented(value: &Value, level: usize) -> String {
    let mut out = String::new();
    write(&mut out, value, level);
    out
}

fn write(out: &mut String, value: &Value, level: usize) {
    match value {
        Value::Hash(hash) => write_hash(out, hash, level),
        Value::Array(items) => {
            out.push('[');
            if is_short(items, level) {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    write(out, item, level);
                }
            } else {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    new_line(out, level + 1);
                    write(out, item, level + 1);
                }
                new_line(out, level);
            }
            out.push(']');
        }
        Value::Object(instance) => {
            out.push_str(&instance.ty.name);
            out.push('(');
            write_hash(out, &object::instance_init_hash(instance), level);
            out.push(')');
        }
        Value::Deferred(deferred) => {
            let mut init = Hash::new();
            init.insert("name", deferred.name.clone());
            if let Some(arguments) = &deferred.arguments {
                init.insert("arguments", arguments.clone());
            }
            out.push_str("Deferred(");
            write_hash(out, &init, level);
            out.push(')');
        }
        Value::Uri(uri) => out.push_str(&format!("URI({})", quote(&uri.text))),
        other => out.push_str(&super::value(other).to_string()),
    }
}

fn write_hash(out: &mut String, hash: &Hash, level: usize) {
    out.push('{');
    for (index, (key, value)) in hash.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        new_line(out, level + 1);
        write(out, key, level + 1);
        out.push_str(" => ");
        write(out, value, level + 1);
    }
    new_line(out, level);
    out.push('}');
}

fn new_line(out: &mut String, level: usize) {
    out.truncate(out.trim_end().len());
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", level));
}

fn is_short(items: &[Value], level: usize) -> bool {
    let length = |item: &Value| match item {
        Value::Undef => "nil".len(),
        Value::Default => ":default".len(),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => crate::format::to_s(item).len(),
        Value::Str(text) => text.chars().count() + 2,
        Value::Hash(hash) if hash.is_empty() => 2,
        Value::Array(inner) if inner.is_empty() => 2,
        _ => LONG,
    };
    items.is_empty() || items.iter().map(length).sum::<usize>() + 2 * level < LINE_MAX
}
