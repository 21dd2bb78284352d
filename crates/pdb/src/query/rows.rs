//! Rows become JSON text, one at a time.

use db::{Row, Value};
use serde::Serialize as _;
use serde_json::Value as Json;

use super::select::{Column, Out};
use super::time;

/// Metrics or logs of a report, as JSON, out of the document that it is stored as: format and bytes.
pub type ReportPart = fn(i64, &[u8], Part) -> Vec<u8>;

/// A part of a report's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the API's fields")]
pub enum Part {
    Metrics,
    Logs,
}

/// Writes rows as the members of a JSON list.
pub(crate) struct Writer<'a> {
    columns: &'a [Column],
    /// Names as JSON, with their colons.
    keys: Vec<String>,
    shape: Shape,
    pretty: bool,
    report_part: ReportPart,
    rows: u64,
}

/// What each row becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An object.
    Object,
    /// The value of the first column.
    Bare,
    /// The count of events of a subject of this kind.
    Count(Subject),
}

/// What events are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the parameter summarize_by")]
pub(crate) enum Subject {
    Certname,
    Resource,
    ContainingClass,
}

impl<'a> Writer<'a> {
    pub fn new(columns: &'a [Column], shape: Shape, pretty: bool, report_part: ReportPart) -> Writer<'a> {
        let keys = columns.iter().map(|column| format!("{}:", Json::from(column.name.as_str()))).collect();
        Writer { columns, keys, shape, pretty, report_part, rows: 0 }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes a row, with what stands between it and the one before.
    pub fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> db::Result<()> {
        if self.rows > 0 {
            out.extend_from_slice(if self.pretty { b", " } else { b"," });
        }
        self.rows += 1;
        let start = out.len();
        match self.shape {
            Shape::Object => self.object(row, out)?,
            Shape::Bare => {
                self.value(row, 0, self.columns.first().map_or(Out::Json, |column| column.out), out)?
            }
            Shape::Count(subject) => self.count(row, subject, out)?,
        }
        if self.pretty
            && let Ok(value) = serde_json::from_slice::<Json>(out.get(start..).unwrap_or_default())
        {
            out.truncate(start);
            pretty(&value, 0, out);
        }
        Ok(())
    }

    fn object(&self, row: &Row, out: &mut Vec<u8>) -> db::Result<()> {
        out.push(b'{');
        let mut at = 0;
        for (index, (column, key)) in self.columns.iter().zip(&self.keys).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key.as_bytes());
            self.value(row, at, column.out, out)?;
            at += column.out.width();
        }
        out.push(b'}');
        Ok(())
    }

    fn value(&self, row: &Row, at: usize, kind: Out, out: &mut Vec<u8>) -> db::Result<()> {
        match (kind, row.value(at)) {
            (_, Value::Null) => out.extend_from_slice(b"null"),
            (Out::Flag, Value::Int(flag)) => {
                out.extend_from_slice(if *flag == 0 { b"false" } else { b"true" })
            }
            (Out::Time, Value::Int(time)) => {
                out.push(b'"');
                time::write_iso(*time, out);
                out.push(b'"');
            }
            (Out::Json, Value::Text(text)) => out.extend_from_slice(text.as_bytes()),
            (Out::Metrics | Out::Logs, Value::Int(format)) => {
                let bytes: Vec<u8> = row.get(at + 1)?;
                let (part, name) = match kind {
                    Out::Metrics => (Part::Metrics, "metrics"),
                    _ => (Part::Logs, "logs"),
                };
                let data = (self.report_part)(*format, &bytes, part);
                if self.shape == Shape::Bare {
                    out.extend_from_slice(&data);
                    return Ok(());
                }
                let hash = hex::encode(row.get::<Vec<u8>>(at + 2)?);
                out.extend_from_slice(b"{\"data\":");
                out.extend_from_slice(&data);
                out.extend_from_slice(b",\"href\":");
                string(&format!("/pdb/query/v4/reports/{hash}/{name}"), out);
                out.push(b'}');
            }
            (_, Value::Int(number)) => integer(*number, out),
            (_, Value::Real(number)) => real(*number, out),
            (_, Value::Text(text)) => string(text, out),
            (_, Value::Blob(bytes)) => string(&hex::encode(bytes), out),
            // No column is a list.
            (_, Value::List(_)) => out.extend_from_slice(b"null"),
        }
        Ok(())
    }

    /// Counts first, the columns of the subject behind them.
    fn count(&self, row: &Row, subject: Subject, out: &mut Vec<u8>) -> db::Result<()> {
        let names = match subject {
            Subject::Certname => ("certname", &["title"][..]),
            Subject::Resource => ("resource", &["type", "title"][..]),
            Subject::ContainingClass => ("containing_class", &["title"][..]),
        };
        out.extend_from_slice(b"{\"subject_type\":");
        string(names.0, out);
        out.extend_from_slice(b",\"subject\":{");
        let counts = self.columns.len().saturating_sub(names.1.len());
        for (index, name) in names.1.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            string(name, out);
            out.push(b':');
            self.value(row, counts + index, Out::Text, out)?;
        }
        out.push(b'}');
        for (index, key) in self.keys.iter().take(counts).enumerate() {
            out.push(b',');
            out.extend_from_slice(key.as_bytes());
            self.value(row, index, Out::Number, out)?;
        }
        out.push(b'}');
        Ok(())
    }
}

/// A number that is whole is written as one, as PostgreSQL does with its exact numbers.
fn real(number: f64, out: &mut Vec<u8>) {
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    let text = if number.fract() == 0.0 && number.abs() <= WHOLE_MAX {
        (number as i64).to_string()
    } else {
        serde_json::Number::from_f64(number).map_or_else(|| "null".into(), |number| number.to_string())
    };
    out.extend_from_slice(text.as_bytes());
}

fn integer(number: i64, out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = number.serialize(&mut serde_json::Serializer::new(out));
}

fn string(text: &str, out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = text.serialize(&mut serde_json::Serializer::new(out));
}

/// The layout of Jackson's pretty printer: members on lines of their own, lists on one.
pub(crate) fn pretty(value: &Json, depth: usize, out: &mut Vec<u8>) {
    match value {
        Json::Object(members) if members.is_empty() => out.extend_from_slice(b"{ }"),
        Json::Array(items) if items.is_empty() => out.extend_from_slice(b"[ ]"),
        Json::Object(members) => {
            out.push(b'{');
            for (index, (key, value)) in members.iter().enumerate() {
                out.extend_from_slice(if index > 0 { b",\n" } else { b"\n" });
                out.extend(std::iter::repeat_n(b' ', 2 * (depth + 1)));
                string(key, out);
                out.extend_from_slice(b" : ");
                pretty(value, depth + 1, out);
            }
            out.push(b'\n');
            out.extend(std::iter::repeat_n(b' ', 2 * depth));
            out.push(b'}');
        }
        Json::Array(items) => {
            out.extend_from_slice(b"[ ");
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.extend_from_slice(b", ");
                }
                pretty(item, depth, out);
            }
            out.extend_from_slice(b" ]");
        }
        other => out.extend_from_slice(other.to_string().as_bytes()),
    }
}
