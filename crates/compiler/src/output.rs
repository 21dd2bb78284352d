//! From the state of a compile to the catalog that is sent.

use pcore::{Extent, Type, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;
use wire::catalog::tags::{Lists, Tags as WireTags};
use wire::catalog::{Catalog, Exports, Resource as WireResource, ResourceId as WireId};

use crate::code::Place;
use crate::error::{Control, Error};
use crate::resource::{Resource, ResourceId, Table, TypeOf, push_capitalised, push_reference};
use crate::session::{Session, WellKnown};
use crate::tags::{TagId, Tags};

impl<'i> Session<'i> {
    /// The catalog: resources in order of creation, without the virtual ones that nobody realised.
    /// Beside it the resources that only other nodes may have.
    pub(crate) fn into_catalog(mut self, version: Value) -> Result<(Catalog, Exports, Session<'i>), Control> {
        let (mut exports, mut exported_ids) = (Exports::default(), Vec::new());
        let resources = std::mem::take(&mut self.resources);
        self.image.had(resources.len(), self.scopes.len());
        // What only evaluation needed goes first, so that what is made now stands where it stood.
        self.scopes = Vec::new();
        self.table = Table::default();
        self.by_type = FxHashMap::default();
        self.indexes = FxHashMap::default();
        self.collected = Vec::new();
        // Puppet copies a catalog before it is sent: names of classes first, then the tags it had.
        let mut own_tags = Tags::default();
        self.classes.iter().for_each(|class| own_tags.add_if_valid(&mut self.tag_names, class));
        own_tags.merge(&self.tags);
        let own_tags = own_tags.texts(&self.tag_names).cloned().collect();
        let mut tags = Lists::new(std::mem::take(&mut self.tag_names).into_texts());
        resources.iter().for_each(|resource| tags.push(resource.tags.iter().map(TagId::index)));
        let mut ids: Vec<Option<WireId>> = Vec::with_capacity(resources.len());
        let mut wire = Vec::with_capacity(resources.len());
        let are_changed = self.ruby.is_changed();
        let mut texts = References::default();
        for (at, (mut resource, tags)) in resources.into_iter().zip(tags.finish()).enumerate() {
            // Ruby code of a template may have changed what it was given, and Puppet's catalog has the same objects.
            if are_changed {
                for parameter in &mut resource.parameters {
                    if let Some(current) = self.ruby.current(&parameter.value) {
                        parameter.value = current;
                    }
                }
            }
            // What is exported and not collected here is for other nodes; an agent must not apply it.
            if resource.is_virtual {
                ids.push(None);
                if resource.exported {
                    exported_ids.push(ResourceId(at as u32));
                    exports.resources.push(to_wire(resource, tags, &self.well_known, &mut texts)?);
                }
                continue;
            }
            for parameter in &resource.parameters {
                self.limits.parameter(&parameter.value).map_err(|why| {
                    Error::new(format!("{}: the value of {} {why}", resource.reference(), parameter.name))
                })?;
            }
            ids.push(Some(WireId(wire.len() as u32)));
            wire.push(to_wire(resource, tags, &self.well_known, &mut texts)?);
        }
        // Puppet lists edges by their target.
        let mut order: Vec<(ResourceId, ResourceId)> = std::mem::take(&mut self.edges);
        order.sort_by_key(|&(_, content)| content);
        let mut edges: Vec<(WireId, WireId)> = Vec::with_capacity(order.len());
        // What each container was last seen to contain: all edges to one content are neighbours here.
        let mut last: Vec<Option<ResourceId>> = vec![None; ids.len()];
        exports.containers = vec![None; exported_ids.len()];
        for (container, content) in order {
            let (Some(from), Some(to)) = (ids[container.0 as usize], ids[content.0 as usize]) else {
                if let Ok(at) = exported_ids.binary_search(&content) {
                    exports.containers[at] = ids[container.0 as usize];
                }
                continue;
            };
            if last[container.0 as usize].replace(content) != Some(content) {
                edges.push((from, to));
            }
        }
        let catalog = Catalog {
            name: self.node.certname.clone(),
            version,
            code_id: None,
            catalog_uuid: uuid::Builder::from_random_bytes(self.world.random().to_be_bytes())
                .into_uuid()
                .to_string()
                .into(),
            environment: self.image.environment().into(),
            tags: own_tags,
            classes: std::mem::take(&mut self.classes),
            resources: wire,
            edges,
            ..Catalog::default()
        };
        Ok((catalog, exports, self))
    }
}

fn to_wire(
    resource: Resource<'_>,
    tags: WireTags,
    known: &WellKnown,
    texts: &mut References,
) -> Result<WireResource, Control> {
    let relations = [known.before, known.notify, known.require, known.subscribe];
    let is_relation = |name: Symbol| relations.contains(&name);
    let mut parameters: Vec<(Symbol, Value)> = Vec::with_capacity(resource.parameters.len());
    let mut has_capitals = false;
    for parameter in resource.parameters {
        if parameter.value.is_undef() {
            continue;
        }
        let name = match resource.ty {
            TypeOf::Native(native) => native.attribute_name(parameter.name),
            // Puppet's catalogs have no capitals in names; two that differ only in them become one.
            _ if parameter.name.as_str().bytes().any(|byte| byte.is_ascii_uppercase()) => {
                has_capitals = true;
                Symbol::new(&parameter.name.as_str().to_lowercase())
            }
            _ => parameter.name,
        };
        let value = match parameter.value {
            Value::Array(items) if is_relation(name) => texts.flattened(&items, |item| !item.is_undef()),
            // Puppet flattens an array as soon as a reference is in it.
            Value::Array(items) if items.iter().any(holds_reference) => texts.flattened(&items, |_| true),
            value => texts.catalog_value(value),
        };
        let known = if has_capitals { parameters.iter_mut().find(|(known, _)| *known == name) } else { None };
        match known {
            Some(entry) => entry.1 = value,
            None => parameters.push((name, value)),
        }
    }
    match resource.ty {
        TypeOf::Native(native) => native
            .finish_parameters(&resource.title, &mut parameters)
            .map_err(|error| Error::new(error.to_string()))?,
        TypeOf::Opaque(_) => {}
        _ => {
            let name = known.name;
            if let Some(at) = parameters.iter().position(|(other, _)| *other == name) {
                let entry = parameters.remove(at);
                if entry.1.as_str() != Some(&resource.title) {
                    parameters.insert(0, entry);
                }
            }
        }
    }
    // A title that is no string does not equal the name made of it, which Puppet therefore sends along.
    if resource.title_value.is_some() {
        let namevar = match resource.ty {
            TypeOf::Native(native) if native.namevars().len() <= 1 => Some(native.namevar()),
            TypeOf::Native(_) | TypeOf::Opaque(_) => None,
            _ => Some(known.name),
        };
        if let Some(namevar) = namevar
            && !parameters.iter().any(|(name, _)| *name == namevar)
        {
            parameters.insert(0, (namevar, Value::Str(resource.title.clone())));
        }
    }
    // Puppet knows the title of these two by a symbol, which does not equal the name it gives them.
    let is_main = resource.title.as_str() == "main"
        && matches!(resource.type_name.as_str(), "Class" | "Stage")
        && resource.place.is_none();
    if is_main && !parameters.iter().any(|(name, _)| *name == known.name) {
        parameters.insert(0, (known.name, Value::from("main")));
    }
    Ok(WireResource {
        type_name: resource.type_name,
        title: resource.title,
        tags,
        exported: resource.exported,
        file: resource.place.map(Place::path),
        line: resource.place.map(|place| place.line()),
        kind: resource.kind,
        parameters,
        sensitive_parameters: resource.rare.map(|rare| rare.sensitive).unwrap_or_default(),
    })
}

/// Where the texts of references are put together.
#[derive(Default)]
struct References {
    text: String,
}

impl References {
    /// A value as the catalog holds it: references are text.
    fn catalog_value(&mut self, value: Value) -> Value {
        if Extent::of(&value).has_types { self.replaced(&value) } else { value }
    }

    fn replaced(&mut self, value: &Value) -> Value {
        match value {
            Value::Type(Type::Class(Some(name))) => {
                self.text.clear();
                self.text.push_str("Class[");
                match name.is_empty() {
                    true => self.text.push_str("main"),
                    false => push_capitalised(&mut self.text, name),
                }
                self.text.push(']');
                Value::from(self.text.as_str())
            }
            Value::Type(Type::Resource(reference)) => {
                let ty = reference.type_name.as_deref().unwrap_or_default();
                let title = reference.title.as_deref().unwrap_or_default();
                self.text.clear();
                push_reference(&mut self.text, ty, title);
                Value::from(self.text.as_str())
            }
            Value::Array(items) if items.iter().any(holds_type) => {
                Value::array(items.iter().map(|item| self.replaced(item)).collect::<Vec<_>>())
            }
            Value::Hash(hash) if hash.iter().any(|(key, value)| holds_type(key) || holds_type(value)) => {
                let entries = hash.iter().map(|(key, value)| (self.replaced(key), self.replaced(value)));
                Value::hash(entries.collect())
            }
            other => other.clone(),
        }
    }

    /// The items of nested arrays, those that are wanted, in one.
    fn flattened(&mut self, items: &[Value], is_wanted: fn(&Value) -> bool) -> Value {
        let mut all = Vec::with_capacity(items.len());
        self.flatten(items, is_wanted, &mut all);
        Value::array(all)
    }

    fn flatten(&mut self, items: &[Value], is_wanted: fn(&Value) -> bool, all: &mut Vec<Value>) {
        for item in items {
            match item {
                Value::Array(inner) => self.flatten(inner, is_wanted, all),
                item if is_wanted(item) => all.push(self.replaced(item)),
                _ => {}
            }
        }
    }
}

/// A reference, or one within nested arrays.
fn holds_reference(value: &Value) -> bool {
    match value {
        Value::Array(_) if !Extent::of(value).has_types => false,
        Value::Array(items) => items.iter().any(holds_reference),
        value => matches!(value, Value::Type(Type::Class(_) | Type::Resource(_))),
    }
}

fn holds_type(value: &Value) -> bool {
    match value {
        Value::Type(_) => true,
        Value::Array(_) | Value::Hash(_) if !Extent::of(value).has_types => false,
        Value::Array(items) => items.iter().any(holds_type),
        Value::Hash(hash) => hash.iter().any(|(key, value)| holds_type(key) || holds_type(value)),
        _ => false,
    }
}
