//! YAML as plain data: strings, numbers, lists and maps.

use std::path::Path;

use pcore::Value;
use serde_json::{Map, Value as Json};

use crate::error::{DeployError, Kind, Result};

/// Largest file.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Reads a file.
pub(crate) fn yaml_file(path: &Path) -> Result<Json> {
    let failed = |reason: String| {
        DeployError::new(Kind::Configuration, format!("could not read {}: {reason}", path.display()))
    };
    let bytes = stdx::fs::read_limited(path, FILE_BYTES_MAX).map_err(|error| failed(error.to_string()))?;
    let bytes = bytes.ok_or_else(|| failed("it does not exist".to_owned()))?;
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?;
    yaml(&text, &path.display().to_string())
}

/// Reads a text.
pub(crate) fn yaml(text: &str, name: &str) -> Result<Json> {
    let value = pcore::yaml::load(text, name)
        .map_err(|error| DeployError::new(Kind::Configuration, error.to_string()))?;
    Ok(plain(&value))
}

/// The reader has limited the depth.
fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Str(text) => text.as_str().into(),
        Value::Array(elements) => elements.iter().map(plain).collect(),
        Value::Hash(hash) => {
            Json::Object(hash.iter().map(|(key, value)| (name(key), plain(value))).collect::<Map<_, _>>())
        }
        _ => Json::Null,
    }
}

/// The name of a key. r10k takes symbols for strings.
fn name(key: &Value) -> String {
    match key {
        Value::Str(text) => text.strip_prefix(':').unwrap_or(text.as_str()).to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}
