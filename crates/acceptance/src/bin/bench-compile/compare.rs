//! Whether two catalogs say the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A catalog without what differs from compile to compile, and without order where order means nothing.
pub struct Canonical {
    /// What there is, by its kind and name.
    parts: BTreeMap<String, String>,
    /// How many resources.
    pub resources: usize,
}

impl Canonical {
    /// Takes a catalog apart.
    pub fn new(json: &[u8]) -> anyhow::Result<Canonical> {
        let catalog: Value = serde_json::from_slice(json)?;
        let list = |name: &str| catalog[name].as_array().cloned().unwrap_or_default();
        let mut parts = BTreeMap::new();
        for mut resource in list("resources") {
            if let Some(tags) = resource["tags"].as_array() {
                let tags: BTreeSet<&str> = tags.iter().filter_map(Value::as_str).collect();
                resource["tags"] = tags.into_iter().collect();
            }
            let name = format!("{}[{}]", text(&resource["type"]), text(&resource["title"]));
            parts.insert(name, sorted(&resource).to_string());
        }
        for edge in list("edges") {
            parts.insert(
                format!("edge {} -> {}", text(&edge["source"]), text(&edge["target"])),
                String::new(),
            );
        }
        for class in list("classes") {
            parts.insert(format!("class {}", text(&class)), String::new());
        }
        for key in ["name", "environment", "code_id", "catalog_format"] {
            parts.insert(key.to_owned(), catalog[key].to_string());
        }
        Ok(Canonical { parts, resources: list("resources").len() })
    }

    /// The first differences.
    pub fn differences(&self, other: &Canonical, max: usize) -> Vec<String> {
        let names: BTreeSet<&String> = self.parts.keys().chain(other.parts.keys()).collect();
        let differing = names.into_iter().filter(|name| self.parts.get(*name) != other.parts.get(*name));
        let show = |part: Option<&String>| part.map_or_else(|| "nothing".to_owned(), String::clone);
        differing
            .take(max)
            .map(|name| {
                format!("{name}\n    {}\n    {}", show(self.parts.get(name)), show(other.parts.get(name)))
            })
            .collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Objects with their keys in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let ordered: BTreeMap<&String, Value> =
                object.iter().map(|(key, value)| (key, sorted(value))).collect();
            ordered.into_iter().map(|(key, value)| (key.clone(), value)).collect()
        }
        Value::Array(list) => list.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
