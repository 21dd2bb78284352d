//! Arrows between resources. They are noted when evaluated and drawn at the end, when everything is known.

use pcore::{Str, Type, Value};
use stdx::Symbol;

use crate::collector::CollectorId;
use crate::error::{Control, Error};
use crate::resource::{Parameter, ResourceId, capitalised};
use crate::session::Session;

/// One end of an arrow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End {
    /// A resource, by lower-case type and title.
    Reference(Str, Str),
    /// Whatever a collector collects; if that is nothing, what stands left of it in the chain.
    Collector(CollectorId),
}

/// An arrow.
#[derive(Clone, Debug)]
pub(crate) struct Relationship {
    pub(crate) source: End,
    pub(crate) target: End,
    /// `~>` rather than `->`.
    pub(crate) notifies: bool,
}

impl<'i> Session<'i> {
    /// Draws all arrows, in the order in which they were evaluated.
    ///
    /// # Errors
    /// When a resource is not there.
    pub(crate) fn draw_relationships(&mut self) -> Result<(), Control> {
        for relationship in std::mem::take(&mut self.relationships) {
            let sources = self.ends(&relationship.source, true);
            let targets = self.ends(&relationship.target, false);
            for source in &sources {
                for target in &targets {
                    self.draw(source, target, relationship.notifies)?;
                }
            }
        }
        Ok(())
    }

    /// The references that an end stands for.
    fn ends(&self, end: &End, is_source: bool) -> Vec<(Str, Str)> {
        let id = match end {
            End::Reference(ty, title) => return vec![(ty.clone(), title.clone())],
            End::Collector(id) => *id,
        };
        let collected = &self.collected[id.0];
        let found = collected.found.as_slice();
        if found.is_empty() && is_source {
            return collected.alternative.iter().flat_map(|end| self.ends(end, true)).collect();
        }
        found
            .iter()
            .map(|&id| {
                let resource = self.resource(id);
                (Str::from(resource.ty.name()), resource.title.clone())
            })
            .collect()
    }

    fn draw(&mut self, source: &(Str, Str), target: &(Str, Str), notifies: bool) -> Result<(), Control> {
        let found = self.find_resource(&source.0, &source.1)?;
        let Some(id) = found else {
            let text = format!(
                "Could not find resource '{}' for relationship on '{}'",
                reference(source),
                reference(target)
            );
            return Err(Error::new(text).into());
        };
        if self.find_resource(&target.0, &target.1)?.is_none() {
            let text = format!(
                "Could not find resource '{}' for relationship from '{}'",
                reference(target),
                reference(source)
            );
            return Err(Error::new(text).into());
        }
        let name = if notifies { self.well_known.notify } else { self.well_known.before };
        self.append(id, name, reference_value(target));
        Ok(())
    }

    fn append(&mut self, id: ResourceId, name: Symbol, value: Value) {
        let resource = self.resource_mut(id);
        let source = Some(resource.source);
        match resource.parameters.iter_mut().find(|parameter| parameter.name == name) {
            Some(parameter) => match &mut parameter.value {
                Value::Array(items) => std::sync::Arc::make_mut(items).push(value),
                other => {
                    let before = std::mem::take(other);
                    let all = if before.is_undef() { vec![value] } else { vec![before, value] };
                    *other = Value::array(all);
                }
            },
            None => {
                let value = Value::array(vec![value]);
                resource.parameters.push(Parameter { name, value, source, place: None, append: false });
            }
        }
    }
}

fn reference((ty, title): &(Str, Str)) -> String {
    if ty.as_str() == "class" {
        return format!("Class[{}]", capitalised(title));
    }
    format!("{}[{title}]", capitalised(ty))
}

fn reference_value((ty, title): &(Str, Str)) -> Value {
    if ty.as_str() == "class" {
        return Value::Type(Type::Class(Some(title.to_lowercase().into())));
    }
    Value::Type(Type::resource(ty, Some(title.clone())))
}
