//! Classes, defines and node blocks: finding, declaring and evaluating them.

use std::sync::Arc;

use pcore::ty::StructElement;
use pcore::{Str, Type, Value};
use stdx::Symbol;
use syntax::ast::ResourceForm;
use wire::catalog::Kind;

use crate::catalog::add_tags;
use crate::code::{Definition, DefinitionKind};
use crate::error::{Control, Error};
use crate::eval::lambda::Owner;
use crate::eval::resource::Declaration;
use crate::resource::{Parameter, ResourceId, TypeOf, capitalised};
use crate::scope::{ScopeId, TOP};
use crate::session::Session;

impl<'i> Session<'i> {
    /// `class { 'a': ... }`: declares classes with parameters and evaluates them at once.
    pub(crate) fn declare_classes(
        &mut self,
        declaration: Declaration<'i>,
        titles: &[Str],
        parameters: &[Parameter<'i>],
        mut references: Option<&mut Vec<Value>>,
    ) -> Result<(), Control> {
        for title in titles {
            let Some(definition) = self.find_class(title)? else {
                let text = format!("Could not find declared class {title}");
                return Err(Error::new(text).into());
            };
            let id = self.add_class_resource(declaration, definition, parameters.to_vec(), Kind::Class)?;
            self.evaluate(id)?;
            if let Some(references) = &mut references {
                references.push(Value::Type(Type::Class(Some(definition.name.into()))));
            }
        }
        Ok(())
    }

    /// `include`: declares classes that have not been declared, and evaluates them at once. Gives the resource of
    /// each.
    ///
    /// # Errors
    /// A class that nothing defines, and whatever its evaluation raises.
    pub(crate) fn include_classes(
        &mut self,
        names: &[Str],
        scope: ScopeId,
        evaluate: bool,
    ) -> Result<Vec<ResourceId>, Control> {
        let mut definitions = Vec::with_capacity(names.len());
        for name in names {
            let Some(definition) = self.find_class(name)? else {
                let text = format!("Could not find class {name} for {}", self.node.certname);
                return Err(Error::new(text).into());
            };
            definitions.push(definition);
        }
        let mut already = Vec::new();
        let mut new = Vec::new();
        for definition in definitions {
            match self.class_scopes.get(&definition.name) {
                Some(&scope) => already.push(self.scope(scope).resource),
                None => new.push(self.ensure_class(definition, scope)?),
            }
        }
        if evaluate {
            for &id in &new {
                self.evaluate(id)?;
            }
        }
        already.extend(new);
        Ok(already)
    }

    /// The resource of a class, made if there is none.
    pub(crate) fn ensure_class(
        &mut self,
        definition: &'i Definition,
        scope: ScopeId,
    ) -> Result<ResourceId, Control> {
        if let Some(id) = self.class_resource(definition.name) {
            return Ok(id);
        }
        let declaration = Declaration { form: ResourceForm::Regular, scope, place: None };
        self.add_class_resource(declaration, definition, Vec::new(), Kind::Unknown)
    }

    /// Adds the resource of a class, after that of the class it inherits from.
    pub(crate) fn add_class_resource(
        &mut self,
        declaration: Declaration<'i>,
        definition: &'i Definition,
        parameters: Vec<Parameter<'i>>,
        kind: Kind,
    ) -> Result<ResourceId, Control> {
        if let Some(parent) = self.parent_class(definition)?
            && self.class_resource(parent.name).is_none()
        {
            self.ensure_class(parent, declaration.scope)?;
        }
        let title: Str = capitalised(definition.name.as_str()).into();
        let ty = TypeOf::Class(definition);
        let id = self.create(declaration, ty, title.into(), parameters, Some(kind))?;
        self.class_resources.insert(definition.name, id);
        let tags = self.resource(id).tags.clone();
        self.tags.merge(&tags);
        Ok(id)
    }

    fn parent_class(&mut self, definition: &'i Definition) -> Result<Option<&'i Definition>, Control> {
        let Some(name) = definition.parent else { return Ok(None) };
        match self.find_class(name.as_str())? {
            Some(parent) => {
                self.check_ancestors(definition, parent)?;
                Ok(Some(parent))
            }
            None => {
                let text = format!(
                    "Could not find parent resource type '::{name}' of type {} in {}",
                    definition.kind.as_str(),
                    self.image.environment()
                );
                let site = definition.site();
                Err(Error::unframed(text, site.as_ref()).into())
            }
        }
    }

    /// Refuses a class that inherits from itself over others. Puppet dies of it: "stack level too deep".
    fn check_ancestors(&self, definition: &'i Definition, parent: &'i Definition) -> Result<(), Control> {
        let mut lineage = vec![definition];
        let mut next = Some(parent);
        while let Some(ancestor) = next {
            if lineage.iter().any(|known| std::ptr::eq(*known, ancestor)) {
                lineage.push(ancestor);
                let names: Vec<&str> = lineage.iter().map(|known| known.name.as_str()).collect();
                let text = format!("stack level too deep: class {}", names.join(" inherits "));
                return Err(Error::unframed(text, definition.site().as_ref()).into());
            }
            lineage.push(ancestor);
            next = ancestor.parent.and_then(|name| self.definitions.classes.get(&name).copied());
        }
        Ok(())
    }

    /// Runs the body of a class, define or node resource, once.
    ///
    /// # Errors
    /// Parameters that do not fit, and whatever the body raises.
    pub(crate) fn evaluate(&mut self, id: ResourceId) -> Result<(), Control> {
        let resource = self.resource_mut(id);
        if std::mem::replace(&mut resource.evaluated, true) {
            return Ok(());
        }
        let Some(definition) = resource.ty.definition() else {
            return Err(Error::new(format!("Cannot find definition {}", resource.type_name)).into());
        };
        self.add_scope_tags(id)?;
        let declared_in = self.resource(id).scope;
        let mut parent_scope = declared_in;
        let mut inherited = None;
        if let Some(parent) = self.parent_class(definition)?
            && let Some(parent_id) = self.class_resource(parent.name)
        {
            self.evaluate(parent_id)?;
            let Some(scope) = self.class_scope(parent.name) else {
                // Its evaluation has begun and waits for this one.
                return Err(Error::new(format!("Could not find scope for {}", parent.name)).into());
            };
            inherited = Some(scope);
            parent_scope = scope;
        }
        let scope = self.new_scope(parent_scope, definition, id);
        self.scope_mut(scope).frames = self.spare_frames.take();
        if inherited.is_some() {
            self.scope_mut(scope).outer = inherited;
        }
        if definition.kind != DefinitionKind::Define {
            let name = self.text(definition.name);
            self.add_class_name(name)?;
        }
        self.scope_mut(scope).is_node = definition.kind == DefinitionKind::Node;
        self.set_parameters(id, definition, scope)?;
        self.add_stage_edge(id)?;
        self.run_bodies(definition, id, scope)?;
        if self.scope(scope).frames.is_empty() {
            let frames = std::mem::take(&mut self.scope_mut(scope).frames);
            self.spare_frames.give_back(frames);
        }
        Ok(())
    }

    /// Runs the code of a definition; `return` and `next` end it early.
    pub(crate) fn run_bodies(
        &mut self,
        definition: &'i Definition,
        id: ResourceId,
        scope: ScopeId,
    ) -> Result<(), Control> {
        if let Some(found) = self.resource(id).rare.as_ref().and_then(|rare| rare.node_match.clone()) {
            self.scope_mut(scope).frames.push_match(Some(found));
        }
        // Neither the top level nor a node block is a place to return from.
        let may_return = definition.kind != DefinitionKind::Node && !definition.name.as_str().is_empty();
        let is_main = definition.kind == DefinitionKind::Class && definition.name.as_str().is_empty();
        for (code, body) in &definition.bodies {
            if is_main {
                self.call_stack.push((code, None));
            }
            let result = self.eval_statement(code, *body, scope);
            if is_main {
                self.call_stack.pop();
            }
            match result {
                Ok(_) => {}
                Err(Control::Return(_) | Control::Next(_)) if may_return => break,
                Err(control) => return Err(control),
            }
        }
        Ok(())
    }

    /// Adds a name to the catalog's classes, and its segments to the catalog's tags.
    pub(crate) fn add_class_name(&mut self, name: Str) -> Result<(), Control> {
        self.tags.add(&mut self.tag_names, &name)?;
        self.classes.push(name);
        Ok(())
    }

    /// Gives the scope of a class or define its variables.
    fn set_parameters(
        &mut self,
        id: ResourceId,
        definition: &'i Definition,
        scope: ScopeId,
    ) -> Result<(), Control> {
        let known = &self.well_known;
        let (module_name, caller_name, title, name) =
            (known.module_name, known.caller_module_name, known.title, known.name);
        // Code outside of modules is that of the module with the empty name.
        let name_of = |session: &mut Session<'i>, module: Option<Symbol>| match module {
            Some(module) => Value::Str(session.text(module)),
            None => Value::from(""),
        };
        let module = match self.resource(id).value(module_name).cloned() {
            Some(given) => given,
            None => name_of(self, definition.module),
        };
        // Those of the definition, those that every definition has, and a few that its body sets.
        self.scope_mut(scope).vars.reserve(definition.parameters.list.len() + 8);
        self.scope_mut(scope).vars.push(module_name, Some(module));
        let caller = match (self.resource(id).value(caller_name).cloned(), self.scope(scope).parent) {
            (None, Some(parent)) => {
                let module = self.scope(parent).source.module;
                Some(name_of(self, module))
            }
            (given, _) => given,
        };
        if let Some(caller) = caller {
            self.scope_mut(scope).vars.push(caller_name, Some(caller));
        }
        if definition.kind == DefinitionKind::Class {
            self.look_parameters_up(id, definition, scope)?;
        }
        let resource = self.resource(id);
        let (title_value, name_value) = if definition.kind == DefinitionKind::Class {
            let lower = Value::Str(self.text(definition.name));
            (lower.clone(), lower)
        } else {
            let title = match &resource.title_value {
                Some(value) => (**value).clone(),
                None => Value::Str(resource.title.clone()),
            };
            let given = resource.value(name).cloned();
            (title.clone(), given.unwrap_or(title))
        };
        let vars = &mut self.scope_mut(scope).vars;
        vars.push(title, Some(title_value));
        vars.push(name, Some(name_value));
        if definition.kind != DefinitionKind::Define {
            self.class_scopes.insert(definition.name, scope);
        }
        self.assign_defaults(id, definition, scope)?;
        self.check_parameters(id, definition)?;
        let resource = self.resource(id);
        let count = resource.parameters.len();
        for at in 0..count {
            let Parameter { name: parameter, value, .. } = &self.resource(id).parameters[at];
            let (parameter, value) = (*parameter, value.clone());
            if parameter == title || parameter == name {
                continue;
            }
            if self.is_bound(scope, parameter) {
                let text = format!("Cannot reassign variable '${parameter}'");
                return Err(Error::new(text).into());
            }
            self.set_variable(scope, parameter, value)?;
        }
        Ok(())
    }

    /// Gives parameters that were not given the value of their default expression.
    fn assign_defaults(
        &mut self,
        id: ResourceId,
        definition: &'i Definition,
        scope: ScopeId,
    ) -> Result<(), Control> {
        let list = &definition.parameters.list;
        let missing = |session: &Session<'i>, name| session.resource(id).value(name).is_none();
        if !list.iter().any(|parameter| parameter.value.is_some() && missing(self, parameter.name)) {
            return Ok(());
        }
        let Some(code) = definition.code() else { return Ok(()) };
        let mark = self.scope(scope).frames.mark();
        self.open_parameters(scope, list.iter().map(|parameter| parameter.name));
        let given: Vec<(Symbol, Value)> = {
            let known = &self.well_known;
            let resource = self.resource(id);
            let is_ordinary = |name| name != known.name && name != known.title;
            let ordinary = resource.parameters.iter().filter(|parameter| is_ordinary(parameter.name));
            ordinary.map(|parameter| (parameter.name, parameter.value.clone())).collect()
        };
        for (name, value) in given {
            self.scope_mut(scope).frames.set(name, Some(value));
        }
        for parameter in list {
            let Some(default) = parameter.value else { continue };
            if !missing(self, parameter.name) {
                continue;
            }
            let value = self.eval_default(Owner::Resource(id), code, parameter.name, default, scope);
            let value = value.map_err(|control| match control {
                Control::Error(error) => error.in_definition(definition.site().as_ref()).into(),
                other => other,
            })?;
            let value = crate::eval::resource::attribute_value(&value)?.unwrap_or(value);
            self.scope_mut(scope).frames.set(parameter.name, Some(value.clone()));
            self.set_value(id, parameter.name, value)?;
        }
        self.scope_mut(scope).frames.reset(mark);
        Ok(())
    }

    /// Sets a parameter that the compiler itself computes.
    pub(crate) fn set_value(&mut self, id: ResourceId, name: Symbol, value: Value) -> Result<(), Control> {
        let is_tag = name == self.well_known.tag;
        let (resource, names) = self.resource_to_tag(id);
        if is_tag {
            add_tags(&mut resource.tags, names, &value, resource.place)?;
        }
        let source = Some(resource.source);
        resource.fits = false;
        resource.set(Parameter { name, value, source, place: None, append: false });
        self.note_change(id, name);
        Ok(())
    }

    /// Takes the value of a parameter out of a resource; `set_value` is to follow.
    pub(crate) fn take_value(&mut self, id: ResourceId, name: Symbol) -> Option<Value> {
        let parameters = &mut self.resource_mut(id).parameters;
        let parameter = parameters.iter_mut().find(|parameter| parameter.name == name)?;
        Some(std::mem::take(&mut parameter.value)).filter(|value| !value.is_undef())
    }

    /// Checks the attributes of a class or define against its parameters.
    pub(crate) fn check_parameters(
        &mut self,
        id: ResourceId,
        definition: &'i Definition,
    ) -> Result<(), Control> {
        let types = self.parameter_types(definition)?;
        let known = &self.well_known;
        let resource = self.resource(id);
        let value_of = |parameter: &Parameter<'i>| {
            // What was Sensitive has been unwrapped at the end of the compile, but is checked as it was given.
            if resource.sensitive().contains(&parameter.name) {
                Value::sensitive(parameter.value.clone())
            } else {
                parameter.value.clone()
            }
        };
        let fits = resource.parameters.iter().all(|parameter| {
            match definition.parameters.position(parameter.name) {
                Some(at) => {
                    matches!(types[at], Type::Any)
                        || if resource.sensitive().is_empty() {
                            pcore::matches::is_instance(&types[at], &parameter.value)
                        } else {
                            pcore::matches::is_instance(&types[at], &value_of(parameter))
                        }
                }
                None => {
                    parameter.name == known.name
                        || parameter.name == known.title
                        || wire::types::is_metaparameter(parameter.name)
                }
            }
        });
        let is_given = |parameter: &syntax::ast::Parameter| {
            parameter.value.is_some() || resource.parameter(parameter.name).is_some()
        };
        if fits && definition.parameters.list.iter().all(is_given) {
            self.resource_mut(id).fits = true;
            return Ok(());
        }
        let given: Vec<(&'static str, Value)> = resource
            .parameters
            .iter()
            .filter(|parameter| parameter.name != known.title)
            .map(|parameter| (parameter.name.as_str(), value_of(parameter)))
            .collect();
        let subject = resource.reference();
        let results = self.deferred_results(given.iter().map(|(_, value)| value))?;
        let expected = definition.parameters.attributes_or(|| attributes(definition, &types));
        let mut unknown = Vec::new();
        let message = pcore::mismatch::describe_parameters(
            &subject,
            &expected,
            given.iter().map(|(name, value)| (*name, value)),
            false,
            &mut |call| {
                let result = results.iter().find(|(name, _)| *name == call.name)?.1.clone();
                if result.is_none() {
                    unknown.push(call.name.clone());
                }
                result
            },
        );
        for name in unknown {
            let text = format!(
                "Deferred function {name} has no return_type, unable to guarantee value type during compilation."
            );
            self.warn_unplaced_once(&format!("{name}_deferred_warning"), &text);
        }
        match message {
            Some(text) => Err(Error::new(text).into()),
            None => Ok(()),
        }
    }

    /// Declared types of the parameters of a definition, `Any` where none is.
    ///
    /// # Errors
    /// What the expressions raise.
    pub(crate) fn parameter_types(&mut self, definition: &'i Definition) -> Result<Arc<[Type]>, Control> {
        if let Some(types) = definition.parameters.types() {
            return Ok(types.clone());
        }
        let key = std::ptr::from_ref(definition);
        if let Some(types) = self.parameter_types.get(&key) {
            return Ok(types.clone());
        }
        let list = &definition.parameters.list;
        let mut types = Vec::with_capacity(list.len());
        let mut is_constant = true;
        for parameter in list {
            let value = match (parameter.type_expr, definition.code()) {
                (Some(expr), Some(code)) => {
                    is_constant &= crate::types::is_constant(code, expr);
                    self.evaluate_type(code, expr)?
                }
                _ => Value::Undef,
            };
            types.push(if let Value::Type(ty) = value { ty } else { Type::Any });
        }
        let types: Arc<[Type]> = types.into();
        if is_constant {
            return Ok(definition.parameters.keep_types(types));
        }
        self.parameter_types.insert(key, types.clone());
        Ok(types)
    }

    /// Hangs a class on its stage.
    fn add_stage_edge(&mut self, id: ResourceId) -> Result<(), Control> {
        if !self.resource(id).ty.is_class() {
            return Ok(());
        }
        let stage = self.well_known.stage;
        let own = self.resource(id).value(stage).cloned();
        let container = self.scope(self.resource(id).scope).resource;
        let name = own
            .clone()
            .or_else(|| self.resources.get(container.0 as usize)?.value(stage).cloned())
            .unwrap_or_else(|| Value::from("main"));
        let title: Str = pcore::format::to_s(&name).into();
        let Some(found) = self.find_resource("stage", &title)? else {
            let shown = own.map_or_else(|| "main".into(), |own| pcore::format::to_s(&own));
            let text = format!("Could not find stage {shown} specified by {}", self.resource(id).reference());
            return Err(Error::new(text).into());
        };
        if own.is_none() && title.as_str() != "main" {
            let title = Value::Str(self.resource(found).title.clone());
            self.set_value(id, stage, title)?;
        }
        self.edges.push((found, id));
        Ok(())
    }

    /// Adds the tags of the resource in whose scope this one was declared.
    ///
    /// # Errors
    /// When all tags together are too many.
    pub(crate) fn add_scope_tags(&mut self, id: ResourceId) -> Result<(), Control> {
        let resource = self.resource(id);
        if resource.tagged.is_some() {
            return Ok(());
        }
        let container = self.scope(resource.scope).resource;
        if container == id {
            self.resource_mut(id).tagged = Some(0);
            return Ok(());
        }
        self.limits.tags(self.resource(container).tags.len())?;
        // Taking the container's tags out for a moment avoids a copy.
        let tags = std::mem::take(&mut self.resource_mut(container).tags);
        let resource = self.resource_mut(id);
        resource.tags.merge(&tags);
        resource.tagged = Some(tags.len() as u32);
        self.resource_mut(container).tags = tags;
        Ok(())
    }

    /// The main class: its body runs in the top scope.
    pub(crate) fn evaluate_main(&mut self) -> Result<(), Control> {
        let id = self.declare_main()?;
        self.run_bodies(&self.image.main_class, id, TOP)
    }

    /// Declares the class of the site's code without running it.
    pub(crate) fn declare_main(&mut self) -> Result<ResourceId, Control> {
        let image = self.image;
        let definition = &image.main_class;
        let mut resource = self.new_resource(TypeOf::Class(definition), "main".into(), TOP, None);
        resource.tags = Default::default();
        resource.tags.add(&mut self.tag_names, "class")?;
        resource.evaluated = true;
        resource.tagged = Some(0);
        let id = ResourceId(self.resources.len() as u32);
        self.scope_mut(TOP).resource = id;
        let id = self.add_resource(resource)?;
        self.class_resources.insert(definition.name, id);
        let known = &self.well_known;
        let (title, name) = (known.title, known.name);
        let vars = &mut self.scope_mut(TOP).vars;
        vars.push(title, Some(Value::from("main")));
        vars.push(name, Some(Value::from("main")));
        self.add_stage_edge(id)?;
        Ok(id)
    }
}

/// All attributes that a resource of a definition takes.
fn attributes(definition: &Definition, types: &[Type]) -> Vec<StructElement> {
    let any = |name: Str| StructElement { name, optional: true, value: Type::Any };
    let mut elements = vec![any("name".into())];
    elements.extend(wire::types::metaparameters().iter().map(|&name| any(name.into())));
    for (parameter, ty) in definition.parameters.list.iter().zip(types) {
        elements.retain(|element| *element.name != *parameter.name.as_str());
        elements.push(StructElement {
            name: parameter.name.into(),
            optional: parameter.value.is_some(),
            value: ty.clone(),
        });
    }
    elements
}
