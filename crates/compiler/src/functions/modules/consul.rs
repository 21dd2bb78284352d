//! The module consul.

use pcore::format::{ruby_inspect, ruby_to_s};
use pcore::{Hash, Value};

use super::all;
use crate::error::Control;
use crate::functions::stdlib::{fits, to_json};
use crate::functions::{Native, OfModule, Overload, ruby};

pub(in crate::functions) const CONSUL: OfModule = all("consul", &[&SORTED_JSON, &VALIDATE_CHECKS], &[]);

/// A value as JSON with sorted keys; texts of numbers are numbers, but for those in `node_meta`, `meta`, `tags` and
/// `args`. With a true second argument, each entry is on its own line.
const SORTED_JSON: Native = Native {
    name: "consul::sorted_json",
    local_types: &[],
    overloads: &[Overload::new(
        "([Any $unsorted_hash], [Any $pretty], [Any $indent_len])",
        |_, arguments| {
            let empty = Value::from(Hash::new());
            let data = arguments.first().unwrap_or(&empty);
            let indent = match arguments.get(1).is_some_and(Value::is_true) {
                false => None,
                true => Some(arguments.get(2).map_or(Ok(4), ruby::value_to_i)?.clamp(0, 1000) as usize),
            };
            let mut out = String::new();
            write(data, false, indent, 0, &mut out)?;
            if indent.is_some() {
                out.push('\n');
            }
            Ok(out.into())
        },
    )],
};

fn write(
    value: &Value,
    quoted: bool,
    indent: Option<usize>,
    level: usize,
    out: &mut String,
) -> Result<(), Control> {
    let line = |level: usize| match indent {
        Some(indent) => format!("\n{}", " ".repeat(indent * level)),
        None => String::new(),
    };
    match value {
        Value::Undef => out.push_str("null"),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) if quoted => {
            out.push_str(&to_json(&ruby_to_s(value).into())?);
        }
        Value::Str(text) if !quoted && fits(r"\A-?(0|[1-9]\d*)\z", text) => out.push_str(text),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Str(_) => out.push_str(&to_json(value)?),
        Value::Array(items) => {
            out.push('[');
            out.push_str(&line(level + 1));
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                    out.push_str(&line(level + 1));
                }
                write(item, quoted, indent, level + 1, out)?;
            }
            out.push_str(&line(level));
            out.push(']');
        }
        Value::Hash(hash) => {
            let keys: Vec<Value> = hash.keys().cloned().collect();
            out.push('{');
            if indent.is_some() {
                out.push('\n');
            }
            for (at, key) in ruby::sort_naturally(&keys)?.iter().enumerate() {
                if at > 0 {
                    out.push_str(if indent.is_some() { ",\n" } else { "," });
                }
                if let Some(indent) = indent {
                    out.push_str(&" ".repeat(indent * (level + 1)));
                }
                out.push_str(&to_json(key)?);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                let name = key.as_str().unwrap_or_default();
                let quoted = quoted || matches!(name, "node_meta" | "meta" | "tags" | "args");
                write(&hash[name], quoted, indent, level + 1, out)?;
            }
            out.push_str(&line(level));
            out.push('}');
        }
        other => {
            let (class, shown) = (ruby::class_name(other), ruby_inspect(other));
            return Err(format!("Unable to handle object of type {class} with value {shown}").into());
        }
    }
    Ok(())
}

/// Fails if a check, or one of an array, has parameters that do not go together.
const VALIDATE_CHECKS: Native = Native {
    name: "consul::validate_checks",
    local_types: &[("HashOrArray", "Variant[Hash,Array]")],
    overloads: &[Overload::new("(HashOrArray $obj)", |_, arguments| {
        let checks = arguments.first().unwrap_or(&Value::Undef);
        validate(checks)?;
        Ok(if matches!(checks, Value::Array(_)) { checks.clone() } else { Value::Undef })
    })],
};

fn validate(checks: &Value) -> Result<(), Control> {
    let check = match checks {
        Value::Array(checks) => return checks.iter().try_for_each(validate),
        Value::Hash(check) => check,
        other => {
            return Err(format!("Unable to handle object of type <{}>", ruby::class_name(other)).into());
        }
    };
    let has = |name: &str| check.contains_str(name);
    let (http, tcp, grpc) = (has("http"), has("tcp"), has("grpc"));
    let script = has("args") || has("script");
    let interval = has("interval");
    let wrong = |text: &str| Err(text.into());
    if (http || script || tcp || grpc) && !interval {
        return wrong("interval must be defined for tcp, http, grpc and script checks");
    }
    if has("ttl") {
        if http || script || tcp || grpc || interval {
            return wrong("script, http, tcp, grpc and interval must not be defined for ttl checks");
        }
    } else if http {
        if script || tcp || grpc {
            return wrong("script, tcp and grpc must not be defined for http checks");
        }
    } else if grpc {
        if script || tcp {
            return wrong("script, tcp and http must not be defined for grpc checks");
        }
    } else if tcp {
        if script {
            return wrong("script, http and grpc must not be defined for tcp checks");
        }
    } else if !script {
        if !has("alias_service") {
            return wrong("One of ttl, script, tcp, grpc or http must be defined.");
        }
        if interval {
            return wrong("alias_service must not define http, tcp, grpc, args, script, or interval");
        }
    }
    Ok(())
}
