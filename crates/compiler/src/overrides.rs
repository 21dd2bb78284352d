//! Overrides: attributes given to a resource by another expression than the one that declares it.

use pcore::{Str, Value};
use stdx::Symbol;

use crate::catalog::add_tags;
use crate::code::{Definition, Place};
use crate::error::{Control, Error};
use crate::image::Strict;
use crate::resource::{Parameter, ResourceId, capitalised};
use crate::scope::ScopeId;
use crate::session::Session;

/// Attributes to be given to a resource.
pub(crate) struct Override<'i> {
    /// The definition whose body overrides.
    pub(crate) source: &'i Definition,
    pub(crate) place: Option<Place<'i>>,
    pub(crate) parameters: Vec<Parameter<'i>>,
}

impl<'i> Session<'i> {
    /// Overrides a resource now if it is there, and otherwise at the end.
    pub(crate) fn override_resource(
        &mut self,
        type_name: &str,
        title: &Str,
        over: Override<'i>,
    ) -> Result<(), Control> {
        match self.find_resource(type_name, title)? {
            Some(id) => self.merge(id, &over),
            None => {
                let name = type_name.strip_prefix("::").unwrap_or(type_name).to_lowercase();
                self.overrides.push(((Symbol::new(&name), title.clone()), over));
                Ok(())
            }
        }
    }

    /// Gives a resource the attributes of an override.
    ///
    /// # Errors
    /// When the override comes from a place that has no right to it.
    pub(crate) fn merge(&mut self, id: ResourceId, over: &Override<'i>) -> Result<(), Control> {
        let declared = self.resource(id).source;
        let site = over.place.map(Place::site);
        if !std::ptr::eq(declared, over.source) && !self.is_child(over.source, declared) {
            return Err(Error::unframed("Only subclasses can override parameters", site.as_ref()).into());
        }
        if self.resource(id).evaluated {
            let place = self.resource(id).place;
            let at = place.map_or_else(String::new, |place| format!(", defined at {},", place.site()));
            let text = format!("Attempt to override an already evaluated resource{at} with new values");
            match self.image.options.strict {
                Strict::Error => return Err(Error::unframed(text, site.as_ref()).into()),
                Strict::Warning => {
                    let site = site.map_or_else(String::new, |site| format!(" {site}"));
                    self.warn(text + &site);
                }
                Strict::Off => {}
            }
        }
        for parameter in &over.parameters {
            self.override_parameter(id, parameter.clone())?;
        }
        Ok(())
    }

    fn override_parameter(&mut self, id: ResourceId, mut parameter: Parameter<'i>) -> Result<(), Control> {
        let resource = self.resource(id);
        let Some(current) = resource.parameter(parameter.name).cloned() else {
            return self.set_parameter(id, parameter);
        };
        let (scope, ty) = (resource.scope, resource.ty.name());
        if self.is_default(scope, ty, parameter.name, &parameter.value) {
            return Ok(());
        }
        let may = match (parameter.source, current.source) {
            (Some(new), Some(old)) => {
                self.is_child(new, old)
                    || (std::ptr::eq(new, old) && self.is_default(scope, ty, parameter.name, &current.value))
            }
            _ => false,
        };
        if !may {
            let by = match current.source {
                Some(source) => format!(" by {}", self.source_text(source)),
                None => String::new(),
            };
            let at = current.place.map_or_else(String::new, |place| format!(" at {}", place.site()));
            let text = format!(
                "Parameter '{}' is already set on {}{by}{at}; cannot redefine",
                parameter.name,
                self.resource(id).reference()
            );
            return Err(Error::unframed(text, parameter.place.map(Place::site).as_ref()).into());
        }
        if parameter.append {
            let mut all = Vec::new();
            for value in [&current.value, &parameter.value] {
                match value {
                    Value::Array(items) => {
                        all.extend(crate::eval::resource::flat(items).into_iter().cloned())
                    }
                    single => all.push(single.clone()),
                }
            }
            parameter.value = Value::array(all);
            // The sum replaces; it must not be added again.
            parameter.append = true;
        }
        self.set_parameter(id, parameter)
    }

    fn set_parameter(&mut self, id: ResourceId, parameter: Parameter<'i>) -> Result<(), Control> {
        let name = parameter.name;
        let is_tag = name == self.well_known.tag;
        let (resource, names) = self.resource_to_tag(id);
        if is_tag {
            add_tags(&mut resource.tags, names, &parameter.value, resource.place)?;
        }
        resource.fits = false;
        resource.set(parameter);
        self.note_change(id, name);
        Ok(())
    }

    /// True if the value is a default that holds in the scope.
    fn is_default(&self, scope: ScopeId, ty: Symbol, name: Symbol, value: &Value) -> bool {
        let mut at = Some(scope);
        while let Some(scope) = at {
            let scope = self.scope(scope);
            at = scope.parent;
            let defaults = scope.defaults.iter().filter(|(other, _)| *other == ty);
            if defaults.flat_map(|(_, set)| set).any(|other| other.name == name && other.value == *value) {
                return true;
            }
        }
        false
    }

    /// What messages call the definition that set a parameter.
    fn source_text(&self, source: &Definition) -> String {
        use crate::code::DefinitionKind::{Class, Define, Node};
        let kind = match source.kind {
            Class => "Class",
            Define => "Definition",
            Node => "Node",
        };
        let name = if source.name.as_str().is_empty() { "main" } else { source.name.as_str() };
        format!("{kind}[{}]", capitalised(name))
    }
}
