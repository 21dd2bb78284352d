//! Content of files that agents get from the code: it is no parameter of a resource, and what describes it tells whether it changes.

use std::collections::BTreeMap;

use pcore::{Hash, Str, Value};
use wire::catalog::Catalog;
use wire::catalog::diff::{Alteration, Change};

/// The name under which it is told.
const CONTENT: &str = "content of source";

/// Files whose content differs, of those that both catalogs have.
pub(super) fn differences(old: &Catalog, new: &Catalog) -> Vec<Change> {
    let mut changes = Vec::new();
    for (title, before) in old.metadata.iter().chain(old.recursive_metadata.iter()) {
        let Some(title) = title.as_str() else { continue };
        let Some(after) = new.metadata.get_str(title).or_else(|| new.recursive_metadata.get_str(title))
        else {
            continue;
        };
        let (before, after) = (contents(before), contents(after));
        if before == after {
            continue;
        }
        let only = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
            let differs = one.iter().filter(|(path, content)| other.get(*path) != Some(*content));
            let differs =
                differs.map(|(path, content)| (Value::from(path.as_str()), Value::from(content.as_str())));
            Value::hash(differs.collect::<Hash>())
        };
        let alteration = Alteration::Parameter {
            name: Str::from(CONTENT),
            old: Some(only(&before, &after)),
            new: Some(only(&after, &before)),
        };
        changes.push(Change::Altered { resource: format!("File[{title}]"), alterations: vec![alteration] });
    }
    changes
}

/// What there is at each path: a checksum, where a link leads, or that it is a folder.
fn contents(value: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    gather(value, &mut found);
    found
}

fn gather(value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
        Value::Hash(hash) => {
            let text = |key: &str| hash.get_str(key).and_then(Value::as_str);
            let Some(kind) = text("type") else {
                // Sources, each with what is below it.
                hash.iter().for_each(|(_, below)| gather(below, into));
                return;
            };
            let checksum = hash.get_str("checksum").and_then(Value::as_hash);
            let checksum = checksum.and_then(|checksum| checksum.get_str("value")?.as_str());
            let content = match kind {
                "file" => checksum.unwrap_or_default(),
                "link" => text("destination").unwrap_or_default(),
                _ => kind,
            };
            let path = text("relative_path").unwrap_or(".");
            // The first source that has a path counts.
            into.entry(path.to_owned()).or_insert_with(|| content.to_owned());
        }
        _ => {}
    }
}
