//! Signatures of built-in functions, read once in the life of the process, and the choice between overloads.

use std::sync::{Arc, OnceLock};

use pcore::signature::{Param, Signature};
use pcore::ty::{Alias, Callable};
use pcore::{Type, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;
use syntax::location::Namespace;

use crate::error::Error;
use crate::functions::{LEGACY, Legacy, NATIVE, Native, OF_MODULES, OfModule, Run};
use crate::image::{Dialect, parse_text};
use crate::types::{Named, evaluate_type};

/// A built-in function.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Builtin {
    Typed(&'static Typed),
    Legacy(&'static Legacy),
}

/// A function with signatures, as it was registered and as it is called.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) native: &'static Native,
    overloads: OnceLock<Vec<Overload>>,
}

/// A signature and its code.
#[derive(Debug)]
pub(crate) struct Overload {
    pub(crate) name: &'static str,
    pub(crate) signature: Signature,
    pub(crate) body: Run,
    pub(crate) is_mismatch: bool,
}

/// The built-in function of this name.
pub(crate) fn builtin(name: Symbol) -> Option<Builtin> {
    static TABLE: OnceLock<FxHashMap<Symbol, Builtin>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = FxHashMap::default();
        for legacy in LEGACY {
            table.insert(Symbol::new(legacy.name), Builtin::Legacy(legacy));
        }
        for native in NATIVE {
            let typed = Box::leak(Box::new(Typed::new(native)));
            table.insert(Symbol::new(native.name), Builtin::Typed(typed));
        }
        table
    });
    table.get(&name).copied()
}

/// Functions of one module by name, and whether they are of the older interface.
type ModuleTable = FxHashMap<(Symbol, bool), Vec<(&'static OfModule, Builtin)>>;

/// Native versions of the functions of modules, by module.
fn module_tables() -> &'static FxHashMap<Symbol, ModuleTable> {
    static TABLES: OnceLock<FxHashMap<Symbol, ModuleTable>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables: FxHashMap<Symbol, ModuleTable> = FxHashMap::default();
        for group in OF_MODULES {
            let table = tables.entry(Symbol::new(group.module)).or_default();
            for native in group.native {
                let typed = Box::leak(Box::new(Typed::new(native)));
                let key = (Symbol::new(native.name), false);
                table.entry(key).or_default().push((group, Builtin::Typed(typed)));
            }
            for legacy in group.legacy {
                let key = (Symbol::new(legacy.name), true);
                table.entry(key).or_default().push((group, Builtin::Legacy(legacy)));
            }
        }
        tables
    })
}

/// True if functions of this module are native here.
pub(crate) fn has_module(module: Symbol) -> bool {
    module_tables().contains_key(&module)
}

/// The native version of a function of a module.
pub(crate) fn of_module(module: Symbol, name: Symbol, is_legacy: bool, version: u64) -> Option<Builtin> {
    let candidates = module_tables().get(&module)?.get(&(name, is_legacy))?;
    candidates.iter().find(|(group, _)| group.versions.contains(&version)).map(|(_, builtin)| *builtin)
}

impl Typed {
    /// A function that is not called by name.
    pub(crate) const fn new(native: &'static Native) -> Typed {
        Typed { native, overloads: OnceLock::new() }
    }

    /// The overloads, in the order in which they are tried.
    pub(crate) fn overloads(&self) -> &[Overload] {
        self.overloads.get_or_init(|| {
            let aliases = local_types(self.native);
            let read = |overload: &'static crate::functions::Overload| {
                let named = |name| Ok(builtin_type(name, &aliases));
                let signature = parse(overload.signature, &named).unwrap_or_else(|error| {
                    // A test reads every signature, so a wrong one cannot be released.
                    Signature::new(vec![Param::required(error.message(), Type::Any)], None, None)
                });
                Overload {
                    name: self.native.name,
                    signature,
                    body: overload.body,
                    is_mismatch: overload.mismatch,
                }
            };
            self.native.overloads.iter().map(read).collect()
        })
    }

    /// True if any overload takes a block.
    pub(crate) fn takes_block(&self) -> bool {
        self.overloads().iter().any(|overload| overload.signature.callable.block.is_some())
    }

    /// The first overload that accepts the arguments.
    pub(crate) fn select(&self, args: &[Value], block: Option<&Callable>) -> Option<&Overload> {
        self.overloads().iter().find(|overload| overload.signature.accepts(args, block))
    }

    /// Why no overload accepts the arguments.
    pub(crate) fn describe_mismatch(&self, args: &[Value], block: Option<&Callable>) -> String {
        let shown: Vec<Signature> = self
            .overloads()
            .iter()
            .filter(|overload| !overload.is_mismatch)
            .map(|overload| overload.signature.clone())
            .collect();
        pcore::mismatch::describe_arguments(self.native.name, &shown, args, block)
    }
}

/// Aliases that a function's signatures use. They may refer to themselves and to earlier ones.
fn local_types(native: &Native) -> Vec<(Symbol, Type)> {
    let mut aliases: Vec<(Symbol, Type)> = Vec::new();
    for (name, text) in native.local_types {
        let alias = Arc::new(Alias { name: (*name).into(), target: OnceLock::new() });
        aliases.push((Symbol::new(name), Type::Alias(alias.clone())));
        if let Ok(target) = parse_type(text, &|name| Ok(builtin_type(name, &aliases))) {
            alias.target.get_or_init(|| target);
        }
    }
    aliases
}

pub(crate) fn parse_type(text: &str, named: &Named<'_>) -> Result<Type, Error> {
    let code =
        parse_text(None, text, None, Dialect::default(), &Namespace::Any).map_err(|error| error.error())?;
    match evaluate_type(&code, code.ast.root, named)? {
        Value::Type(ty) => Ok(ty),
        _ => Err(Error::new(format!("{text} is no type"))),
    }
}

/// Types that every signature can name, and a function's own aliases.
fn builtin_type(name: Symbol, aliases: &[(Symbol, Type)]) -> Option<Type> {
    let local = aliases.iter().find(|(other, _)| *other == name).map(|(_, ty)| ty.clone());
    let known =
        || crate::types::builtin(name.as_str()).or_else(|| crate::lookup::builtin_type(name.as_str()));
    local.or_else(known)
}

/// Signatures that name types of the environment: the first that accepts the arguments.
///
/// # Errors
/// The text of a call whose arguments fit none, and of types that are wrong.
pub(crate) fn check_in_environment(
    name: &str,
    signatures: &[&str],
    arguments: &[Value],
    named: &Named<'_>,
) -> Result<usize, Error> {
    let read = signatures.iter().map(|text| parse(text, named)).collect::<Result<Vec<_>, _>>()?;
    match read.iter().position(|signature| signature.accepts(arguments, None)) {
        Some(at) => Ok(at),
        None => Err(Error::new(pcore::mismatch::describe_arguments(name, &read, arguments, None))),
    }
}

/// Reads a signature: `(Hash $h, [Integer $n], &Callable[1,1]) >> Any`.
fn parse(text: &str, named: &Named<'_>) -> Result<Signature, Error> {
    let wrong = || Error::new(format!("{text} is no signature"));
    let (parameters, result) = match text.rsplit_once(">>") {
        Some((parameters, result)) => (parameters.trim(), Some(parse_type(result.trim(), named)?)),
        None => (text.trim(), None),
    };
    let inner = parameters.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or_else(wrong)?;
    let mut list = Vec::new();
    let mut block = None;
    for part in split(inner) {
        let bare = part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let (part, optional) = (bare.unwrap_or(part).trim(), bare.is_some());
        if let Some(ty) = part.strip_prefix('&') {
            let (ty, name) = ty.rsplit_once('$').unwrap_or((ty, "block"));
            let ty = parse_type(ty.trim(), named)?;
            block = Some((name.trim().into(), if optional { Type::optional(ty) } else { ty }));
            continue;
        }
        let (ty, name) = part.rsplit_once('$').ok_or_else(wrong)?;
        let ty = ty.trim_end();
        let rest = ty.strip_suffix(['*', '+']);
        list.push(Param {
            name: name.trim().into(),
            ty: parse_type(rest.unwrap_or(ty).trim(), named)?,
            optional: optional || ty.ends_with('*'),
            captures_rest: rest.is_some(),
        });
    }
    Ok(Signature::new(list, block, result))
}

/// Parts between top-level commas.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0i32, 0);
    let mut quoted: Option<char> = None;
    for (at, character) in text.char_indices() {
        match (quoted, character) {
            (Some(quote), _) if character == quote => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quoted = Some(character),
            // A pattern may hold brackets and commas of its own.
            (None, '/') if text[..at].ends_with(['[', ' ']) => quoted = Some('/'),
            (None, '[' | '(' | '{') => depth += 1,
            (None, ']' | ')' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_signature_is_well_formed() {
        let of_modules = OF_MODULES.iter().flat_map(|group| group.native);
        for native in NATIVE.iter().chain(of_modules) {
            let aliases = local_types(native);
            for (name, ty) in &aliases {
                let Type::Alias(alias) = ty else { panic!("{name} is not an alias") };
                assert!(alias.target.get().is_some(), "{}: type {name}", native.name);
            }
            for overload in native.overloads {
                let named = |name| Ok(builtin_type(name, &aliases));
                if let Err(error) = parse(overload.signature, &named) {
                    panic!("{}: {}: {error}", native.name, overload.signature);
                }
            }
        }
    }

    #[test]
    fn signatures_are_read() {
        let signature =
            parse("(Hash[Any, Any] $h, [Integer $n], Any *$rest, &Callable[2,2]) >> String", &|name| {
                Ok(builtin_type(name, &[]))
            })
            .unwrap();
        let callable = &signature.callable;
        assert_eq!(callable.parameters.types.len(), 3);
        assert_eq!(callable.parameters.range().min, 1);
        assert!(callable.parameters.range().is_unbounded());
        assert!(callable.block.is_some() && callable.result.is_some());
        assert_eq!(split("Pattern[/a,b]/] $x, Enum['c,d'] $y"), ["Pattern[/a,b]/] $x", "Enum['c,d'] $y"]);
    }
}
