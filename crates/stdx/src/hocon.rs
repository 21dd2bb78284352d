//! HOCON, the JSON superset of Puppet Server's configuration files and of Hiera's `hocon_data`.
//!
//! Read here: comments, unquoted text, dotted keys, `+=`, multi-line strings, concatenation of text, arrays and
//! objects, merging of objects, `${…}` and `${?…}` with references to the value so far, includes of files
//! (`include "x"`, `file(…)`, `required(…)`). Refused with a message: includes of URLs and of the class path. Not
//! here: durations and sizes, which are a matter of who reads the tree.
//!
//! Files come from administrators, so the text is not hostile, but it may be wrong: every error has a line and a
//! column, and depth, size and the work of substitutions are limited, so that no file can exhaust the stack or the
//! memory.
//!
//! Reading has two steps. `parse` makes a tree in which substitutions stand unresolved and in which a key that was
//! set more than once keeps what a reference may look back at; `resolve` computes the plain values.

mod node;
mod parse;
mod resolve;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

/// Longest text of one file.
pub const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Deepest nesting of arrays, objects and dotted keys.
pub const DEPTH_MAX: usize = 100;
/// Most files that one file may include, directly or not.
pub const INCLUDES_MAX: usize = 100;
/// Upper bound of values and of text bytes that resolving may produce.
pub const WORK_MAX: usize = 32 * 1024 * 1024;

/// Keys and values in the order of their first appearance.
pub type Object = IndexMap<String, Value>;

/// A plain value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// Whole number.
    Int(i64),
    /// Other number.
    Float(f64),
    /// Text, quoted or not.
    String(String),
    /// `[…]`
    Array(Vec<Value>),
    /// `{…}`
    Object(Object),
}

impl Value {
    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The value under a chain of keys.
    pub fn get(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, key| value.as_object()?.get(*key))
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::String(_) => "text",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

/// Where in which text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Name of the file or text.
    pub name: std::sync::Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.name, self.line, self.column)
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {message}")]
pub struct HoconError {
    /// Where.
    pub position: Position,
    /// What.
    pub message: String,
}

/// An included file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// Its name, for messages and for its own includes.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What the text may reach.
#[derive(Default)]
pub struct Options<'a> {
    /// Finds the file that the text named by the second argument includes; nothing if it does not exist. Without it
    /// `include` is an error.
    #[allow(clippy::type_complexity, reason = "one use")]
    pub includes: Option<&'a dyn Fn(&str, &str) -> io::Result<Option<Included>>>,
    /// Values of environment variables, which `${NAME}` falls back to.
    #[allow(clippy::type_complexity, reason = "one use")]
    pub environment: Option<&'a dyn Fn(&str) -> Option<String>>,
}

/// Reads a text that includes nothing and sees no environment variables. `name` is for messages.
pub fn parse(text: &str, name: &str) -> Result<Value, HoconError> {
    parse_with(text, name, &Options::default())
}

/// Reads a text.
pub fn parse_with(text: &str, name: &str, options: &Options<'_>) -> Result<Value, HoconError> {
    let mut includes = 0;
    let root = parse::document(text, name, options, &[], &mut includes)?;
    resolve::resolve(&root, options)
}

/// Reads a file with its includes, which are relative to the file that names them. Environment variables are seen.
pub fn load(path: &Path) -> Result<Value, HoconError> {
    let name = path.display().to_string();
    let fail = |message: String| HoconError {
        position: Position { name: name.as_str().into(), line: 1, column: 1 },
        message,
    };
    let text = read(path)
        .map_err(|error| fail(format!("could not read the file: {error}")))?
        .ok_or_else(|| fail("the file does not exist".to_owned()))?;
    let options =
        Options { includes: Some(&include_file), environment: Some(&|key| std::env::var(key).ok()) };
    parse_with(&text, &name, &options)
}

fn include_file(written: &str, from: &str) -> io::Result<Option<Included>> {
    let base = Path::new(from).parent().unwrap_or(Path::new(""));
    let mut candidates: Vec<PathBuf> = vec![base.join(written)];
    if Path::new(written).extension().is_none() {
        candidates.extend(["conf", "json"].map(|extension| base.join(format!("{written}.{extension}"))));
    }
    for path in candidates {
        if let Some(text) = read(&path)? {
            return Ok(Some(Included { name: path.display().to_string(), text }));
        }
    }
    Ok(None)
}

fn read(path: &Path) -> io::Result<Option<String>> {
    let Some(bytes) = crate::fs::read_limited(path, TEXT_BYTES_MAX as u64)? else {
        return Ok(None);
    };
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not valid UTF-8"))
}

#[cfg(test)]
mod tests;
