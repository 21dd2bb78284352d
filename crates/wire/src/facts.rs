//! Facts of a node, as agents send them with a catalog request or on their own.

use pcore::{Hash, Str, Value};
use thiserror::Error;

use crate::json::{self, JsonError, Limits};

/// Facts of a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Certname.
    pub name: Str,
    /// Facts by name.
    pub values: Hash,
    /// When they were gathered, ISO 8601 with the agent's offset.
    pub timestamp: Option<Str>,
    /// Until when they may be cached, ISO 8601.
    pub expiration: Option<Str>,
}

/// How the text of facts is encoded (`facts_format` of a catalog request).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactsFormat {
    /// JSON.
    Json,
    /// JSON whose strings may hold bytes that are no UTF-8; those become U+FFFD.
    Pson,
}

/// Facts that cannot be read.
#[derive(Debug, Error)]
pub enum FactsError {
    /// Not JSON, or beyond a limit.
    #[error("Could not intern from json: {0}")]
    Json(#[from] JsonError),
    /// A part is missing or of another type.
    #[error("Could not intern from json: {0}")]
    Shape(&'static str),
    /// A `facts_format` that no agent uses.
    #[error("Could not find a suitable format for facts: '{0}'")]
    Format(String),
}

impl FactsFormat {
    /// The format of a name (`application/json`, `json`, `pson`, `text/pson`).
    ///
    /// # Errors
    /// Any other name.
    pub fn from_name(name: &str) -> Result<FactsFormat, FactsError> {
        match name {
            "application/json" | "json" | "text/json" => Ok(FactsFormat::Json),
            "pson" | "text/pson" => Ok(FactsFormat::Pson),
            other => Err(FactsError::Format(other.chars().take(100).collect())),
        }
    }
}

impl Facts {
    /// Reads the body of `PUT /puppet/v3/facts`.
    ///
    /// # Errors
    /// Text that is not JSON, is beyond the limits, or has not the shape of facts.
    pub fn from_json(text: &[u8], format: FactsFormat, limits: &Limits) -> Result<Facts, FactsError> {
        let document = match format {
            FactsFormat::Json => json::parse(text, limits)?,
            FactsFormat::Pson => json::parse(String::from_utf8_lossy(text).as_bytes(), limits)?,
        };
        let document = document.as_hash().ok_or(FactsError::Shape("facts are not a hash"))?;
        let name = document.get_str("name").and_then(Value::as_str).ok_or(FactsError::Shape("no name"))?;
        let values =
            document.get_str("values").and_then(Value::as_hash).ok_or(FactsError::Shape("no values"))?;
        let mut values = values.clone();
        // Old agents put the time among the facts.
        let old_timestamp = values.remove_str("_timestamp");
        let text = |key| document.get_str(key).and_then(Value::as_str).map(Str::from);
        let timestamp = old_timestamp.as_ref().and_then(Value::as_str).map(Str::from);
        Ok(Facts {
            name: name.into(),
            values,
            timestamp: timestamp.or_else(|| text("timestamp")),
            expiration: text("expiration"),
        })
    }

    /// Reads the field `facts` of a catalog request, after the form itself is decoded: agents encode the text
    /// once more, so that a plus sign here is a space.
    ///
    /// # Errors
    /// As [`Facts::from_json`].
    pub fn from_form_field(field: &[u8], format: FactsFormat, limits: &Limits) -> Result<Facts, FactsError> {
        Facts::from_json(&form_decode(field), format, limits)
    }

    /// Appends the facts as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"name\":");
        json::write_str(&self.name, out);
        out.extend_from_slice(b",\"values\":");
        crate::data::write_hash(&self.values, true, out);
        for (key, text) in [("timestamp", &self.timestamp), ("expiration", &self.expiration)] {
            if let Some(text) = text {
                out.push(b',');
                json::write_str(key, out);
                out.push(b':');
                json::write_str(text, out);
            }
        }
        out.push(b'}');
    }
}

fn form_decode(field: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    loop {
        rest = match rest {
            [] => return out,
            [b'%', high, low, after @ ..] if digit(*high).is_some() && digit(*low).is_some() => {
                out.push(digit(*high).unwrap_or(0) << 4 | digit(*low).unwrap_or(0));
                after
            }
            [b'+', after @ ..] => {
                out.push(b' ');
                after
            }
            [byte, after @ ..] => {
                out.push(*byte);
                after
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(text: &str) -> Result<Facts, FactsError> {
        Facts::from_json(text.as_bytes(), FactsFormat::Json, &Limits::default())
    }

    #[test]
    fn the_field_of_a_request_is_decoded_once_more() {
        let field = "%7B%22name%22%3A%22n1%22%2C%22values%22%3A%7B%22os%22%3A%22Debian+GNU%2FLinux+12%2B%22%7D%2C\
                     %22timestamp%22%3A%222026-11-21T08%3A51%3A18.204495607%2B00%3A00%22%7D";
        let facts = Facts::from_form_field(field.as_bytes(), FactsFormat::Json, &Limits::default()).unwrap();
        assert_eq!(facts.values["os"], "Debian GNU/Linux 12+".into());
        let mut out = Vec::new();
        facts.write_json(&mut out);
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"{"name":"n1","values":{"os":"Debian GNU/Linux 12+"},"timestamp":"2026-11-21T08:51:18.204495607+00:00"}"#);
    }

    #[test]
    fn pson_may_hold_other_bytes() {
        let text = b"{\"name\":\"n\",\"values\":{\"a\":\"\xff\"}}";
        let read = |format| Facts::from_json(text, format, &Limits::default());
        assert_eq!(read(FactsFormat::Pson).unwrap().values["a"], "\u{fffd}".into());
        assert!(read(FactsFormat::Json).is_err());
    }

    #[test]
    fn the_old_place_of_the_time_is_understood() {
        let facts = json(r#"{"name":"n","values":{"_timestamp":"T","a":1}}"#).unwrap();
        assert_eq!(facts.timestamp.as_deref(), Some("T"));
        assert_eq!(facts.values.len(), 1);
    }

    #[test]
    fn wrong_shapes_are_named() {
        let error = |text| json(text).unwrap_err().to_string();
        insta::assert_snapshot!(error("[]"), @"Could not intern from json: facts are not a hash");
        insta::assert_snapshot!(error("{\"values\":{}}"), @"Could not intern from json: no name");
        insta::assert_snapshot!(error("{\"name\":\"x\",\"values\":[]}"), @"Could not intern from json: no values");
        insta::assert_snapshot!(FactsFormat::from_name("b64").unwrap_err(), @"Could not find a suitable format for facts: 'b64'");
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Facts::from_form_field(&bytes, FactsFormat::Pson, &Limits::default());
        }

        #[test]
        fn written_facts_read_back(name in "[a-z]{1,9}", texts in proptest::collection::vec((".*", any::<i64>()), 0..9)) {
            let values: Hash = texts.into_iter().collect();
            let facts = Facts { name: name.into(), values, timestamp: Some("t".into()), expiration: None };
            let mut out = Vec::new();
            facts.write_json(&mut out);
            prop_assume!(!facts.values.contains_str("_timestamp"));
            prop_assert_eq!(Facts::from_json(&out, FactsFormat::Json, &Limits::default()).unwrap(), facts);
        }
    }
}
