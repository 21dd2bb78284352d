//! Names to definitions.
//!
//! A compile loads files as Puppet does: when a name is asked for that is not known yet, the files that may define it
//! are taken in turn, and everything in them becomes known. So whether two definitions of a name collide depends
//! on what has been loaded, which the image alone cannot say.

use std::cell::RefCell;

use pcore::{Type, Value};
use stdx::Symbol;
use syntax::ast::ExprId;

use crate::code::{Code, Definition, DefinitionKind, Function, Item, TypeDefinition};
use crate::error::{Control, Error};
use crate::scope::TOP;
use crate::session::Session;

impl<'i> Session<'i> {
    /// Makes the definitions of the site manifest known.
    ///
    /// # Errors
    /// When it does not parse, or defines a name twice.
    pub(crate) fn load_main(&mut self) -> Result<(), Control> {
        let main = &self.image.main;
        if let Some(error) = &main.error {
            let text = format!(
                "Could not parse for environment {}: {}",
                self.image.environment(),
                error.error().message()
            );
            return Err(Error::complete(text).into());
        }
        self.import_items(&main.items)
    }

    /// Makes everything known that a manifest defines: first, in order, functions, types and the types of parameters,
    /// so that these see only what stands before them; then classes, defines and nodes.
    fn import_items(&mut self, items: &'i [Item]) -> Result<(), Control> {
        for item in items {
            match item {
                Item::Definition(definition) => {
                    self.parameter_types(definition)?;
                    if definition.kind == DefinitionKind::Define {
                        self.definitions.early_defines.insert(definition.name, definition);
                    }
                }
                Item::Function(function) => self.add_function(function)?,
                Item::Type(definition) => self.add_type(definition)?,
            }
        }
        for item in items {
            if let Item::Definition(definition) = item {
                self.register(definition)?;
            }
        }
        Ok(())
    }

    fn add_function(&mut self, function: &'i Function) -> Result<(), Control> {
        let known = self.definitions.functions.entry(function.name).or_default();
        if let Some(other) = known.iter().find(|other| other.code.module == function.code.module) {
            let entity = format!("function/{}", function.name.as_str().to_lowercase());
            return Err(redefined(
                &entity,
                &format!("Originally set at {}.", crate::image::origin(&other.code, other.expr)),
            ));
        }
        known.push(function);
        self.callees.remove(&function.name);
        Ok(())
    }

    fn add_type(&mut self, definition: &'i TypeDefinition) -> Result<(), Control> {
        let name = &definition.name;
        let entity = format!("type/{name}");
        if crate::types::builtin(definition.shown()).is_some() {
            return Err(redefined(&entity, "Originally set by Puppet-Type-System/Static-Loader."));
        }
        if wire::types::lookup(name).is_some() {
            return Err(redefined(&entity, "Set at unknown location"));
        }
        let define = stdx::Symbol::existing(name).and_then(|name| self.definitions.early_defines.get(&name));
        if let Some(define) = define
            && let (Some(code), Some(span)) = (define.code(), define.span)
        {
            let origin = crate::image::origin_at(code, span.start);
            return Err(redefined(&entity, &format!("Originally set at {origin}.")));
        }
        let known = self.definitions.types.entry(name.as_str()).or_default();
        let module = definition.code.module;
        if let Some(other) = known.iter().find(|other| {
            let loader = other.code.module;
            loader.is_none() || loader == module
        }) {
            return Err(redefined(
                &entity,
                &format!("Originally set at {}.", crate::image::origin(&other.code, other.expr)),
            ));
        }
        known.push(definition);
        Ok(())
    }

    /// The type that a capitalised name stands for; `None` if nothing that is known, or that can be loaded, has that
    /// name.
    ///
    /// # Errors
    /// When a file that may define it is wrong.
    pub(crate) fn named_type(&mut self, name: Symbol) -> Result<Option<Type>, Control> {
        if let Some(known) = self.types.get(&name) {
            return Ok(Some(known.clone()));
        }
        let found = self.find_type(name)?;
        if let Some(found) = &found {
            self.types.insert(name, found.clone());
        }
        Ok(found)
    }

    fn find_type(&mut self, name: Symbol) -> Result<Option<Type>, Control> {
        let image = self.image;
        let text = name.as_str();
        let text = text.strip_prefix("::").unwrap_or(text);
        if let Some(ty) = crate::types::builtin(text) {
            return Ok(Some(ty));
        }
        let lower = text.to_lowercase();
        if self.definitions.types.contains_key(lower.as_str()) {
            return Ok(image.type_of_manifest(&lower)?);
        }
        let early =
            Symbol::existing(&lower).is_some_and(|name| self.definitions.early_defines.contains_key(&name));
        let is_native = !lower.contains("::") && image.native_type(&lower)?.is_some();
        if early || is_native || self.find_define(&lower)?.is_some() {
            return Ok(Some(Type::resource(&lower, None)));
        }
        // Looking for a define has loaded the manifests that may also define a type of the name.
        if self.definitions.types.contains_key(lower.as_str()) {
            return Ok(image.type_of_manifest(&lower)?);
        }
        let known = &self.definitions.types;
        Ok(image.type_of_file(&lower, &|set| known.contains_key(set))?)
    }

    /// The value of the type expression of a parameter.
    ///
    /// # Errors
    /// Whatever the expression raises.
    pub(crate) fn evaluate_type(&mut self, code: &'i Code, id: ExprId) -> Result<Value, Control> {
        if !crate::types::is_constant(code, id) {
            return self.eval(code, id, TOP);
        }
        let session = RefCell::new(self);
        let value = crate::types::evaluate_type(code, id, &|name| {
            session.borrow_mut().named_type(name).map_err(|control| match control {
                Control::Error(error) => *error,
                _ => Error::new(format!("Resource type not found: {name}")),
            })
        });
        Ok(value?)
    }

    /// The class of this name, in any case and with or without a leading `::`.
    ///
    /// # Errors
    /// When a file that may define it is wrong.
    pub(crate) fn find_class(&mut self, name: &str) -> Result<Option<&'i Definition>, Control> {
        let known = Symbol::existing(name).and_then(|name| self.definitions.classes.get(&name));
        if let Some(definition) = known {
            return Ok(Some(definition));
        }
        self.find(name, DefinitionKind::Class)
    }

    /// The define of this name.
    ///
    /// # Errors
    /// When a file that may define it is wrong.
    pub(crate) fn find_define(&mut self, name: &str) -> Result<Option<&'i Definition>, Control> {
        let known = Symbol::existing(name).and_then(|name| self.definitions.defines.get(&name));
        if let Some(definition) = known {
            return Ok(Some(definition));
        }
        self.find(name, DefinitionKind::Define)
    }

    fn find(&mut self, name: &str, kind: DefinitionKind) -> Result<Option<&'i Definition>, Control> {
        let name = name.strip_prefix("::").unwrap_or(name).to_lowercase();
        if let Some(found) = self.loaded(&name, kind) {
            return Ok(Some(found));
        }
        if name.is_empty() || self.definitions.missing.contains(&name) {
            return Ok(None);
        }
        let image = self.image;
        // The site manifest may define the builtin class `settings` as any other.
        if name == "settings" && kind == DefinitionKind::Class {
            return Ok(Some(&image.settings_class));
        }
        for path in image.files_of_name(&name) {
            if !self.definitions.loaded.insert(path.to_owned()) {
                continue;
            }
            let Some(source) = image.source(path) else { continue };
            let items = source.items().map_err(|error| self.source_error(error))?;
            self.import_items(items)?;
            if let Some(found) = self.loaded(&name, kind) {
                return Ok(Some(found));
            }
        }
        // Only names that neither kind has are worth remembering.
        let other = match kind {
            DefinitionKind::Class => DefinitionKind::Define,
            _ => DefinitionKind::Class,
        };
        if self.loaded(&name, other).is_none() {
            self.definitions.missing.insert(name);
        }
        Ok(None)
    }

    /// The error of a file, after its several findings have been logged.
    fn source_error(&mut self, error: &crate::image::SourceError) -> Error {
        if error.messages.len() > 1 {
            for message in &error.messages {
                self.log(crate::Level::Err, message.clone(), "Puppet".into(), None);
            }
        }
        error.error()
    }

    fn loaded(&self, name: &str, kind: DefinitionKind) -> Option<&'i Definition> {
        let name = Symbol::existing(name)?;
        match kind {
            DefinitionKind::Class => self.definitions.classes.get(&name).copied(),
            DefinitionKind::Define => self.definitions.defines.get(&name).copied(),
            DefinitionKind::Node => self.definitions.node_names.get(&name).copied(),
        }
    }

    /// Makes a definition known.
    fn register(&mut self, definition: &'i Definition) -> Result<(), Control> {
        let name = definition.name;
        let place = |other: &Definition| other.site().map_or_else(String::new, |site| format!(" {site}"));
        let known = &self.definitions;
        let message = match definition.kind {
            DefinitionKind::Class => {
                if let Some(other) = known.classes.get(&name) {
                    Some(format!("Class '{name}' is already defined{}; cannot redefine", place(other)))
                } else if let Some(other) = known.node_names.get(&name) {
                    Some(format!(
                        "Node '{name}' is already defined{}; cannot be redefined as a class",
                        place(other)
                    ))
                } else {
                    known.defines.get(&name).map(|other| {
                        format!(
                            "Definition '{name}' is already defined{}; cannot be redefined as a class",
                            place(other)
                        )
                    })
                }
            }
            DefinitionKind::Define => match known.classes.get(&name) {
                Some(other) => Some(format!(
                    "'{name}' is already defined{} as a class; cannot redefine as a definition",
                    place(other)
                )),
                None => known.defines.get(&name).map(|other| {
                    format!("Definition '{name}' is already defined{}; cannot be redefined", place(other))
                }),
            },
            DefinitionKind::Node => match known.node_names.get(&name) {
                Some(other) => {
                    Some(format!("Node '{name}' is already defined{}; cannot redefine", place(other)))
                }
                None => known.classes.get(&name).map(|other| {
                    format!(
                        "Class '{name}' is already defined{}; cannot be redefined as a node",
                        place(other)
                    )
                }),
            },
        };
        if let Some(text) = message {
            return Err(Error::unframed(text, definition.site().as_ref()).into());
        }
        self.check_parameter_names(definition)?;
        match definition.kind {
            DefinitionKind::Class => {
                self.definitions.classes.insert(name, definition);
            }
            DefinitionKind::Define => {
                self.definitions.defines.insert(name, definition);
            }
            DefinitionKind::Node => {
                self.definitions.nodes.push(definition);
                self.definitions.node_names.insert(name, definition);
            }
        }
        Ok(())
    }

    /// Metaparameters cannot be parameters, unless they have a default.
    fn check_parameter_names(&mut self, definition: &'i Definition) -> Result<(), Control> {
        for parameter in &definition.parameters.list {
            let (name, owner) = (parameter.name, definition.name);
            if !wire::types::is_metaparameter(name) {
                continue;
            }
            if parameter.value.is_none() {
                let text = format!(
                    "{name} is a metaparameter; please choose another parameter name in the {owner} definition"
                );
                return Err(Error::new(text).into());
            }
            let text = format!(
                "{name} is a metaparam; this value will inherit to all contained resources in the {owner} definition"
            );
            self.warn_once(&text, &text);
        }
        Ok(())
    }
}

/// The error of a second definition of a function or a type.
fn redefined(entity: &str, origin: &str) -> Control {
    let text = format!("Attempt to redefine entity 'http://puppet.com/2016.1/runtime/{entity}'. {origin}");
    Error::new(text).into()
}
