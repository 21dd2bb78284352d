//! The files of `queries/` and the way they write answers; for our own store, and for others beside it.

#![allow(dead_code, reason = "each test uses its part")]

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A fenced block: the words behind the fence, the text inside.
pub struct Block {
    pub info: String,
    pub text: String,
}

/// Text and fenced blocks, in order.
pub enum Part {
    Prose(String),
    Fence(Block),
}

pub fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut prose = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            prose.push_str(line);
            prose.push('\n');
            continue;
        };
        parts.push(Part::Prose(std::mem::take(&mut prose)));
        let inner: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        parts.push(Part::Fence(Block { info: info.to_owned(), text: inner.join("\n") }));
    }
    parts.push(Part::Prose(prose));
    parts
}

/// An answer as the suite writes it: what it is, and its text.
pub fn answer(query: &str, status: u16, total: Option<String>, text: &str) -> (String, String) {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(rows)) if status == 200 => {
            let mut rows: Vec<String> = rows.into_iter().map(|row| masked(row).to_string()).collect();
            if !query.contains("order") {
                rows.sort();
            }
            let mut out = String::from("json");
            if let Some(total) = total {
                let _ = write!(out, " of {total}");
            }
            (out, rows.join("\n"))
        }
        Ok(document) => ("json".into(), format!("{status} {}", masked(document))),
        Err(_) => ("text".into(), format!("{status} {}", text.trim_end())),
    }
}

/// Percent-encodes what stands behind `=` in parameters, so that they can be written plainly.
pub fn encoded(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", rest::path::percent_encode(value)),
        None => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// Keys sorted, since jsonb has an order of its own, and lists of parts; times at which this test stored a document masked, since they
/// are not the same twice.
pub fn masked(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members
                .into_iter()
                .map(|(key, value)| {
                    let is_clock = key.ends_with("timestamp") || key.ends_with("receive_time");
                    let recent = value.as_str().is_some_and(|text| text > "2026");
                    if is_clock && recent { (key, json!("(now)")) } else { (key, masked(value)) }
                })
                .collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            if let Some((_, Value::Array(parts))) = members.iter_mut().find(|(key, _)| key == "data") {
                parts.sort_by_key(Value::to_string);
            }
            members.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(masked).collect(),
        other => other,
    }
}

/// A line of an answer without what PuppetDB keeps otherwise: the order of tags, and corrective changes, which only its commercial
/// edition stores.
pub fn comparable(line: &str) -> String {
    fn walk(value: Value) -> Value {
        match value {
            Value::Object(members) => {
                let members = members.into_iter().map(|(key, value)| match value {
                    Value::Bool(_) if key.ends_with("corrective_change") => (key, Value::Null),
                    Value::Array(mut tags) if key == "tags" => {
                        tags.sort_by_key(Value::to_string);
                        (key, Value::Array(tags))
                    }
                    value => (key, walk(value)),
                });
                members.collect()
            }
            Value::Array(items) => items.into_iter().map(walk).collect(),
            Value::Number(number) if number.is_f64() => {
                json!(format!("{:.9}", number.as_f64().unwrap_or_default()))
            }
            Value::Number(number) => json!(format!("{:.9}", number.as_f64().unwrap_or_default())),
            other => other,
        }
    }
    let (status, text) =
        line.split_once(" {").map_or(("", line.to_owned()), |(status, rest)| (status, format!("{{{rest}")));
    match serde_json::from_str(&text) {
        Ok(value) => format!("{status} {}", walk(value)),
        Err(_) => line.to_owned(),
    }
}

/// Whether two answers say the same, in whatever order.
pub fn is_same(found: &(String, String), expected: &(String, String)) -> bool {
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(comparable).collect();
        lines.sort();
        lines
    };
    found.0 == expected.0 && lines(&found.1) == lines(&expected.1)
}
