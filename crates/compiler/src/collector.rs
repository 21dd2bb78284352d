//! Collectors: what makes virtual resources real, and brings resources of other nodes.

mod index;

use std::rc::Rc;

use pcore::{Str, Value};
use stdx::Symbol;
use syntax::ast::ResourceForm;

use crate::code::Place;
use crate::error::{Control, Error};
use crate::eval::resource::Declaration;
use crate::overrides::Override;
use crate::relationship::End;
use crate::resource::{Parameter, ResourceId, TypeOf, capitalised};
use crate::scope::ScopeId;
use crate::session::Session;
use crate::tags::TagId;
use crate::unique::Unique;
use crate::world::{ExportFilter, ExportQuery};

pub(crate) use index::{By, Index};

/// Index of what a collector has collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CollectorId(pub(crate) usize);

/// What a collector has collected.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) found: Unique<ResourceId>,
    /// What stands left of the collector in a chain of arrows, and its values.
    pub(crate) alternative: Vec<(End, Value)>,
    /// What `realize` was asked for and nobody has declared.
    pub(crate) unresolved: Vec<String>,
    /// It has found all that it will ever find.
    is_done: bool,
    /// How many resources of its type it has looked at, and how often tags had been added by then.
    looked_at: usize,
    retagged: u64,
}

/// A collector.
pub(crate) struct Collector<'i> {
    pub(crate) id: CollectorId,
    pub(crate) scope: ScopeId,
    pub(crate) what: Rc<What<'i>>,
}

/// What a collector collects.
pub(crate) enum What<'i> {
    /// Resources of the catalog (`<| |>`), and with `exported` those of other nodes too (`<<| |>>`).
    Query { ty: TypeOf<'i>, query: Option<Query>, exported: bool, overrides: Option<Overrides<'i>> },
    /// Certain resources: `realize`.
    Fixed(std::cell::RefCell<Vec<(Str, Str)>>),
    /// `realize` of what is no reference.
    Invalid(Str),
}

/// Attributes that a collector gives to what it collects.
pub(crate) struct Overrides<'i> {
    pub(crate) parameters: Vec<Parameter<'i>>,
    pub(crate) place: Place<'i>,
}

/// A condition on resources.
pub(crate) enum Query {
    And(Box<Query>, Box<Query>),
    Or(Box<Query>, Box<Query>),
    Tag(Vec<String>),
    Equal(Str, Value),
    NotEqual(Str, Value),
}

impl<'i> Session<'i> {
    /// Adds a collector; it collects from now on until the end.
    pub(crate) fn add_collector(&mut self, scope: ScopeId, what: What<'i>) -> CollectorId {
        let id = CollectorId(self.collected.len());
        self.collected.push(Collected::default());
        self.collectors.push(Collector { id, scope, what: Rc::new(what) });
        id
    }

    /// `realize`: collects certain resources.
    pub(crate) fn realize(&mut self, scope: ScopeId, references: Vec<(Str, Str)>) {
        self.add_collector(scope, What::Fixed(std::cell::RefCell::new(references)));
    }

    /// `realize` of what is no reference: the collector fails.
    pub(crate) fn refuse_realization(&mut self, scope: ScopeId, reference: &str) {
        self.add_collector(scope, What::Invalid(reference.into()));
    }

    /// Lets every collector collect. True if any found something new.
    pub(crate) fn collect_all(&mut self) -> Result<bool, Control> {
        let mut found = false;
        let all: Vec<_> = self
            .collectors
            .iter()
            .map(|collector| (collector.id, collector.scope, collector.what.clone()))
            .collect();
        for (id, scope, what) in all {
            let objects = self.collect(id, scope, &what)?;
            for &object in &objects {
                self.resource_mut(object).is_virtual = false;
            }
            if objects.is_empty() {
                continue;
            }
            if let What::Query { overrides: Some(overrides), .. } = &*what {
                self.override_collected(id, scope, &objects, overrides)?;
            }
            let collected = &mut self.collected[id.0].found;
            for object in objects {
                found |= collected.insert(object);
            }
        }
        let collected = &self.collected;
        self.collectors.retain(|collector| !collected[collector.id.0].is_done);
        Ok(found)
    }

    fn override_collected(
        &mut self,
        id: CollectorId,
        scope: ScopeId,
        objects: &[ResourceId],
        overrides: &Overrides<'i>,
    ) -> Result<(), Control> {
        let source = self.scope(scope).source;
        self.overriding.insert(source);
        for &object in objects {
            if self.collected[id.0].found.contains(&object) {
                continue;
            }
            // Such an override is a resource of the collector's scope, hence has the defaults that hold there.
            let mut parameters = overrides.parameters.clone();
            for default in self.defaults_for(scope, self.resource(object).ty.name()) {
                if !parameters.iter().any(|parameter| parameter.name == default.name) {
                    parameters.push(default);
                }
            }
            let over = Override { source, place: Some(overrides.place), parameters };
            self.merge(object, &over)?;
        }
        Ok(())
    }

    fn collect(
        &mut self,
        id: CollectorId,
        scope: ScopeId,
        what: &What<'i>,
    ) -> Result<Vec<ResourceId>, Control> {
        match what {
            What::Query { ty, query, exported: false, .. } => {
                let count = self.by_type.get(&ty.name()).map_or(0, Vec::len);
                let collected = &mut self.collected[id.0];
                // Tags are only ever added: what did not fit still does not if none were.
                let is_same = match query {
                    Some(query) => query.asks_for_tags_only() && collected.retagged == self.retagged,
                    None => true,
                };
                let from = if is_same { collected.looked_at } else { 0 };
                (collected.looked_at, collected.retagged) = (count, self.retagged);
                Ok(self.matching(*ty, query.as_ref(), false, from))
            }
            What::Query { ty, query, exported: true, .. } => {
                if !self.stores_exports() {
                    return Ok(Vec::new());
                }
                let mut found = self.matching(*ty, query.as_ref(), true, 0);
                found.extend(self.import(*ty, query.as_ref(), scope)?);
                Ok(found)
            }
            What::Invalid(reference) => Err(Error::complete(format!(
                "Puppet::Parser::Compiler failed with error ArgumentError: No title provided and {} is not a valid resource reference",
                pcore::format::ruby_quote(reference)
            ))
            .into()),
            What::Fixed(references) => {
                let wanted = references.take();
                let mut found = Vec::new();
                let mut missing = Vec::new();
                for (ty, title) in wanted {
                    match self.find_resource(&ty, &title)? {
                        Some(resource) => found.push(resource),
                        None => missing.push((ty, title)),
                    }
                }
                self.collected[id.0].is_done = missing.is_empty();
                self.collected[id.0].unresolved =
                    missing.iter().map(|(ty, title)| crate::finish::reference_text(ty, title)).collect();
                references.replace(missing);
                Ok(found)
            }
        }
    }

    /// The resources of a type that fit a condition, without the first of the type.
    fn matching(
        &mut self,
        ty: TypeOf<'i>,
        query: Option<&Query>,
        exported: bool,
        first: usize,
    ) -> Vec<ResourceId> {
        let query_of_all = query.filter(|_| first == 0);
        let candidates = query_of_all.and_then(|query| self.candidates(ty.name(), query));
        let of_type = match &candidates {
            Some(candidates) => candidates,
            None => self.by_type.get(&ty.name()).and_then(|all| all.get(first..)).unwrap_or_default(),
        };
        of_type
            .iter()
            .copied()
            .filter(|&id| {
                (!exported || self.resource(id).exported) && query.is_none_or(|query| self.fits(id, query))
            })
            .collect()
    }

    fn fits(&self, id: ResourceId, query: &Query) -> bool {
        match query {
            Query::And(left, right) => self.fits(id, left) && self.fits(id, right),
            Query::Or(left, right) => self.fits(id, left) || self.fits(id, right),
            Query::Tag(tags) => {
                tags.iter().filter_map(|tag| self.tag_names.find(tag)).any(|tag| self.is_tagged(id, tag))
            }
            Query::Equal(name, wanted) => match self.attribute(id, name) {
                Value::Array(items) => pcore::compare::includes(&Value::Array(items), wanted),
                value => pcore::compare::equals(&value, wanted),
            },
            Query::NotEqual(name, wanted) => !pcore::compare::equals(&self.attribute(id, name), wanted),
        }
    }

    /// The value of an attribute, `title` included.
    fn attribute(&self, id: ResourceId, name: &str) -> Value {
        let resource = self.resource(id);
        if name == "title" {
            return match &resource.title_value {
                Some(value) => (**value).clone(),
                None => Value::Str(resource.title.clone()),
            };
        }
        let value = Symbol::existing(name).and_then(|name| resource.value(name));
        value.cloned().unwrap_or_default()
    }

    /// True if the resource has the tag, or one of those it is contained in.
    pub(crate) fn is_tagged(&self, id: ResourceId, tag: TagId) -> bool {
        let mut at = id;
        loop {
            let resource = self.resource(at);
            if resource.tags.contains(tag) {
                return true;
            }
            let container = self.scope(resource.scope).resource;
            if container == at {
                return false;
            }
            at = container;
        }
    }

    /// True if the outside keeps exported resources.
    pub(crate) fn stores_exports(&self) -> bool {
        self.world.stores_exports()
    }

    /// Adds the resources that other nodes export.
    fn import(
        &mut self,
        ty: TypeOf<'i>,
        query: Option<&Query>,
        scope: ScopeId,
    ) -> Result<Vec<ResourceId>, Control> {
        let type_name = capitalised(ty.name().as_str());
        let filter = query.map(Query::to_filter);
        let node = self.node;
        let request = ExportQuery { type_name: &type_name, certname: &node.certname, filter };
        self.reads.query(format!("{request:?}"));
        let found = self.world.exported_resources(&request).map_err(Error::new)?;
        let mut added = Vec::new();
        for exported in found {
            let name = ty.name();
            if let Some(existing) = self.table.get(name, &exported.title) {
                if self.resource(existing).rare.as_ref().and_then(|rare| rare.exporter.as_ref())
                    != Some(&exported.certname)
                {
                    let text = format!(
                        "A duplicate resource was found while collecting exported resources, with the type and title {type_name}[{}]",
                        exported.title
                    );
                    return Err(Error::unframed(text, None).into());
                }
                continue;
            }
            let source = Some(self.scope(scope).source);
            let mut parameters = Vec::new();
            for (key, value) in exported.parameters.iter() {
                // A name that no code has is no attribute of any type.
                if let Some(name) = key.as_str().and_then(Symbol::existing) {
                    let value = value.clone();
                    parameters.push(Parameter { name, value, source, place: None, append: false });
                }
            }
            let declaration = Declaration { form: ResourceForm::Regular, scope, place: None };
            let id = self.create(declaration, ty, exported.title.into(), parameters, None)?;
            let (resource, names) = self.resource_to_tag(id);
            resource.rare_mut().exporter = Some(exported.certname);
            for tag in &exported.tags {
                resource.tags.add_if_valid(names, tag);
            }
            self.note_tags(id);
            added.push(id);
        }
        Ok(added)
    }
}

impl Query {
    fn asks_for_tags_only(&self) -> bool {
        match self {
            Query::And(left, right) | Query::Or(left, right) => {
                left.asks_for_tags_only() && right.asks_for_tags_only()
            }
            Query::Tag(_) => true,
            Query::Equal(..) | Query::NotEqual(..) => false,
        }
    }

    fn to_filter(&self) -> ExportFilter {
        match self {
            Query::And(left, right) => {
                ExportFilter::And(Box::new(left.to_filter()), Box::new(right.to_filter()))
            }
            Query::Or(left, right) => {
                ExportFilter::Or(Box::new(left.to_filter()), Box::new(right.to_filter()))
            }
            Query::Tag(tags) => {
                let mut tags = tags.iter().map(|tag| ExportFilter::Equal("tag".into(), Value::from(&**tag)));
                let first = tags.next().unwrap_or(ExportFilter::Equal("tag".into(), Value::Undef));
                tags.fold(first, |left, right| ExportFilter::Or(Box::new(left), Box::new(right)))
            }
            Query::Equal(name, value) => ExportFilter::Equal(name.clone(), value.clone()),
            Query::NotEqual(name, value) => ExportFilter::NotEqual(name.clone(), value.clone()),
        }
    }
}
