//! Parsing data files: `yaml_data`, `json_data`, `hocon_data`.

use pcore::{Hash, Str, Type, Value, matches};
use rustc_hash::FxHashMap;
use stdx::hocon;

use crate::LookupError;
use crate::eyaml::Decrypted;
use crate::host::Strict;
use crate::store::{DataFile, Datum, Format};

/// Parses a data file.
pub(crate) fn parse(format: Format, path: &str, text: &str, strict: Strict) -> Result<DataFile, LookupError> {
    match format {
        Format::Yaml => parse_yaml(path, text, strict),
        Format::Json => {
            let value = pcore::json::parse(text.as_bytes()).map_err(|error| unparsable(path, &error))?;
            Ok(DataFile::new(value, None))
        }
        Format::Hocon => {
            let value = hocon::parse(text, path).map_err(|error| unparsable(path, &error))?;
            Ok(DataFile::new(from_hocon(value), None))
        }
    }
}

/// The content of a data file, as the function of this name (`yaml_data`, `json_data`, `hocon_data`) reads it, and a
/// warning if there is cause for one. `None` if no data function has the name.
///
/// # Errors
/// Text that does not parse, and YAML that is no hash when `strict` is an error.
pub fn read_data(
    function: &str,
    path: &str,
    text: &str,
    strict: Strict,
) -> Option<Result<(Value, Option<String>), LookupError>> {
    let format = Format::of_function(function)?;
    Some(parse(format, path, text, strict).map(|file| (file.value, file.warning)))
}

fn from_hocon(value: hocon::Value) -> Value {
    match value {
        hocon::Value::Null => Value::Undef,
        hocon::Value::Bool(flag) => Value::Bool(flag),
        hocon::Value::Int(number) => Value::Int(number),
        hocon::Value::Float(number) => Value::Float(number),
        hocon::Value::String(text) => text.into(),
        hocon::Value::Array(items) => Value::array(items.into_iter().map(from_hocon).collect::<Vec<_>>()),
        hocon::Value::Object(entries) => {
            Value::hash(entries.into_iter().map(|(key, value)| (key, from_hocon(value))).collect())
        }
    }
}

fn unparsable(path: &str, error: &dyn std::fmt::Display) -> LookupError {
    LookupError::located(format!("Unable to parse ({path}): {error}"))
}

fn parse_yaml(path: &str, text: &str, strict: Strict) -> Result<DataFile, LookupError> {
    let value = pcore::yaml::load(text, path)
        .map_err(|error| LookupError::located(format!("Unable to parse {error}")))?;
    if matches!(value, Value::Hash(_)) {
        return Ok(DataFile::new(value, None));
    }
    let message = format!("{path}: file does not contain a valid yaml hash");
    // An empty file reads as null, and is no error.
    if strict == Strict::Error && value.is_true() {
        return Err(LookupError::located(message));
    }
    Ok(DataFile::new(Value::hash(Hash::new()), Some(message)))
}

impl DataFile {
    pub(crate) fn new(value: Value, warning: Option<String>) -> DataFile {
        let entries = value.as_hash().map(entries).unwrap_or_default();
        DataFile { value, entries, warning, decrypted: Decrypted::default() }
    }
}

fn entries(hash: &Hash) -> FxHashMap<Str, Datum> {
    hash.iter()
        .filter_map(|(key, value)| match key {
            Value::Str(key) => Some((key.clone(), Datum::new(value.clone()))),
            _ => None,
        })
        .collect()
}

impl Datum {
    pub(crate) fn new(value: Value) -> Datum {
        Datum { is_plain: is_plain(&value), is_valid: is_data(&value), value }
    }
}

/// Whether no text in the value contains `%{`.
pub(crate) fn is_plain(value: &Value) -> bool {
    match value {
        Value::Str(text) => !text.contains("%{"),
        Value::Array(items) => items.iter().all(is_plain),
        Value::Hash(hash) => hash.iter().all(|(key, value)| is_plain(key) && is_plain(value)),
        _ => true,
    }
}

/// Whether a value is of type `RichData`.
pub(crate) fn is_data(value: &Value) -> bool {
    matches::is_instance(&Type::RichData, value)
}
