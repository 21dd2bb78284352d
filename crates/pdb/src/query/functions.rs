//! What SQLite lacks beside PostgreSQL, as functions of SQL.

use db::{Function, Value};
use serde_json::Value as Json;

use super::{json, regex, time};

/// The functions that queries use; to be given to the database when it is opened.
pub const FUNCTIONS: &[Function] = &[
    Function { name: "pdb_regexp", arguments: 2, call: regexp },
    Function { name: "pdb_at", arguments: 2, call: at },
    Function { name: "pdb_text", arguments: 1, call: text },
    Function { name: "pdb_kind", arguments: 1, call: kind },
    Function { name: "pdb_compare", arguments: 2, call: compare },
    Function { name: "pdb_contains", arguments: 2, call: contains },
    Function { name: "pdb_leaves", arguments: 2, call: leaves },
    Function { name: "pdb_path_text", arguments: 1, call: path_text },
    Function { name: "pdb_order", arguments: 1, call: order },
    Function { name: "pdb_time", arguments: 1, call: iso },
    Function { name: "pdb_to_char", arguments: 2, call: to_char },
];

type Answer = Result<Value, String>;

fn texts(arguments: &[Value]) -> Option<(&str, &str)> {
    match arguments {
        [Value::Text(a), Value::Text(b)] => Some((a, b)),
        _ => None,
    }
}

fn parsed(text: &str) -> Result<Json, String> {
    serde_json::from_str(text).map_err(|error| format!("a stored value is not JSON: {error}"))
}

/// A text and a pattern: whether it matches.
fn regexp(arguments: &[Value]) -> Answer {
    match texts(arguments) {
        Some((text, pattern)) => regex::is_match(pattern, text).map(Value::from),
        None => Ok(Value::Null),
    }
}

/// A value and a path (a JSON list of texts): what is there.
fn at(arguments: &[Value]) -> Answer {
    let Some((value, path)) = texts(arguments) else { return Ok(Value::Null) };
    let path: Vec<String> = serde_json::from_str(path).map_err(|error| error.to_string())?;
    Ok(json::at(&parsed(value)?, &path).map_or(Value::Null, |found| Value::from(json::canonical(found))))
}

fn one(arguments: &[Value], of: impl Fn(&Json) -> Value) -> Answer {
    match arguments {
        [Value::Text(text)] => Ok(of(&parsed(text)?)),
        _ => Ok(Value::Null),
    }
}

fn text(arguments: &[Value]) -> Answer {
    one(arguments, |value| json::text(value).into())
}

fn kind(arguments: &[Value]) -> Answer {
    one(arguments, |value| json::kind(value).into())
}

fn order(arguments: &[Value]) -> Answer {
    one(arguments, |value| json::sort_key(value).into())
}

fn compare(arguments: &[Value]) -> Answer {
    let Some((a, b)) = texts(arguments) else { return Ok(Value::Null) };
    Ok(Value::Int(json::compare(&parsed(a)?, &parsed(b)?) as i64))
}

fn contains(arguments: &[Value]) -> Answer {
    let Some((whole, part)) = texts(arguments) else { return Ok(Value::Null) };
    Ok(json::contains(&parsed(whole)?, &parsed(part)?).into())
}

/// Name and value of a fact: pairs of path and leaf.
fn leaves(arguments: &[Value]) -> Answer {
    let Some((name, value)) = texts(arguments) else { return Ok(Value::Null) };
    Ok(json::leaves(name, &parsed(value)?).to_string().into())
}

/// The elements of a path with `#~` between them.
fn path_text(arguments: &[Value]) -> Answer {
    one(arguments, |path| {
        let parts = path.as_array().map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<String> = parts.iter().filter_map(json::text).collect();
        parts.join("#~").into()
    })
}

/// A time as PostgreSQL has it in JSON.
fn iso(arguments: &[Value]) -> Answer {
    Ok(match arguments {
        [Value::Int(microseconds)] => time::with_offset(*microseconds).into(),
        _ => Value::Null,
    })
}

fn to_char(arguments: &[Value]) -> Answer {
    Ok(match arguments {
        [Value::Int(microseconds), Value::Text(mask)] => time::to_char(*microseconds, mask).into(),
        _ => Value::Null,
    })
}
