//! Arrows between resources. They are noted when evaluated and drawn at the end, when everything is known.

use std::sync::Arc;

use pcore::{Str, Type, Value};
use smallvec::SmallVec;
use stdx::Symbol;

use crate::collector::CollectorId;
use crate::error::{Control, Error};
use crate::resource::{Parameter, ResourceId};
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
            let mut sources = self.ends(&relationship.source, true);
            let mut targets = self.ends(&relationship.target, false);
            for source in &mut sources {
                for target in &mut targets {
                    self.limits.step()?;
                    self.draw(source, target, relationship.notifies)?;
                }
            }
        }
        Ok(())
    }

    /// The references that an end stands for.
    fn ends(&mut self, end: &End, is_source: bool) -> Ends {
        let id = match end {
            End::Reference(ty, title) => return Ends::from([Place::new(ty.clone(), title.clone())]),
            End::Collector(id) => *id,
        };
        let found = self.collected[id.0].found.as_slice().to_vec();
        if found.is_empty() && is_source {
            let alternative = self.collected[id.0].alternative.clone();
            let mut ends = Ends::new();
            for (end, value) in &alternative {
                ends.extend(self.ends(end, true).into_iter().map(|place| match value {
                    Value::Type(ty) => Place { shown: Some(ty.clone()), ..place },
                    _ => place,
                }));
            }
            return ends;
        }
        let place = |id: ResourceId| {
            let name = self.resource(id).ty.name();
            let ty = self.text(name);
            Place { id: Some(id), ..Place::new(ty, self.resource(id).title.clone()) }
        };
        found.into_iter().map(place).collect()
    }

    fn draw(&mut self, source: &mut Place, target: &mut Place, notifies: bool) -> Result<(), Control> {
        let Some(id) = self.resolve(source)? else {
            let text = format!(
                "Could not find resource '{}' for relationship on '{}'",
                source.text(),
                target.text()
            );
            return Err(Error::new(text).into());
        };
        if self.resolve(target)?.is_none() {
            let text = format!(
                "Could not find resource '{}' for relationship from '{}'",
                target.text(),
                source.text()
            );
            return Err(Error::new(text).into());
        }
        let name = if notifies { self.well_known.notify } else { self.well_known.before };
        let reference = target.reference.get_or_insert_with(|| reference_value(&target.ty, &target.title));
        self.append(id, name, reference.clone());
        Ok(())
    }

    /// The resource at an end of an arrow, looked for once.
    fn resolve(&mut self, place: &mut Place) -> Result<Option<ResourceId>, Control> {
        if place.id.is_none() {
            place.id = self.find_resource(&place.ty, &place.title)?;
        }
        Ok(place.id)
    }

    /// Resources that one expression declares, or that one default reaches, share the list that it gives them: what is
    /// appended to it for one of them is there for all.
    fn append_to_shared(
        &mut self,
        id: ResourceId,
        name: Symbol,
        before: &Arc<pcore::Array>,
        place: Option<crate::code::Place<'i>>,
        value: Value,
    ) {
        let mut all = Vec::clone(before);
        all.push(value);
        let all = Value::array(all);
        let siblings = self.by_type.get(&self.resource(id).ty.name()).cloned().unwrap_or_default();
        for sibling in siblings {
            let parameters = &mut self.resource_mut(sibling).parameters;
            for parameter in parameters.iter_mut().filter(|parameter| parameter.name == name) {
                let same_place = match (parameter.place, place) {
                    (Some(one), Some(other)) => std::ptr::eq(one.code, other.code) && one.span == other.span,
                    _ => false,
                };
                let shares = matches!(&parameter.value, Value::Array(items) if Arc::ptr_eq(items, before));
                if shares && (same_place || sibling == id) {
                    parameter.value = all.clone();
                }
            }
        }
    }

    fn append(&mut self, id: ResourceId, name: Symbol, value: Value) {
        let resource = self.resource_mut(id);
        let source = Some(resource.source);
        match resource.parameters.iter_mut().find(|parameter| parameter.name == name) {
            Some(parameter) => match &mut parameter.value {
                Value::Array(items) if Arc::strong_count(items) == 1 => Arc::make_mut(items).push(value),
                Value::Array(items) => {
                    let (before, place) = (items.clone(), parameter.place);
                    self.append_to_shared(id, name, &before, place, value);
                }
                other => {
                    let before = std::mem::take(other);
                    let all = if before.is_undef() { vec![value] } else { vec![before, value] };
                    *other = Value::array(all);
                    // What was no list is set anew, and a list is only longer.
                    parameter.place = None;
                }
            },
            None => {
                let value = Value::array(vec![value]);
                resource.parameters.push(Parameter { name, value, source, place: None, append: false });
            }
        }
    }
}

/// Mostly an arrow starts from one and points to one.
type Ends = SmallVec<[Place; 1]>;

/// A resource that an arrow starts from or points to.
struct Place {
    ty: Str,
    title: Str,
    /// What messages show where it stands in for a collector that has found nothing.
    shown: Option<Type>,
    /// The resource, once it has been found.
    id: Option<ResourceId>,
    /// The value that refers to it, once it has been needed.
    reference: Option<Value>,
}

impl Place {
    fn new(ty: Str, title: Str) -> Place {
        Place { ty, title, shown: None, id: None, reference: None }
    }

    fn text(&self) -> String {
        match &self.shown {
            Some(ty) => ty.to_string(),
            None => crate::finish::reference_text(&self.ty, &self.title),
        }
    }
}

fn reference_value(ty: &Str, title: &Str) -> Value {
    if ty.as_str() == "class" {
        return Value::Type(Type::Class(Some(title.to_lowercase().into())));
    }
    Value::Type(Type::resource_of(ty, Some(title.clone())))
}
