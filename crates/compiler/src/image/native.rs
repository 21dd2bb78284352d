//! The resource types that agents implement, as an environment has them.
//!
//! Where `puppet generate types` has written a type down, that is used; next comes the Ruby code of the modules, and
//! last the types that every agent has.

mod generated;

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};
use stdx::Symbol;
use wire::types::ResourceType;

use super::files::{Files, SourceKind};
use super::{Image, ImageOptions, Module};
use crate::error::Error;
use crate::resource::TypeOf;

/// The folder of generated types in an environment.
const GENERATED: &str = ".resource_types";

/// All types of an image that agents implement, but for those that every agent has.
#[derive(Debug, Default)]
pub(super) struct NativeTypes {
    generated: FxHashMap<Symbol, Result<ResourceType, Error>>,
    /// Resource types of the modules' Ruby code.
    opaque: FxHashSet<Symbol>,
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
    /// Collects types from files that have been read.
    pub(super) fn gather<'m>(
        generated: Vec<(Symbol, PathBuf)>,
        modules: impl Iterator<Item = &'m Module>,
        files: &Files,
    ) -> NativeTypes {
        let read = |(name, path): (Symbol, PathBuf)| {
            let source = files.source(&path)?;
            Some((name, generated::read(name, &path, source)))
        };
        NativeTypes {
            generated: generated.into_iter().filter_map(read).collect(),
            opaque: modules.flat_map(|module| module.resource_types.iter().copied()).collect(),
        }
    }
}

impl Image {
    /// A type that agents implement, by its name in small letters.
    ///
    /// # Errors
    /// When the file that describes it is wrong.
    pub(crate) fn native_type(&self, name: &str) -> Result<Option<TypeOf<'_>>, Error> {
        let Some(symbol) = Symbol::existing(name) else {
            // Whatever a file of the image defines has a symbol.
            return Ok(wire::types::lookup(name).map(TypeOf::Native));
        };
        if let Some(generated) = self.native.generated.get(&symbol) {
            return generated.as_ref().map(|ty| Some(TypeOf::Native(ty))).map_err(Error::clone);
        }
        if let Some(known) = wire::types::lookup(name) {
            return Ok(Some(TypeOf::Native(known)));
        }
        Ok(self.native.opaque.contains(&symbol).then_some(TypeOf::Opaque(symbol)))
    }
}
