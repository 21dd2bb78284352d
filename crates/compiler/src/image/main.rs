//! The site manifest.

use std::path::PathBuf;
use std::sync::Arc;

use syntax::location::Namespace;

use super::files::{Dialect, Files, SourceError, SourceKind, parse_text};
use super::{ImageOptions, module};
use crate::code::{Code, Definition, DefinitionKind, Item};

/// Everything the site manifest defines.
#[derive(Debug, Default)]
pub(crate) struct Main {
    /// Its files in order.
    pub(crate) codes: Vec<Arc<Code>>,
    /// The first error in them, complete but for the node's name.
    pub(crate) error: Option<SourceError>,
    /// What they define, in order of appearance.
    pub(crate) items: Vec<Item>,
}

/// Finds the files of the site manifest and asks for them to be read.
pub(super) fn manifests(options: &ImageOptions, files: &mut Files) -> std::io::Result<Vec<PathBuf>> {
    let Some(manifest) = options.manifest.as_ref().filter(|_| options.code.is_none()) else {
        return Ok(Vec::new());
    };
    let paths: Vec<PathBuf> = if manifest.is_dir() {
        let mut paths: Vec<_> =
            module::walk(manifest, ".pp", files)?.into_iter().map(|(_, path)| path).collect();
        paths.sort();
        paths
    } else {
        vec![manifest.clone()]
    };
    for path in &paths {
        files.request(path.clone(), SourceKind::Site, None, None);
    }
    Ok(paths)
}

impl Main {
    /// Collects what the files of the site manifest define.
    pub(super) fn gather(options: &ImageOptions, manifests: &[PathBuf], files: &Files) -> Main {
        let mut main = Main::default();
        if let Some(text) = &options.code {
            match parse_text(None, text.as_str(), None, Dialect::of(options), &Namespace::Any) {
                Ok(code) => main.add(Arc::new(code)),
                Err(error) => main.error = Some(error),
            }
        }
        for path in manifests {
            match files.source(path).map(|source| source.code()) {
                Some(Ok(code)) => main.add(code.clone()),
                Some(Err(error)) => {
                    main.error.get_or_insert_with(|| error.clone());
                }
                None => {}
            }
        }
        main
    }

    fn add(&mut self, code: Arc<Code>) {
        self.items.extend(Item::all(&code));
        self.codes.push(code);
    }

    /// The class without a name, whose body is the top-level code.
    pub(super) fn class(&self) -> Definition {
        let bodies = self.codes.iter().map(|code| (code.clone(), code.root)).collect();
        Definition { bodies, ..Definition::empty_class("") }
    }

    /// True if the manifest has node blocks.
    pub(crate) fn has_nodes(&self) -> bool {
        let mut definitions = self.items.iter().filter_map(Item::definition);
        definitions.any(|definition| definition.kind == DefinitionKind::Node)
    }
}
