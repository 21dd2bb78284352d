//! Resource types as a compile sees them: which attributes exist, which of them name a resource, and when two
//! titles mean the same resource.
//!
//! A compile never validates values of native types (the agent does), so a type is only names. The table of
//! Puppet's own types and of those in the modules that every agent package brings is [`lookup`]; types of other
//! modules are built with [`ResourceType::new`] by whoever reads them.

mod core;
mod title;
mod vendored;

use std::sync::OnceLock;

use pcore::{Str, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use stdx::Symbol;
use thiserror::Error;

pub use title::{TitlePattern, TitleRule};

/// A native resource type.
#[derive(Clone, Debug)]
pub struct ResourceType {
    name: Symbol,
    isomorphic: bool,
    /// In the order of their names, as uniqueness keys are.
    namevars: Vec<Symbol>,
    namevar: Symbol,
    /// `name`, which stands for the namevar.
    alias: Symbol,
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

/// A title from which no namevar can be taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TitleError {
    /// The type has patterns for titles, and this title fits none.
    #[error("No set of title patterns matched the title \"{0}\".")]
    Unmatched(Str),
    /// The type has several namevars and does not say how titles give them.
    #[error("you must specify title patterns when there are two or more key attributes")]
    NoPatterns,
}

/// A row of the tables of known types.
struct Row {
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
    Patterns(&'static [(&'static str, &'static [&'static str])]),
}

/// The type of this (lower-case) name, of Puppet itself or of a module that comes with the agent.
pub fn lookup(name: &str) -> Option<&'static ResourceType> {
    static TABLE: OnceLock<FxHashMap<&'static str, ResourceType>> = OnceLock::new();
    TABLE.get_or_init(|| rows().map(|row| (row.name, row.build())).collect()).get(name)
}

/// True for the types of Puppet itself, which generated metadata cannot replace.
pub fn is_core(name: &str) -> bool {
    static NAMES: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| core::TYPES.iter().map(|row| row.name).collect()).contains(name)
}

fn rows() -> impl Iterator<Item = &'static Row> {
    core::TYPES.iter().chain(vendored::TYPES)
}

/// What every user-defined type has: `name` and the metaparameters.
pub fn user_defined() -> &'static ResourceType {
    static TYPE: OnceLock<ResourceType> = OnceLock::new();
    TYPE.get_or_init(|| {
        let name = Symbol::new("name");
        ResourceType::new(Symbol::new("define"), true, vec![name], TitleRule::Whole(name), Vec::new())
    })
}

/// Names of the types of Puppet itself.
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

impl Row {
    fn build(&self) -> ResourceType {
        let of =
            |names: &[&str], kind| names.iter().map(|name| (Symbol::new(name), kind)).collect::<Vec<_>>();
        let mut attributes = of(self.properties, AttributeKind::Property);
        attributes.extend(of(self.parameters, AttributeKind::Parameter));
        let title = match self.title {
            Title::Whole(name) => TitleRule::Whole(Symbol::new(name)),
            Title::Path(name) => TitleRule::Path(Symbol::new(name)),
            Title::Patterns(patterns) => title::of_table(patterns),
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
        let alias = Symbol::new("name");
        let namevar = match namevars[..] {
            [only] => only,
            _ => alias,
        };
        let mut kinds: FxHashMap<_, _> =
            metaparameters().iter().map(|&name| (name, AttributeKind::Metaparameter)).collect();
        // `name` stands for the namevar, declared or not.
        kinds.insert(alias, AttributeKind::Parameter);
        kinds.extend(attributes.iter().copied());
        ResourceType { name, isomorphic, namevars, namevar, alias, title, attributes, kinds }
    }

    /// The type without `name` as a second name of its namevar, which types from generated metadata do not have.
    #[must_use]
    pub fn without_name(mut self) -> ResourceType {
        if !self.attributes.iter().any(|(attribute, _)| *attribute == self.alias) {
            self.kinds.remove(&self.alias);
        }
        self
    }

    /// Lower-case name.
    pub fn name(&self) -> Symbol {
        self.name
    }

    /// False if several resources may share a namevar's value (`exec`, `tidy`).
    pub fn is_isomorphic(&self) -> bool {
        self.isomorphic
    }

    /// How titles are read.
    pub fn title(&self) -> &TitleRule {
        &self.title
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
        if name == self.alias { self.namevar } else { name }
    }

    /// The key that no two resources may share: values of the namevars, ordered by name of the namevar. `None`
    /// when it is just the title (which the catalog guards anyway) or when the type is not isomorphic.
    /// Values are taken as written, since nothing is munged in a compile. What nothing else gives is `name`.
    ///
    /// # Errors
    /// When no rule of the type fits the title.
    pub fn title_key<'a>(
        &self,
        title: &Str,
        name: impl Fn() -> Str,
        parameter: impl Fn(Symbol) -> Option<&'a Value>,
    ) -> Result<Option<Vec<Value>>, TitleError> {
        if !self.isomorphic {
            return Ok(None);
        }
        let given = |name: Symbol| parameter(name).filter(|value| !value.is_undef()).cloned();
        if let ([only], Some(named)) = (&self.namevars[..], self.title.whole(title))
            && *only == named
            && given(named).is_none()
        {
            return Ok(None);
        }
        let parts = self.title.split(title)?;
        let derived = |name: Symbol| {
            let (_, part) = parts.iter().find(|(part, _)| *part == name)?;
            part.clone().map(Value::Str)
        };
        let value_of = |attribute: Symbol| {
            given(attribute).or_else(|| derived(attribute)).or_else(|| {
                (attribute == self.namevar).then(|| given(self.alias).unwrap_or_else(|| Value::Str(name())))
            })
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
        if let Some(named) = self.title.whole(title)
            && named == self.namevar
            && !parameters.iter().any(|(name, _)| *name == named)
        {
            return Ok(());
        }
        let parts = self.title.split(title)?;
        for (attribute, part) in parts.iter().rev() {
            let value = match parameters.iter().position(|(name, _)| name == attribute) {
                Some(at) => parameters.remove(at).1,
                None => part.clone().map(Value::Str).unwrap_or_default(),
            };
            parameters.insert(0, (*attribute, value));
        }
        parameters.retain(|(name, value)| *name != self.namevar || value.as_str() != Some(title.as_str()));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
