//! The resource types that agents implement, as an environment has them.
//!
//! Where `puppet generate types` has written a type down, that is used; next comes the Ruby code of the modules, and
//! last the types that every agent has.

mod generated;
mod modules;

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use stdx::Symbol;
use wire::types::ResourceType;

use super::files::{Files, SourceKind};
use super::{Image, ImageOptions, Module};
use crate::error::Error;
use crate::resource::TypeOf;
use modules::{Found, RubyTypes};

/// The folder of generated types in an environment.
const GENERATED: &str = ".resource_types";

/// All types of an image that agents implement, but for those that every agent has.
#[derive(Debug, Default)]
pub(super) struct NativeTypes {
    generated: FxHashMap<Symbol, (PathBuf, Result<ResourceType, Error>)>,
    ruby: RubyTypes,
}

/// A resource type of an environment, and what is known of it.
#[derive(Debug)]
pub struct KnownType<'i> {
    /// Lower-case name.
    pub name: Symbol,
    /// The file that says what the type is.
    pub path: &'i Path,
    /// How much is known.
    pub knowledge: Knowledge<'i>,
}

/// How much is known of a resource type.
#[derive(Debug)]
pub enum Knowledge<'i> {
    /// Everything that a compile needs, from generated metadata.
    Generated(&'i ResourceType),
    /// Everything that a compile needs, from Ruby code.
    Ruby(&'i ResourceType),
    /// Only that it is there, and why no more; its attributes are not checked.
    Open(String),
    /// Compiles that use it fail with this error.
    Wrong(String),
    /// The file does not define it.
    Absent,
}

/// Finds the generated types of an environment and asks for their files to be read.
pub(super) fn request_generated(
    options: &ImageOptions,
    files: &mut Files,
) -> std::io::Result<Vec<(Symbol, PathBuf)>> {
    let Some(directory) = &options.directory else { return Ok(Vec::new()) };
    let folder = directory.join(GENERATED);
    let mut found = Vec::new();
    for (file, is_folder) in files.list(&folder)? {
        let Some(name) = file.strip_suffix(".pp").filter(|name| !is_folder && !wire::types::is_core(name))
        else {
            continue;
        };
        let path = folder.join(&file);
        files.request(path.clone(), SourceKind::ResourceType, None, None);
        found.push((Symbol::new(name), path));
    }
    Ok(found)
}

impl NativeTypes {
    /// Collects types from files that have been read, and finds those that will be read when they are needed.
    pub(super) fn gather<'m>(
        generated: Vec<(Symbol, PathBuf)>,
        modules: impl Iterator<Item = &'m Module>,
        files: &Files,
        old: Option<&NativeTypes>,
    ) -> NativeTypes {
        let read = |(name, path): (Symbol, PathBuf)| {
            let source = files.source(&path)?;
            let ty = generated::read(name, &path, source);
            Some((name, (path, ty)))
        };
        NativeTypes {
            generated: generated.into_iter().filter_map(read).collect(),
            ruby: RubyTypes::new(modules, old.map(|old| &old.ruby)),
        }
    }

    /// True if Ruby code that was read has changed on the disk.
    pub(super) fn is_stale(&self) -> bool {
        self.ruby.is_stale()
    }
}

impl Image {
    /// A type that agents implement, by its name in small letters.
    ///
    /// # Errors
    /// When the generated file that describes it is wrong.
    pub(crate) fn native_type(&self, name: &str) -> Result<Option<TypeOf<'_>>, Error> {
        let Some(symbol) = Symbol::existing(name) else {
            // Whatever a file of the image defines has a symbol.
            return Ok(wire::types::lookup(name).map(TypeOf::Native));
        };
        if let Some((_, generated)) = self.native.generated.get(&symbol) {
            return generated.as_ref().map(|ty| Some(TypeOf::Native(ty))).map_err(Error::clone);
        }
        Ok(match self.native.ruby.get(symbol) {
            Some(Found::Known(ty)) => Some(TypeOf::Native(ty)),
            Some(Found::Open(_)) => Some(TypeOf::Opaque(symbol)),
            Some(Found::Absent) => None,
            None => wire::types::lookup(name).map(TypeOf::Native),
        })
    }

    /// What must be said about a type of Ruby code, once for an image: that its attributes are not checked, or that its
    /// file does not define it.
    pub(crate) fn warning_of_type(&self, name: &str) -> Option<String> {
        let symbol = Symbol::existing(name).filter(|name| !self.native.generated.contains_key(name))?;
        self.native.ruby.warning(symbol)
    }

    /// All resource types that the environment has besides those that every agent has, by name. Reads every one.
    pub fn resource_types(&self) -> Vec<KnownType<'_>> {
        let mut all: Vec<KnownType<'_>> = Vec::new();
        for (&name, (path, generated)) in &self.native.generated {
            let knowledge = match generated {
                Ok(ty) => Knowledge::Generated(ty),
                Err(error) => Knowledge::Wrong(error.message().to_owned()),
            };
            all.push(KnownType { name, path, knowledge });
        }
        for (name, path, found) in self.native.ruby.all() {
            if self.native.generated.contains_key(&name) {
                continue;
            }
            let knowledge = match found {
                Found::Known(ty) => Knowledge::Ruby(ty),
                Found::Open(reason) => Knowledge::Open(reason.to_string()),
                Found::Absent => Knowledge::Absent,
            };
            all.push(KnownType { name, path, knowledge });
        }
        all.sort_by_key(|ty| ty.name.as_str());
        all
    }
}
