//! Values of records, as values of ours and as code.

use serde_json::Value as Json;

use crate::compile::items;
use crate::text;

pub(crate) fn value(json: &Json) -> pcore::Value {
    pcore::json::parse(json.to_string().as_bytes()).unwrap_or_default()
}

pub(crate) fn hash(json: &Json, without: &[&str]) -> pcore::Hash {
    let mut hash = pcore::Hash::new();
    for (key, item) in json.as_object().into_iter().flatten() {
        if !without.contains(&key.as_str()) {
            hash.insert(key.as_str(), value(item));
        }
    }
    hash
}

/// Without markers for values that JSON has no form for.
pub(crate) fn is_plain(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().all(is_plain),
        Json::Object(map) => map.iter().all(|(key, value)| !key.starts_with("__") && is_plain(value)),
        _ => true,
    }
}

/// The value as code.
pub(crate) fn literal(value: &Json) -> Option<String> {
    Some(match value {
        Json::Null => "undef".into(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            format!("[{}]", items.iter().map(literal).collect::<Option<Vec<_>>>()?.join(", "))
        }
        Json::Object(map) => match (map.get("__type"), map.get("__regexp"), map.get("__sym")) {
            (Some(Json::String(name)), ..) => name.clone(),
            _ if map.contains_key("__pairs") => {
                let entry = |pair: &Json| Some(format!("{} => {}", literal(&pair[0])?, literal(&pair[1])?));
                let entries = items(&map["__pairs"]).iter().map(entry).collect::<Option<Vec<_>>>()?;
                format!("{{ {} }}", entries.join(", "))
            }
            _ if map.contains_key("__other") => return instance(map),
            (_, Some(Json::String(source)), _) => format!("/{}/", source.replace('/', "\\/")),
            (_, _, Some(Json::String(name))) if name == "default" => "default".into(),
            _ if map.keys().any(|key| key.starts_with("__")) => return None,
            _ => {
                let entry =
                    |(key, value): (&String, &Json)| Some(format!("{} => {}", quoted(key), literal(value)?));
                format!("{{ {} }}", map.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", "))
            }
        },
    })
}

/// The code of a value that only a conversion makes.
pub(crate) fn instance(map: &serde_json::Map<String, Json>) -> Option<String> {
    let shown = text(map.get("text")?);
    Some(match text(&map["__other"]) {
        "Puppet::Pops::Types::PBinaryType::Binary" => format!("Binary({})", quoted(shown)),
        "Puppet::Pops::Time::Timestamp" => format!("Timestamp({})", quoted(shown)),
        "Puppet::Pops::Time::Timespan" => format!("Timespan({})", quoted(shown)),
        "SemanticPuppet::Version" => format!("SemVer({})", quoted(shown)),
        "SemanticPuppet::VersionRange" => format!("SemVerRange({})", quoted(shown)),
        name if name.starts_with("URI::") => format!("URI({})", quoted(shown)),
        _ => return None,
    })
}

/// The code of formats: none, one, or pairs of types and formats.
pub(crate) fn formats(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some("default".into()),
        Json::Array(pairs) => {
            let entry = |pair: &Json| Some(format!("{} => {}", text(&pair[0]), literal(&pair[1])?));
            let entries = pairs.iter().map(entry).collect::<Option<Vec<_>>>()?;
            Some(format!("{{ {} }}", entries.join(", ")))
        }
        other => literal(other),
    }
}

pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
