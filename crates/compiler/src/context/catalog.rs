//! What functions do to the catalog.

use std::sync::Arc;

use pcore::{Hash, Str, Type, Value};
use stdx::Symbol;
use syntax::ast::ResourceForm;

use super::Context;
use crate::catalog::add_tags;
use crate::code::Place;
use crate::error::{Control, Error};
use crate::eval::collect::split_reference;
use crate::eval::resource::{Declaration, flat};
use crate::resource::{Parameter, ResourceId, Title};

/// A resource that has been declared in the compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared(ResourceId);

impl<'i> Context<'_, 'i> {
    /// Scripts have no catalog.
    pub(crate) fn needs_catalog(&self, operation: &str) -> Result<(), Control> {
        if !self.session.image.options.tasks {
            return Ok(());
        }
        let text = format!("The catalog operation '{operation}' is only available when compiling a catalog");
        Err(Error::unframed(text, Some(&self.site().of_stack())).into())
    }

    /// `include`: declares and evaluates classes; gives references to them.
    ///
    /// # Errors
    /// Arguments that name no class, and what the classes raise.
    pub fn include(&mut self, names: &[Value]) -> Result<Vec<Value>, Control> {
        self.needs_catalog("include")?;
        Ok(self.include_resources(names)?.0)
    }

    /// `contain`: includes classes and makes the caller contain them.
    ///
    /// # Errors
    /// As [`Context::include`].
    pub fn contain(&mut self, names: &[Value]) -> Result<Vec<Value>, Control> {
        self.needs_catalog("contain")?;
        let (references, ids) = self.include_resources(names)?;
        let container = self.session.container(self.at.scope);
        for id in ids {
            if self.session.contained.insert((container, id)) {
                self.session.edges.push((container, id));
            }
        }
        Ok(references)
    }

    /// `require`: includes classes and makes the caller require them.
    ///
    /// # Errors
    /// As [`Context::include`].
    pub fn require(&mut self, names: &[Value]) -> Result<Vec<Value>, Control> {
        self.needs_catalog("require")?;
        let (references, _) = self.include_resources(names)?;
        let container = self.session.container(self.at.scope);
        let name = self.session.well_known.require;
        // Taken out rather than copied, and not looked through again: a class may require very many others one by one.
        let given = self.session.resource(container).parameter(name);
        let is_own = given.is_some_and(|given| given.place.is_none());
        let is_flat = !self.session.requiring.insert(container) && is_own;
        let before = self.session.take_value(container, name);
        let mut all: Vec<Value> = match before {
            Some(Value::Array(items)) => {
                let items = Arc::unwrap_or_clone(items);
                match !is_flat && items.iter().any(|item| matches!(item, Value::Array(_))) {
                    true => flat(&items).into_iter().cloned().collect(),
                    false => items.into_vec(),
                }
            }
            Some(single) => vec![single],
            None => Vec::new(),
        };
        all.extend(references.iter().cloned());
        self.session.set_value(container, name, Value::array(all))?;
        Ok(references)
    }

    fn include_resources(&mut self, names: &[Value]) -> Result<(Vec<Value>, Vec<ResourceId>), Control> {
        let mut classes: Vec<Str> = Vec::with_capacity(names.len());
        for name in flat(names) {
            classes.push(class_name(name)?);
        }
        let references = classes
            .iter()
            .map(|name| {
                let name = name.strip_prefix("::").unwrap_or(name).to_lowercase();
                Value::Type(Type::Class(Some(name.into())))
            })
            .collect();
        let ids = self.session.include_classes(&classes, self.at.scope, true)?;
        Ok((references, ids))
    }

    /// `realize`: makes virtual resources real, now or when they are declared.
    ///
    /// # Errors
    /// Arguments that are no references.
    pub fn realize(&mut self, references: &[Value]) -> Result<(), Control> {
        self.needs_catalog("realize")?;
        let mut wanted = Vec::new();
        for reference in flat(references) {
            let pair = match reference {
                Value::Type(ty) => split_reference(ty),
                other => crate::finish::parse_reference(&pcore::format::to_s(other)),
            };
            let Some(pair) = pair else {
                // Puppet looks at it no sooner than when it collects.
                self.session.refuse_realization(self.at.scope, &pcore::format::to_s(reference));
                return Ok(());
            };
            wanted.push(pair);
        }
        self.session.realize(self.at.scope, wanted);
        Ok(())
    }

    /// `tag`: adds tags to the caller's class or define.
    ///
    /// # Errors
    /// What cannot be a tag.
    pub fn tag(&mut self, tags: &[Value]) -> Result<(), Control> {
        self.needs_catalog("tag")?;
        let container = self.session.container(self.at.scope);
        let (resource, names) = self.session.resource_to_tag(container);
        let result = tags.iter().try_for_each(|tag| add_tags(&mut resource.tags, names, tag, resource.place));
        self.session.note_tags(container);
        result
    }

    /// True if the caller's class or define, or the catalog, has all of the tags.
    ///
    /// # Errors
    /// In a script, which has no catalog.
    pub fn has_tags(&mut self, tags: &[Value]) -> Result<bool, Control> {
        self.needs_catalog("tagged")?;
        Ok(tags.iter().all(|tag| self.is_tagged(&pcore::format::to_s(tag))))
    }

    fn is_tagged(&mut self, tag: &str) -> bool {
        let tag = tag.to_lowercase();
        let container = self.session.container(self.at.scope);
        let Some(tag) = self.session.tag_names.find(&tag) else { return false };
        self.session.tags.contains(tag) || self.session.is_tagged(container, tag)
    }

    /// True if a resource or class with this reference has been declared (`File['/x']`, `Class['a']`).
    ///
    /// # Errors
    /// When a file that may define the type is wrong.
    pub fn is_declared(&mut self, reference: &Type) -> Result<bool, Control> {
        match split_reference(reference) {
            Some((ty, title)) => Ok(self.session.find_resource(&ty, &title)?.is_some()),
            None => Ok(false),
        }
    }

    /// True if there is a class of this name, declared or not.
    ///
    /// # Errors
    /// When a file that may define it is wrong.
    pub fn has_class(&mut self, name: &str) -> Result<bool, Control> {
        Ok(self.session.find_class(name)?.is_some())
    }

    /// True if there is a resource type of this name, native or a define.
    ///
    /// # Errors
    /// When a file that may define it is wrong.
    pub fn has_resource_type(&mut self, name: &str) -> Result<bool, Control> {
        Ok(self.session.resource_type(&name.to_lowercase())?.is_some())
    }

    /// The value of a resource's parameter, or the default for it. `None` if there is no such resource, or its type
    /// has no such parameter.
    ///
    /// # Errors
    /// When a file that may define the type is wrong.
    pub fn resource_parameter(&mut self, reference: &Type, name: &str) -> Result<Option<Value>, Control> {
        let Some((ty, title)) = split_reference(reference) else { return Ok(None) };
        let Some(id) = self.session.find_resource(&ty, &title)? else { return Ok(None) };
        let Some(name) = Symbol::existing(name) else { return Ok(None) };
        if !self.session.resource(id).ty.has_attribute(name) {
            return Ok(None);
        }
        Ok(Some(self.session.parameter_or_default(id, name)))
    }

    /// The resource or class with this type and title, if it has been declared.
    ///
    /// # Errors
    /// When a title cannot be taken apart.
    pub fn declared(&mut self, ty: &str, title: &Str) -> Result<Option<Declared>, Control> {
        Ok(self.session.find_resource(ty, title)?.map(Declared))
    }

    /// The resources of a type that have been declared so far.
    pub fn declared_of_type(&self, ty: &str) -> Vec<Declared> {
        let name = Symbol::existing(&ty.to_lowercase());
        let ids = name.and_then(|name| self.session.by_type.get(&name));
        ids.into_iter().flatten().map(|id| Declared(*id)).collect()
    }

    /// The value of a parameter, its default, or the title.
    pub fn value_of(&self, resource: Declared, name: &str) -> Value {
        Symbol::existing(name)
            .map_or(Value::Undef, |name| self.session.parameter_or_default(resource.0, name))
    }

    /// A resource as `Type[title]`.
    pub fn reference_of(&self, resource: Declared) -> String {
        self.session.resource(resource.0).reference()
    }

    /// The reference to a resource, as a value.
    pub fn reference_value(&self, resource: Declared) -> Value {
        let resource = self.session.resource(resource.0);
        let reference = pcore::ty::ResourceRef {
            type_name: Some(resource.ty.name().into()),
            title: Some(resource.title.clone()),
            of_attribute: false,
        };
        if resource.ty.is_class() {
            return Value::Type(Type::Class(Some(resource.title.to_lowercase().into())));
        }
        Value::Type(Type::Resource(reference.into()))
    }

    /// The class, define or node whose code makes the call, as `Type[title]`.
    pub fn caller_reference(&self) -> Option<String> {
        let id = self.session.scope(self.at.scope).resource;
        self.session.resources.get(id.0 as usize).map(crate::resource::Resource::reference)
    }

    /// The parameters of the class or define whose code makes the call.
    pub fn caller_parameters(&self) -> Hash {
        let id = self.session.scope(self.at.scope).resource;
        let resource = self.session.resources.get(id.0 as usize);
        let parameters = resource.map_or(&[][..], |resource| &resource.parameters);
        parameters.iter().map(|parameter| (Str::from(parameter.name), parameter.value.clone())).collect()
    }

    /// Whether a parameter of a type has a default where the call stands.
    pub fn has_default(&self, ty: &str, parameter: &str) -> bool {
        let ty = Symbol::existing(&ty.to_lowercase());
        let defaults = ty.map(|ty| self.session.defaults_for(self.at.scope, ty)).unwrap_or_default();
        defaults.iter().any(|default| default.name.as_str() == parameter)
    }

    /// Whether the code that makes the call is that of a class, and the name of the class, define or node.
    pub fn source(&self) -> (bool, &'i str) {
        let source = self.session.scope(self.at.scope).source;
        (source.kind == crate::code::DefinitionKind::Class, source.name.as_str())
    }

    /// Declares resources of a type, one for each title, as `create_resources` and `ensure_resource` do. A leading
    /// `@` of the type makes them virtual, `@@` exported. A title that is no string stays what it is for the code of a
    /// define.
    ///
    /// # Errors
    /// An unknown type, titles that are taken, and what classes raise.
    pub fn declare(&mut self, type_name: &str, resources: &[(Value, Hash)]) -> Result<Vec<Value>, Control> {
        let (form, type_name) = match type_name.strip_prefix("@@") {
            Some(rest) => (ResourceForm::Exported, rest),
            None => match type_name.strip_prefix('@') {
                Some(rest) => (ResourceForm::Virtual, rest),
                None => (ResourceForm::Regular, type_name),
            },
        };
        let type_name = type_name.to_lowercase();
        let scope = self.at.scope;
        let place =
            Some(Place { is_of_stack: true, ..Place::new(self.at.code, self.at.code.span(self.at.id)) });
        let source = Some(self.session.scope(scope).source);
        let declaration = Declaration { form, scope, place };
        let mut references = Vec::with_capacity(resources.len());
        for (title, attributes) in resources {
            let mut parameters = Vec::with_capacity(attributes.len());
            for (name, value) in attributes.iter() {
                let name = Symbol::new(&pcore::format::to_s(name));
                let value = value.clone();
                self.session.untitled |= crate::eval::resource::holds_untitled(&value).is_some();
                parameters.push(Parameter { name, value, source, place, append: false });
            }
            match title {
                other if type_name != "class" && other.as_str().is_none() => {
                    references.push(self.session.declare_titled(
                        declaration,
                        &type_name,
                        other,
                        parameters,
                    )?);
                }
                _ => {
                    let titles = [Title::of(title).text];
                    self.session.declare(
                        declaration,
                        &type_name,
                        &titles,
                        parameters,
                        Some(&mut references),
                    )?;
                }
            }
        }
        Ok(references)
    }

    /// Renders a template file; `arguments` is `None` when the call has none.
    ///
    /// # Errors
    /// A template that is not there or does not parse, wrong parameters, and what it raises.
    pub fn epp(&mut self, name: &str, arguments: Option<&Hash>) -> Result<Value, Control> {
        self.session.epp_file(name, arguments, self.at.scope)
    }

    /// Renders a template given as text.
    ///
    /// # Errors
    /// As [`Context::epp`].
    pub fn inline_epp(&mut self, text: &str, arguments: Option<&Hash>) -> Result<Value, Control> {
        self.session.epp_text(text, arguments, self.at.scope)
    }

    /// A new `Puppet::LookupContext`, which belongs to no lookup; `None` if the type is another one.
    pub fn new_lookup_context(&mut self, ty: &Value, arguments: &[Value]) -> Option<Result<Value, Control>> {
        self.session.new_context(ty, arguments)
    }

    /// Looks a key up in Hiera; `None` if it is nowhere.
    ///
    /// # Errors
    /// Wrong data or configuration, and a value of the wrong type.
    pub fn lookup(&mut self, request: &hiera::Request) -> Result<Option<Value>, Control> {
        self.session.lookup(request, self.at)
    }
}

/// The name of the class that an argument of `include` names, with a leading `::`.
fn class_name(value: &Value) -> Result<Str, Control> {
    let absolute = |name: &str| -> Str {
        let lower = name.to_lowercase();
        if lower.starts_with("::") { lower.into() } else { format!("::{lower}").into() }
    };
    match value {
        Value::Undef => Err("Cannot use undef as a class name".into()),
        Value::Str(name) if name.is_empty() => Err("Cannot use empty string as a class name".into()),
        Value::Str(name) => Ok(absolute(name)),
        Value::Type(Type::Class(Some(name))) => Ok(absolute(name)),
        Value::Type(Type::Class(None)) => Err("Cannot use an unspecific Class[] Type".into()),
        Value::Type(Type::Resource(reference)) => match (&reference.type_name, &reference.title) {
            (None, _) => {
                Err("Cannot use an unspecific Resource[] where a Resource['class', name] is expected".into())
            }
            (Some(ty), _) if ty.as_str() != "class" => Err(format!(
                "Cannot use a Resource[{}] where a Resource['class', name] is expected",
                crate::resource::capitalised(ty)
            )
            .into()),
            (Some(_), None) => {
                Err("Cannot use an unspecific Resource['class'] where a Resource['class', name] is expected"
                    .into())
            }
            (Some(_), Some(title)) => Ok(absolute(title)),
        },
        // Puppet lets other values through and fails on them by accident.
        other => Err(format!("undefined method `downcase' for {}", pcore::format::to_s(other)).into()),
    }
}
