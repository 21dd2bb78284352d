//! The documents of commands, decoded and checked: what is between the wire (or this process) and the store.

pub(crate) mod canonical;
pub mod catalog;
pub mod facts;
pub mod node;
pub(crate) mod plain;
pub mod report;
pub(crate) mod sketch;

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value as Json};

use crate::json_text;

pub use catalog::Catalog;
pub use facts::Facts;
pub use node::{CatalogInputs, ConfigureExpiration, Deactivate};
pub use report::Report;

/// Names that are indexed (certnames, environments, facts, types) may have this many bytes; PostgreSQL's index takes no more than 2,704.
pub const NAME_BYTES_MAX: usize = 2_000;

/// A document that cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// A decoded command.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names of the commands")]
pub enum Payload {
    ReplaceFacts(Facts),
    ReplaceCatalog(Catalog),
    ReplaceCatalogInputs(CatalogInputs),
    StoreReport(Report),
    DeactivateNode(Deactivate),
    ConfigureExpiration(ConfigureExpiration),
}

/// Microseconds since 1970 of a moment.
pub fn microseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
    }
}

/// The fields of a JSON object, read one by one. Errors name the field.
pub(crate) struct Fields {
    of: &'static str,
    map: Map<String, Json>,
}

impl Fields {
    pub(crate) fn new(of: &'static str, value: Json) -> Result<Fields, Invalid> {
        match value {
            Json::Object(map) => Ok(Fields { of, map }),
            other => Err(Invalid(format!("{of} must be an object, not {}", kind(&other)))),
        }
    }

    fn wrong(&self, field: &str, wanted: &str, found: &Json) -> Invalid {
        Invalid(format!("{}: the field '{field}' must be {wanted}, not {}", self.of, kind(found)))
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.map.contains_key(field)
    }

    pub(crate) fn take(&mut self, field: &str) -> Json {
        self.map.get_mut(field).map(Json::take).unwrap_or_default()
    }

    pub(crate) fn text_if_any(&mut self, field: &str) -> Result<Option<String>, Invalid> {
        match self.take(field) {
            Json::Null => Ok(None),
            Json::String(text) => Ok(Some(text)),
            other => Err(self.wrong(field, "a string", &other)),
        }
    }

    pub(crate) fn text(&mut self, field: &str) -> Result<String, Invalid> {
        self.text_if_any(field)?.ok_or_else(|| self.wrong(field, "a string", &Json::Null))
    }

    /// A text that is indexed.
    pub(crate) fn name_if_any(&mut self, field: &str) -> Result<Option<String>, Invalid> {
        match self.text_if_any(field)? {
            Some(text) if text.len() > NAME_BYTES_MAX => Err(Invalid(format!(
                "{}: the field '{field}' has {} bytes; {NAME_BYTES_MAX} are allowed",
                self.of,
                text.len()
            ))),
            other => Ok(other),
        }
    }

    pub(crate) fn name(&mut self, field: &str) -> Result<String, Invalid> {
        match self.name_if_any(field)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(self.wrong(field, "a string that is not empty", &Json::Null)),
        }
    }

    pub(crate) fn flag_if_any(&mut self, field: &str) -> Result<Option<bool>, Invalid> {
        match self.take(field) {
            Json::Null => Ok(None),
            Json::Bool(flag) => Ok(Some(flag)),
            other => Err(self.wrong(field, "true or false", &other)),
        }
    }

    pub(crate) fn int_if_any(&mut self, field: &str) -> Result<Option<i64>, Invalid> {
        match self.take(field) {
            Json::Null => Ok(None),
            Json::Number(number) if number.is_i64() => Ok(number.as_i64()),
            other => Err(self.wrong(field, "an integer", &other)),
        }
    }

    /// The number of a line; what is no line number is none.
    pub(crate) fn line(&mut self) -> Result<Option<i64>, Invalid> {
        Ok(self.int_if_any("line")?.filter(|line| i32::try_from(*line).is_ok()))
    }

    pub(crate) fn list(&mut self, field: &str) -> Result<Vec<Json>, Invalid> {
        match self.take(field) {
            Json::Null => Ok(Vec::new()),
            Json::Array(items) => Ok(items),
            other => Err(self.wrong(field, "an array", &other)),
        }
    }

    pub(crate) fn texts(&mut self, field: &str) -> Result<Vec<String>, Invalid> {
        let items = self.list(field)?;
        items
            .into_iter()
            .map(|item| match item {
                Json::String(text) => Ok(text),
                other => Err(self.wrong(field, "an array of strings", &other)),
            })
            .collect()
    }

    pub(crate) fn map(&mut self, field: &str) -> Result<Map<String, Json>, Invalid> {
        match self.take(field) {
            Json::Null => Ok(Map::new()),
            Json::Object(map) => Ok(map),
            other => Err(self.wrong(field, "an object", &other)),
        }
    }

    /// Microseconds since 1970 of a time stamp.
    pub(crate) fn time_if_any(&mut self, field: &str) -> Result<Option<i64>, Invalid> {
        match self.take(field) {
            Json::Null => Ok(None),
            Json::String(text) => match time(&text) {
                Some(time) => Ok(Some(time)),
                None => {
                    Err(Invalid(format!("{}: the field '{field}' holds no time stamp: {text:?}", self.of)))
                }
            },
            // Milliseconds.
            Json::Number(number) if number.as_i64().is_some_and(|time| time.checked_mul(1_000).is_some()) => {
                Ok(number.as_i64().map(|time| time.saturating_mul(1_000)))
            }
            other => Err(self.wrong(field, "a time stamp", &other)),
        }
    }

    pub(crate) fn time(&mut self, field: &str) -> Result<i64, Invalid> {
        self.time_if_any(field)?.ok_or_else(|| self.wrong(field, "a time stamp", &Json::Null))
    }
}

/// Microseconds since 1970 of an ISO 8601 time stamp; one without a zone is in UTC.
pub fn time(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_microsecond());
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

/// A time stamp as PuppetDB writes it: milliseconds, UTC.
pub fn time_text(microseconds: i64) -> String {
    match jiff::Timestamp::from_microsecond(microseconds) {
        Ok(time) => format!("{time:.3}"),
        Err(_) => String::new(),
    }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// Decodes JSON; U+0000, which no database text can hold, becomes U+FFFD.
pub fn decode(text: &[u8]) -> Result<Json, Invalid> {
    let text = String::from_utf8_lossy(text);
    let mut value: Json = serde_json::from_str(&text)
        .map_err(|error| Invalid(format!("no valid JSON: {}", json_text::whole(&error))))?;
    if text.contains("\\u0000") {
        replace_nulls(&mut value);
    }
    Ok(value)
}

/// The decoder bounds the depth.
pub(crate) fn replace_nulls(value: &mut Json) {
    let clean = |text: &str| text.replace('\0', "\u{fffd}");
    match value {
        Json::String(text) if text.contains('\0') => *text = clean(text),
        Json::Array(items) => items.iter_mut().for_each(replace_nulls),
        Json::Object(map) => {
            map.values_mut().for_each(replace_nulls);
            if map.keys().any(|key| key.contains('\0')) {
                *map = std::mem::take(map).into_iter().map(|(key, value)| (clean(&key), value)).collect();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stamps_are_read_in_every_zone() {
        let micros = 1_704_067_200_123_000;
        for text in [
            "2024-01-01T00:00:00.123Z",
            "2024-01-01T01:00:00.123+01:00",
            "2024-01-01T00:00:00.123",
            "2023-12-31T19:00:00.123-0500",
        ] {
            assert_eq!(time(text), Some(micros), "{text}");
        }
        assert_eq!(time("soon"), None);
        assert_eq!(time_text(micros), "2024-01-01T00:00:00.123Z");
    }

    #[test]
    fn null_characters_are_replaced_everywhere() {
        let value = decode(br#"{"a\u0000":["x\u0000y",{"b":"\\u0000"}]}"#).unwrap();
        assert_eq!(value.to_string(), "{\"a\u{fffd}\":[\"x\u{fffd}y\",{\"b\":\"\\\\u0000\"}]}");
    }

    #[test]
    fn errors_name_document_and_field() {
        let mut fields = Fields::new("facts", serde_json::json!({"certname": 1})).unwrap();
        let error = fields.name("certname").unwrap_err();
        assert_eq!(error.to_string(), "facts: the field 'certname' must be a string, not a number");
    }
}
