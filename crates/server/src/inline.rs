//! Static catalogs: metadata of a catalog's files inside the catalog, so that an agent needs no request for each file, and applies the
//! version of the code that the catalog was compiled from.
//!
//! What Puppet's compiler terminus inlines is inlined: files whose sources are all `puppet:`, from the `files` folders of modules inside
//! the environment's own directory. Sources on another server are left for the agent to ask for.

use std::path::{Path, PathBuf};

use compiler::ReadSet;
use pcore::{Hash, Value};
use rest::path::percent_decode_text;
use stdx::fnmatch::Pattern;
use wire::catalog::{Catalog, Resource};
use wire::metadata::{FileMetadata, Links};

use crate::files::{Algorithm, Code, FileError, FileServer, FilesMax, Query, Selection};

/// Inlines what can be inlined, and notes the files and folders that the result depends on, those that are not there among them.
///
/// # Errors
/// Puppet's text: a file none of whose sources is there, or one that cannot be read.
pub(crate) fn inline(
    files: &FileServer,
    code: &Code,
    environment: &Path,
    catalog: &mut Catalog,
    algorithm: Algorithm,
    reads: &mut ReadSet,
) -> Result<(), String> {
    // Paths of modules may have been resolved on the way.
    let real = environment.canonicalize().unwrap_or_else(|_| environment.to_owned());
    let inliner = Inliner { files, code, environments: [environment, &real], algorithm };
    let (mut metadata, mut recursive) = (Hash::new(), Hash::new());
    for resource in catalog.resources.iter().filter(|resource| &*resource.type_name == "File") {
        let Some(sources) = sources(resource) else { continue };
        if is_recursive(resource) {
            if let Some(found) = inliner.tree(resource, &sources, reads)? {
                recursive.insert(resource.title.as_str(), Value::hash(found));
            }
        } else if let Some(found) = inliner.file(resource, &sources, reads)? {
            metadata.insert(resource.title.as_str(), to_value(&found)?);
        }
    }
    catalog.metadata = metadata;
    catalog.recursive_metadata = recursive;
    Ok(())
}

struct Inliner<'a> {
    files: &'a FileServer,
    code: &'a Code,
    environments: [&'a Path; 2],
    algorithm: Algorithm,
}

/// `puppet:///modules/m/f` as far as it matters.
struct Source<'a> {
    text: &'a str,
    key: String,
}

impl Inliner<'_> {
    fn query(&self, resource: &Resource) -> Result<Query, String> {
        let algorithm = match text(resource, "checksum") {
            None => self.algorithm,
            Some(name) => {
                Algorithm::named(name).ok_or_else(|| format!("Unsupported checksum type {name}"))?
            }
        };
        let links = match text(resource, "links") {
            None | Some("manage" | "ignore") => Links::Manage,
            Some("follow") => Links::Follow,
            Some(_) => return Err(":links can only be set to :manage or :follow".to_owned()),
        };
        let own_permissions = match text(resource, "source_permissions") {
            None | Some("ignore") => false,
            Some("use" | "use_when_creating") => true,
            Some(other) => return Err(format!("Unsupported source_permission {other}")),
        };
        Ok(Query { links, algorithm, own_permissions })
    }

    /// Where a source lies. That it is not there is noted, too: the next source counts only as long as that is so.
    fn find(&self, source: &Source<'_>, reads: &mut ReadSet) -> Result<Option<PathBuf>, String> {
        match self.files.find(self.code, None, &source.key) {
            Ok(path) => {
                reads.file(&path.to_string_lossy());
                Ok(Some(path))
            }
            Err(FileError::NotFound | FileError::NotMounted) => {
                match source.key.strip_prefix("modules/").and_then(|key| key.split_once('/')) {
                    Some((module, file)) => {
                        for directory in &self.code.modulepath {
                            let path = directory.join(module).join("files").join(file);
                            reads.file(&path.to_string_lossy());
                        }
                    }
                    // Other mounts come and go with their configuration.
                    None => reads.impure = true,
                }
                Ok(None)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// The first source that is there.
    fn file(
        &self,
        resource: &Resource,
        sources: &[Source<'_>],
        reads: &mut ReadSet,
    ) -> Result<Option<FileMetadata>, String> {
        let query = self.query(resource)?;
        for source in sources {
            let Some(path) = self.find(source, reads)? else { continue };
            let mut metadata = self.files.metadata(&path, query).map_err(|error| error.to_string())?;
            metadata.source = Some(source.text.to_owned());
            metadata.content_uri = self.content_uri(source, &path);
            return Ok(metadata.content_uri.is_some().then_some(metadata));
        }
        let list: Vec<&str> = sources.iter().map(|source| source.text).collect();
        Err(format!("Could not get metadata for {}", list.join("")))
    }

    /// Everything below the sources.
    fn tree(
        &self,
        resource: &Resource,
        sources: &[Source<'_>],
        reads: &mut ReadSet,
    ) -> Result<Option<Hash>, String> {
        let query = self.query(resource)?;
        let selection = selection(resource, query.links)?;
        let mut all = Hash::new();
        for source in sources {
            let Some(root) = self.find(source, reads)? else { continue };
            let Some(base) = self.content_uri(source, &root) else { return Ok(None) };
            let mut found = self.files.tree(&root, &selection, query).map_err(|error| error.to_string())?;
            for metadata in &mut found {
                let relative = metadata.relative_path.as_deref().filter(|relative| *relative != ".");
                if let Some(relative) = relative {
                    reads.file(&root.join(relative).to_string_lossy());
                }
                metadata.content_uri = Some(match relative {
                    None => base.clone(),
                    Some(relative) => format!("{base}/{relative}"),
                });
            }
            let found = found.iter().map(to_value).collect::<Result<Vec<_>, _>>()?;
            all.insert(source.text, Value::array(found));
            if matches!(text(resource, "sourceselect"), None | Some("first")) {
                break;
            }
        }
        Ok((!all.is_empty()).then_some(all))
    }

    /// Where this version of a file can be had; `None` outside of the environment's modules.
    fn content_uri(&self, source: &Source<'_>, path: &Path) -> Option<String> {
        if !source.key.starts_with("modules/") {
            return None;
        }
        let relative =
            self.environments.iter().find_map(|environment| path.strip_prefix(environment).ok())?;
        let mut parts = relative.iter();
        let [Some(_), Some(_), Some(folder), Some(_)] = std::array::from_fn(|_| parts.next()) else {
            return None;
        };
        (folder == "files").then(|| format!("puppet:///{}", relative.display()))
    }
}

/// The sources, if the file is of a kind that can be inlined.
fn sources(resource: &Resource) -> Option<Vec<Source<'_>>> {
    if text(resource, "ensure") == Some("absent") {
        return None;
    }
    let values = match resource.parameter("source")? {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let sources: Option<Vec<Source<'_>>> =
        values.iter().filter(|value| !value.is_undef()).map(|value| Source::parse(value.as_str()?)).collect();
    sources.filter(|sources| !sources.is_empty())
}

impl Source<'_> {
    fn parse(text: &str) -> Option<Source<'_>> {
        let path = text.strip_prefix("puppet:///")?.trim_end_matches('/');
        Some(Source { text: text.trim_end_matches('/'), key: percent_decode_text(path, false).ok()? })
    }
}

fn is_recursive(resource: &Resource) -> bool {
    match resource.parameter("recurse") {
        Some(Value::Bool(recurse)) => *recurse,
        Some(Value::Str(text)) => matches!(&**text, "true" | "remote"),
        _ => false,
    }
}

fn selection(resource: &Resource, links: Links) -> Result<Selection, String> {
    let number = |name: &str| match resource.parameter(name) {
        None | Some(Value::Undef) => Ok(None),
        Some(Value::Int(number)) => Ok(Some(*number as f64)),
        Some(Value::Str(text)) => text
            .parse()
            .map(Some)
            .map_err(|_| format!("Invalid value \"{text}\" for {name} of {}", resource.reference())),
        Some(_) => Err(format!("Invalid value for {name} of {}", resource.reference())),
    };
    let files_max = match number("max_files")? {
        None => FilesMax::Warned,
        Some(-1.0) => FilesMax::Unlimited,
        Some(0.0) => FilesMax::Warned,
        Some(number) => FilesMax::Limited(number),
    };
    let ignore = match resource.parameter("ignore") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(Pattern::new).collect(),
        Some(Value::Str(text)) => vec![Pattern::new(text)],
        _ => Vec::new(),
    };
    Ok(Selection { links, recurse: true, levels_max: number("recurselimit")?, ignore, files_max })
}

fn text<'r>(resource: &'r Resource, name: &str) -> Option<&'r str> {
    resource.parameter(name).and_then(Value::as_str)
}

fn to_value(metadata: &FileMetadata) -> Result<Value, String> {
    let text = serde_json::to_vec(metadata).map_err(|error| error.to_string())?;
    pcore::json::parse(&text).map_err(|error| error.to_string())
}
