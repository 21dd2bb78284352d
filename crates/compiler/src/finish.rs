//! The end of a compile: what was left open is settled and checked.

use std::collections::VecDeque;

use pcore::{Str, Type, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;

use crate::error::{Control, Error};
use crate::eval::collect::split_reference;
use crate::resource::{Parameter, ResourceId, TypeOf, capitalised};
use crate::session::Session;

/// Rounds of collectors and defines, after which something must be turning in a circle.
const ROUNDS_MAX: u32 = 1000;

impl<'i> Session<'i> {
    /// Evaluates collectors, then defines and classes that have not been, until nothing new appears.
    ///
    /// # Errors
    /// What the bodies raise, framed by the resource whose body it is.
    pub(crate) fn evaluate_generators(&mut self) -> Result<(), Control> {
        let mut from = 0;
        // What has a body that has not run yet: in the end only what stays virtual.
        let mut waiting: Vec<ResourceId> = Vec::new();
        for round in 0.. {
            if round > ROUNDS_MAX {
                let text = "Somehow looped more than 1000 times while evaluating host catalog";
                return Err(Error::new(text).into());
            }
            let collected = !self.collectors.is_empty() && self.collect_all()?;
            waiting.extend((from..self.resources.len()).map(|at| ResourceId(at as u32)));
            from = self.resources.len();
            waiting.retain(|&id| {
                let resource = self.resource(id);
                !resource.evaluated && !resource.ty.is_builtin()
            });
            let is_real = |id: &ResourceId| !self.resource(*id).is_virtual;
            let pending: Vec<ResourceId> = waiting.iter().copied().filter(is_real).collect();
            if pending.is_empty() && !collected {
                return Ok(());
            }
            for id in pending {
                self.evaluate_lazily(id)?;
            }
        }
        Ok(())
    }

    fn evaluate_lazily(&mut self, id: ResourceId) -> Result<(), Control> {
        let error = match self.evaluate(id) {
            Err(Control::Error(error)) => error,
            Err(Control::Break(site)) => {
                let text = "Error while evaluating an Object, break() from context where this is illegal";
                return Err(Error::issue_at(text, &site.of_stack()).into());
            }
            result => return result,
        };
        let text = format!("Error while evaluating a Resource Statement, {error}");
        Err(match self.resource(id).place {
            Some(place) => Error::issue_at(text, &place.site()),
            None => Error::complete(format!("Evaluation Error: {text}")),
        }
        .into())
    }

    /// Settles relationships, overrides, tags and metaparameters, and checks the catalog.
    ///
    /// # Errors
    /// Everything that refers to something which is not there.
    pub(crate) fn finish(&mut self) -> Result<(), Control> {
        self.draw_relationships()?;
        let mut overrides: FxHashMap<ResourceId, Vec<usize>> = FxHashMap::default();
        let waiting = std::mem::take(&mut self.overrides);
        let mut left = Vec::new();
        for (at, ((ty, title), _)) in waiting.iter().enumerate() {
            // What has waited so long is for a resource of exactly this title, no longer for one that has it as an alias.
            let found = self.table.get(*ty, title).filter(|&id| {
                let resource = self.resource(id);
                resource.ty.is_class() || resource.title == *title
            });
            match found {
                Some(id) => overrides.entry(id).or_default().push(at),
                None => left.push(format!("{}[{title}]", capitalised(ty.as_str()))),
            }
        }
        let known = &self.well_known;
        let relations = [known.before, known.notify, known.require, known.subscribe];
        let mut related = Vec::new();
        for at in 0..self.resources.len() {
            let id = ResourceId(at as u32);
            if let Some(list) = overrides.get(&id) {
                for &at in list {
                    self.merge(id, &waiting[at].1)?;
                }
            }
            self.finish_resource(id)?;
            let resource = self.resource(id);
            if !resource.is_virtual && resource.parameters.iter().any(|p| relations.contains(&p.name)) {
                related.push(id);
            }
        }
        self.propagate_metaparameters()?;
        if !left.is_empty() {
            let text = format!("Could not find resource(s) {} for overriding", left.join(", "));
            return Err(Error::new(text).into());
        }
        let missing: Vec<&str> = self
            .collectors
            .iter()
            .flat_map(|collector| &self.collected[collector.id.0].unresolved)
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let text = format!("Failed to realize virtual resources {}", missing.join(", "));
            return Err(Error::new(text).into());
        }
        self.check_references(&related, relations)?;
        if self.untitled {
            self.check_untitled()?;
        }
        Ok(())
    }

    /// A reference without a title cannot be written for types whose titles must have a certain form.
    fn check_untitled(&self) -> Result<(), Control> {
        let real = self.resources.iter().filter(|resource| !resource.is_virtual);
        let values = real.flat_map(|resource| &resource.parameters).map(|parameter| &parameter.value);
        for name in values.filter_map(crate::eval::resource::holds_untitled) {
            if let Some(TypeOf::Native(native)) = self.image.native_type(&name)? {
                let title = Str::default();
                let key = native.title_key(&title, || title.clone(), |_| None);
                key.map_err(|error| Error::complete(error.to_string()))?;
            }
        }
        Ok(())
    }

    fn finish_resource(&mut self, id: ResourceId) -> Result<(), Control> {
        let resource = self.resource_mut(id);
        if std::mem::replace(&mut resource.finished, true) {
            return Ok(());
        }
        self.add_scope_tags(id)?;
        let resource = self.resource_mut(id);
        let mut sensitive = Vec::new();
        for parameter in &mut resource.parameters {
            if let Value::Sensitive(inner) = &parameter.value {
                parameter.value = (**inner).clone();
                sensitive.push(parameter.name);
            }
        }
        if !sensitive.is_empty() {
            resource.rare_mut().sensitive.append(&mut sensitive);
        }
        match resource.ty {
            TypeOf::Native(_) | TypeOf::Opaque(_) => {
                let resource = self.resource(id);
                let unknown =
                    resource.parameters.iter().find(|parameter| !resource.ty.has_attribute(parameter.name));
                let Some(unknown) = unknown else { return Ok(()) };
                let site = resource.place.map_or_else(String::new, |place| format!(" {}", place.site()));
                let text = format!("no parameter named '{}'{site} on {}", unknown.name, resource.reference());
                Err(Error::unframed(text, resource.place.map(|place| place.site()).as_ref()).into())
            }
            TypeOf::Class(_) | TypeOf::Define(_) if resource.fits && resource.sensitive().is_empty() => {
                Ok(())
            }
            TypeOf::Class(definition) | TypeOf::Define(definition) => self.check_parameters(id, definition),
            TypeOf::Node(_) => Ok(()),
        }
    }

    /// Copies metaparameters other than relationships from containers to contents, from the main class outwards.
    /// Classes hang on stages, not on the main class, so what they contain is not reached.
    ///
    /// # Errors
    /// When all tags together are too many.
    fn propagate_metaparameters(&mut self) -> Result<(), Control> {
        let Some(main) = self.class_resource(Symbol::new("")) else { return Ok(()) };
        let known = &self.well_known;
        let relations = [known.before, known.notify, known.require, known.subscribe];
        let names: Vec<Symbol> =
            wire::types::metaparameters().iter().copied().filter(|name| !relations.contains(name)).collect();
        let contents = Contents::new(self.resources.len(), &self.edges);
        type Inherited = Vec<(Symbol, Value)>;
        let own = |session: &Session<'i>, id: ResourceId| -> Inherited {
            let resource = session.resource(id);
            let given = names.iter().filter_map(|&name| Some((name, resource.value(name)?.clone())));
            given.collect()
        };
        let mut inherited: FxHashMap<ResourceId, Inherited> = FxHashMap::default();
        let mut queue = VecDeque::from([main]);
        let mut seen = vec![false; self.resources.len()];
        while let Some(id) = queue.pop_front() {
            let children = contents.of(id);
            if children.is_empty() || std::mem::replace(&mut seen[id.0 as usize], true) {
                continue;
            }
            let from = match inherited.get(&id) {
                Some(values) => values.clone(),
                None => own(self, id),
            };
            for &child in children {
                if !from.is_empty() {
                    for (name, value) in &from {
                        if self.resource(child).value(*name).is_none() {
                            let source = Some(self.resource(child).source);
                            let (resource, tag_names) = self.resource_to_tag(child);
                            resource.set(Parameter {
                                name: *name,
                                value: value.clone(),
                                source,
                                place: None,
                                append: false,
                            });
                            if name.as_str() == "tag" {
                                // The tags were valid on the container.
                                let _ = crate::catalog::add_tags(&mut resource.tags, tag_names, value, None);
                            }
                        }
                    }
                    let mut all = from.clone();
                    for (name, value) in own(self, child) {
                        match all.iter_mut().find(|(other, _)| *other == name) {
                            Some(entry) => entry.1 = value,
                            None => all.push((name, value)),
                        }
                    }
                    inherited.insert(child, all);
                }
                // Tags are only ever added, so those that it has of this container need no second look.
                let is_own = self.scope(self.resource(child).scope).resource == id;
                let from = if is_own { self.resource(child).tagged.unwrap_or_default() as usize } else { 0 };
                self.limits.tags(self.resource(id).tags.len().saturating_sub(from))?;
                let tags = std::mem::take(&mut self.resource_mut(id).tags);
                self.resource_mut(child).tags.merge_from(&tags, from);
                self.resource_mut(id).tags = tags;
            }
            queue.extend(children);
        }
        Ok(())
    }

    /// Checks that the targets of relationship metaparameters exist.
    fn check_references(&mut self, related: &[ResourceId], relations: [Symbol; 4]) -> Result<(), Control> {
        for &id in related {
            // Nearly all refer to what the table has under that very name.
            let parameters = &self.resource(id).parameters;
            let is_open = |p: &&Parameter<'i>| relations.contains(&p.name) && !self.is_in_table(&p.value);
            let parameters: Vec<Parameter<'i>> = parameters.iter().filter(is_open).cloned().collect();
            for parameter in parameters {
                let single = std::slice::from_ref(&parameter.value);
                for value in crate::eval::resource::flat(parameter.value.as_array().unwrap_or(single)) {
                    self.check_reference(&parameter, value)?;
                }
            }
        }
        Ok(())
    }

    /// True if a value is a reference to a resource in the table, or a list of such.
    fn is_in_table(&self, value: &Value) -> bool {
        match value {
            Value::Array(items) => items.iter().all(|item| self.is_in_table(item)),
            Value::Type(Type::Resource(reference)) => match (&reference.type_name, &reference.title) {
                (Some(ty), Some(title)) => {
                    Symbol::existing(ty).is_some_and(|ty| self.table.get(ty, title).is_some())
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn check_reference(&mut self, parameter: &Parameter<'i>, value: &Value) -> Result<(), Control> {
        let text = match value {
            Value::Undef => return Ok(()),
            Value::Type(ty) => match split_reference(ty) {
                Some((ty, title)) => {
                    if self.find_resource(&ty, &title)?.is_some() {
                        return Ok(());
                    }
                    reference_text(&ty, &title)
                }
                None => ty.to_string(),
            },
            other => {
                let text = pcore::format::to_s(other);
                match parse_reference(&text) {
                    Some((ty, title)) => {
                        if self.find_resource(&ty, &title)?.is_some() {
                            return Ok(());
                        }
                    }
                    None => {
                        let text = format!(
                            "No title provided and {} is not a valid resource reference",
                            inspect(&text)
                        );
                        return Err(Error::unframed(
                            text,
                            parameter.place.map(|place| place.site()).as_ref(),
                        )
                        .into());
                    }
                }
                text
            }
        };
        let message = format!("Could not find resource '{text}' in parameter '{}'", parameter.name);
        Err(Error::unframed(message, parameter.place.map(|place| place.site()).as_ref()).into())
    }
}

/// What each container holds, in the order of the edges.
struct Contents {
    /// Where the contents of each container begin; one more at the end.
    starts: Vec<u32>,
    all: Vec<ResourceId>,
}

impl Contents {
    fn new(count: usize, edges: &[(ResourceId, ResourceId)]) -> Contents {
        let mut starts = vec![0_u32; count + 1];
        for (container, _) in edges {
            starts[container.0 as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut all = vec![ResourceId(0); edges.len()];
        for (container, content) in edges {
            let at = &mut next[container.0 as usize];
            all[*at as usize] = *content;
            *at += 1;
        }
        Contents { starts, all }
    }

    fn of(&self, container: ResourceId) -> &[ResourceId] {
        let at = container.0 as usize;
        &self.all[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

pub(crate) fn reference_text(ty: &str, title: &str) -> String {
    if ty == "class" {
        format!("Class[{}]", capitalised(title))
    } else {
        crate::resource::reference_text(ty, title)
    }
}

/// `Type[title]` as type and title.
pub(crate) fn parse_reference(text: &str) -> Option<(Str, Str)> {
    let (ty, rest) = text.split_once('[')?;
    let title = rest.strip_suffix(']')?;
    let is_type = !ty.is_empty() && !ty.contains(']') && !title.is_empty();
    is_type.then(|| (ty.into(), title.into()))
}

fn inspect(text: &str) -> String {
    format!("{text:?}")
}
