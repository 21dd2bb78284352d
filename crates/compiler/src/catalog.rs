//! Declaring resources: types by name, titles, uniqueness, containment.

use std::borrow::Cow;

use pcore::{Str, Type, Value};
use stdx::Symbol;
use syntax::ast::ResourceForm;
use wire::catalog::Kind;

use crate::code::Place;
use crate::error::{Control, Error};
use crate::eval::resource::Declaration;
use crate::resource::{Parameter, Resource, ResourceId, Title, TypeOf, capitalised};
use crate::scope::ScopeId;
use crate::session::{Session, TypeLabel};
use crate::tags::{TagNames, Tags};

impl<'i> Session<'i> {
    /// The type of resources of this (lower-case) name.
    ///
    /// # Errors
    /// When a file that may define it is wrong.
    pub(crate) fn resource_type(&mut self, name: &str) -> Result<Option<TypeOf<'i>>, Control> {
        let name = name.strip_prefix("::").unwrap_or(name);
        if !name.contains("::") {
            let native = self.image.native_type(name)?;
            if !matches!(native, Some(TypeOf::Native(_)))
                && let Some(warning) = self.image.warning_of_type(name)
            {
                self.warn(warning);
            }
            if native.is_some() {
                return Ok(native);
            }
        }
        Ok(self.find_define(name)?.map(TypeOf::Define))
    }

    /// Declares resources of one type and adds their references, if somebody wants them.
    ///
    /// # Errors
    /// An unknown type, a title that is taken, and for classes whatever their evaluation raises.
    pub(crate) fn declare(
        &mut self,
        declaration: Declaration<'i>,
        type_name: &str,
        titles: &[Str],
        parameters: Vec<Parameter<'i>>,
        mut references: Option<&mut Vec<Value>>,
    ) -> Result<(), Control> {
        if type_name.eq_ignore_ascii_case("class") {
            return self.declare_classes(declaration, titles, &parameters, references);
        }
        let Some(ty) = self.resource_type(type_name)? else {
            return Err(Error::new(format!("Unknown resource type: '{type_name}'")).into());
        };
        let name = self.text(ty.name());
        let mut parameters = Some(parameters);
        for (index, title) in titles.iter().enumerate() {
            // The last title takes the parameters, so that the common single title copies nothing.
            let own = if index + 1 == titles.len() { parameters.take() } else { parameters.clone() };
            self.create(declaration, ty, title.clone().into(), own.unwrap_or_default(), None)?;
            if let Some(references) = &mut references {
                references.push(Value::Type(Type::resource_of(&name, Some(title.clone()))));
            }
        }
        Ok(())
    }

    /// Declares a resource whose title may be no string.
    ///
    /// # Errors
    /// As [`Session::declare`], and a title that is none.
    pub(crate) fn declare_titled(
        &mut self,
        declaration: Declaration<'i>,
        type_name: &str,
        title: &Value,
        parameters: Vec<Parameter<'i>>,
    ) -> Result<Value, Control> {
        let Some(ty) = self.resource_type(type_name)? else {
            return Err(Error::new(format!("Unknown resource type: '{type_name}'")).into());
        };
        if matches!(title, Value::Undef | Value::Bool(false)) {
            let name = if ty.is_builtin() { format!(":{type_name}") } else { format!("\"{type_name}\"") };
            let text = format!("No title provided and {name} is not a valid resource reference");
            return Err(Error::new(text).into());
        }
        let title = Title::of(title);
        let reference = Type::resource_of(&self.text(ty.name()), Some(title.text.clone()));
        self.create(declaration, ty, title, parameters, None)?;
        Ok(Value::Type(reference))
    }

    /// Makes a resource and adds it to the catalog.
    ///
    /// # Errors
    /// A title that is taken, a tag that is none, a stage on anything but a class.
    pub(crate) fn create(
        &mut self,
        declaration: Declaration<'i>,
        ty: TypeOf<'i>,
        title: Title,
        parameters: Vec<Parameter<'i>>,
        kind: Option<Kind>,
    ) -> Result<ResourceId, Control> {
        let mut resource = self.new_resource(ty, title, declaration.scope, declaration.place);
        if let Some(kind) = kind {
            resource.kind = kind;
        }
        resource.is_virtual = declaration.form != ResourceForm::Regular;
        resource.exported = declaration.form == ResourceForm::Exported;
        self.fill(&mut resource, parameters)?;
        self.add_resource(resource)
    }

    /// A resource with its own tags and no parameters.
    pub(crate) fn new_resource(
        &mut self,
        ty: TypeOf<'i>,
        title: Title,
        scope: ScopeId,
        place: Option<Place<'i>>,
    ) -> Resource<'i> {
        let name = ty.name();
        let TypeLabel { text: type_name, mut tags } = self.type_label(name);
        if title.value.is_none() {
            tags.add_if_valid(&mut self.tag_names, &title.text);
        }
        Resource {
            ty,
            type_name,
            title: title.text,
            title_value: title.value,
            parameters: Vec::new(),
            tags,
            scope,
            source: self.scope(scope).source,
            place,
            kind: ty.kind(),
            is_virtual: false,
            exported: false,
            evaluated: false,
            tagged: None,
            finished: false,
            fits: false,
            rare: None,
        }
    }

    /// The name of a type as shown, and its tags.
    fn type_label(&mut self, name: Symbol) -> TypeLabel {
        if let Some(TypeLabel { text, tags }) = self.type_labels.get(&name) {
            return TypeLabel { text: text.clone(), tags: tags.clone() };
        }
        let mut tags = Tags::default();
        let text = self.text(name);
        tags.add_if_valid(&mut self.tag_names, &text);
        let label = TypeLabel { text: capitalised(name.as_str()).into(), tags };
        self.type_labels.insert(name, label.clone());
        label
    }

    /// Gives a new resource its parameters, and the defaults of its scope for the rest.
    fn fill(&mut self, resource: &mut Resource<'i>, parameters: Vec<Parameter<'i>>) -> Result<(), Control> {
        let tag = self.well_known.tag;
        resource.parameters = parameters;
        if let Some(given) = resource.parameters.iter().find(|parameter| parameter.name == tag) {
            // What the parameter says comes before the tags of type and title.
            let own = std::mem::take(&mut resource.tags);
            add_tags(&mut resource.tags, &mut self.tag_names, &given.value, resource.place)?;
            resource.tags.merge(&own);
        }
        for at in 1..resource.parameters.len() {
            let (before, rest) = resource.parameters.split_at(at);
            if let Some(new) = rest.first()
                && before.iter().any(|old| old.name == new.name && old.value.is_true())
            {
                let text = format!("Duplicate parameter '{}' for on {}", new.name, resource.reference());
                return Err(Error::new(text).into());
            }
        }
        let name = resource.ty.name();
        let mut at = Some(resource.scope);
        let mut inherited: Cow<'_, [Parameter<'i>]> = Cow::default();
        while let Some(scope) = at {
            let scope = self.scope(scope);
            at = scope.parent;
            if let Some((_, defaults)) = scope.defaults.iter().find(|(ty, _)| *ty == name) {
                // An outer default comes first in the order, an inner one decides the value.
                let inner = std::mem::replace(&mut inherited, Cow::Borrowed(defaults));
                for parameter in inner.iter() {
                    let inherited = inherited.to_mut();
                    match inherited.iter_mut().find(|outer| outer.name == parameter.name) {
                        Some(outer) => *outer = parameter.clone(),
                        None => inherited.push(parameter.clone()),
                    }
                }
            }
        }
        let own = resource.parameters.len();
        resource.parameters.reserve(inherited.len());
        for parameter in inherited.iter() {
            if resource.parameter(parameter.name).is_none() {
                resource.parameters.push(parameter.clone());
            }
        }
        if let Some(given) = resource.parameters.iter().skip(own).find(|parameter| parameter.name == tag) {
            add_tags(&mut resource.tags, &mut self.tag_names, &given.value, resource.place)?;
        }
        Ok(())
    }

    /// Adds a resource to the catalog, below the resource of its scope.
    ///
    /// # Errors
    /// As [`Session::create`].
    pub(crate) fn add_resource(&mut self, resource: Resource<'i>) -> Result<ResourceId, Control> {
        self.limits.resources(self.resources.len() + 1)?;
        let id = ResourceId(self.resources.len() as u32);
        let ty = resource.ty.name();
        if let Some(existing) = self.table.add(ty, resource.title.clone(), id) {
            let text = format!(
                "Duplicate declaration: {} is already declared{}; cannot redeclare",
                resource.reference(),
                self.resource(existing).at()
            );
            let site = resource.place.map_or_else(String::new, |place| format!(" {}", place.site()));
            return Err(Error::new(text + &site).into());
        }
        let is_class = resource.ty.is_class();
        let is_stage = ty == self.well_known.stage;
        let container = self.scope(resource.scope).resource;
        let stage = resource.value(self.well_known.stage).is_some();
        let reference = if stage && !is_class { Some(resource.reference()) } else { None };
        let scoped = !is_class && !is_stage;
        self.resources.push(resource);
        self.by_type.entry(ty).or_default().push(id);
        self.add_aliases(id)?;
        if let Some(reference) = reference {
            let text = format!(
                "Only classes can set 'stage'; normal resources like {reference} cannot change run stage"
            );
            return Err(Error::new(text).into());
        }
        if scoped {
            self.edges.push((container, id));
        }
        Ok(id)
    }

    /// The other names under which a resource is found: its aliases, and what its namevars say.
    fn add_aliases(&mut self, id: ResourceId) -> Result<(), Control> {
        let resource = self.resource(id);
        let mut keys: Vec<Vec<Value>> = Vec::new();
        match resource.value(self.well_known.alias) {
            Some(Value::Array(items)) => {
                let aliases = crate::eval::resource::flat(items).into_iter();
                keys.extend(aliases.filter(|alias| !alias.is_undef()).map(|alias| vec![alias.clone()]));
            }
            Some(alias) => keys.push(vec![alias.clone()]),
            None => {}
        }
        keys.extend(self.uniqueness_key(id)?);
        for key in keys {
            self.add_alias(id, key)?;
        }
        Ok(())
    }

    /// What must be unique besides the title.
    fn uniqueness_key(&self, id: ResourceId) -> Result<Option<Vec<Value>>, Control> {
        let resource = self.resource(id);
        match resource.ty {
            TypeOf::Native(native) => native
                .title_key(
                    &resource.title,
                    || resource.title.clone(),
                    |name| resource.parameter(name).map(|parameter| &parameter.value),
                )
                .map_err(|error| Error::new(error.to_string()).into()),
            TypeOf::Opaque(_) => Ok(None),
            _ => Ok(resource
                .value(self.well_known.name)
                .filter(|name| name.as_str() != Some(&resource.title))
                .map(|name| vec![name.clone()])),
        }
    }

    fn add_alias(&mut self, id: ResourceId, key: Vec<Value>) -> Result<(), Control> {
        let resource = self.resource(id);
        // Puppet takes the type off the reference to the resource, up to the last bracket in it.
        let mut ty = resource.ty.name();
        let mut shown = resource.type_name.to_string();
        if resource.title.contains('[') {
            let reference = resource.reference();
            shown = reference.rsplit_once('[').map_or(shown, |(before, _)| before.to_owned());
            ty = Symbol::new(&shown.to_lowercase());
        }
        if let [Value::Str(only)] = &key[..]
            && *only == resource.title
        {
            return Ok(());
        }
        let existing = self.table.get_key(ty, &key);
        if let Some(existing) = existing {
            if existing == id {
                return Ok(());
            }
            let inspected = |values: &[Value]| {
                let items: Vec<_> = values.iter().map(inspect).collect();
                items.join(", ")
            };
            let given = match &key[..] {
                [only @ Value::Str(_)] if !resource.ty.is_builtin() || self.is_alias(id, only) => {
                    inspect(only)
                }
                several => format!("[{}]", inspected(several)),
            };
            let other = self.resource(existing);
            let text = format!(
                "Cannot alias {} to {given}{}; resource [{}, {}] already declared{}",
                resource.reference(),
                resource.at(),
                inspect(&Value::from(shown)),
                inspected(&key),
                other.place.map_or_else(String::new, |place| format!(" {}", place.site()))
            );
            return Err(Error::new(text).into());
        }
        self.table.insert_key(ty, key, id);
        Ok(())
    }

    fn is_alias(&self, id: ResourceId, name: &Value) -> bool {
        match self.resource(id).value(self.well_known.alias) {
            Some(Value::Array(items)) => items.contains(name),
            Some(alias) => alias == name,
            None => false,
        }
    }

    /// The resource that a type name and a title refer to.
    ///
    /// # Errors
    /// When a file that may define the type is wrong.
    pub(crate) fn find_resource(
        &mut self,
        type_name: &str,
        title: &Str,
    ) -> Result<Option<ResourceId>, Control> {
        let lower = lower(type_name);
        let lower = lower.strip_prefix("::").unwrap_or(&lower);
        let Some(name) = Symbol::existing(lower) else { return Ok(None) };
        if name == self.well_known.class {
            let title = self::lower(title);
            let title = title.strip_prefix("::").unwrap_or(&title);
            return Ok(Symbol::existing(title).and_then(|class| self.class_resource(class)));
        }
        if let Some(found) = self.table.get(name, title) {
            return Ok(Some(found));
        }
        let Some(TypeOf::Native(native)) = self.image.native_type(lower)? else { return Ok(None) };
        // A title may be a roundabout form of another one: `/tmp/a/` of `/tmp/a`.
        // Puppet makes up a resource to look with, and calls it after its reference.
        let reference = || format!("{}/{title}", capitalised(lower)).into();
        let key =
            native.title_key(title, reference, |_| None).map_err(|error| Error::new(error.to_string()))?;
        Ok(key.and_then(|key| self.table.get_key(name, &key)))
    }

    /// The resource of a class.
    pub(crate) fn class_resource(&self, name: Symbol) -> Option<ResourceId> {
        self.class_resources.get(&name).copied()
    }

    /// Defaults that hold in a scope for resources of a type.
    pub(crate) fn defaults_for(&self, scope: ScopeId, ty: Symbol) -> Vec<Parameter<'i>> {
        let mut found: Vec<Parameter<'i>> = Vec::new();
        let mut at = Some(scope);
        while let Some(scope) = at {
            let scope = self.scope(scope);
            at = scope.parent;
            for (_, defaults) in scope.defaults.iter().filter(|(name, _)| *name == ty) {
                for parameter in defaults {
                    if !found.iter().any(|inner| inner.name == parameter.name) {
                        found.push(parameter.clone());
                    }
                }
            }
        }
        found
    }

    /// Sets defaults in a scope.
    ///
    /// # Errors
    /// When a default has been set there already.
    pub(crate) fn set_defaults(
        &mut self,
        scope: ScopeId,
        ty: Symbol,
        parameters: Vec<Parameter<'i>>,
    ) -> Result<(), Control> {
        let defaults = &mut self.scope_mut(scope).defaults;
        let at = match defaults.iter().position(|(name, _)| *name == ty) {
            Some(at) => at,
            None => {
                defaults.push((ty, Vec::new()));
                defaults.len() - 1
            }
        };
        for parameter in parameters {
            let set = &mut defaults[at].1;
            if set.iter().any(|other| other.name == parameter.name) {
                let text = format!(
                    "Default already defined for {} {{ {} }}; cannot redefine",
                    capitalised(ty.as_str()),
                    parameter.name
                );
                let site = parameter.place.map(Place::site);
                return Err(Error::unframed(text, site.as_ref()).into());
            }
            set.push(parameter);
        }
        Ok(())
    }
}

/// A name in small letters, which most are already.
fn lower(name: &str) -> Cow<'_, str> {
    let is_lower = name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
}

/// Adds the value of the `tag` metaparameter, or the arguments of the function of that name.
pub(crate) fn add_tags(
    tags: &mut Tags,
    names: &mut TagNames,
    value: &Value,
    place: Option<Place<'_>>,
) -> Result<(), Control> {
    match value {
        Value::Undef => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|item| add_tags(tags, names, item, place)),
        other => tags.add(names, &pcore::format::to_s(other)).map_err(|error| {
            let site = place.map(Place::site);
            site.map_or_else(|| error.clone(), |site| Error::unframed(&error, Some(&site))).into()
        }),
    }
}

/// A value as Ruby's `inspect` shows it, in the few messages that have it.
fn inspect(value: &Value) -> String {
    match value {
        Value::Undef => "nil".into(),
        Value::Str(text) => format!("{text:?}"),
        other => pcore::format::to_s(other),
    }
}
