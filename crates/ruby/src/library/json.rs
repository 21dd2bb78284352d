//! The library `json`.

use std::fmt::Write as _;

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::M;
use crate::value::{Map, Value};

/// Deepest nesting that Ruby's library writes.
const DEPTH_MAX: usize = 100;

pub(crate) fn class_method(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Generate | M::Dump => Value::string(generate(it, args.one(it)?)?),
        M::PrettyGenerate => {
            let mut out = String::new();
            write(it, &mut out, args.one(it)?, 0, true)?;
            it.charge(out.len())?;
            Value::string(out)
        }
        M::Parse | M::Load => {
            args.count(it, 1, 2)?;
            let mut symbols = false;
            if let Some(Value::Hash(options)) = args.get(1) {
                for (key, value) in options.pairs() {
                    match it.text_of(&key)?.as_str() {
                        "symbolize_names" => symbols = value.is_true(),
                        other => return Err(unsupported(format!("JSON.parse with the option {other}"))),
                    }
                }
            }
            let text = it.string_argument(&args.at(0))?;
            it.charge(text.len() * 8)?;
            match pcore::json::parse(text.as_bytes()) {
                Ok(value) => {
                    let value = it.import(&value)?;
                    if symbols { symbolize(it, &value)? } else { value }
                }
                Err(error) => {
                    let message = if text.trim().is_empty() {
                        "unexpected token at ''".to_owned()
                    } else {
                        format!("unexpected token at '{text}' ({error})")
                    };
                    return Err(it.raise(Class::JsonParserError, message));
                }
            }
        }
        _ => return Ok(None),
    }))
}

/// A value with symbols for the keys of its hashes.
fn symbolize(it: &mut Interp<'_>, value: &Value) -> Eval {
    Ok(match value {
        Value::Array(array) => {
            let items = array.to_vec();
            Value::array(items.iter().map(|item| symbolize(it, item)).collect::<Eval<_>>()?)
        }
        Value::Hash(hash) => {
            let mut map = Map::default();
            for (key, item) in hash.pairs() {
                let key = Value::Symbol(it.text_of(&key)?.into());
                let item = symbolize(it, &item)?;
                map.insert(it.key(key)?, item);
            }
            Value::hash(map)
        }
        other => other.clone(),
    })
}

/// A value as JSON without blanks.
pub(crate) fn generate(it: &mut Interp<'_>, value: &Value) -> Eval<String> {
    let mut out = String::new();
    write(it, &mut out, value, 0, false)?;
    it.charge(out.len())?;
    Ok(out)
}

fn write(it: &mut Interp<'_>, out: &mut String, value: &Value, depth: usize, pretty: bool) -> Eval<()> {
    if depth > DEPTH_MAX {
        return Err(it.raise(Class::JsonParserError, format!("nesting of {depth} is too deep")));
    }
    it.tick()?;
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(_) | Value::Int(_) => it.write_to_s(out, value)?,
        Value::Float(number) if number.is_finite() => it.write_to_s(out, value)?,
        Value::Float(number) => {
            let shown = pcore::number::float_text(*number);
            return Err(it.raise(Class::JsonGeneratorError, format!("{shown} not allowed in JSON")));
        }
        Value::Array(array) => {
            let items = array.to_vec();
            out.push('[');
            if items.is_empty() {
                // The library of Ruby 3 has two line breaks there.
                out.push_str(if pretty { "\n" } else { "]" });
                if !pretty {
                    return Ok(());
                }
            }
            for (index, item) in items.iter().enumerate() {
                separate(out, index, depth + 1, pretty);
                write(it, out, item, depth + 1, pretty)?;
            }
            close(out, depth, pretty);
            out.push(']');
        }
        Value::Hash(hash) => {
            let pairs = hash.pairs();
            out.push('{');
            if pairs.is_empty() && !pretty {
                out.push('}');
                return Ok(());
            }
            for (index, (key, item)) in pairs.iter().enumerate() {
                separate(out, index, depth + 1, pretty);
                let key = it.text_of(key)?;
                write_string(out, &key);
                out.push_str(if pretty { ": " } else { ":" });
                write(it, out, item, depth + 1, pretty)?;
            }
            close(out, depth, pretty);
            out.push('}');
        }
        Value::Text(text) => write_string(out, &text.borrow()),
        other => {
            let text = it.text_of(other)?;
            write_string(out, &text);
        }
    }
    Ok(())
}

fn separate(out: &mut String, index: usize, depth: usize, pretty: bool) {
    if index > 0 {
        out.push(',');
    }
    close(out, depth, pretty);
}

fn close(out: &mut String, depth: usize, pretty: bool) {
    if pretty {
        let _ = write!(out, "\n{:width$}", "", width = depth * 2);
    }
}

fn write_string(out: &mut String, text: &str) {
    let mut bytes = Vec::with_capacity(text.len() + 2);
    pcore::json::write_string(text, &mut bytes);
    out.push_str(&String::from_utf8_lossy(&bytes));
}
