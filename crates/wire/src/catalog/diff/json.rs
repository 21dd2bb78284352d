//! Differences as JSON, and back: what programs read, and what a server tells a command.

use pcore::{Str, Value};
use serde_json::{Value as Json, json};

use super::{Alteration, Change};

/// The names that a [`Change::Head`] or an [`Alteration::Field`] can have.
const FIELDS: [&str; 10] = [
    "name",
    "environment",
    "classes",
    "tags",
    "order of edges",
    "exported",
    "sensitive",
    "order of parameters",
    "file",
    "line",
];

impl Change {
    /// `{change, resource, ...}`. Values that must not be shown are absent, and `sensitive` says so.
    pub fn to_json(&self) -> Json {
        match self {
            Change::Added { resource, parameters } => {
                let (shown, hidden): (Vec<_>, Vec<_>) =
                    parameters.iter().partition(|(_, value)| value.is_some());
                let parameters: serde_json::Map<_, _> = shown
                    .into_iter()
                    .map(|(name, value)| (name.to_string(), value.as_ref().map(to_json).unwrap_or_default()))
                    .collect();
                let mut json = json!({ "change": "added", "resource": resource, "parameters": parameters });
                if !hidden.is_empty() {
                    json["sensitive"] = hidden.iter().map(|(name, _)| name.as_str()).collect();
                }
                json
            }
            Change::Removed { resource } => json!({ "change": "removed", "resource": resource }),
            Change::Altered { resource, alterations } => {
                let alterations: Vec<Json> = alterations.iter().map(Alteration::to_json).collect();
                json!({ "change": "altered", "resource": resource, "alterations": alterations })
            }
            Change::Moved { resource, old_after, new_after } => {
                json!({ "change": "moved", "resource": resource, "old_after": old_after, "new_after": new_after })
            }
            Change::EdgeAdded { source, target } => {
                json!({ "change": "edge_added", "source": source, "target": target })
            }
            Change::EdgeRemoved { source, target } => {
                json!({ "change": "edge_removed", "source": source, "target": target })
            }
            Change::Head { field, old, new } => {
                json!({ "change": "catalog", "field": field, "old": to_json(old), "new": to_json(new) })
            }
        }
    }

    /// What [`Change::to_json`] has written; nothing if it is not that. Values have come back as plain data.
    pub fn from_json(json: &Json) -> Option<Change> {
        let text = |key: &str| json.get(key)?.as_str().map(str::to_owned);
        let resource = || text("resource");
        Some(match json.get("change")?.as_str()? {
            "added" => {
                let shown = json.get("parameters")?.as_object()?;
                let shown = shown.iter().map(|(name, value)| (Str::from(name.as_str()), from_json(value)));
                let hidden = json.get("sensitive").and_then(Json::as_array).into_iter().flatten();
                let hidden = hidden.filter_map(Json::as_str).map(|name| (Str::from(name), None));
                Change::Added { resource: resource()?, parameters: shown.chain(hidden).collect() }
            }
            "removed" => Change::Removed { resource: resource()? },
            "altered" => {
                let alterations = json.get("alterations")?.as_array()?.iter();
                let alterations = alterations.map(Alteration::from_json).collect::<Option<_>>()?;
                Change::Altered { resource: resource()?, alterations }
            }
            "moved" => Change::Moved {
                resource: resource()?,
                old_after: text("old_after"),
                new_after: text("new_after"),
            },
            "edge_added" => Change::EdgeAdded { source: text("source")?, target: text("target")? },
            "edge_removed" => Change::EdgeRemoved { source: text("source")?, target: text("target")? },
            "catalog" => Change::Head {
                field: field(json)?,
                old: from_json(json.get("old")?)?,
                new: from_json(json.get("new")?)?,
            },
            _ => return None,
        })
    }
}

impl Alteration {
    /// `{parameter, old, new}`, `{parameter, sensitive, was_set, is_set}` or `{field, ...}`.
    pub fn to_json(&self) -> Json {
        match self {
            Alteration::Parameter { name, old, new } => {
                let mut json = json!({ "parameter": name.as_str() });
                for (side, value) in [("old", old), ("new", new)] {
                    if let Some(value) = value {
                        json[side] = to_json(value);
                    }
                }
                json
            }
            Alteration::Secret { name, old, new } => {
                json!({ "parameter": name.as_str(), "sensitive": true, "was_set": old, "is_set": new })
            }
            Alteration::Field { field, old, new } => {
                json!({ "field": field, "old": to_json(old), "new": to_json(new) })
            }
            Alteration::Tags { removed, added } => {
                let texts = |tags: &[Str]| tags.iter().map(|tag| tag.as_str()).collect::<Json>();
                json!({ "field": "tags", "removed": texts(removed), "added": texts(added) })
            }
        }
    }

    fn from_json(json: &Json) -> Option<Alteration> {
        if let Some(name) = json.get("parameter") {
            let name = Str::from(name.as_str()?);
            let flag = |key: &str| json.get(key).and_then(Json::as_bool).unwrap_or_default();
            if flag("sensitive") {
                return Some(Alteration::Secret { name, old: flag("was_set"), new: flag("is_set") });
            }
            let value = |key: &str| json.get(key).and_then(from_json);
            return Some(Alteration::Parameter { name, old: value("old"), new: value("new") });
        }
        if let (Some(removed), Some(added)) = (json.get("removed"), json.get("added")) {
            let texts = |tags: &Json| -> Option<Vec<Str>> {
                tags.as_array()?.iter().map(|tag| tag.as_str().map(Str::from)).collect()
            };
            return Some(Alteration::Tags { removed: texts(removed)?, added: texts(added)? });
        }
        let (old, new) = (from_json(json.get("old")?)?, from_json(json.get("new")?)?);
        Some(Alteration::Field { field: field(json)?, old, new })
    }
}

fn field(json: &Json) -> Option<&'static str> {
    let name = json.get("field")?.as_str()?;
    FIELDS.into_iter().find(|known| *known == name).or((name == "kind").then_some("kind"))
}

fn to_json(value: &Value) -> Json {
    serde_json::from_str(&pcore::json::to_string(value)).unwrap_or_default()
}

fn from_json(json: &Json) -> Option<Value> {
    pcore::json::parse(json.to_string().as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let value = |text: &str| Some(Value::from(text));
        let altered = |alteration: Alteration| Change::Altered {
            resource: "File[/a]".into(),
            alterations: vec![alteration],
        };
        let changes = [
            Change::Added {
                resource: "File[/a]".into(),
                parameters: vec![("mode".into(), value("0644")), ("content".into(), None)],
            },
            Change::Removed { resource: "File[/a]".into() },
            altered(Alteration::Parameter { name: "content".into(), old: None, new: value("x\ny") }),
            altered(Alteration::Secret { name: "content".into(), old: true, new: false }),
            altered(Alteration::Field { field: "exported", old: false.into(), new: true.into() }),
            altered(Alteration::Field { field: "kind", old: "class".into(), new: "define".into() }),
            altered(Alteration::Tags { removed: vec!["a".into()], added: Vec::new() }),
            Change::Moved { resource: "File[/a]".into(), old_after: None, new_after: Some("X[y]".into()) },
            Change::EdgeAdded { source: "Class[A]".into(), target: "File[/a]".into() },
            Change::EdgeRemoved { source: "Class[A]".into(), target: "File[/a]".into() },
            Change::Head { field: "classes", old: "a".into(), new: "b".into() },
        ];
        for change in changes {
            assert_eq!(Change::from_json(&change.to_json()), Some(change));
        }
        assert_eq!(Change::from_json(&json!({ "change": "added" })), None);
    }
}
