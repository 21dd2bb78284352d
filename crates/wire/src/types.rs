//! Resource types as a compile sees them: which attributes exist, which of them name a resource, and when two
//! titles mean the same resource.
//!
//! A compile never validates values of native types (the agent does), so a type is only names. The table of
//! Puppet's own types is [`lookup`]; types of modules are built with [`ResourceType::new`] by whoever reads them.

mod core;

use std::sync::OnceLock;

use pcore::{Str, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;
use thiserror::Error;

/// A native resource type.
#[derive(Clone, Debug)]
pub struct ResourceType {
    name: Symbol,
    isomorphic: bool,
    /// In the order of their names, as uniqueness keys are.
    namevars: Vec<Symbol>,
    namevar: Symbol,
    title: TitleRule,
    attributes: Vec<(Symbol, AttributeKind)>,
    kinds: FxHashMap<Symbol, AttributeKind>,
}

/// What an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeKind {
    /// State that an agent can read and change.
    Property,
    /// Influences how the type works.
    Parameter,
    /// Taken by every type.
    Metaparameter,
}

/// How a title gives the value of a namevar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleRule {
    /// The whole title is the value of this attribute.
    Whole(Symbol),
    /// The title without trailing slashes is the value; `/` and `C:/` stay whole.
    Path(Symbol),
}

/// A title from which no namevar can be taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("No set of title patterns matched the title \"{title}\".")]
pub struct TitleError {
    /// The title.
    pub title: Str,
}

/// A row of the table of core types.
struct Core {
    name: &'static str,
    isomorphic: bool,
    namevars: &'static [&'static str],
    title: Title,
    properties: &'static [&'static str],
    parameters: &'static [&'static str],
}

enum Title {
    Whole(&'static str),
    Path(&'static str),
}

/// The core type of this (lower-case) name.
pub fn lookup(name: &str) -> Option<&'static ResourceType> {
    static TABLE: OnceLock<FxHashMap<&'static str, ResourceType>> = OnceLock::new();
    TABLE.get_or_init(|| core::TYPES.iter().map(|row| (row.name, row.build())).collect()).get(name)
}

/// What every user-defined type has: `name` and the metaparameters.
pub fn user_defined() -> &'static ResourceType {
    static TYPE: OnceLock<ResourceType> = OnceLock::new();
    TYPE.get_or_init(|| {
        let name = Symbol::new("name");
        ResourceType::new(Symbol::new("define"), true, vec![name], TitleRule::Whole(name), Vec::new())
    })
}

/// Names of the core types.
pub fn names() -> impl Iterator<Item = &'static str> {
    core::TYPES.iter().map(|row| row.name)
}

/// The metaparameters, in Puppet's order.
pub fn metaparameters() -> &'static [Symbol] {
    static SYMBOLS: OnceLock<Vec<Symbol>> = OnceLock::new();
    SYMBOLS.get_or_init(|| core::METAPARAMETERS.iter().map(|name| Symbol::new(name)).collect())
}

/// True for an attribute that every type takes.
pub fn is_metaparameter(name: Symbol) -> bool {
    metaparameters().contains(&name)
}

impl Core {
    fn build(&self) -> ResourceType {
        let of =
            |names: &[&str], kind| names.iter().map(|name| (Symbol::new(name), kind)).collect::<Vec<_>>();
        let mut attributes = of(self.properties, AttributeKind::Property);
        attributes.extend(of(self.parameters, AttributeKind::Parameter));
        let title = match self.title {
            Title::Whole(name) => TitleRule::Whole(Symbol::new(name)),
            Title::Path(name) => TitleRule::Path(Symbol::new(name)),
        };
        let namevars = self.namevars.iter().map(|name| Symbol::new(name)).collect();
        ResourceType::new(Symbol::new(self.name), self.isomorphic, namevars, title, attributes)
    }
}

impl ResourceType {
    /// A type from its parts; metaparameters need not be listed.
    pub fn new(
        name: Symbol,
        isomorphic: bool,
        mut namevars: Vec<Symbol>,
        title: TitleRule,
        attributes: Vec<(Symbol, AttributeKind)>,
    ) -> ResourceType {
        namevars.sort_by_key(|symbol| symbol.as_str());
        let namevar = match namevars[..] {
            [only] => only,
            _ => Symbol::new("name"),
        };
        let mut kinds: FxHashMap<_, _> =
            metaparameters().iter().map(|&name| (name, AttributeKind::Metaparameter)).collect();
        // `name` always stands for the namevar, declared or not.
        kinds.insert(Symbol::new("name"), AttributeKind::Parameter);
        kinds.extend(attributes.iter().copied());
        ResourceType { name, isomorphic, namevars, namevar, title, attributes, kinds }
    }

    /// Lower-case name.
    pub fn name(&self) -> Symbol {
        self.name
    }

    /// False if several resources may share a namevar's value (`exec`, `tidy`).
    pub fn is_isomorphic(&self) -> bool {
        self.isomorphic
    }

    /// The attributes that name a resource, ordered by name.
    pub fn namevars(&self) -> &[Symbol] {
        &self.namevars
    }

    /// The attribute that `name` stands for; `name` itself when there are several namevars.
    pub fn namevar(&self) -> Symbol {
        self.namevar
    }

    /// Properties, then parameters, in order of declaration; no metaparameters.
    pub fn attributes(&self) -> &[(Symbol, AttributeKind)] {
        &self.attributes
    }

    /// True if resources of the type may set the attribute, metaparameters and `name` included.
    pub fn has_attribute(&self, name: Symbol) -> bool {
        self.kinds.contains_key(&name)
    }

    /// What the attribute is, if the type takes it.
    pub fn attribute_kind(&self, name: Symbol) -> Option<AttributeKind> {
        self.kinds.get(&name).copied()
    }

    /// The name under which an attribute is kept: `name` becomes the namevar.
    pub fn attribute_name(&self, name: Symbol) -> Symbol {
        if name.as_str() == "name" { self.namevar } else { name }
    }

    /// The attribute that the title gives, and its value.
    ///
    /// # Errors
    /// When no rule of the type fits the title.
    pub fn split_title(&self, title: &Str) -> Result<(Symbol, Str), TitleError> {
        match self.title {
            TitleRule::Whole(attribute) => Ok((attribute, title.clone())),
            TitleRule::Path(attribute) => match without_trailing_slashes(title) {
                Some(path) if path.len() == title.len() => Ok((attribute, title.clone())),
                Some(path) => Ok((attribute, path.into())),
                None => Err(TitleError { title: title.clone() }),
            },
        }
    }

    /// The key that no two resources may share: values of the namevars, ordered by name of the namevar. `None`
    /// when it is just the title (which the catalog guards anyway) or when the type is not isomorphic.
    /// Values are taken as written, since nothing is munged in a compile.
    ///
    /// # Errors
    /// When no rule of the type fits the title.
    pub fn title_key<'a>(
        &self,
        title: &Str,
        parameter: impl Fn(Symbol) -> Option<&'a Value>,
    ) -> Result<Option<Vec<Value>>, TitleError> {
        if !self.isomorphic {
            return Ok(None);
        }
        let (derived, derived_value) = self.split_title(title)?;
        let given = |name: Symbol| parameter(name).filter(|value| !value.is_undef()).cloned();
        let value_of = |name: Symbol| {
            given(name).or_else(|| (name == derived).then(|| Value::Str(derived_value.clone()))).or_else(
                || {
                    (name == self.namevar)
                        .then(|| given(Symbol::new("name")).unwrap_or_else(|| Value::Str(title.clone())))
                },
            )
        };
        if let [only] = self.namevars[..] {
            return Ok(value_of(only)
                .filter(|value| value.as_str() != Some(title.as_str()))
                .map(|value| vec![value]));
        }
        let key: Vec<Value> = self.namevars.iter().map(|&name| value_of(name).unwrap_or_default()).collect();
        Ok(key.iter().any(Value::is_true).then_some(key))
    }

    /// Brings parameters to the form they have in a catalog: what the title gives comes first, and the namevar
    /// is left out when it equals the title.
    ///
    /// # Errors
    /// When no rule of the type fits the title.
    pub fn finish_parameters(
        &self,
        title: &Str,
        parameters: &mut Vec<(Symbol, Value)>,
    ) -> Result<(), TitleError> {
        let (derived, derived_value) = self.split_title(title)?;
        let value = match parameters.iter().position(|(name, _)| *name == derived) {
            Some(at) => parameters.remove(at).1,
            None => Value::Str(derived_value),
        };
        if derived != self.namevar || value.as_str() != Some(title.as_str()) {
            parameters.insert(0, (derived, value));
        }
        Ok(())
    }
}

/// `^(/|.+:/|.*[^/])/*\Z` of Puppet's `file` type, by hand: it runs for every file of a catalog.
fn without_trailing_slashes(title: &str) -> Option<&str> {
    let path = title.trim_end_matches('/');
    if path.len() == title.len() {
        // A title of slashes and one line feed matches too, before the line feed.
        let line = title.strip_suffix('\n').filter(|line| line.ends_with('/'));
        return match line.and_then(root) {
            Some(root) => Some(root),
            None => (!title.is_empty()).then_some(title),
        };
    }
    Some(root(title).unwrap_or(path))
}

/// `/` or `C:/` when the title, ending in a slash, is nothing more.
fn root(title: &str) -> Option<&str> {
    let path = title.trim_end_matches('/');
    if path.is_empty() || (path.len() > 1 && path.ends_with(':')) {
        title.get(..path.len() + 1)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
