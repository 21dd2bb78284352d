//! Names to definitions.
//!
//! A compile loads files as Puppet does: when a name is asked for that is not known yet, the files that may define it
//! are taken in turn, and everything in them becomes known. So whether two definitions of a name collide depends
//! on what has been loaded, which the image alone cannot say.

use stdx::Symbol;

use crate::code::{Definition, DefinitionKind};
use crate::error::{Control, Error};
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
        for definition in &main.definitions {
            self.register(definition)?;
        }
        Ok(())
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
            let definitions = source.definitions().map_err(|error| self.source_error(error))?;
            for definition in definitions {
                self.register(definition)?;
            }
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
