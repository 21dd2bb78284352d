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
use crate::code::{Code, DefinitionKind};
use crate::error::Error;
use crate::types::{evaluate_type, interpret_type, invalid};

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
}

#[derive(Debug)]
enum Origin {
    /// A file that must define this type and nothing else.
    File(PathBuf),
    /// A definition in the site manifest.
    Main(Arc<Code>, ExprId),
}

impl Aliases {
    pub(super) fn new(
        modules: &FxHashMap<Symbol, Module>,
        main: &Main,
        options: &ImageOptions,
        files: &mut Files,
    ) -> std::io::Result<Aliases> {
        let mut entries = FxHashMap::default();
        let entry = |origin| Entry { origin, shell: OnceLock::new(), made: OnceLock::new() };
        for module in modules.values() {
            let of_module =
                module.types.iter().map(|(name, path)| (name.clone(), entry(Origin::File(path.clone()))));
            entries.extend(of_module);
        }
        for (name, code, id) in &main.types {
            entries.insert(name.clone(), entry(Origin::Main(code.clone(), *id)));
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
    /// The type that a capitalised name stands for; `None` if nothing has that name.
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
            None => self.member_of_set(&lower),
        }
    }

    /// True if a define of this (lower-case) name exists.
    pub(crate) fn has_define(&self, name: &str) -> Result<bool, Error> {
        let Some(symbol) = Symbol::existing(name) else { return Ok(false) };
        let is_it = |definition: &crate::code::Definition| {
            definition.kind == DefinitionKind::Define && definition.name == symbol
        };
        if self.main.definitions.iter().any(is_it) {
            return Ok(true);
        }
        for path in self.files_of_name(name) {
            if let Some(source) = self.source(path)
                && source.definitions().map_err(|error| error.error())?.iter().any(is_it)
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
    }

    fn defined_type(&self, lower: &str, entry: &Entry) -> Result<Type, Error> {
        if let Some(made) = entry.made.get() {
            return made.clone();
        }
        if let Some(shell) = entry.shell.get() {
            return Ok(shell.clone());
        }
        let made = self.make_type(lower, entry);
        entry.made.get_or_init(|| made).clone()
    }

    fn make_type(&self, lower: &str, entry: &Entry) -> Result<Type, Error> {
        let (code, id) = match &entry.origin {
            Origin::Main(code, id) => (code, *id),
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
    fn member_of_set(&self, lower: &str) -> Result<Option<Type>, Error> {
        let mut set = lower;
        while let Some((outer, _)) = set.rsplit_once("::") {
            set = outer;
            let Some(entry) = self.aliases.entries.get(set) else { continue };
            if let Type::TypeSet(found) = self.defined_type(set, entry)? {
                return Ok(typeset::find(&found, &lower[set.len() + 2..]));
            }
        }
        Ok(None)
    }

    /// The value of a type expression.
    ///
    /// # Errors
    /// As [`evaluate_type`].
    pub(crate) fn evaluate_type(&self, code: &Code, id: ExprId) -> Result<Value, Error> {
        evaluate_type(code, id, &|name| self.named_type(name))
    }

    /// The type that text stands for. A name that nothing defines is kept as a reference, as Puppet does here.
    ///
    /// # Errors
    /// When the text is no type. Places in the text are of no use to anybody and left out.
    pub(crate) fn parse_type(&self, text: &str) -> Result<Type, Error> {
        let code = parse_text(None, text, None, Dialect::default(), &Namespace::Any).map_err(|error| {
            let error = error.error();
            // An error with a place in the text stays as it is, an end too early is one of the call.
            if error.message().contains(" (line: ") { error } else { Error::new(error.message()) }
        })?;
        let found = interpret_type(&code, code.ast.root, None, &|name| self.named_type(name));
        match found.map_err(|error| without_place(&error))? {
            Value::Type(ty) => Ok(ty),
            _ => Err(invalid(text)),
        }
    }
}

fn without_place(error: &Error) -> Error {
    let text = error.message();
    let text = text.strip_prefix("Evaluation Error: ").unwrap_or(text);
    Error::new(text.rsplit_once(" (line: ").map_or(text, |(text, _)| text))
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
