//! The library `json`.

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
        M::Generate | M::PrettyGenerate if args.len() > 0 => {
            args.count(it, 1, 2)?;
            let plain = if id == M::PrettyGenerate { Layout::pretty() } else { Layout::default() };
            let layout = plain.with(it, &args.at(1))?;
            let mut out = String::new();
            write(it, &mut out, &args.at(0), 0, &layout)?;
            it.charge(out.len())?;
            Value::string(out)
        }
        M::Generate | M::PrettyGenerate | M::Dump => Value::string(generate(it, args.one(it)?)?),
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

/// What stands between the parts of a document.
#[derive(Default)]
struct Layout {
    indent: String,
    space: String,
    space_before: String,
    object_nl: Option<String>,
    array_nl: Option<String>,
}

impl Layout {
    fn pretty() -> Layout {
        let [indent, space, line] = ["  ", " ", "\n"].map(str::to_owned);
        let (object_nl, array_nl) = (Some(line.clone()), Some(line));
        Layout { indent, space, space_before: String::new(), object_nl, array_nl }
    }

    /// The same with options of a call.
    fn with(mut self, it: &mut Interp<'_>, options: &Value) -> Eval<Layout> {
        let Value::Hash(options) = options else {
            return match options {
                Value::Nil => Ok(self),
                _ => Err(unsupported("JSON with options that are no hash")),
            };
        };
        for (key, value) in options.pairs() {
            let text = it.string_argument(&value)?.to_string();
            match it.text_of(&key)?.as_str() {
                "indent" => self.indent = text,
                "space" => self.space = text,
                "space_before" => self.space_before = text,
                "object_nl" => self.object_nl = Some(text),
                "array_nl" => self.array_nl = Some(text),
                other => return Err(unsupported(format!("JSON with the option {other}"))),
            }
        }
        Ok(self)
    }

    /// The end of a line before what ends an array or hash, if lines end there at all.
    fn close(&self, out: &mut String, line: Option<&str>, depth: usize) {
        if let Some(line) = line {
            out.push_str(line);
            self.margin(out, depth);
        }
    }

    fn margin(&self, out: &mut String, depth: usize) {
        (0..depth).for_each(|_| out.push_str(&self.indent));
    }
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
    write(it, &mut out, value, 0, &Layout::default())?;
    it.charge(out.len())?;
    Ok(out)
}

fn write(it: &mut Interp<'_>, out: &mut String, value: &Value, depth: usize, layout: &Layout) -> Eval<()> {
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
            out.push('[');
            out.push_str(layout.array_nl.as_deref().unwrap_or_default());
            for (index, item) in array.to_vec().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                    out.push_str(layout.array_nl.as_deref().unwrap_or_default());
                }
                layout.margin(out, depth + 1);
                write(it, out, item, depth + 1, layout)?;
            }
            layout.close(out, layout.array_nl.as_deref(), depth);
            out.push(']');
        }
        Value::Hash(hash) => {
            out.push('{');
            for (index, (key, item)) in hash.pairs().iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(layout.object_nl.as_deref().unwrap_or_default());
                layout.margin(out, depth + 1);
                let key = it.text_of(key)?;
                write_string(out, &key);
                out.push_str(&layout.space_before);
                out.push(':');
                out.push_str(&layout.space);
                write(it, out, item, depth + 1, layout)?;
            }
            layout.close(out, layout.object_nl.as_deref(), depth);
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

fn write_string(out: &mut String, text: &str) {
    let mut bytes = Vec::with_capacity(text.len() + 2);
    pcore::json::write_string(text, &mut bytes);
    out.push_str(&String::from_utf8_lossy(&bytes));
}
