//! Types by name, and type expressions that need no scope.
//!
//! All types that code defines are made when the image is made, one after the other: they may refer to themselves and
//! to each other, so some are seen before they have content, which must not happen to a compile. A definition that is
//! wrong fails only the compiles that mention it.

mod define;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use pcore::{Type, Value, typeset};
use rustc_hash::FxHashMap;
use stdx::Symbol;
use syntax::ast::{Expr, ExprId};
use syntax::location::Namespace;

use super::files::{Dialect, Files, body, parse_text};
use super::{Image, ImageOptions, Main, Module, module};
use crate::code::{Code, DefinitionKind, Item};
use crate::error::Error;
use crate::types::{Named, interpret_type, invalid};

/// All types that files of the image define, by lower-case name.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    entries: FxHashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    origin: Origin,
    /// The type without content, for whoever asks while it is being made.
    shell: OnceLock<Type>,
    /// What has become of it.
    made: OnceLock<Result<Type, Error>>,
    /// What is wrong with it once the types that it leads to are known.
    unreal: OnceLock<Error>,
}

#[derive(Debug)]
enum Origin {
    /// A file that must define this type and nothing else.
    File(PathBuf),
    /// A definition in a manifest, which compiles know when they have loaded the manifest.
    Manifest(Arc<Code>, ExprId),
}

impl Aliases {
    pub(super) fn new(
        modules: &FxHashMap<Symbol, Module>,
        main: &Main,
        options: &ImageOptions,
        files: &mut Files,
    ) -> std::io::Result<Aliases> {
        let mut entries: FxHashMap<String, Entry> = FxHashMap::default();
        let entry =
            |origin| Entry { origin, shell: OnceLock::new(), made: OnceLock::new(), unreal: OnceLock::new() };
        for module in modules.values() {
            let of_module =
                module.types.iter().map(|(name, path)| (name.clone(), entry(Origin::File(path.clone()))));
            entries.extend(of_module);
        }
        let of_manifests = modules.values().flat_map(Module::manifests).filter_map(|path| files.source(path));
        for item in of_manifests.filter_map(|source| source.items().ok()).flatten().chain(&main.items) {
            if let Item::Type(definition) = item {
                let origin = Origin::Manifest(definition.code.clone(), definition.expr);
                entries.insert(definition.name.clone(), entry(origin));
            }
        }
        if let Some(directory) = &options.directory {
            let found = module::walk(&directory.join("types"), ".pp", files)?;
            for (file, path) in found {
                let name = format!("environment::{}", file.replace('/', "::"));
                files.request(path.clone(), super::SourceKind::Type, None, Some(name.clone()));
                entries.insert(name, entry(Origin::File(path)));
            }
            files.parse(None, options);
        }
        Ok(Aliases { entries })
    }
}

impl Image {
    /// The type that a capitalised name stands for, in a place that sees all definitions; `None` if nothing has that
    /// name.
    ///
    /// # Errors
    /// When the file that should define it is wrong.
    pub(crate) fn named_type(&self, name: Symbol) -> Result<Option<Type>, Error> {
        let text = name.as_str();
        let text = text.strip_prefix("::").unwrap_or(text);
        if let Some(ty) = crate::types::builtin(text) {
            return Ok(Some(ty));
        }
        let lower = text.to_lowercase();
        let is_native = !lower.contains("::") && self.native_type(&lower)?.is_some();
        if is_native || self.has_define(&lower)? {
            return Ok(Some(Type::resource(&lower, None)));
        }
        match self.aliases.entries.get(&lower) {
            Some(entry) => self.defined_type(&lower, entry).map(Some),
            None => self.member_of_set(&lower, &|_| true),
        }
    }

    /// The type of this lower-case name that a manifest defines.
    ///
    /// # Errors
    /// When the definition is wrong.
    pub(crate) fn type_of_manifest(&self, lower: &str) -> Result<Option<Type>, Error> {
        match self.aliases.entries.get(lower) {
            Some(entry) if matches!(entry.origin, Origin::Manifest(..)) => {
                self.defined_type(lower, entry).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The type of this lower-case name that has a file of its own, or stands in a set of types. `is_loaded` says
    /// which definitions of manifests are known.
    ///
    /// # Errors
    /// When the definition is wrong.
    pub(crate) fn type_of_file(
        &self,
        lower: &str,
        is_loaded: &dyn Fn(&str) -> bool,
    ) -> Result<Option<Type>, Error> {
        match self.aliases.entries.get(lower) {
            Some(entry) if matches!(entry.origin, Origin::File(_)) => {
                self.defined_type(lower, entry).map(Some)
            }
            Some(_) => Ok(None),
            None => self.member_of_set(lower, is_loaded),
        }
    }

    /// True if a define of this (lower-case) name exists.
    fn has_define(&self, name: &str) -> Result<bool, Error> {
        let Some(symbol) = Symbol::existing(name) else { return Ok(false) };
        let is_it = |item: &Item| {
            item.definition().is_some_and(|it| it.kind == DefinitionKind::Define && it.name == symbol)
        };
        if self.main.items.iter().any(is_it) {
            return Ok(true);
        }
        for path in self.files_of_name(name) {
            if let Some(source) = self.source(path)
                && source.items().map_err(|error| error.error())?.iter().any(is_it)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes all types, as long as nobody else sees the image.
    pub(super) fn make_types(&self) {
        for (name, entry) in &self.aliases.entries {
            // A wrong definition is kept as such.
            let _ = self.defined_type(name, entry);
        }
        // Aliases that lead to each other in a circle are seen only now.
        for entry in self.aliases.entries.values() {
            if let Some(Ok(Type::Alias(alias))) = entry.made.get()
                && let Err(error) = pcore::alias::check(alias)
            {
                let _ = entry.unreal.set(Error::new(error.message));
            }
        }
    }

    fn defined_type(&self, lower: &str, entry: &Entry) -> Result<Type, Error> {
        if let Some(made) = entry.made.get() {
            return match entry.unreal.get() {
                Some(error) => Err(error.clone()),
                None => made.clone(),
            };
        }
        if let Some(shell) = entry.shell.get() {
            return Ok(shell.clone());
        }
        let made = self.make_type(lower, entry);
        entry.made.get_or_init(|| made).clone()
    }

    fn make_type(&self, lower: &str, entry: &Entry) -> Result<Type, Error> {
        let (code, id) = match &entry.origin {
            Origin::Manifest(code, id) => (code, *id),
            Origin::File(path) => {
                let Some(source) = self.source(path) else {
                    return Err(Error::new(format!("Could not read {}", path.display())));
                };
                let code = source.code().map_err(|error| error.error())?;
                (code, only_type(code, lower, &path.display().to_string())?)
            }
        };
        let Expr::TypeAlias(alias) = &code[id] else {
            return Err(Error::new(format!("The type '{lower}' is not an alias")));
        };
        let blank = define::Blank::new(code, alias.name.as_str(), alias.type_expr);
        let shell = entry.shell.get_or_init(|| blank.ty.clone());
        blank.fill(self, code, Some(define::start_of_name(code, id)), &|name| self.named_type(name))?;
        Ok(shell.clone())
    }

    /// `Set::Name`: a type of a type set, or of one that it refers to.
    fn member_of_set(&self, lower: &str, is_loaded: &dyn Fn(&str) -> bool) -> Result<Option<Type>, Error> {
        let mut set = lower;
        while let Some((outer, _)) = set.rsplit_once("::") {
            set = outer;
            let Some(entry) = self.aliases.entries.get(set) else { continue };
            if matches!(entry.origin, Origin::Manifest(..)) && !is_loaded(set) {
                continue;
            }
            if let Type::TypeSet(found) = self.defined_type(set, entry)? {
                return Ok(typeset::find(&found, &lower[set.len() + 2..]));
            }
        }
        Ok(None)
    }

    /// The type that text stands for. A name that nothing defines is kept as a reference, as Puppet does here.
    ///
    /// # Errors
    /// When the text is no type. Places in the text are of no use to anybody and left out.
    pub(crate) fn parse_type(&self, text: &str) -> Result<Type, Error> {
        parse_type(text, &|name| self.named_type(name))
    }
}

/// The type that text stands for where no module is known, as in `Type('Integer[1]')`: only Puppet's own types have
/// names there, other names are kept as references.
///
/// # Errors
/// When the text is no type.
pub(crate) fn parse_own_type(text: &str) -> Result<Type, Error> {
    parse_type(text, &|name| {
        let plain = name.as_str().trim_start_matches("::");
        let is_core = || CORE_RESOURCES.iter().any(|core| core.eq_ignore_ascii_case(plain));
        Ok(match crate::types::builtin(plain) {
            // Defined beside the language, and so not found.
            Some(_) if plain.eq_ignore_ascii_case("error") => None,
            None if is_core() => Some(Type::resource(plain, None)),
            found => found,
        })
    })
}

/// Resource types that Puppet knows without looking for them.
const CORE_RESOURCES: [&str; 15] = [
    "component",
    "exec",
    "file",
    "filebucket",
    "group",
    "node",
    "notify",
    "package",
    "resources",
    "schedule",
    "service",
    "stage",
    "tidy",
    "user",
    "whit",
];

fn parse_type(text: &str, named: &Named<'_>) -> Result<Type, Error> {
    let code = parse_text(None, text, None, Dialect::default(), &Namespace::Any).map_err(|error| {
        let error = error.error();
        // An error with a place in the text stays as it is, an end too early is one of the call.
        if error.message().contains(" (line: ") { error } else { Error::new(error.message()) }
    })?;
    let found = interpret_type(&code, code.ast.root, None, named);
    match found.map_err(|error| without_place(&error))? {
        Value::Type(ty) => Ok(ty),
        _ => Err(invalid(text)),
    }
}

fn without_place(error: &Error) -> Error {
    let text = error.message();
    let text = text.strip_prefix("Evaluation Error: ").unwrap_or(text);
    Error::new(text.rsplit_once(" (line: ").map_or(text, |(text, _)| text))
}

/// Where a definition stands in its file, as the origin of an entity: the name of a type, the start of all else.
pub(crate) fn origin(code: &Code, definition: ExprId) -> String {
    let start = match &code[definition] {
        Expr::TypeAlias(_) => define::start_of_name(code, definition),
        _ => code.span(definition).start,
    };
    origin_at(code, start)
}

/// A place in a file, as the origin of an entity.
pub(crate) fn origin_at(code: &Code, start: u32) -> String {
    let position = code.file.position(start);
    let file = match &code.file.path {
        Some(path) => format!("file://{}", path.display()),
        None => "string:".to_owned(),
    };
    format!("{file}?line={}&pos={}", position.line, position.column)
}

/// The one definition of a file under `types`.
fn only_type(code: &Code, name: &str, from: &str) -> Result<ExprId, Error> {
    let text = match code.definitions[..] {
        [] => format!("The code loaded from {from} does not define the type '{name}' - it is empty."),
        [only] => match &code[only] {
            Expr::TypeAlias(alias) if alias.name.as_str().to_lowercase() != name => format!(
                "The code loaded from {from} produced type with the wrong name, expected '{name}', actual '{}'",
                alias.name
            ),
            Expr::TypeAlias(_) if body(code) != Some(only) => format!(
                "The code loaded from {from} contains additional logic - can only contain the type '{name}'"
            ),
            Expr::TypeAlias(_) => return Ok(only),
            _ => format!(
                "The code loaded from {from} does not define the type '{name}' - no type alias or type definition found."
            ),
        },
        _ => format!(
            "The code loaded from {from} must contain only the type '{name}' - it has additional definitions."
        ),
    };
    Err(Error::new(text))
}
