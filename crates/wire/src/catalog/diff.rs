//! What differs between two catalogs: the question behind a preview, a review and a test against another compiler.
//!
//! Resources are matched by reference. What an agent acts on is always compared: the set of resources, their parameters,
//! whether they are exported, and the order in which they are applied. The rest is noise in a review and the point of
//! a test, so [`Scope`] says whether tags, containment, places in the code and the catalog's own fields count.
//!
//! Secrets stay secret: a parameter that is sensitive on either side is reported without its values.

mod json;
mod order;

use std::collections::BTreeSet;

use pcore::{Str, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::tags::Tags;
use super::{Catalog, Resource};

/// What counts as a difference beside resources, parameters and order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Tags of resources, as sets.
    pub tags: bool,
    /// Containment edges between resources that both catalogs have, as sets; and in order if all else agrees.
    pub edges: bool,
    /// File, line and kind of resources.
    pub places: bool,
    /// The order of each resource's parameters.
    pub parameter_order: bool,
    /// The catalog's classes (in order), tags, name and environment.
    pub head: bool,
    /// Leave out parameters that either side holds as sensitive. For catalogs from a store, which does not keep them.
    pub without_sensitive: bool,
}

impl Scope {
    /// Everything: for tests of one compiler against another.
    pub const ALL: Scope = Scope {
        tags: true,
        edges: true,
        places: true,
        parameter_order: true,
        head: true,
        without_sensitive: false,
    };
}

/// One difference. "Old" is the first catalog.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Only the new catalog has the resource.
    Added {
        /// `Type[title]`
        resource: String,
        /// Its parameters in order; `None` where the value is secret.
        parameters: Vec<(Str, Option<Value>)>,
    },
    /// Only the old catalog has the resource.
    Removed {
        /// `Type[title]`
        resource: String,
    },
    /// Both have the resource, with a difference in it.
    Altered {
        /// `Type[title]`
        resource: String,
        /// In the order parameters, then the rest.
        alterations: Vec<Alteration>,
    },
    /// The resource is applied at another place among those that both catalogs have.
    Moved {
        /// `Type[title]`
        resource: String,
        /// The common resource that it followed; `None` if it was the first.
        old_after: Option<String>,
        /// The common resource that it follows now.
        new_after: Option<String>,
    },
    /// Only the new catalog has this containment.
    EdgeAdded {
        /// Container.
        source: String,
        /// Content.
        target: String,
    },
    /// Only the old catalog has this containment.
    EdgeRemoved {
        /// Container.
        source: String,
        /// Content.
        target: String,
    },
    /// Something about the catalog as a whole.
    Head {
        /// `classes`, `tags`, `name`, `environment`, `order of edges`.
        field: &'static str,
        /// Before.
        old: Value,
        /// After.
        new: Value,
    },
}

/// A difference within a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Alteration {
    /// A parameter.
    Parameter {
        /// Name.
        name: Str,
        /// Before; `None` if it was not set.
        old: Option<Value>,
        /// After; `None` if it is not set.
        new: Option<Value>,
    },
    /// A parameter whose values must not be shown.
    Secret {
        /// Name.
        name: Str,
        /// Whether it was set, and is.
        old: bool,
        /// Whether it is set.
        new: bool,
    },
    /// `file`, `line`, `kind`, `exported`, `order of parameters`, `sensitive`.
    Field {
        /// Which.
        field: &'static str,
        /// Before.
        old: Value,
        /// After.
        new: Value,
    },
    /// Tags.
    Tags {
        /// Those that are gone.
        removed: Vec<Str>,
        /// Those that are new.
        added: Vec<Str>,
    },
}

impl Change {
    /// The resource it is about; containment is about its content.
    pub fn resource(&self) -> Option<&str> {
        match self {
            Change::Added { resource, .. }
            | Change::Removed { resource }
            | Change::Altered { resource, .. }
            | Change::Moved { resource, .. }
            | Change::EdgeAdded { target: resource, .. }
            | Change::EdgeRemoved { target: resource, .. } => Some(resource),
            Change::Head { .. } => None,
        }
    }
}

/// The differences between two catalogs: first those of the head, then resources in the old catalog's order, new
/// resources in the new one's, moves, and containment. Empty if there are none.
///
/// Values are compared as they are: give both catalogs with values in the same encoding (both fresh from a compile,
/// or both read from JSON).
pub fn diff(old: &Catalog, new: &Catalog, scope: Scope) -> Vec<Change> {
    let mut changes = Vec::new();
    if scope.head {
        compare_heads(old, new, &mut changes);
    }
    let old_index = index(old);
    let new_index = index(new);
    for (key, &position) in in_order(old, &old_index) {
        let before = &old.resources[position];
        match new_index.get(&key) {
            None => changes.push(Change::Removed { resource: before.reference() }),
            Some(&other) => {
                let alterations = compare_resources(before, &new.resources[other], scope);
                if !alterations.is_empty() {
                    changes.push(Change::Altered { resource: before.reference(), alterations });
                }
            }
        }
    }
    for (key, &position) in in_order(new, &new_index) {
        if !old_index.contains_key(&key) {
            changes.push(added(&new.resources[position]));
        }
    }
    let common =
        in_order(new, &new_index).filter_map(|(key, _)| old_index.get(&key).copied()).collect::<Vec<_>>();
    changes.extend(order::moves(&common).map(|moved| {
        let name = |position: usize| old.resources[position].reference();
        Change::Moved {
            resource: name(moved.item),
            old_after: moved.old_after.map(name),
            new_after: moved.new_after.map(name),
        }
    }));
    if scope.edges {
        compare_edges(old, new, &old_index, &new_index, &mut changes);
    }
    changes
}

type Key<'a> = (&'a str, &'a str);

fn key(resource: &Resource) -> Key<'_> {
    (&resource.type_name, &resource.title)
}

fn index(catalog: &Catalog) -> FxHashMap<Key<'_>, usize> {
    catalog.resources.iter().enumerate().map(|(position, resource)| (key(resource), position)).collect()
}

fn in_order<'a, 'i>(
    catalog: &'a Catalog,
    index: &'i FxHashMap<Key<'a>, usize>,
) -> impl Iterator<Item = (Key<'a>, &'i usize)> {
    catalog.resources.iter().filter_map(|resource| Some((key(resource), index.get(&key(resource))?)))
}

fn added(resource: &Resource) -> Change {
    let parameters = resource.parameters.iter().map(|(name, value)| {
        let secret = resource.sensitive_parameters.contains(name) || holds_secret(value);
        (Str::from(*name), (!secret).then(|| value.clone()))
    });
    Change::Added { resource: resource.reference(), parameters: parameters.collect() }
}

fn compare_heads(old: &Catalog, new: &Catalog, changes: &mut Vec<Change>) {
    let list =
        |items: &[Str]| Value::from(items.iter().map(|item| Value::Str(item.clone())).collect::<Vec<_>>());
    let sorted =
        |items: &[Str]| list(&items.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect::<Vec<_>>());
    let fields = [
        ("name", Value::Str(old.name.clone()), Value::Str(new.name.clone())),
        ("environment", Value::Str(old.environment.clone()), Value::Str(new.environment.clone())),
        ("classes", list(&old.classes), list(&new.classes)),
        ("tags", sorted(&old.tags), sorted(&new.tags)),
    ];
    for (field, old, new) in fields {
        if old != new {
            changes.push(Change::Head { field, old, new });
        }
    }
}

fn compare_resources(old: &Resource, new: &Resource, scope: Scope) -> Vec<Alteration> {
    let mut alterations = Vec::new();
    let names = old
        .parameters
        .iter()
        .chain(new.parameters.iter().filter(|(name, _)| old.parameter(name.as_str()).is_none()));
    for &(name, _) in names {
        let (before, after) = (old.parameter(name.as_str()), new.parameter(name.as_str()));
        let secret = |side: &Resource, value: Option<&Value>| {
            side.sensitive_parameters.contains(&name) || value.is_some_and(holds_secret)
        };
        let is_secret = secret(old, before) || secret(new, after);
        if before == after || is_secret && scope.without_sensitive {
            continue;
        }
        let name = Str::from(name);
        alterations.push(match is_secret {
            true => Alteration::Secret { name, old: before.is_some(), new: after.is_some() },
            false => Alteration::Parameter { name, old: before.cloned(), new: after.cloned() },
        });
    }
    let mut field = |field, old: Value, new: Value| {
        if old != new {
            alterations.push(Alteration::Field { field, old, new });
        }
    };
    field("exported", old.exported.into(), new.exported.into());
    if !scope.without_sensitive {
        let names = |resource: &Resource| {
            let names =
                resource.sensitive_parameters.iter().map(|name| name.as_str()).collect::<BTreeSet<_>>();
            Value::from(names.into_iter().map(Value::str).collect::<Vec<_>>())
        };
        field("sensitive", names(old), names(new));
    }
    if scope.parameter_order {
        let names = |one: &Resource, other: &Resource| {
            let common = one.parameters.iter().filter(|(name, _)| other.parameter(name.as_str()).is_some());
            Value::from(common.map(|(name, _)| Value::str(name.as_str())).collect::<Vec<_>>())
        };
        field("order of parameters", names(old, new), names(new, old));
    }
    if scope.places {
        let text = |text: &Option<Str>| text.clone().map_or(Value::Undef, Value::Str);
        let line = |line: Option<u32>| line.map_or(Value::Undef, |line| Value::Int(line.into()));
        field("file", text(&old.file), text(&new.file));
        field("line", line(old.line), line(new.line));
        field("kind", Value::str(old.kind.as_str()), Value::str(new.kind.as_str()));
    }
    if scope.tags {
        let missing = |from: &Tags, of: &Tags| {
            let from = from.iter().collect::<FxHashSet<_>>();
            of.iter().filter(|tag| !from.contains(tag)).cloned().collect::<Vec<_>>()
        };
        let (removed, added) = (missing(&new.tags, &old.tags), missing(&old.tags, &new.tags));
        if !removed.is_empty() || !added.is_empty() {
            alterations.push(Alteration::Tags { removed, added });
        }
    }
    alterations
}

/// Whether a `Sensitive` is somewhere in the value, in its own form or in the encoding of rich data.
fn holds_secret(value: &Value) -> bool {
    match value {
        Value::Sensitive(_) => true,
        Value::Array(items) => items.iter().any(holds_secret),
        Value::Hash(hash) => {
            hash.get_str("__ptype").and_then(Value::as_str) == Some("Sensitive")
                || hash.iter().any(|(key, value)| holds_secret(key) || holds_secret(value))
        }
        Value::Deferred(deferred) => deferred.arguments.iter().flatten().any(holds_secret),
        Value::Object(object) => object.attributes.iter().any(|(_, value)| holds_secret(value)),
        _ => false,
    }
}

fn compare_edges<'a>(
    old: &'a Catalog,
    new: &'a Catalog,
    old_index: &FxHashMap<Key<'a>, usize>,
    new_index: &FxHashMap<Key<'a>, usize>,
    changes: &mut Vec<Change>,
) {
    // Containment of a resource that only one side has says nothing that its appearance does not say.
    let edges = |catalog: &'a Catalog| {
        let end = |id: super::ResourceId| catalog.resources.get(id.0 as usize).map(key);
        let both = |key: &Key<'_>| old_index.contains_key(key) && new_index.contains_key(key);
        catalog
            .edges
            .iter()
            .filter_map(|&(source, target)| Some((end(source)?, end(target)?)))
            .filter(|(source, target)| both(source) && both(target))
            .collect::<Vec<_>>()
    };
    let name = |(type_name, title): Key<'_>| format!("{type_name}[{title}]");
    let (before, after) = (edges(old), edges(new));
    let (old_set, new_set): (FxHashSet<_>, FxHashSet<_>) = (before.iter().collect(), after.iter().collect());
    let unlike = changes.len();
    for &(source, target) in before.iter().filter(|edge| !new_set.contains(edge)) {
        changes.push(Change::EdgeRemoved { source: name(source), target: name(target) });
    }
    for &(source, target) in after.iter().filter(|edge| !old_set.contains(edge)) {
        changes.push(Change::EdgeAdded { source: name(source), target: name(target) });
    }
    if changes.len() == unlike && before != after && old.resources.len() == new.resources.len() {
        let first = before.iter().zip(&after).find(|(before, after)| before != after);
        let text = |edge: Option<&(Key<'_>, Key<'_>)>| match edge {
            Some(&(source, target)) => Value::str(format!("{} => {}", name(source), name(target))),
            None => Value::Undef,
        };
        changes.push(Change::Head {
            field: "order of edges",
            old: text(first.map(|(before, _)| before)),
            new: text(first.map(|(_, after)| after)),
        });
    }
}

#[cfg(test)]
mod tests;
