//! The files of an image: what was read, and whether it still is what lies on the disk.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use stdx::Symbol;
use syntax::Strictness;
use syntax::ast::{Expr, ExprId};
use syntax::location::Namespace;
use syntax::source::SourceFile;

use super::{ImageOptions, Strict};
use crate::code::{Code, Function, Item};
use crate::error::Error;

/// What a file may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceKind {
    /// The site manifest.
    Site,
    /// A file under a module's `manifests`.
    Manifest,
    /// One function.
    Function,
    /// One type.
    Type,
    /// One resource type, generated from Ruby code.
    ResourceType,
}

/// A file to read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: PathBuf,
    pub(crate) kind: SourceKind,
    pub(crate) module: Option<Symbol>,
    /// What the names of definitions in the file must begin with.
    pub(crate) namespace: Option<String>,
    stamp: Stamp,
}

/// A file that has been read.
#[derive(Debug)]
pub(crate) struct Source {
    stamp: Stamp,
    kind: SourceKind,
    module: Option<Symbol>,
    namespace: Option<String>,
    path: PathBuf,
    parsed: Result<Arc<Code>, SourceError>,
    items: Vec<Item>,
    function: OnceLock<Result<Function, SourceError>>,
}

/// Why a file cannot be used.
#[derive(Clone, Debug)]
pub(crate) struct SourceError {
    /// The errors, complete with their places.
    pub(crate) messages: Vec<String>,
    /// The file.
    pub(crate) path: Option<PathBuf>,
    /// True for errors of Ruby's `ArgumentError` kind, which get the frame of the calling expression.
    pub(crate) bare: bool,
}

impl SourceError {
    /// The error that a compile fails with.
    pub(crate) fn error(&self) -> Error {
        match &self.messages[..] {
            [only] if self.bare => Error::new(only.clone()),
            [only] => Error::complete(only.clone()),
            several => {
                let mut text = format!("Language validation logged {} errors. Giving up", several.len());
                if let Some(path) = &self.path {
                    text.push_str(&format!(" (file: {})", path.display()));
                }
                Error::complete(text)
            }
        }
    }
}

impl Source {
    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it may contain.
    pub(super) fn kind(&self) -> SourceKind {
        self.kind
    }

    /// The tree, or why there is none.
    pub(crate) fn code(&self) -> Result<&Arc<Code>, &SourceError> {
        self.parsed.as_ref()
    }

    /// What a manifest defines.
    pub(crate) fn items(&self) -> Result<&[Item], &SourceError> {
        self.parsed.as_ref().map(|_| &self.items[..])
    }

    /// The function of a file that is to define one.
    pub(crate) fn function(&self) -> Result<&Function, &SourceError> {
        let found = self.function.get_or_init(|| {
            let code = self.parsed.clone()?;
            let wrong = |text: String| {
                Err(SourceError { messages: vec![text], path: Some(self.path.clone()), bare: true })
            };
            let name = self.namespace.clone().unwrap_or_default();
            let from = self.path.display();
            match code.definitions[..] {
                [] => wrong(format!(
                    "The code loaded from {from} does not define the function '{name}' - it is empty."
                )),
                [only] => match &code[only] {
                    Expr::Function(function) if function.name.as_str() != name => wrong(format!(
                        "The code loaded from {from} produced function with the wrong name, expected {name}, actual {}",
                        function.name
                    )),
                    Expr::Function(_) if body(&code) != Some(only) => wrong(format!(
                        "The code loaded from {from} contains additional logic - can only contain the function {name}"
                    )),
                    Expr::Function(function) => {
                        let name = function.name;
                        Ok(Function { name, code, expr: only })
                    }
                    _ => wrong(format!(
                        "The code loaded from {from} does not define the function '{name}' - no function found."
                    )),
                },
                _ => wrong(format!(
                    "The code loaded from {from} must contain only the function '{name}' - it has additional definitions."
                )),
            }
        });
        found.as_ref()
    }
}

/// The one statement of a program.
pub(super) fn body(code: &Code) -> Option<ExprId> {
    match &code[code.root] {
        Expr::Block(statements) => match statements[..] {
            [only] => Some(only),
            _ => None,
        },
        _ => Some(code.root),
    }
}

/// What tells whether a file or folder has changed. Time and length alone do not: deployments put whole folders in the place of
/// others, and some give every file the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: (u64, u64),
    modified: (i64, i64),
    changed: (i64, i64),
    length: u64,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> Option<Stamp> {
        let data = fs::metadata(path).ok()?;
        Some(Stamp {
            inode: (data.dev(), data.ino()),
            modified: (data.mtime(), data.mtime_nsec()),
            changed: (data.ctime(), data.ctime_nsec()),
            length: if data.is_dir() { 0 } else { data.len() },
        })
    }
}

/// Files and folders of an image.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pending: Vec<Request>,
    sources: FxHashMap<PathBuf, Arc<Source>>,
    /// Folders that were listed, and other files that were read.
    watched: Vec<(PathBuf, Option<Stamp>)>,
}

impl Files {
    /// Asks for a file to be read with the others.
    pub(crate) fn request(
        &mut self,
        path: PathBuf,
        kind: SourceKind,
        module: Option<Symbol>,
        namespace: Option<String>,
    ) {
        if let Some(stamp) = Stamp::of(&path) {
            self.pending.push(Request { path, kind, module, namespace, stamp });
        } else {
            self.watch(&path);
        }
    }

    /// The names in a folder, sorted; none if there is no such folder.
    pub(crate) fn list(&mut self, folder: &Path) -> std::io::Result<Vec<(String, bool)>> {
        self.watch(folder);
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            // Links to folders count as folders, as deployments make them.
            let is_folder = match entry.file_type()? {
                kind if kind.is_symlink() => entry.path().is_dir(),
                kind => kind.is_dir(),
            };
            if let Ok(name) = entry.file_name().into_string() {
                names.push((name, is_folder));
            }
        }
        names.sort();
        Ok(names)
    }

    /// Makes the image stale when this file or folder changes, appears or disappears.
    pub(crate) fn watch(&mut self, path: &Path) {
        self.watched.push((path.to_owned(), Stamp::of(path)));
    }

    pub(super) fn take_pending(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.pending)
    }

    pub(super) fn insert_all(&mut self, sources: Vec<(PathBuf, Arc<Source>)>) {
        self.sources.extend(sources);
    }

    /// All files that were read.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values().map(|source| &**source)
    }

    pub(super) fn source(&self, path: &Path) -> Option<&Source> {
        self.sources.get(path).map(|source| &**source)
    }

    /// True if anything on the disk differs from what was read.
    pub(super) fn is_stale(&self) -> bool {
        let may_change = |path: &PathBuf| !stdx::frozen::holds(path);
        self.watched.iter().any(|(path, stamp)| may_change(path) && Stamp::of(path) != *stamp)
            || self
                .sources
                .iter()
                .any(|(path, source)| may_change(path) && Stamp::of(path) != Some(source.stamp))
    }

    /// The parsed form of a file, if an older image has read the same content, perhaps in the version of the code before, `elsewhere`.
    pub(super) fn unchanged(&self, request: &Request, elsewhere: Option<&Path>) -> Option<Source> {
        let old = self.sources.get(elsewhere.unwrap_or(&request.path))?;
        let same_content = match elsewhere {
            // The file itself under another name, or a copy that is read.
            Some(_) => Stamp { changed: request.stamp.changed, ..old.stamp } == request.stamp,
            None => old.stamp == request.stamp,
        };
        let same = same_content
            && old.kind == request.kind
            && old.module == request.module
            && old.namespace == request.namespace;
        // A definition caches types that other files may have changed, so only the tree is shared.
        same.then(|| Source::new(request, old.parsed.clone()))
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

impl Source {
    fn new(request: &Request, parsed: Result<Arc<Code>, SourceError>) -> Source {
        let items = match &parsed {
            Ok(code) if request.kind == SourceKind::Manifest => Item::all(code),
            _ => Vec::new(),
        };
        Source {
            stamp: request.stamp,
            kind: request.kind,
            module: request.module,
            namespace: request.namespace.clone(),
            path: request.path.clone(),
            parsed,
            items,
            function: OnceLock::new(),
        }
    }
}

/// Reads and parses one file.
pub(super) fn read(request: &Request, options: &ImageOptions) -> Source {
    let shown = options.shown(&request.path);
    let failed =
        |message: String| Err(SourceError { messages: vec![message], path: Some(shown.clone()), bare: true });
    let parsed = match fs::read(&request.path) {
        Err(error) => failed(format!("Could not read {}: {error}", shown.display())),
        Ok(bytes) => match String::from_utf8(bytes) {
            Err(_) => failed(format!("invalid byte sequence in UTF-8 (file: {})", shown.display())),
            Ok(text) => parse(Some(shown.clone()), text, request, options),
        },
    };
    Source::new(request, parsed)
}

fn parse(
    path: Option<PathBuf>,
    text: String,
    request: &Request,
    options: &ImageOptions,
) -> Result<Arc<Code>, SourceError> {
    let namespace = match &request.namespace {
        Some(name) if request.kind != SourceKind::Site => Namespace::Under(name.to_lowercase()),
        _ => Namespace::Any,
    };
    parse_text(path, text, request.module, Dialect::of(options), &namespace).map(Arc::new)
}

/// What a text is written in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dialect {
    /// Words of plans are keywords.
    pub(crate) tasks: bool,
    /// The text is a template.
    pub(crate) epp: bool,
    /// What repeated keys of a hash are.
    pub(crate) strict: Strict,
}

impl Dialect {
    /// Manifests of an environment.
    pub(crate) fn of(options: &ImageOptions) -> Dialect {
        Dialect { tasks: options.tasks, epp: false, strict: options.strict }
    }
}

/// Parses text that may or may not come from a file.
pub(crate) fn parse_text(
    path: Option<PathBuf>,
    text: impl Into<Arc<str>>,
    module: Option<Symbol>,
    dialect: Dialect,
    namespace: &Namespace,
) -> Result<Code, SourceError> {
    let file = SourceFile::new(path.clone(), text);
    let strict = match dialect.strict {
        Strict::Off => Strictness::Off,
        Strict::Warning => Strictness::Warning,
        Strict::Error => Strictness::Error,
    };
    let options = syntax::Options { epp: dialect.epp, tasks: dialect.tasks, strict };
    let parse = syntax::parse_in(file, options, namespace);
    if parse.errors.is_empty() {
        let warnings = parse.warnings.iter().map(|warning| warning.puppet_message()).collect();
        // Puppet's lexer makes the expressions, so a malformed one spoils the whole file.
        return Code::new(parse.ast, module, warnings).map_err(|error| SourceError {
            messages: vec![error.message.to_string()],
            path,
            bare: true,
        });
    }
    let messages = parse.errors.iter().map(|error| error.puppet_message()).collect();
    Err(SourceError { messages, path, bare: false })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn another_file_of_the_same_time_and_length_is_another_state() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("a.pp"), folder.path().join("b.pp"));
        for (path, text) in [(&first, "notice('a')"), (&second, "notice('b')")] {
            fs::write(path, text).unwrap();
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        let before = Stamp::of(&first);
        assert_eq!(Stamp::of(&first), before);
        fs::rename(&second, &first).unwrap();
        assert_ne!(Stamp::of(&first), before);
    }
}
